/* SPDX-License-Identifier: MIT */
/*
 * Process
 *
 * Which process a number means. A number is used again when its process has ended, so that it is
 * kept with when that one began, and looked at again before anything is done to it.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

/*
 * When a process began, as a number that no other process of that id has: clock ticks since the
 * system's start, mixed with what tells one start of the system from another (the kernel's boot id,
 * or DOORWARD_BOOT_ID of the environment where the kernel's is hidden).
 * Return: 0, -ESRCH when there is no such process, -errno.
 */
int process_started(pid_t pid, int64_t *ret_started);

/* Opens a process for signals, if it is the one that began then.
 * Return: a pidfd (owned by the caller), -ESRCH when that one has ended, -errno. */
int process_open(pid_t pid, int64_t started);

/* Sends a signal through a pidfd. Return: 0, -errno. */
int process_signal(int pidfd, int signal);
