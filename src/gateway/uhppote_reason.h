/* SPDX-License-Identifier: MIT */
/*
 * UHPPOTE reasons
 *
 * What a board gives as the reason of its events, in our words. Reasons that stand in no table of
 * the makers have none.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "wire/gateway_event.h"

enum UhppoteReasonCode {
        UHPPOTE_REASON_DOOR_OPENED = 0x17,
        UHPPOTE_REASON_DOOR_CLOSED = 0x18,
        UHPPOTE_REASON_POWER_ON = 0x1c,
        UHPPOTE_REASON_RESET = 0x1d,
        UHPPOTE_REASON_REMOTE_OPEN = 0x2c,
};

typedef struct UhppoteReason {
        GatewayEventKind kind;
        const char *text; /* static */
        bool with_card;   /* the event's card was shown; else that field holds some constant */
        bool ask;         /* under PC control: the host is to decide this swipe */
        bool momentary;   /* nothing ever tells its end */
} UhppoteReason;

/* The meaning of a reason. Return: static, or NULL when it has none. */
const UhppoteReason *uhppote_reason_find(uint8_t code);
