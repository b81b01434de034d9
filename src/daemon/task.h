/* SPDX-License-Identifier: MIT */
/*
 * Task
 *
 * A child whose output is wanted: started, its output collected up to a limit, killed when it takes
 * too long, and reported to a callback, all on the event loop.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "util/cleanup.h"

typedef struct Task Task;

typedef struct TaskResult {
        int status;         /* exit status; -1 when a signal ended it */
        bool timed_out;     /* it was killed for taking too long */
        bool truncated;     /* there was more output than was kept */
        const char *output; /* borrowed during the callback; NUL-terminated */
        size_t output_size;
} TaskResult;

/* Called once, when the child has ended. The task may be freed from here. */
typedef void (*TaskDone)(void *data, const TaskResult *result);

typedef struct TaskOptions {
        const char *mode; /* as of child_spawn() */
        const char *const *arguments;
        size_t argument_count;
        const int *fds; /* the child's descriptors from CHILD_FIRST_FD + 1 on; borrowed */
        size_t fd_count;
        uint64_t timeout_ms; /* 0: none */
        size_t output_max;   /* bytes */
} TaskOptions;

/*
 * Starts a child; what it writes to descriptor CHILD_FIRST_FD is its output.
 * Return: 0 and the task (owned by the caller), -errno.
 */
int task_start(sd_event *event, const TaskOptions *options, TaskDone done, void *data,
               Task **ret_task);

/* Ends the child if it still runs, without calling back. Return: NULL. */
Task *task_free(Task *task);
DEFINE_CLEANUP(Task *, task_free);
