/* SPDX-License-Identifier: MIT */
/*
 * Connection
 *
 * One connection to the daemon: opened, verified, one frame sent, frames received, all within
 * deadlines. What the public library, the PAM module and the command line share. No global state,
 * no signal, no descriptor below 3, everything O_CLOEXEC.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/cleanup.h"
#include "util/deadline.h"
#include "wire/message.h"

typedef struct Connection Connection;

typedef struct ConnectionOptions {
        const char *socket_path; /* NULL: the default of the build */
        bool server_uid_stated;
        uint32_t server_uid; /* trusted besides root and the owner of the socket's folder */
} ConnectionOptions;

/* What can be wrong, besides -ENOMEM and -EINVAL (a path too long for a socket). */
enum ConnectionProblem {
        CONNECTION_UNREACHABLE = 1, /* nobody listens, or the connection broke */
        CONNECTION_UNTRUSTED = 2,   /* socket, its folder, or who listens is not to be trusted */
        CONNECTION_LATE = 3,        /* the deadline has passed */
        CONNECTION_PROTOCOL = 4,    /* a frame that is no reply to the request */
};

/*
 * Connects and verifies: the folder of the socket and the socket belong to root or a trusted uid
 * and are not writable by others (the socket itself may be connected to by anyone), and the peer's
 * uid (SO_PEERCRED) is 0, the owner of the folder or server_uid.
 * Return: 0 and the connection (owned by the caller), a ConnectionProblem, -errno.
 */
int connection_open(const ConnectionOptions *options, Deadline deadline, Connection **ret);
Connection *connection_free(Connection *connection);
DEFINE_CLEANUP(Connection *, connection_free);

int connection_fd(const Connection *connection);

/* A number for the next request: random, never 0. */
uint64_t connection_next_request_id(Connection *connection);

/* Sends one frame. Return: 0, a ConnectionProblem, -errno. */
int connection_send(Connection *connection, const void *frame, size_t size, Deadline deadline);

/*
 * Receives one frame and decodes it. The message borrows from the connection until the next call.
 * Return: 0, a ConnectionProblem (PROTOCOL: no message, or its request id is not the one given).
 */
int connection_receive(Connection *connection, uint64_t request_id, Deadline deadline,
                       Message *ret_message);
