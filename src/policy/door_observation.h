/* SPDX-License-Identifier: MIT */
/*
 * Door observation
 *
 * What a door has been seen to do, beside what it is meant to be: ONVIF's LockPhysicalState,
 * DoorPhysicalState, DoorAlarm, DoorTamper and DoorFault, each with the time since when. What
 * nobody has told is unknown.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/text.h"

typedef enum DoorAspect {
        DOOR_ASPECT_LOCK,
        DOOR_ASPECT_CONTACT,
        DOOR_ASPECT_ALARM,
        DOOR_ASPECT_TAMPER,
        DOOR_ASPECT_FAULT,
        DOOR_ASPECT_COUNT,
} DoorAspect;

typedef enum DoorPhysical {
        DOOR_PHYSICAL_UNKNOWN = 0, /* of every aspect */
        DOOR_PHYSICAL_LOCKED,
        DOOR_PHYSICAL_UNLOCKED,
        DOOR_PHYSICAL_OPEN,
        DOOR_PHYSICAL_CLOSED,
        DOOR_PHYSICAL_NORMAL, /* no alarm */
        DOOR_PHYSICAL_FORCED_OPEN,
        DOOR_PHYSICAL_OPEN_TOO_LONG,
        DOOR_PHYSICAL_NOT_IN_TAMPER,
        DOOR_PHYSICAL_TAMPER_DETECTED,
        DOOR_PHYSICAL_NOT_IN_FAULT,
        DOOR_PHYSICAL_FAULT_DETECTED,
        DOOR_PHYSICAL_COUNT,
} DoorPhysical;

typedef struct DoorObservation {
        struct {
                DoorPhysical state;
                int64_t since_s; /* UTC */
        } aspects[DOOR_ASPECT_COUNT];
        Text gateway;         /* who told last: "caller:acme/gw-1"; empty: nobody ever did */
        int64_t told_s;       /* when */
        bool gateway_is_away; /* what it told before counts no more: all is unknown */
} DoorObservation;

/* "lock", "contact", …, the names of aspects; ONVIF's word of a state, e.g. "DoorForcedOpen". NULL
 * outside the list. Static. */
const char *door_aspect_name(DoorAspect aspect);
const char *door_physical_name(DoorPhysical state);
