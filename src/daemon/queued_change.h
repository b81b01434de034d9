/* SPDX-License-Identifier: MIT */
/*
 * Queued change
 *
 * One change of who holds what that somebody asks for, from his request to its answer. It keeps a
 * copy of the request, so that it does not need its client.
 */
#pragma once

#include <stdint.h>
#include <stdio.h>

#include "daemon/change_facts.h"
#include "daemon/query_message.h"

struct QueuedChange {
        QueuedChange *next;
        Client *client; /* NULL: nobody is to be answered any more */
        bool in_batch;
        bool hindered; /* waits, and would be denied as things are: only he himself waits for it */
        size_t share;  /* how many changes it may share a batch with, itself included */

        ChangeFacts facts;       /* a dry run is compiled and tested, and not put into force */
        MessageQuery read;       /* borrows from the facts */
        int64_t from_s, until_s; /* TIMESTAMP_MIN, TIMESTAMP_MAX: not stated */
};

/*
 * Reads a request for a change. Return: 0 and the change (owned by the caller), without a client;
 * QUERY_MALFORMED: wrong form, a span of time that is over or none, a reason that is too long or
 * not one line of text; -ENOMEM, -errno.
 */
int queued_change_new(const Request *request, QueuedChange **ret_change);
QueuedChange *queued_change_free(QueuedChange *change);
DEFINE_CLEANUP(QueuedChange *, queued_change_free);

/* Decides on the policy that is served. Outcome, reason and all texts are set. */
void queued_change_decide(QueuedChange *change);

/* Says whether it would be allowed on the policy that is served. */
bool queued_change_is_allowed(const QueuedChange *change);

/* Cannot be made. detail (copied; may be NULL) says why. */
void queued_change_fail(QueuedChange *change, Reason reason, const char *detail);

/* How many lines of a list of changes it takes at most, and writes them, but for what would change
 * nothing. Return: the stream's error. */
size_t queued_change_lines(const QueuedChange *change);
int queued_change_write(const QueuedChange *change, FILE *stream);

/* Its row of the journal, as decided. Borrows from the change. */
JournalRow queued_change_row(const QueuedChange *change);

/* Sends the answer to a client. Return: as client_send(). */
int queued_change_reply(const QueuedChange *change, Client *client);

/* Counts, answers whoever still waits, and frees. What was not allowed gets its row in the
 * journal, unless it was only tried and could not be made. Frees no client. */
void queued_change_finish(QueuedChange *change);
