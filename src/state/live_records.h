/* SPDX-License-Identifier: MIT */
/*
 * Live records
 *
 * What was changed at the doors and not in the text, by the names of what it is about: at most one
 * record of a kind about one thing. Names outlive a policy: a record about something that the
 * policy in force does not know is kept, and counts again when the policy knows it again.
 *
 * A set has one owner at a time; nothing here is shared between threads.
 */
#pragma once

#include "policy/live.h"
#include "util/cleanup.h"

#define LIVE_RECORDS_MAX     1000000 /* of all kinds together */
#define LIVE_TEXT_MAX        1024    /* bytes of who and why */
#define LIVE_DECISION_ID_MAX 64      /* bytes of a decision id */

typedef struct LiveRecord {
        LiveKind kind;
        Text resource;           /* user:..., door:... or lockdown:..., as in a query */
        LiveNote note;           /* its kind is set to the one above */
        int64_t from_s, until_s; /* [from, until); TIMESTAMP_MIN and TIMESTAMP_MAX: not stated */
        DoorState state;         /* of an override; ignored otherwise */
        bool ended;              /* dates that have passed once: they do not come back */
} LiveRecord;

typedef struct LiveRecords LiveRecords;

/* Return: an empty set, owned by the caller; NULL without memory. */
LiveRecords *live_records_new(void);
LiveRecords *live_records_free(LiveRecords *records);
DEFINE_CLEANUP(LiveRecords *, live_records_free);

/* Says whether a record could be put: a kind of the list, a resource of the type that kind is
 * about, texts within their limits, from before until, a door state of the list. */
bool live_record_is_valid(const LiveRecord *record);

/* Puts a record (copied) in place of the one of its kind about its resource. O(log n), as all that
 * follows but for walking.
 * Return: 0, -EINVAL when it is not valid, -E2BIG above LIVE_RECORDS_MAX, -ENOMEM. */
int live_records_put(LiveRecords *records, const LiveRecord *record);

/* Takes a record out. Return: whether there was one. */
bool live_records_remove(LiveRecords *records, LiveKind kind, Text resource);

/* The record of a kind about a resource. Return: borrowed until it is put anew or removed; NULL. */
const LiveRecord *live_records_find(const LiveRecords *records, LiveKind kind, Text resource);

/* Record `at` of them all, ordered by kind and then resource. Return: borrowed; NULL past the last
 * one. */
const LiveRecord *live_records_at(const LiveRecords *records, size_t at);
size_t live_records_count(const LiveRecords *records);

/* The number of records of one kind. */
size_t live_records_count_kind(const LiveRecords *records, LiveKind kind);

/* Shows every record to visit(), in order, until one call returns anything but 0.
 * Return: 0, or what that call returned. */
int live_records_walk(const LiveRecords *records, int (*visit)(void *data, const LiveRecord *),
                      void *data);

/* The earliest moment after now_s at which one of the records ends; those marked as ended do not
 * end again. Return: TIMESTAMP_MAX: none. */
int64_t live_records_next_end(const LiveRecords *records, int64_t now_s);

/* The first record in order that ends at now_s or before and is not marked as ended.
 * Return: borrowed as above; NULL: none. */
const LiveRecord *live_records_first_ended(const LiveRecords *records, int64_t now_s);
