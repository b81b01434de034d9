/* SPDX-License-Identifier: MIT */
/*
 * Child
 *
 * Work that could block, leak or crash is done by another process: this program, executed anew in
 * one of its internal modes, with only the descriptors it needs.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#define CHILD_MODE_PREFIX   "--internal-"
#define CHILD_FIRST_FD      3
#define CHILD_FDS_MAX       5
#define CHILD_ARGUMENTS_MAX 8

/*
 * Starts this program in an internal mode ("--internal-MODE"). fds[i] becomes descriptor
 * CHILD_FIRST_FD + i there (borrowed; they stay open here); standard input and output are
 * /dev/null, standard error is shared; no signal is blocked.
 * Return: 0 and the process id, -errno.
 */
int child_spawn(const char *mode, const char *const *arguments, size_t argument_count,
                const int *fds, size_t fd_count, pid_t *ret_pid);

/* To be called first in a child: it dies with its parent, and before it when memory is short. */
void child_begin(void);
