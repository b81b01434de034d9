/* SPDX-License-Identifier: MIT */
/*
 * UHPPOTE reasons: see uhppote_reason.h. The codes are those in uhppote-core, messages/events.go.
 *
 * Under PC control the host is asked for a card that the board denies for that very reason (0x05);
 * for one that its own list does not hold or gives no privilege (uhppote-simulator says 0x12 and
 * 0x06 of these, PC control or not); and where only the door's mode stood against it, for doorward
 * knows why it has set that. What the board refuses for reasons of its own, such as an interlock or
 * its anti-passback, stays refused.
 */
#include "gateway/uhppote_reason.h"

#include <stddef.h>

#define GRANTED(words)                                                                             \
        {                                                                                          \
                GATEWAY_CONTROLLER_GRANTED, words, .with_card = true                               \
        }
#define DENIED(words)                                                                              \
        {                                                                                          \
                GATEWAY_CONTROLLER_DENIED, words, .with_card = true                                \
        }
#define ASKED(words)                                                                               \
        {                                                                                          \
                GATEWAY_CONTROLLER_DENIED, words, .with_card = true, .ask = true                   \
        }
#define EXIT(words)                                                                                \
        {                                                                                          \
                GATEWAY_EXIT_REQUESTED, words                                                      \
        }
#define ALARM(words)                                                                               \
        {                                                                                          \
                GATEWAY_TAMPER_DETECTED, words, .momentary = true                                  \
        }
#define PLAIN(kind, words)                                                                         \
        {                                                                                          \
                kind, words                                                                        \
        }

static const UhppoteReason reasons[] = {
        [0x01] = GRANTED("swiped"),
        [0x05] = ASKED("PC control"),
        [0x06] = ASKED("no privilege"),
        [0x07] = DENIED("wrong password"),
        [0x08] = DENIED("anti-passback"),
        [0x09] = DENIED("more cards are needed"),
        [0x0a] = DENIED("first card"),
        [0x0b] = ASKED("the door is held shut"),
        [0x0c] = DENIED("interlock"),
        [0x0d] = DENIED("limited times"),
        [0x0f] = DENIED("not at this time"),
        [0x12] = ASKED("denied"),
        [0x14] = EXIT("push button"),
        [UHPPOTE_REASON_DOOR_OPENED] = PLAIN(GATEWAY_DOOR_OPENED, NULL),
        [UHPPOTE_REASON_DOOR_CLOSED] = PLAIN(GATEWAY_DOOR_CLOSED, NULL),
        [0x19] = PLAIN(GATEWAY_CONTROLLER_GRANTED, "super password"),
        [UHPPOTE_REASON_POWER_ON] = PLAIN(GATEWAY_CONTROLLER_FOUND, "it was switched on"),
        [UHPPOTE_REASON_RESET] = PLAIN(GATEWAY_CONTROLLER_FOUND, "it was reset"),
        [0x1e] = EXIT("push button, which is switched off"),
        [0x1f] = EXIT("push button, without effect: an input keeps all doors locked"),
        [0x20] = EXIT("push button, without effect: not on line"),
        [0x21] = EXIT("push button, without effect: interlock"),
        [0x22] = ALARM("threat"),
        [0x25] = PLAIN(GATEWAY_DOOR_OPEN_TOO_LONG, NULL),
        [0x26] = PLAIN(GATEWAY_DOOR_FORCED_OPEN, NULL),
        [0x27] = PLAIN(GATEWAY_FIRE_DETECTED, NULL),
        [0x28] = ALARM("forced close"),
        [0x29] = ALARM("guard against theft"),
        [0x2a] = ALARM("24-hour zone"),
        [0x2b] = ALARM("emergency call"),
        [UHPPOTE_REASON_REMOTE_OPEN] = PLAIN(GATEWAY_CONTROLLER_GRANTED,
                                             "opened remotely, by another program or an earlier "
                                             "run of this one"),
        [0x2d] = PLAIN(GATEWAY_CONTROLLER_GRANTED, "opened by a USB reader"),
};

const UhppoteReason *uhppote_reason_find(uint8_t code)
{
        /* A reason that was left out above is all zeros, and 0 is no kind of a board's events */
        if (code >= sizeof(reasons) / sizeof(reasons[0]) || reasons[code].kind == 0)
                return NULL;
        return &reasons[code];
}
