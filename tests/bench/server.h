/* SPDX-License-Identifier: MIT */
/*
 * The two servers that the benchmarks of the programs compare: doorwardd itself, on the folders
 * "policy" and "roles" of a scratch folder, and the bare minimum, an epoll loop over AF_UNIX
 * SOCK_SEQPACKET that sends every frame back. What cannot be done ends the program and says why.
 */
#pragma once

#include <sys/types.h>

#include "client/connection.h"
#include "scratch.h"

/* Ends the program with a line on standard error. */
_Noreturn void bench_fail(const char *what, const char *detail);

/* As scratch_write(), or ends the program. */
void bench_write(const char *scratch, const char *name, const char *text);

/* Starts the daemon PROGRAM on a scratch folder and waits until it serves; its log goes to "log"
 * there. Writes the path of its socket into RET_SOCKET, SCRATCH_PATH_SIZE bytes. Return: its
 * process id. */
pid_t bench_daemon_start(const char *program, const char *scratch, char *ret_socket);

/* Starts the bare server on a socket at path. Return: its process id. */
pid_t bench_bare_start(const char *path);

/* Ends a server by its process id and waits for it. */
void bench_server_stop(pid_t pid);

/* Connects to a server, or ends the program. */
Connection *bench_connect(const char *path);

/* Listens on a new AF_UNIX SOCK_SEQPACKET socket at path. Return: the descriptor. */
int bench_listen(const char *path);
