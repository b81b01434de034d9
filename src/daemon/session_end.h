/* SPDX-License-Identifier: MIT */
/*
 * End of sessions
 *
 * Ends the sessions that a person has open on this host: those that root told of when they were
 * opened, if the very process that opened one still runs. It is asked to end (SIGTERM), and killed
 * when it still runs after SESSION_END_SECONDS. A process that has somebody else's session open as
 * well is left alone. Each is a row of the journal.
 */
#pragma once

#include <stdint.h>

#include "util/text.h"

typedef struct Server Server;
typedef struct EndingSession EndingSession;

#define SESSION_END_SECONDS 5

/* Whose sessions, and for the record by whom, why and by which decision. Borrowed. */
typedef struct SessionEnd {
        Text organization; /* of the person: only its own hosts' sessions are ended */
        Text person;
        Text by, why, decision_id;
} SessionEnd;

/* Called when all of them have been told to end. */
typedef void (*SessionEndDone)(void *data, uint32_t ended);

/* This host as a resource: where sessions of this machine are. Borrows from the buffer; empty
 * without a policy, or when that does not say. */
Text session_host(const Server *server, char *buffer, size_t size);

/* Begins. What `end` borrows must last until done is called, which may be at once.
 * Return: 0; -errno when the open sessions cannot be found out, and then done is not called. */
int session_end_begin(Server *server, const SessionEnd *end, SessionEndDone done, void *data);

/* No longer waits for those that are ending. */
void session_end_stop(Server *server);
