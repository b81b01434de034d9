/* SPDX-License-Identifier: MIT */
/*
 * Saved reports
 *
 * Reports of events that people keep under a name of their own: which site or door, and what else
 * narrows it. All of them are in memory, as they are in the state store; they are few and short. A
 * saved report gives nobody anything: whether it may be run is decided when it is run.
 */
#pragma once

#include "state/state_store.h"
#include "util/vector.h"
#include "wire/message.h"

#define SAVED_REPORTS_MAX       512 /* of everybody together */
#define SAVED_REPORTS_OWNER_MAX 32
#define SAVED_REPORT_ROOT       "root" /* the owner of root's: no person has that name */

typedef struct SavedReport {
        char *owner, *name, *definition;
        int64_t saved_s;
} SavedReport;

typedef struct SavedReports {
        VECTOR_OF(SavedReport) list; /* by owner and name */
        VECTOR_OF(char *) in_flight; /* owners of what is on its way to the disk, one each */
} SavedReports;

/* Reads them from the store. Return: 0, as state_store_each_report(). */
int saved_reports_read(SavedReports *reports, StateStore *store);
void saved_reports_clear(SavedReports *reports);

/* Follows a change that is on disk: STATE_CHANGE_SAVE_REPORT or STATE_CHANGE_DELETE_REPORT. */
void saved_reports_apply(SavedReports *reports, const StateChange *change);

/* Return: borrowed until the next change; NULL when there is none. */
const SavedReport *saved_reports_find(const SavedReports *reports, Text owner, Text name);

/* One of an owner is on its way to the disk, so that it counts; and no longer. Return: 0, -ENOMEM.
 */
int saved_reports_begin(SavedReports *reports, Text owner);
void saved_reports_end(SavedReports *reports, Text owner);

/* Says whether the owner may keep one more of that name, whatever is in flight made too. */
bool saved_reports_has_room(const SavedReports *reports, Text owner, Text name);

/*
 * Writes what a request for events says as a definition: a line a field, its tag and its value
 * behind a space. Return: false when it does not fit into size bytes.
 */
bool saved_report_define(const Message *message, char *text, size_t size);

/* A field of a definition. Return: the text, and false when it is not stated. */
bool saved_report_text(const SavedReport *report, FieldTag tag, Text *ret_text);

/*
 * Writes the request for events that a definition stands for, with the id, FORMAT (`text` if
 * absent), SINCE and UNTIL of the request that runs it. Return: 0 and the size, -EMSGSIZE, -EINVAL.
 */
int saved_report_request(const SavedReport *report, const Message *message, void *frame,
                         size_t capacity, size_t *ret_size);
