/* SPDX-License-Identifier: MIT */
/*
 * A private daemon: the real doorwardd on a small policy in a folder of its own, asked over its
 * socket with frames made by hand.
 *
 *     acme
 *       HQ           doors D1, D2 (remote unlock off), host gw-1
 *         Tower      door D3
 *       Branch       door D4
 *
 * frank (uid 4711) manages HQ; helen (uid 4712) has nothing; group desk, of the Unix group 7001,
 * manages HQ; bridge (uid 4720) may ask, unlock and vouch at HQ; kiosk (uid 4721) may only ask.
 * gw-1 and lab are callers with certificates, which the front (uid 4730) may state: gw-1 may ask,
 * unlock, vouch and report at HQ, lab may only ask. frank's card is 8165538.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "wire/message.h"

#define FRANK_UID  4711
#define HELEN_UID  4712
#define BRIDGE_UID 4720
#define KIOSK_UID  4721
#define FRONT_UID  4730
#define DESK_GID   7001

#define GATEWAY_CERTIFICATE                                                                        \
        "sha256:1111111111111111111111111111111111111111111111111111111111111111"
#define LAB_CERTIFICATE "sha256:2222222222222222222222222222222222222222222222222222222222222222"
#define UNKNOWN_CERTIFICATE                                                                        \
        "sha256:3333333333333333333333333333333333333333333333333333333333333333"

typedef struct DaemonFixture {
        char folder[64];
        char policy[100], state[100], socket[100];
        int notify_fd;
        int passed_fd; /* socket to pass as systemd does; -1: the daemon makes its own */
        pid_t pid;     /* 0: not running */
} DaemonFixture;

/* Makes folder and policy. Fails the test when it cannot. */
void fixture_set_up(DaemonFixture *fixture);
void fixture_tear_down(DaemonFixture *fixture);

/* Writes, or appends to, a file of the policy. */
void fixture_write(const DaemonFixture *fixture, const char *name, const char *text);
void fixture_append(const DaemonFixture *fixture, const char *name, const char *text);

/* Starts the daemon and waits until it is ready. Return: false when it ended instead. */
bool fixture_start(DaemonFixture *fixture);

/* As fixture_start(), with limits of its own by RLIMIT_FSIZE (0: none). */
bool fixture_start_limited(DaemonFixture *fixture, uint64_t file_size_max);

/* Sends a signal and waits for the end. Return: its exit status, or 128 + the signal. */
int fixture_stop(DaemonFixture *fixture, int signal);

/* A connection, with a limit on how long a reply may take; to be closed. */
int fixture_connect(const DaemonFixture *fixture);

/* A field of a request: a text, or else a number (of flags: anything; of times: seconds). */
typedef struct TestField {
        FieldTag tag;
        const char *text;
        uint32_t number;
} TestField;

typedef struct Reply {
        int type;          /* MessageType of the last frame; 0: the connection was closed */
        uint32_t outcome;  /* of an ANSWER */
        uint32_t status;   /* of END and REFUSAL */
        int64_t not_after; /* of an ANSWER; 0: none */
        uint32_t release_seconds, sessions_ended;
        bool has_sessions_ended;
        char door_state[32];
        uint32_t records; /* RECORDs that came before */
        char reason[64];  /* of ANSWER and REFUSAL */
        char decision_id[64], revision[64], detail[512], door[128], subject[128], message[512];
        char gateway[192];
        char after[128];   /* of an END; "": none */
        char pairs[65536]; /* "name=value\n" of all records, cut */
} Reply;

/* Sends a request. Return: false when the connection is broken. */
bool fixture_send(int fd, MessageType type, const TestField *fields, size_t count);

/* Receives until something else than a RECORD has come. */
void fixture_receive(int fd, Reply *ret_reply);

#define fixture_ask(fd, reply, type, ...)                                                          \
        fixture_ask_fields((fd), (reply), (type), (const TestField[]){ __VA_ARGS__ },              \
                           sizeof((const TestField[]){ __VA_ARGS__ }) / sizeof(TestField))
void fixture_ask_fields(int fd, Reply *reply, MessageType type, const TestField *fields,
                        size_t count);
/* One without fields. */
void fixture_ask_plain(int fd, Reply *reply, MessageType type);

/* Runs a function in a child with other credentials. Return: what it returned (0 to 125). */
int fixture_as(uint32_t uid, uint32_t gid, int (*function)(const DaemonFixture *, void *),
               const DaemonFixture *fixture, void *data);
