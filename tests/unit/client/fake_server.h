/* SPDX-License-Identifier: MIT */
/*
 * Fake server
 *
 * A daemon for tests, in a process of its own, on a socket in a folder of its own: it does one
 * thing to every client, however wrong, and writes down what it was sent.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "wire/message.h"

typedef enum FakeKind {
        FAKE_ANSWER = 0,   /* replies with what the other members say */
        FAKE_REFUSAL,      /* refuses with `reason` */
        FAKE_LISTEN_ONLY,  /* never accepts */
        FAKE_SILENT,       /* reads and never replies */
        FAKE_CLOSE,        /* accepts and closes at once */
        FAKE_READ_CLOSE,   /* reads and closes */
        FAKE_DRIP,         /* sends its reply a byte a frame */
        FAKE_EMPTY,        /* sends a frame of no bytes */
        FAKE_HUGE,         /* sends a frame over the limit */
        FAKE_GARBAGE,      /* sends a frame that is none */
        FAKE_RECORD,       /* sends a RECORD */
        FAKE_PASS,         /* passes a descriptor with its reply */
        FAKE_LATE,         /* replies after `delay_ms` */
        FAKE_ANSWER_TWICE, /* replies twice */
        FAKE_ANSWER_CLOSE, /* replies and closes */
} FakeKind;

/* What of a reply is falsified. */
typedef enum FakeLie {
        FAKE_HONEST = 0,
        FAKE_LIE_REQUEST_ID,
        FAKE_LIE_VERSION,
        FAKE_LIE_USER,
        FAKE_LIE_ACTION,
        FAKE_LIE_RESOURCE,
        FAKE_LIE_DOOR,
        FAKE_LIE_TRUNCATED,
} FakeLie;

typedef struct FakeBehaviour {
        FakeKind kind;
        FakeLie lie;
        uint32_t outcome;
        const char *reason;      /* NULL: "granted-by-role" */
        const char *decision_id; /* NULL: none; FAKE_ID otherwise fits */
        bool door;               /* with DOOR, as RESOURCE says, and NOT_AFTER */
        unsigned delay_ms;       /* FAKE_LATE */
        int backlog;             /* 0: 64 */
        bool own_uid;            /* listens as `uid` (only as root) */
        uint32_t uid;
        bool own_folder_uid; /* the folder belongs to `folder_uid` (only as root) */
        uint32_t folder_uid;
        mode_t folder_mode; /* 0: 0755 */
} FakeBehaviour;

#define FAKE_ID "00112233445566778899aabbccddeeff"

typedef struct FakeServer {
        char folder[64];
        char socket[80];
        char record[80]; /* frames received, each with its size (uint32_t) before it */
        pid_t process;   /* 0: not running */
} FakeServer;

/* What the server saw of its clients' descriptors while they waited. */
typedef struct FakeSeen {
        bool any;         /* a client was seen */
        bool standard;    /* one of 0, 1 and 2 was open */
        bool inheritable; /* a socket above 2 was open without O_CLOEXEC */
} FakeSeen;

/* Makes the folder; the server starts with fake_server_start(). */
void fake_server_prepare(FakeServer *server);

/* Starts, waits until it listens; ends the one before. */
void fake_server_start(FakeServer *server, const FakeBehaviour *behaviour);
void fake_server_stop(FakeServer *server);

/* Stops and removes everything. */
void fake_server_clean(FakeServer *server);

/* Reads the n-th frame received so far (from 0) into a buffer of MESSAGE_SIZE_MAX bytes.
 * Return: false when there are not that many. */
bool fake_server_request(const FakeServer *server, size_t n, void *buffer, Message *ret_message);
size_t fake_server_request_count(const FakeServer *server);
FakeSeen fake_server_seen(const FakeServer *server);
