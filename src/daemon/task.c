/* SPDX-License-Identifier: MIT */
/* Task: see task.h. */
#include "daemon/task.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/child.h"

#define READ_SIZE 16384
#define READS_MAX 8 /* in one turn of the loop; a pipe holds no more than that */

struct Task {
        TaskDone done;
        void *data;
        int fd; /* of its output */
        sd_event_source *output_source, *child_source, *timer_source;
        bool timed_out, truncated;
        char *output;
        size_t size, capacity, output_max;
};

Task *task_free(Task *task)
{
        if (!task)
                return NULL;
        sd_event_source_disable_unref(task->output_source);
        sd_event_source_disable_unref(task->timer_source);
        /* Owned by its source: freeing that kills and reaps a child that still runs. */
        sd_event_source_disable_unref(task->child_source);
        cleanup_close(&task->fd);
        free(task->output);
        free(task);
        return NULL;
}

static void keep(Task *task, const char *data, size_t size)
{
        size_t room = task->output_max - task->size;
        if (size > room) {
                task->truncated = true;
                size = room;
        }
        if (task->size + size + 1 > task->capacity) {
                size_t capacity = 2 * (task->size + size + 1);
                char *output = realloc(task->output, capacity);
                if (!output) {
                        task->truncated = true;
                        return;
                }
                task->output = output;
                task->capacity = capacity;
        }
        memcpy(task->output + task->size, data, size);
        task->size += size;
        task->output[task->size] = '\0';
}

/* Reads what there is, but does not let a child that never stops writing hold up the loop.
 * Return: false at the end of the output. */
static bool read_output(Task *task)
{
        char data[READ_SIZE];
        for (unsigned n = 0; n < READS_MAX; n++) {
                ssize_t size = read(task->fd, data, sizeof(data));
                if (size < 0 && errno == EINTR)
                        continue;
                if (size <= 0)
                        return size < 0 && errno == EAGAIN;
                keep(task, data, (size_t)size);
        }
        return true;
}

static int on_output(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        Task *task = userdata;
        if (!read_output(task))
                task->output_source = sd_event_source_disable_unref(task->output_source);
        return 0;
}

static int on_exit_of_child(sd_event_source *source, const siginfo_t *information, void *userdata)
{
        Task *task = userdata;
        (void)read_output(task);
        TaskResult result = {
                .status = information->si_code == CLD_EXITED ? information->si_status : -1,
                .timed_out = task->timed_out,
                .truncated = task->truncated,
                .output = task->output,
                .output_size = task->size,
        };
        task->done(task->data, &result);
        return 0;
}

static int on_timeout(sd_event_source *source, uint64_t usec, void *userdata)
{
        Task *task = userdata;
        task->timed_out = true;
        (void)sd_event_source_send_child_signal(task->child_source, SIGKILL, NULL, 0);
        return 0;
}

static int watch(Task *task, sd_event *event, pid_t pid, uint64_t timeout_ms)
{
        int r = sd_event_add_child(event, &task->child_source, pid, WEXITED, on_exit_of_child,
                                   task);
        if (r < 0) {
                (void)kill(pid, SIGKILL);
                (void)waitpid(pid, NULL, 0);
                return r;
        }
        (void)sd_event_source_set_child_process_own(task->child_source, true);
        r = sd_event_add_io(event, &task->output_source, task->fd, EPOLLIN, on_output, task);
        if (r < 0 || timeout_ms == 0)
                return r;
        return sd_event_add_time_relative(event, &task->timer_source, CLOCK_MONOTONIC,
                                          timeout_ms * 1000, 0, on_timeout, task);
}

static int spawn(const TaskOptions *options, int output_fd, pid_t *ret_pid)
{
        int fds[CHILD_FDS_MAX] = { output_fd };
        if (options->fd_count >= CHILD_FDS_MAX)
                return -EINVAL;
        for (size_t i = 0; i < options->fd_count; i++)
                fds[i + 1] = options->fds[i];
        return child_spawn(options->mode, options->arguments, options->argument_count, fds,
                           options->fd_count + 1, ret_pid);
}

int task_start(sd_event *event, const TaskOptions *options, TaskDone done, void *data,
               Task **ret_task)
{
        _cleanup_(task_freep) Task *task = calloc(1, sizeof(*task));
        if (!task)
                return -ENOMEM;
        *task = (Task){ .done = done, .data = data, .fd = -1, .output_max = options->output_max };
        task->capacity = 1;
        task->output = calloc(1, task->capacity);
        if (!task->output)
                return -ENOMEM;
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) < 0)
                return -errno;
        task->fd = ends[0];
        _cleanup_close_ int child_end = ends[1];
        if (fcntl(task->fd, F_SETFL, O_NONBLOCK) < 0)
                return -errno;
        pid_t pid;
        int r = spawn(options, child_end, &pid);
        if (r == 0)
                r = watch(task, event, pid, options->timeout_ms);
        if (r < 0)
                return r;
        *ret_task = task;
        task = NULL;
        return 0;
}
