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
        FAKE_LISTS,        /* replies to its n-th request with the n-th of `lists`; then silent */
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

/* How a list ends. */
typedef enum FakeEnd {
        FAKE_END = 0,
        FAKE_END_MISSING, /* never */
        FAKE_END_CLOSE,   /* with the connection */
        FAKE_END_COUNT,   /* with a number of records that is not theirs */
        FAKE_END_GAP,     /* a record is missing before it */
        FAKE_END_REFUSAL, /* refused with `message` as reason */
        FAKE_END_ANSWER,  /* with an answer, which is no end */
} FakeEnd;

/* Records, each "NAME=VALUE" lines, and an end. */
typedef struct FakeList {
        const char *records[4];
        FakeEnd end;
        uint32_t status;
        const char *after, *message; /* NULL: not stated */
} FakeList;

typedef struct FakeBehaviour {
        FakeKind kind;
        FakeLie lie;
        uint32_t outcome;
        const char *reason;      /* NULL: "granted-by-role" */
        const char *decision_id; /* NULL: none; FAKE_ID otherwise fits */
        bool door;               /* with DOOR, as RESOURCE says, and NOT_AFTER */
        bool gateway;            /* with SUBJECT and GATEWAY */
        const char *refuse_user; /* who is asked about is refused; NULL: nobody */
        const char *drop_user;   /* … has the connection closed; NULL: nobody */
        const FakeList *lists;   /* FAKE_LISTS */
        size_t list_count;
        unsigned delay_ms; /* FAKE_LATE */
        int backlog;       /* 0: 64 */
        bool own_uid;      /* listens as `uid` (only as root) */
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
