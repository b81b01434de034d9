/* SPDX-License-Identifier: MIT */
/*
 * Daemon source
 *
 * A daemon of libmicrohttpd on an event loop: its epoll descriptor, its timeouts, and what it has
 * to do that no descriptor tells.
 */
#pragma once

#include <microhttpd.h>
#include <systemd/sd-event.h>

#include "util/cleanup.h"

typedef struct DaemonSource DaemonSource;

/* Puts a daemon (borrowed, started with MHD_USE_EPOLL and without a thread) on a loop.
 * Return: 0 and owned by the caller, -ENOMEM, -ENOTSUP, -errno. */
int daemon_source_new(sd_event *event, struct MHD_Daemon *daemon, DaemonSource **ret_source);
DaemonSource *daemon_source_free(DaemonSource *source);
DEFINE_CLEANUP(DaemonSource *, daemon_source_free);

/* Lets the daemon work in the next turn of the loop: after MHD_resume_connection(). */
void daemon_source_run_soon(DaemonSource *source);
