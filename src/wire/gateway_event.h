/* SPDX-License-Identifier: MIT */
/*
 * Gateway event
 *
 * What happens at a door or a controller, in the words of ONVIF's Door Control and Access Control
 * services, as it is reported to doorwardd (MESSAGE_OBSERVE) and stands in its journal.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/text.h"

typedef enum GatewayEventKind {
        /* Of an unlock command */
        GATEWAY_COMMANDED,       /* the controller said that it does it */
        GATEWAY_COMMAND_REFUSED, /* it said that it does not */
        GATEWAY_COMMAND_FAILED,  /* it never left; the lock has not moved */
        GATEWAY_COMMAND_LATE,    /* discarded: void by the time it could be done */
        GATEWAY_COMMAND_UNKNOWN, /* the lock may have moved or not */
        /* Observed: the lock and the door's contact (LockPhysicalState, DoorPhysicalState) */
        GATEWAY_LOCK_UNLOCKED,
        GATEWAY_LOCK_LOCKED,
        GATEWAY_DOOR_OPENED,
        GATEWAY_DOOR_CLOSED,
        /* Passages (AccessTaken, AccessNotTaken) */
        GATEWAY_ACCESS_TAKEN,
        GATEWAY_ACCESS_NOT_TAKEN,
        /* What the controller decided by itself (AccessGranted, Denied), and a request-to-exit */
        GATEWAY_CONTROLLER_GRANTED,
        GATEWAY_CONTROLLER_DENIED,
        GATEWAY_EXIT_REQUESTED,
        /* Alarms of a door (DoorAlarm, DoorTamper, DoorFault) */
        GATEWAY_DOOR_FORCED_OPEN,
        GATEWAY_DOOR_OPEN_TOO_LONG,
        GATEWAY_DOOR_ALARM_NORMAL,
        GATEWAY_TAMPER_DETECTED,
        GATEWAY_TAMPER_ENDED,
        GATEWAY_FAULT_DETECTED,
        GATEWAY_FAULT_ENDED,
        GATEWAY_FIRE_DETECTED,
        GATEWAY_FIRE_ENDED,
        /* Of controller and gateway */
        GATEWAY_CONTROLLER_LOST,  /* it does not answer */
        GATEWAY_CONTROLLER_FOUND, /* it answers (again) */
        GATEWAY_EVENTS_LOST,      /* detail says how many, and where */
        GATEWAY_STARTED,
        GATEWAY_CLOCK_DIFFERS, /* the gateway's clock and doorwardd's */
        GATEWAY_EVENT_KIND_COUNT,
} GatewayEventKind;

typedef struct GatewayEvent {
        GatewayEventKind kind;
        int64_t time_s;         /* UTC, when it happened as far as is known; 0: now */
        uint64_t card;          /* 0: none */
        const char *command_id; /* of the unlock command it belongs to; NULL: none, or not known */
        const char *detail;     /* one line, such as the controller's own reason; NULL: none */
} GatewayEvent;

/* How a door is held between commands: a momentary unlock returns to it. */
typedef enum GatewayHold {
        GATEWAY_HOLD_CONTROLLED, /* shut; opens by command or granted card */
        GATEWAY_HOLD_UNLOCKED,   /* stands unlocked: a schedule or an override says so */
        GATEWAY_HOLD_LOCKED,     /* shut, also for what the controller would grant by itself */
} GatewayHold;

/* The word of a kind, e.g. "access-taken"; NULL outside the list. Static. */
const char *gateway_event_word(GatewayEventKind kind);

/* The kind of a word. Return: true and the kind, or false when it is none. */
bool gateway_event_from_word(Text word, GatewayEventKind *ret_kind);
