/* SPDX-License-Identifier: MIT */
/* A link for tests: keeps what was asked, and replies when the test says so. */
#pragma once

#include "link/link.h"

#define FAKE_CALLS_MAX 128

typedef struct FakeCall {
        MessageType type;
        uint8_t *frame;
        Message message; /* the request; views into frame */
        uint64_t timeout_ms;
        LinkReply reply;
        void *data;
        bool ended, cancelled;
        uint32_t records;
} FakeCall;

/* The link of this program; calls of before are forgotten. */
Link *fake_link(void);

/* What link_call() returns from now on: 0 or -errno. */
void fake_link_fail(int r);

/* How many calls there were, and one of them. */
size_t fake_link_count(void);
FakeCall *fake_link_call(size_t index);

/* The last call of a type that is under way, or NULL. */
FakeCall *fake_link_open_call(MessageType type);

/* Replies. pairs: name, value, …, NULL. */
void fake_link_record(FakeCall *call, const char *const *pairs);
void fake_link_end(FakeCall *call, uint32_t status, const char *after);
void fake_link_refuse(FakeCall *call, const char *reason);
void fake_link_break(FakeCall *call, int problem);

/* An ANSWER; door, id: NULL for none. */
typedef struct FakeAnswer {
        bool no_release;
        uint32_t outcome;
        const char *resource, *door, *id;
        uint32_t release_seconds;
        int64_t not_after_s;
} FakeAnswer;
void fake_link_answer(FakeCall *call, const FakeAnswer *answer);

/* The value behind a NAME of a message, as a string that lives until the next call; NULL: none. */
const char *fake_link_pair(const Message *message, const char *name, size_t nth);
