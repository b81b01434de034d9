/* SPDX-License-Identifier: MIT */
/*
 * Records of changes
 *
 * A change is in the journal before it is in force. Each row of a batch is waited for by itself:
 * the journal's thread may write them in more than one transaction.
 */
#pragma once

#include <stdbool.h>

typedef struct Server Server;
typedef struct QueuedChange QueuedChange;
typedef struct Recording Recording;

/* Called on the loop when the last row is on disk or could not be written. */
typedef void (*RecordingDone)(Server *server, bool all_written, bool any_written);

/* Appends a row for each change of a list, in its order. Return: 0 and what waits for them, which
 * frees itself when it has called back or has been abandoned; -errno when not even the first could
 * be appended, and then done is not called. */
int change_recording_begin(Server *server, const QueuedChange *first, RecordingDone done,
                           Recording **ret_recording);

/* Nobody waits any more. */
void change_recording_abandon(Recording *recording);

/* The rows say that the changes of a list were made, and they were not: further rows say so. */
void change_record_take_back(Server *server, const QueuedChange *first, const char *why);
