/* SPDX-License-Identifier: MIT */
/* Processes: which one a number means. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

/*
 * When a process began: clock ticks since the machine's start, field 22 of /proc/PID/stat
 * (proc(5)). Together with its number it names the process for as long as the machine runs.
 * Return: 0 when there is no such process, or the system does not say.
 */
int64_t process_started(pid_t pid);
