/* SPDX-License-Identifier: MIT */
/*
 * Door state
 *
 * What a door is meant to be at a moment, and what says so. The first of these that applies counts:
 * a lockdown, a block, an override, a door exception of that day, the door schedule, the door's
 * default. Modes are those of the ONVIF Door Control Service; what the door really does is observed
 * elsewhere.
 */
#pragma once

#include "policy/decide.h"

typedef enum DoorSource {
        DOOR_SOURCE_DEFAULT,
        DOOR_SOURCE_SCHEDULE,
        DOOR_SOURCE_EXCEPTION,
        DOOR_SOURCE_OVERRIDE,
        DOOR_SOURCE_BLOCK,
        DOOR_SOURCE_LOCKDOWN,
        DOOR_SOURCE_COUNT,
} DoorSource;

typedef struct DoorSituation {
        DoorMode mode;
        DoorState state;      /* for badges, whatever lockdown or block says; DOOR_STATE_COUNT: it
                               * cannot be determined, for `unknown` */
        Reason unknown;       /* REASON_NONE, schedule-ended, clock-untrusted, live-state-unknown */
        DoorSource source;    /* of the mode */
        uint32_t lockdown;    /* DOOR_SOURCE_LOCKDOWN: which one; else IMAGE_NONE */
        int64_t until_s;      /* of override, block and lockdown; else TIMESTAMP_MAX */
        ImagePlace place;     /* the line of window, exception, door or lockdown */
        const LiveNote *note; /* who changed it; NULL: it stands in the text. Borrowed */
        /* The same of the state, which neither block nor lockdown changes. */
        DoorSource state_source;
        int64_t state_until_s; /* of an override; else TIMESTAMP_MAX */
        ImagePlace state_place;
        const LiveNote *state_note;
        uint32_t exception; /* the one that counts today, or whose calendar has ended (unknown);
                             * else IMAGE_NONE */
} DoorSituation;

/* Finds what a door (by index) is meant to be. Return: the situation; of a door that is none, or in
 * a damaged image, mode unknown with corrupt-image. */
DoorSituation policy_door_situation(const Image *image, const DecisionContext *context,
                                    uint32_t door);

/*
 * Until when the state lasts that schedule, exception or default give a door (by index) at the
 * context's time, leaving live state aside. Return: the moment, or TIMESTAMP_MAX when it does not
 * change within DOOR_CHANGES_MAX times that it could, about a month.
 */
#define DOOR_CHANGES_MAX 256
int64_t policy_door_state_until(const Image *image, const DecisionContext *context, uint32_t door);

/* The name of a source, e.g. "schedule". NULL outside the list. Static. */
const char *door_source_name(DoorSource source);
