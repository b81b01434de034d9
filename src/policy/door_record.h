/* SPDX-License-Identifier: MIT */
/* Door record: what a door, or a lockdown, is meant to be, as pairs of name and value: what
 * `doorward door show` and `doorward lockdown list` print, live and offline. */
#pragma once

#include "policy/door_observation.h"
#include "policy/door_state.h"

/* Told each pair; the value is borrowed during the call. */
typedef struct RecordWriter {
        void (*pair)(void *data, const char *name, Text value);
        void *data;
} RecordWriter;

/* What is told of a door beside the policy, and how much. */
typedef struct DoorView {
        bool accessed;                      /* an unlock releases it at this moment */
        bool with_note;                     /* by and why, which are for who may change it */
        bool with_places;                   /* of what decides */
        const DoorObservation *observation; /* NULL: no gateway has told of it */
} DoorView;

/* Tells a door's (by index): door, mode, observed and what else was observed, state or unknown (a
 * reason), source, lockdown, since, by, why, until (of what is its source, also a schedule or an
 * exception), place, leaving out what does not apply. */
void door_record_write(const Image *image, const DecisionContext *context, uint32_t door,
                       const DoorView *view, const RecordWriter *writer);

/* Tells a lockdown's (by index): lockdown, state ("on", "off", "unknown"), mode, doors, and when it
 * is on since, by, why (with_note only), until. */
void lockdown_record_write(const Image *image, const DecisionContext *context, uint32_t lockdown,
                           bool with_note, const RecordWriter *writer);
