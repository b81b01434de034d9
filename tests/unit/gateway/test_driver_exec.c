/* SPDX-License-Identifier: MIT */
/* Tests of the driver that runs programs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gateway/driver.h"

#define ID "0123456789abcdef0123456789abcdef"

static char folder[32], output[64];

static const char *const OK[] = { "/bin/true", NULL };
static const char *const REFUSES[] = { "/bin/false", NULL };
static const char *const STRANGE[] = { "/bin/sh", "-c", "exit 2", NULL };
static const char *const DIES[] = { "/bin/sh", "-c", "kill -9 $$", NULL };
static const char *const HANGS_UP[] = { "/bin/sh", "-c", "kill -HUP $$", NULL };
static const char *const SLOW[] = { "/bin/sh", "-c", "sleep 60 & sleep 60", NULL };
static const char *const NONE[] = { "/nowhere/at-all", NULL };
static const char *const TELLS[] = { "/bin/sh", "-c", NULL, "a b;c", "$(d)", NULL };
static const char *tells[6];

static DriverDoor doors[] = {
        { .path = "acme/HQ/D1", .open_argv = OK },    { .path = "d", .open_argv = REFUSES },
        { .path = "d", .open_argv = STRANGE },        { .path = "d", .open_argv = DIES },
        { .path = "d", .open_argv = SLOW },           { .path = "d", .open_argv = NONE },
        { .path = "acme/HQ/D7", .open_argv = tells }, { .path = "d", .open_argv = HANGS_UP },
};

static const DriverController CONTROLLER = {
        .name = "lab", .timeout_ms = 150, .doors = doors, .door_count = 8
};

static sd_event *event;
static void *driver;
static unsigned done_count;
static DriverResult last_result;
static char last_detail[128];

static void on_done(void *data, unsigned door, const char *command_id, DriverResult result,
                    const char *detail)
{
        assert_string_equal(command_id, ID);
        done_count++;
        last_result = result;
        (void)snprintf(last_detail, sizeof(last_detail), "%s", detail ? detail : "");
}

static void on_log(void *data, int priority, const char *line)
{
}

static const DriverHost *host(void)
{
        static DriverHost made;
        made = (DriverHost){ .event = event, .done = on_done, .log = on_log };
        return &made;
}

static int set_up(void **state)
{
        sigset_t child;
        sigemptyset(&child);
        sigaddset(&child, SIGCHLD);
        assert_int_equal(sigprocmask(SIG_BLOCK, &child, NULL), 0);
        strcpy(folder, "/tmp/exec-XXXXXX");
        assert_non_null(mkdtemp(folder));
        (void)snprintf(output, sizeof(output), "%s/out", folder);
        memcpy(tells, TELLS, sizeof(TELLS));
        assert_true(sd_event_new(&event) >= 0);
        assert_int_equal(driver_exec.start(&CONTROLLER, host(), &driver), 0);
        done_count = 0;
        return 0;
}

static int tear_down(void **state)
{
        driver_exec.stop(driver);
        event = sd_event_unref(event);
        unlink(output);
        return rmdir(folder);
}

/* Opens a door and waits for the result, never from within. */
static void open_door(unsigned door)
{
        done_count = 0;
        assert_int_equal(driver_exec.open(driver, door, 5, ID), 0);
        assert_int_equal(done_count, 0);
        for (unsigned i = 0; i < 500 && done_count == 0; i++)
                assert_true(sd_event_run(event, 10000) >= 0);
        assert_int_equal(done_count, 1);
}

static void how_a_program_ends_is_the_result(void **state)
{
        open_door(0);
        assert_int_equal(last_result, DRIVER_COMMANDED);
        open_door(1);
        assert_int_equal(last_result, DRIVER_REFUSED);
        open_door(2);
        assert_int_equal(last_result, DRIVER_UNKNOWN);
        assert_string_equal(last_detail, "the program ended with 2");
        open_door(3);
        assert_int_equal(last_result, DRIVER_UNKNOWN);
        assert_string_equal(last_detail, "the program ended by signal 9");
        open_door(7); /* a number that would refuse as a status */
        assert_int_equal(last_result, DRIVER_UNKNOWN);
        assert_string_equal(last_detail, "the program ended by signal 1");
}

static void a_program_that_takes_too_long_is_killed_with_all_it_started(void **state)
{
        open_door(4);
        assert_int_equal(last_result, DRIVER_UNKNOWN);
        assert_string_equal(last_detail, "the program took too long and was killed");
}

static void a_program_that_is_not_there_moves_nothing(void **state)
{
        assert_int_equal(driver_exec.open(driver, 5, 5, ID), -ENOENT);
        assert_int_equal(done_count, 0);
}

static void a_program_gets_its_arguments_and_four_variables_and_no_more(void **state)
{
        char script[256], found[1024] = "";
        (void)snprintf(script, sizeof(script),
                       "{ printf '%%s|' \"$0\" \"$1\"; env | grep -vE '^(PWD|SHLVL|_)=' | sort; "
                       "ls /proc/$$/fd; } >%s", /* no pipe of the shell's beside them */
                       output);
        tells[2] = script;
        assert_int_equal(setenv("DOORWARD_SECRET", "x", 1), 0);
        open_door(6);
        assert_int_equal(last_result, DRIVER_COMMANDED);
        FILE *file = fopen(output, "r");
        assert_non_null(file);
        assert_true(fread(found, 1, sizeof(found) - 1, file) > 0);
        fclose(file);
        assert_string_equal(found,
                            "a b;c|$(d)|DOORWARD_COMMAND=" ID "\nDOORWARD_DOOR=acme/HQ/D7\n"
                            "DOORWARD_SECONDS=5\n"
                            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
                            "0\n1\n10\n2\n");
}

static void what_runs_at_the_end_is_let_be(void **state)
{
        char script[256];
        (void)snprintf(script, sizeof(script), "sleep 0.05; : >%s", output);
        tells[2] = script;
        assert_int_equal(driver_exec.open(driver, 6, 5, ID), 0);
        driver_exec.stop(driver);
        driver = NULL;
        (void)wait(NULL);
        assert_int_equal(access(output, F_OK), 0);
        assert_int_equal(done_count, 0);
}

#define EXEC_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                EXEC_TEST(how_a_program_ends_is_the_result),
                EXEC_TEST(a_program_that_takes_too_long_is_killed_with_all_it_started),
                EXEC_TEST(a_program_that_is_not_there_moves_nothing),
                EXEC_TEST(a_program_gets_its_arguments_and_four_variables_and_no_more),
                EXEC_TEST(what_runs_at_the_end_is_let_be),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
