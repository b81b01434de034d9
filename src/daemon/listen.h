/* SPDX-License-Identifier: MIT */
/*
 * Listen
 *
 * The socket: passed by systemd, or made here in a folder that nobody else may write. listen() is
 * called by this process in both cases, because a client sees the credentials of whoever called it
 * last (SO_PEERCRED).
 */
#pragma once

#include <stdbool.h>

#include "daemon/log.h"

typedef struct Listener {
        int fd;
        const char *path; /* of a socket made here: removed at the end; NULL: passed */
} Listener;

/* Takes the socket from systemd or makes it at path (borrowed as long as the listener lives). What
 * is wrong is logged. Return: 0 or -errno. */
int listen_open(const char *path, Log log, Listener *ret_listener);
void listen_close(Listener *listener);
