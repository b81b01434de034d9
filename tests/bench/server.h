/* SPDX-License-Identifier: MIT */
/*
 * The two servers that the benchmarks of the programs compare: doorwardd itself, and the bare
 * minimum, an epoll loop over AF_UNIX SOCK_SEQPACKET that sends every frame back.
 */
#pragma once

#include <sys/types.h>

#include "client/connection.h"
#include "fixture.h"

/* Starts doorwardd (BENCH_DOORWARDD) on the fixture's policy and waits until it is ready. Its log
 * goes to a file in the fixture's folder. Return: its process id. */
pid_t bench_daemon_start(const BenchFixture *fixture);

/* Starts the bare server on a socket at path. Return: its process id. */
pid_t bench_bare_start(const char *path);

/* Ends a server by its process id and waits for it. */
void bench_server_stop(pid_t pid);

/* Connects to a server, or ends the program. */
Connection *bench_connect(const char *path);

/* Listens on a new AF_UNIX SOCK_SEQPACKET socket at path. Return: the descriptor. */
int bench_listen(const char *path);
