/* SPDX-License-Identifier: MIT */
/*
 * The gateway killed at every step of a command: each write, truncation and sync of its store, and
 * before and after the lock moves. At most one movement for an id, whatever happens; its use is
 * synced before the lock moves; and what is not known afterwards is reported as unknown.
 */
#include "gateway_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "killing_disk.h"

#define STEPS_MAX      400 /* more than a command has */
#define EXIT_UNSYNCED  3
#define EXIT_NOT_MOVED 4

static char moves_path[128];
static bool is_child; /* one that has failed must not go on with the next test */

/* What the lock does: an open writes one byte, which outlives the process. */
static void move(const char *command_id)
{
        if (killing_disk_is_dirty())
                _exit(EXIT_UNSYNCED);
        killing_disk_step();
        int fd = open(moves_path, O_WRONLY | O_CREAT | O_APPEND, 0600);
        if (fd < 0 || write(fd, "x", 1) != 1)
                _exit(EXIT_NOT_MOVED);
        close(fd);
        killing_disk_step();
}

static long moves(void)
{
        struct stat status;
        return stat(moves_path, &status) == 0 ? (long)status.st_size : 0;
}

static void do_command(void)
{
        Command command = fixture_command(ID_A);
        executor_command(fixture.executor, &command);
}

/* One run of the gateway, from its start to its end, with one command in it. */
static void run_gateway(unsigned kill_at)
{
        killing_disk_kill_at(kill_at);
        fixture_open();
        do_command();
        fixture.hosts[0]->done(fixture.hosts[0]->data, 0, ID_A, DRIVER_COMMANDED, NULL);
        (void)events_flush(fixture.events);
        fixture_close();
        _exit(0);
}

/* Return: whether it was killed; else it came to its end. */
static bool run_and_kill(unsigned kill_at)
{
        int status;
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
                is_child = true;
                run_gateway(kill_at);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        if (WIFEXITED(status))
                assert_int_equal(WEXITSTATUS(status), 0);
        else
                assert_int_equal(WTERMSIG(status), SIGKILL);
        return WIFSIGNALED(status);
}

/* What the next run finds, and what it does when the command comes once more. */
static void check_next_run(long moved, unsigned *unknown)
{
        fixture_open();
        char *before = fixture_events();
        bool commanded = strncmp(before, "commanded ", 10) == 0;
        bool was_used = before[0] != '\0';
        if (moved)
                assert_true(was_used);
        if (commanded)
                assert_int_equal(moved, 1);
        else if (was_used)
                assert_string_equal(before, "command-unknown acme/HQ/D1 0123 0 the gateway ended "
                                            "before it knew\n");
        *unknown += was_used && !commanded;
        free(before);
        do_command();
        assert_int_equal(fixture.open_count, was_used ? 0 : 1);
        fixture_close();
}

static void an_id_moves_a_lock_once_wherever_the_gateway_is_killed(void **state)
{
        unsigned step = 0, moved_before = 0, unknown = 0;
        bool killed;
        if (is_child)
                _exit(EXIT_FAILURE);
        killing_disk_install();
        do {
                fixture_set_up(state);
                (void)snprintf(moves_path, sizeof(moves_path), "%s/moves", fixture.folder);
                fixture_open(); /* a store that is there already */
                fixture_close();
                fixture.opening = move;
                killed = run_and_kill(++step);
                fixture.opening = NULL;
                long moved = moves();
                assert_in_range(moved, 0, 1);
                moved_before += moved && killed;
                check_next_run(moved, &unknown);
                fixture_tear_down(state);
        } while (killed && step < STEPS_MAX);
        assert_false(killed);
        /* The steps were those that matter: some before the lock moved, some after. */
        assert_in_range(step, 8, STEPS_MAX);
        assert_true(moved_before > 0 && moved_before < step - 2);
        assert_true(unknown > 0);
}

static void a_new_store_is_whole_wherever_the_gateway_is_killed(void **state)
{
        unsigned step = 0;
        bool killed;
        if (is_child)
                _exit(EXIT_FAILURE);
        killing_disk_install();
        do {
                fixture_set_up(state);
                (void)snprintf(moves_path, sizeof(moves_path), "%s/moves", fixture.folder);
                fixture.opening = move;
                killed = run_and_kill(++step);
                fixture.opening = NULL;
                unsigned unknown = 0;
                check_next_run(moves(), &unknown);
                fixture_tear_down(state);
        } while (killed && step < STEPS_MAX);
        assert_false(killed);
        assert_in_range(step, 8, STEPS_MAX);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_id_moves_a_lock_once_wherever_the_gateway_is_killed),
                cmocka_unit_test(a_new_store_is_whole_wherever_the_gateway_is_killed),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
