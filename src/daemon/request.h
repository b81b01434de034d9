/* SPDX-License-Identifier: MIT */
/*
 * Request
 *
 * From a frame to its handler: parse, limit, identify, look into the table whether this peer may
 * ask that, and only then do it.
 */
#pragma once

#include "daemon/client.h"
#include "daemon/decision_id.h"
#include "daemon/journal.h"
#include "daemon/reply.h"
#include "wire/message.h"

typedef struct Request {
        Server *server;
        Client *client;
        const Message *message;
        const uint8_t *frame;
        size_t frame_size;
        const Identity *identity;
        int64_t now_s;
} Request;

/* Answers a request, or makes the client wait. Return: 0; negative: the connection is broken. */
typedef int (*RequestHandler)(const Request *request);

/* Serves one frame. Return: 0; negative: the connection is to be closed (the frame is no request,
 * or the answer could not be sent). */
int request_serve(Client *client, const void *frame, size_t size);

/* Serves the frame that a client holds, now that its name is known or cannot be found.
 * Return: as request_serve(). */
int request_serve_held(Client *client);

/* Keeps the frame until something is known, then client_serve_held(). Return: 0 or -ENOMEM. */
int request_hold(const Request *request, ClientState state, uint64_t deadline_ms);

/* The text of a field; the empty text when it is absent. */
Text request_text(const Request *request, FieldTag tag);

/* The id of an answer that is no row of the journal: who is known by a certificate gets one with
 * each answer, so that both ends can name it. Return: its text in id, or the empty text. */
Text request_answer_id(const Request *request, DecisionId *id);

/* A row of the journal with what is known about who asks. */
JournalRow request_row(const Request *request, const char *kind);

/* Refuses and records it. Return: as client_send(). */
int request_refuse(const Request *request, const Refusal *refusal);

/* Counts a decision by its outcome. */
void request_count(const Request *request, Outcome outcome);

/* Makes a child answer, on a copy of the connection, what would take the loop too long (report.h).
 * Of events, root sees all; others see what the request's resource holds, and who follows them may
 * be told to end. Return: as client_send(). */
int request_report(const Request *request);

/* Handlers */
int request_ask(const Request *request);
int request_session(const Request *request);
int request_unlock(const Request *request);
int request_change(const Request *request);
int request_events(const Request *request);
int request_saved_report(const Request *request);
int request_enter(const Request *request);
int request_door(const Request *request);
int request_lockdowns(const Request *request);
int request_what_can(const Request *request);
int request_who_can(const Request *request);
int request_search(const Request *request);
int request_status(const Request *request);
int request_reload(const Request *request);
int request_maintain(const Request *request);
int request_take(const Request *request);
int request_consume(const Request *request);
int request_command(const Request *request);
int request_callers(const Request *request);
int request_turn_away(const Request *request);
