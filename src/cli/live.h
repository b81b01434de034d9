/* SPDX-License-Identifier: MIT */
/*
 * Live
 *
 * Asking the daemon: one request at a time, its replies in order, everything that goes wrong
 * printed as one line on standard error.
 */
#pragma once

#include "cli/options.h"
#include "client/connection.h"
#include "util/cleanup.h"
#include "wire/message.h"

typedef struct Live Live;

/* Connects to the daemon. Return: 0 and the connection (owned by the caller), or EXIT_UNABLE. */
int live_open(const char *command, const Options *options, Live **ret_live);
Live *live_close(Live *live);
DEFINE_CLEANUP(Live *, live_close);

/* Begins a request. Return: the writer for its fields, borrowed from the connection. */
MessageWriter *live_begin(Live *live, MessageType type);

/* Ends the request that was begun and sends it; sets the time limit for its replies (endless: no
 * limit once the first one has come). Return: 0, or EXIT_UNABLE. */
int live_send(Live *live, bool endless);

/*
 * Receives one reply of the given type. A refusal is printed.
 * Return: 0 and the message (borrowed until the next call), or the exit status.
 */
int live_receive(Live *live, MessageType expected, Message *ret_message);

/* Called for each record. Return: 0 to go on, or the exit status to end with. */
typedef int (*LiveReceiver)(void *data, const Message *record);

/*
 * Receives numbered records until the end; a gap or a missing end is an error, never a shorter
 * list. ret_message, if not NULL, receives the text of the end (borrowed until the next call).
 * Return: the status that the end carries, or EXIT_UNABLE.
 */
int live_records(Live *live, LiveReceiver record, void *data, Text *ret_message);

/* Where a list goes on that ended as a page of it. Return: the text for FIELD_AFTER, borrowed until
 * the next list; "" when nothing follows. */
const char *live_after(const Live *live);

/* Sends the request that was begun, and prints what the end of its records says: on standard output
 * when the status is 0, else on standard error. Return: the exit status. */
int live_finish(Live *live, LiveReceiver record, void *data);

/* Prints records as "NAME: VALUE" lines or one JSON object each; data points to a bool: JSON. */
int live_print_record(void *data, const Message *record);
