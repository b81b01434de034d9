/* SPDX-License-Identifier: MIT */
/* Door record: what a door, or a lockdown, is meant to be, as pairs of name and value: what
 * `doorward door show` and `doorward lockdown list` print, live and offline. */
#pragma once

#include "policy/door_state.h"

/* Told each pair; the value is borrowed during the call. */
typedef struct RecordWriter {
        void (*pair)(void *data, const char *name, Text value);
        void *data;
} RecordWriter;

/* Tells a door's (by index): door, mode, observed, state or unknown (a reason), source, lockdown,
 * since, by, why, until (of what is its source, also a schedule or an exception), place
 * (with_places only), leaving out what does not apply. accessed: an unlock releases it at this
 * moment. */
void door_record_write(const Image *image, const DecisionContext *context, uint32_t door,
                       bool accessed, bool with_places, const RecordWriter *writer);

/* Tells a lockdown's (by index): lockdown, state ("on", "off", "unknown"), mode, doors, and when it
 * is on since, by, why, until. */
void lockdown_record_write(const Image *image, const DecisionContext *context, uint32_t lockdown,
                           const RecordWriter *writer);
