/* SPDX-License-Identifier: MIT */
/* Child: see child.h. */
#include "daemon/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "util/cleanup.h"

#define FD_ABOVE 32 /* copies lie here before they are moved, so that none overwrites another */

#define OOM_SCORE "500"

extern char **environ;

static void file_actions_destroy(posix_spawn_file_actions_t *actions)
{
        (void)posix_spawn_file_actions_destroy(actions);
}

static void attributes_destroy(posix_spawnattr_t *attributes)
{
        (void)posix_spawnattr_destroy(attributes);
}

static void close_copies(int (*copies)[CHILD_FDS_MAX])
{
        for (size_t i = 0; i < CHILD_FDS_MAX; i++)
                cleanup_close(&(*copies)[i]);
}

/* Adds what is to be done with descriptors. Return: 0 or -errno. */
static int prepare_fds(posix_spawn_file_actions_t *actions, const int *copies, size_t count)
{
        int r = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        if (r == 0)
                r = posix_spawn_file_actions_addopen(actions, STDOUT_FILENO, "/dev/null", O_WRONLY,
                                                     0);
        for (size_t i = 0; r == 0 && i < count; i++)
                r = posix_spawn_file_actions_adddup2(actions, copies[i], CHILD_FIRST_FD + (int)i);
        if (r == 0)
                r = posix_spawn_file_actions_addclosefrom_np(actions, CHILD_FIRST_FD + (int)count);
        return -r;
}

static int prepare_signals(posix_spawnattr_t *attributes)
{
        sigset_t none, all;
        sigemptyset(&none);
        sigfillset(&all);
        int r = posix_spawnattr_setsigmask(attributes, &none);
        if (r == 0)
                r = posix_spawnattr_setsigdefault(attributes, &all);
        if (r == 0)
                r = posix_spawnattr_setflags(attributes,
                                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
        return -r;
}

int child_spawn(const char *mode, const char *const *arguments, size_t argument_count,
                const int *fds, size_t fd_count, pid_t *ret_pid)
{
        if (argument_count > CHILD_ARGUMENTS_MAX || fd_count > CHILD_FDS_MAX)
                return -EINVAL;
        char option[64];
        (void)snprintf(option, sizeof(option), CHILD_MODE_PREFIX "%s", mode);
        char *vector[CHILD_ARGUMENTS_MAX + 3] = { (char *)"doorwardd", option };
        for (size_t i = 0; i < argument_count; i++)
                vector[2 + i] = (char *)arguments[i];

        _cleanup_(close_copies) int copies[CHILD_FDS_MAX] = { -1, -1, -1, -1, -1 };
        for (size_t i = 0; i < fd_count; i++) {
                copies[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, FD_ABOVE);
                if (copies[i] < 0)
                        return -errno;
        }
        _cleanup_(file_actions_destroy) posix_spawn_file_actions_t actions;
        _cleanup_(attributes_destroy) posix_spawnattr_t attributes;
        (void)posix_spawn_file_actions_init(&actions);
        (void)posix_spawnattr_init(&attributes);
        int r = prepare_fds(&actions, copies, fd_count);
        if (r == 0)
                r = prepare_signals(&attributes);
        if (r < 0)
                return r;
        return -posix_spawn(ret_pid, "/proc/self/exe", &actions, &attributes, vector, environ);
}

void child_begin(void)
{
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        /* When memory is short, a compiler goes before the daemon that waits for it. */
        _cleanup_close_ int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
        if (fd >= 0)
                (void)!write(fd, OOM_SCORE, sizeof(OOM_SCORE) - 1);
}
