/* SPDX-License-Identifier: MIT */
/*
 * Connection
 *
 * One connection to the daemon: opened, verified, one frame sent, frames received, all within
 * deadlines. What the public library, the PAM module and the command line share. No global state,
 * no signal, no descriptor below 3, everything O_CLOEXEC.
 *
 * The functions with a deadline wait; those called try never do, and say CONNECTION_AGAIN instead.
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

/* What can be wrong, besides -ENOMEM, -EMFILE and -EINVAL (a path too long for a socket). */
enum ConnectionProblem {
        CONNECTION_UNREACHABLE = 1, /* nobody listens, or the connection broke */
        CONNECTION_UNTRUSTED = 2,   /* socket, its folder, or who listens is not to be trusted */
        CONNECTION_LATE = 3,        /* the deadline has passed */
        CONNECTION_PROTOCOL = 4,    /* a frame that is no reply to the request */
        CONNECTION_AGAIN = 5,       /* not yet: only of the functions called try */
};

/* After CONNECTION_AGAIN from connection_try_open() there is no event to wait for (the daemon's
 * queue of new connections is full): try again after this many milliseconds. */
#define CONNECTION_RETRY_MS 5

/* Says in a few words what a result of these functions (not 0) means. Static, never NULL. */
const char *connection_problem_text(int problem);

/*
 * Connects and verifies: the folder of the socket and the socket belong to root or a trusted uid
 * and are not writable by others (the socket itself may be connected to by anyone), and the peer's
 * uid (SO_PEERCRED) is 0, the owner of the folder or server_uid. A folder's owner counts only if
 * that uid can mean one account: not the overflow uid 65534, none of systemd's dynamic users
 * (61184 to 65519), not above INT32_MAX; unless it is the caller's own.
 * Return: 0 and the connection (owned by the caller), a ConnectionProblem, -errno.
 */
int connection_open(const ConnectionOptions *options, Deadline deadline, Connection **ret);

/* Prepares a connection without connecting. Return: 0 and the connection (owned by the caller),
 * -EINVAL, -ENOMEM. */
int connection_new(const ConnectionOptions *options, Connection **ret);

/* Closes; NULL is accepted. Return: NULL. */
Connection *connection_free(Connection *connection);
DEFINE_CLEANUP(Connection *, connection_free);

/* One attempt at what connection_open() does, everything verified anew.
 * Return: 0, a ConnectionProblem, -errno. */
int connection_try_open(Connection *connection);

/* The descriptor (borrowed), or -1 while there is none. */
int connection_fd(const Connection *connection);

/* Says whether an open connection still stands and nothing unasked lies in it. */
bool connection_is_idle(const Connection *connection);

/* A number for the next request, on this connection or on one still to be made (NULL): random,
 * never 0. */
uint64_t connection_next_request_id(Connection *connection);

/* Sends one frame. Return: 0, a ConnectionProblem, -errno. */
int connection_send(Connection *connection, const void *frame, size_t size, Deadline deadline);
int connection_try_send(Connection *connection, const void *frame, size_t size);

/*
 * Receives one frame and decodes it. The message borrows from the connection until the next call.
 * Return: 0, a ConnectionProblem (PROTOCOL: no message, or its request id is not the one given).
 */
int connection_receive(Connection *connection, uint64_t request_id, Deadline deadline,
                       Message *ret_message);
int connection_try_receive(Connection *connection, uint64_t request_id, Message *ret_message);
