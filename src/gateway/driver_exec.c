/* SPDX-License-Identifier: MIT */
/*
 * Driver: exec
 *
 * Opens a door by running a program: no shell, an environment of four variables, a process group of
 * its own, and a limit of time, after which the group is killed. What the program moves has to
 * relock by itself; processes that it leaves behind, such as one that relocks, are let be.
 *
 * Exit 0: commanded, 1: refused, anything else, a signal or the limit: unknown. Only a program that
 * could not be started has certainly moved nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "gateway/driver.h"
#include "util/cleanup.h"

#define MICROSECONDS_PER_MS 1000
#define VARIABLE_SIZE       2304 /* of the longest path of a door */
#define ID_SIZE             33
#define RUNS_MAX            256

typedef struct ExecDriver ExecDriver;

/* A program that runs. */
typedef struct Run {
        struct Run *next;
        ExecDriver *driver;
        unsigned door;
        pid_t pid;
        char command_id[ID_SIZE];
        sd_event_source *child, *timer;
        bool killed;
} Run;

struct ExecDriver {
        const DriverController *controller;
        const DriverHost *host;
        Run *first;
        unsigned count;
};

static Run *run_free(Run *run)
{
        sd_event_source_disable_unref(run->child);
        sd_event_source_disable_unref(run->timer);
        free(run);
        return NULL;
}

static void finish(Run *run, DriverResult result, const char *detail)
{
        ExecDriver *driver = run->driver;
        Run **link = &driver->first;
        while (*link != run)
                link = &(*link)->next;
        *link = run->next;
        driver->count--;
        driver->host->done(driver->host->data, run->door, run->command_id, result, detail);
        run_free(run);
}

static int on_end(sd_event_source *source, const siginfo_t *info, void *data)
{
        Run *run = data;
        char detail[64];
        if (run->killed)
                finish(run, DRIVER_UNKNOWN, "the program took too long and was killed");
        else if (info->si_code == CLD_EXITED && info->si_status == 0)
                finish(run, DRIVER_COMMANDED, NULL);
        else if (info->si_code == CLD_EXITED && info->si_status == 1)
                finish(run, DRIVER_REFUSED, "the program ended with 1");
        else {
                (void)snprintf(detail, sizeof(detail), "the program ended %s %d",
                               info->si_code == CLD_EXITED ? "with" : "by signal", info->si_status);
                finish(run, DRIVER_UNKNOWN, detail);
        }
        return 0;
}

static int on_limit(sd_event_source *source, uint64_t usec, void *data)
{
        Run *run = data;
        run->killed = true;
        (void)kill(-run->pid, SIGKILL);
        return 0;
}

/* ---- Starting a program ---- */

static void file_actions_destroy(posix_spawn_file_actions_t *actions)
{
        (void)posix_spawn_file_actions_destroy(actions);
}

static void attributes_destroy(posix_spawnattr_t *attributes)
{
        (void)posix_spawnattr_destroy(attributes);
}

/* What it says on standard error goes where the gateway's own messages go. */
static int set_descriptors(posix_spawn_file_actions_t *actions)
{
        int r = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        if (r == 0)
                r = posix_spawn_file_actions_addopen(actions, STDOUT_FILENO, "/dev/null", O_WRONLY,
                                                     0);
        if (r == 0)
                r = posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
        return -r;
}

static int set_attributes(posix_spawnattr_t *attributes)
{
        sigset_t none, all;
        sigemptyset(&none);
        sigfillset(&all);
        int r = posix_spawnattr_setsigmask(attributes, &none);
        if (r == 0)
                r = posix_spawnattr_setsigdefault(attributes, &all);
        if (r == 0)
                r = posix_spawnattr_setpgroup(attributes, 0);
        if (r == 0)
                r = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK |
                                                                 POSIX_SPAWN_SETSIGDEF |
                                                                 POSIX_SPAWN_SETPGROUP);
        return -r;
}

static int spawn(const char *const *argv, char *const *environment, pid_t *ret_pid)
{
        _cleanup_(file_actions_destroy) posix_spawn_file_actions_t actions;
        _cleanup_(attributes_destroy) posix_spawnattr_t attributes;
        (void)posix_spawn_file_actions_init(&actions);
        (void)posix_spawnattr_init(&attributes);
        int r = set_descriptors(&actions);
        if (r == 0)
                r = set_attributes(&attributes);
        if (r < 0)
                return r;
        return -posix_spawn(ret_pid, argv[0], &actions, &attributes, (char *const *)argv,
                            environment);
}

static int spawn_for(const DriverDoor *door, uint32_t seconds, const char *command_id,
                     pid_t *ret_pid)
{
        char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        char name[VARIABLE_SIZE], time[32], command[ID_SIZE + 32];
        char *environment[] = { path, name, time, command, NULL };
        (void)snprintf(name, sizeof(name), "DOORWARD_DOOR=%s", door->path);
        (void)snprintf(time, sizeof(time), "DOORWARD_SECONDS=%u", seconds);
        (void)snprintf(command, sizeof(command), "DOORWARD_COMMAND=%s", command_id);
        return spawn(door->open_argv, environment, ret_pid);
}

/* Has the loop wait for its end. Without that nobody would know when it ends: it is killed then. */
static int watch(Run *run)
{
        sd_event *event = run->driver->host->event;
        int r = sd_event_add_child(event, &run->child, run->pid, WEXITED, on_end, run);
        if (r >= 0)
                r = sd_event_add_time_relative(event, &run->timer, CLOCK_MONOTONIC,
                                               (uint64_t)run->driver->controller->timeout_ms *
                                                       MICROSECONDS_PER_MS,
                                               0, on_limit, run);
        return r;
}

/* ---- The interface ---- */

static int exec_start(const DriverController *controller, const DriverHost *host, void **ret_state)
{
        ExecDriver *driver = calloc(1, sizeof(*driver));
        if (!driver)
                return -ENOMEM;
        driver->controller = controller;
        driver->host = host;
        *ret_state = driver;
        return 0;
}

static int exec_open(void *state, unsigned door, uint32_t seconds, const char *command_id)
{
        ExecDriver *driver = state;
        if (driver->count >= RUNS_MAX)
                return -EBUSY;
        Run *run = calloc(1, sizeof(*run));
        if (!run)
                return -ENOMEM;
        run->driver = driver;
        run->door = door;
        (void)snprintf(run->command_id, sizeof(run->command_id), "%s", command_id);
        int r = spawn_for(&driver->controller->doors[door], seconds, command_id, &run->pid);
        if (r < 0) {
                run_free(run);
                return r;
        }
        run->next = driver->first;
        driver->first = run;
        driver->count++;
        if (watch(run) < 0) {
                /* It runs: whoever waits for done() is answered by his own limit. */
                (void)kill(-run->pid, SIGKILL);
                driver->host->log(driver->host->data, LOG_ERR,
                                  "a program that nobody could wait for was killed");
        }
        return 0;
}

static void exec_stop(void *state)
{
        ExecDriver *driver = state;
        if (!driver)
                return;
        /* What still runs may be about to relock: it is let be. */
        while (driver->first) {
                Run *run = driver->first;
                driver->first = run->next;
                run_free(run);
        }
        free(driver);
}

const Driver driver_exec = {
        .name = "exec",
        .start = exec_start,
        .open = exec_open,
        .stop = exec_stop,
};
