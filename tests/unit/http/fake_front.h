/* SPDX-License-Identifier: MIT */
/*
 * A front and a doorwardd for the tests of the AuthZEN handlers: calls whose answers are kept, and
 * a link whose requests a function of the test answers. Nothing happens but when the test says so.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "http/call.h"

#define FAKE_UNLOCK "door.unlock"
#define FAKE_ENTER  "door.enter"

/* Answers a request that came over the link: with frames by fake_send(), or with a problem. */
typedef void (*FakeDaemon)(const Message *request);

typedef struct FakeAnswer {
        unsigned status; /* 0: none came */
        json_t *document;
        char reason[64], message[512];
        unsigned asked;       /* requests over the link */
        MessageType types[8]; /* of the first of them */
        unsigned cancelled;
} FakeAnswer;

/* Serves a call with a body; the answer stays valid until the next one. */
const FakeAnswer *fake_serve(HttpHandler handler, const char *body, FakeDaemon daemon);

/* The client goes away instead of doorwardd answering. */
const FakeAnswer *fake_serve_and_go(HttpHandler handler, const char *body);

/* What link_call() returns from now on; 0: it works. */
void fake_link_fails(int result);

/* Of a FakeDaemon: begins a reply with that type, to be filled; sends it. */
MessageWriter *fake_begin(const Message *request, MessageType type, uint32_t sequence);
void fake_send(void);

/* Of a FakeDaemon: the call ends with a LinkProblem. */
void fake_problem(int problem);

/* An ANSWER that repeats the question (of an UNLOCK and an ENTER with the action that it has), up
 * to REASON; to be filled and sent. */
MessageWriter *fake_answer(const Message *request, uint32_t outcome, const char *reason);

/* A whole REFUSAL. */
void fake_refuse(const Message *request, const char *reason);

/* A text of the answer by its path, such as "context.reason"; "" when it is not there. */
const char *fake_text(const FakeAnswer *answer, const char *path);
