/* SPDX-License-Identifier: MIT */
/* Tests of the life of a command: once, in time, and what came of it. */
#include "gateway_fixture.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "util/deadline.h"
#include "util/timestamp.h"

/* Waits are divided by this. */
static uint64_t haste = 1;

int __real_sd_event_add_time_relative(sd_event *event, sd_event_source **source, clockid_t clock,
                                      uint64_t usec, uint64_t accuracy,
                                      sd_event_time_handler_t handler, void *data);
int __wrap_sd_event_add_time_relative(sd_event *event, sd_event_source **source, clockid_t clock,
                                      uint64_t usec, uint64_t accuracy,
                                      sd_event_time_handler_t handler, void *data);

int __wrap_sd_event_add_time_relative(sd_event *event, sd_event_source **source, clockid_t clock,
                                      uint64_t usec, uint64_t accuracy,
                                      sd_event_time_handler_t handler, void *data)
{
        return __real_sd_event_add_time_relative(event, source, clock, usec / haste,
                                                 accuracy ? accuracy : 1000, handler, data);
}

static void do_command(const char *id)
{
        Command command = fixture_command(id);
        executor_command(fixture.executor, &command);
}

static void driver_says(const char *id, DriverResult result, const char *detail)
{
        fixture.hosts[0]->done(fixture.hosts[0]->data, 0, id, result, detail);
}

static void a_command_is_done_and_reported(void **state)
{
        do_command(ID_A);
        assert_int_equal(fixture.open_count, 1);
        assert_string_equal(fixture.opens[0].controller, "main");
        assert_string_equal(fixture.opens[0].id, ID_A);
        assert_int_equal(fixture.opens[0].seconds, 5);
        assert_false(executor_is_idle(fixture.executor));
        assert_events("");
        driver_says(ID_A, DRIVER_COMMANDED, NULL);
        assert_true(executor_is_idle(fixture.executor));
        assert_events("commanded acme/HQ/D1 0123 0 -\n");
}

static void each_result_of_a_driver_has_its_event(void **state)
{
        static const struct {
                DriverResult result;
                const char *id, *line;
        } CASES[] = {
                { DRIVER_REFUSED, "1000000000000000000000000000000a",
                  "command-refused acme/HQ/D1 1000 0 why\n" },
                { DRIVER_FAILED, "2000000000000000000000000000000a",
                  "command-failed acme/HQ/D1 2000 0 why\n" },
                { DRIVER_UNKNOWN, "3000000000000000000000000000000a",
                  "command-unknown acme/HQ/D1 3000 0 why\n" },
                { DRIVER_LATE, "4000000000000000000000000000000a",
                  "command-late acme/HQ/D1 4000 0 why\n" },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
                do_command(CASES[i].id);
                driver_says(CASES[i].id, CASES[i].result, "why");
                assert_events(CASES[i].line);
                assert_int_equal(store_forget_events(fixture.store, i + 1), 0);
        }
}

static void the_same_id_moves_nothing_and_gets_the_stored_answer(void **state)
{
        do_command(ID_A);
        do_command(ID_A); /* while the driver has it */
        driver_says(ID_A, DRIVER_REFUSED, "interlock");
        assert_events("command-refused acme/HQ/D1 0123 0 interlock\n");
        do_command(ID_A);
        assert_events("command-refused acme/HQ/D1 0123 0 interlock\n"
                      "command-refused acme/HQ/D1 0123 0 interlock\n");
        fixture_close();
        fixture_open();
        do_command(ID_A);
        assert_events("command-refused acme/HQ/D1 0123 0 interlock\n"
                      "command-refused acme/HQ/D1 0123 0 interlock\n"
                      "command-refused acme/HQ/D1 0123 0 interlock\n");
        assert_int_equal(fixture.open_count, 1);
}

static void a_late_command_is_discarded_by_either_clock(void **state)
{
        Command command = fixture_command(ID_A);
        command.not_after_s = timestamp_now();
        executor_command(fixture.executor, &command);
        command = fixture_command(ID_B);
        command.valid_until_ns = deadline_clock_ns();
        executor_command(fixture.executor, &command);
        assert_int_equal(fixture.open_count, 0);
        assert_events("command-late acme/HQ/D1 0123 0 it came too late\n"
                      "command-late acme/HQ/D1 fedc 0 it came too late\n");
        /* It stays discarded, whatever time it claims to have when it comes again. */
        do_command(ID_A);
        assert_int_equal(fixture.open_count, 0);
}

static void a_command_may_not_leave_any_more_once_it_is_late(void **state)
{
        Command command = fixture_command(ID_A);
        command.valid_until_ns = deadline_clock_ns() + 30000000;
        executor_command(fixture.executor, &command);
        const DriverHost *host = fixture.hosts[0];
        assert_true(host->still_valid(host->data, 0, ID_A));
        assert_false(host->still_valid(host->data, 0, ID_B));
        fixture_run(40);
        assert_false(host->still_valid(host->data, 0, ID_A));
}

static void what_never_left_is_failed(void **state)
{
        fixture.open_result = -EHOSTUNREACH;
        do_command(ID_A);
        assert_events("command-failed acme/HQ/D1 0123 0 No route to host\n");
        fixture.open_result = 0;
        do_command(ID_A);
        assert_int_equal(fixture.open_count, 0);
}

static void without_room_on_disk_nothing_moves(void **state)
{
        struct rlimit before, none = { 0, 0 };
        assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
        none.rlim_max = before.rlim_max;
        signal(SIGXFSZ, SIG_IGN);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
        do_command(ID_A);
        int r = events_flush(fixture.events);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_true(r < 0);
        assert_true(events_are_failing(fixture.events));
        assert_int_equal(fixture.open_count, 0);
        assert_events("command-failed acme/HQ/D1 0123 0 the store of used ids cannot be written\n");
        assert_false(events_are_failing(fixture.events));
        do_command(ID_B);
        assert_int_equal(fixture.open_count, 1);
}

static void a_store_that_was_taken_away_moves_nothing(void **state)
{
        char path[128];
        (void)snprintf(path, sizeof(path), "%s/gateway.db", fixture.folder);
        assert_int_equal(remove(path), 0);
        do_command(ID_A);
        assert_int_equal(fixture.open_count, 0);
        assert_true(events_flush(fixture.events) < 0);
}

/* What is written to a file that nobody finds again is not written. */
static void a_store_that_was_replaced_moves_nothing(void **state)
{
        char path[128], copy[140], command[300];
        (void)snprintf(path, sizeof(path), "%s/gateway.db", fixture.folder);
        (void)snprintf(copy, sizeof(copy), "%s.copy", path);
        (void)snprintf(command, sizeof(command), "cp -p '%s' '%s'", path, copy);
        assert_int_equal(system(command), 0);
        assert_int_equal(rename(copy, path), 0);
        do_command(ID_A);
        assert_int_equal(fixture.open_count, 0);
        assert_true(events_flush(fixture.events) < 0);
}

static void what_a_driver_never_answers_is_unknown(void **state)
{
        haste = 100; /* 100 ms of the controller and the grace become 51 ms */
        do_command(ID_A);
        haste = 1;
        fixture_run(20);
        assert_events("");
        fixture_run(100);
        assert_events("command-unknown acme/HQ/D1 0123 0 the driver has not said what became of "
                      "it\n");
        driver_says(ID_A, DRIVER_COMMANDED, NULL); /* too late to be believed */
        do_command(ID_A);
        assert_int_equal(fixture.open_count, 1);
}

static void what_the_end_leaves_in_hand_is_unknown(void **state)
{
        do_command(ID_A);
        fixture.executor = executor_free(fixture.executor);
        assert_events("command-unknown acme/HQ/D1 0123 0 the gateway was ended\n");
}

static void an_answer_nobody_waits_for_is_ignored(void **state)
{
        driver_says(ID_A, DRIVER_COMMANDED, NULL);
        do_command(ID_B);
        driver_says(ID_B, DRIVER_COMMANDED, NULL);
        driver_says(ID_B, DRIVER_FAILED, NULL);
        assert_events("commanded acme/HQ/D1 fedc 0 -\n");
}

static void too_many_at_once_fail_and_never_move(void **state)
{
        char id[COMMAND_ID_SIZE];
        fixture.open_result = 0;
        for (unsigned i = 0; i < EXECUTOR_COMMANDS_MAX + 1; i++) {
                (void)snprintf(id, sizeof(id), "%032x", i + 1);
                do_command(id);
                fixture.open_count = 0;
        }
        char *events = fixture_events();
        assert_string_equal(events, "command-failed acme/HQ/D1 0000 0 Device or resource busy\n");
        free(events);
}

static void ids_are_forgotten_an_hour_after_they_were_void(void **state)
{
        StoreCommand known, command = { .id = ID_A, .door = "acme/HQ/D1" };
        command.not_after_s = timestamp_now() - EXECUTOR_KEEP_SECONDS - 5;
        assert_int_equal(store_consume(fixture.store, &command, &known), 0);
        executor_prune(fixture.executor); /* without a result it is kept */
        assert_int_equal(store_consume(fixture.store, &command, &known), STORE_CONSUMED_BEFORE);
        fixture_close();
        fixture_open(); /* gives it one */
        executor_prune(fixture.executor);
        assert_int_equal(store_consume(fixture.store, &command, &known), 0);
        memcpy(command.id, ID_B, sizeof(command.id));
        command.not_after_s = timestamp_now() - EXECUTOR_KEEP_SECONDS + 60;
        assert_int_equal(store_consume(fixture.store, &command, &known), 0);
        fixture_close();
        fixture_open();
        executor_prune(fixture.executor);
        assert_int_equal(store_consume(fixture.store, &command, &known), STORE_CONSUMED_BEFORE);
}

static void only_32_lower_case_digits_are_an_id(void **state)
{
        assert_true(executor_id_is_valid(text_from(ID_A)));
        assert_false(executor_id_is_valid(text_from(ID_A "0")));
        assert_false(executor_id_is_valid((Text){ ID_A, 31 }));
        assert_false(executor_id_is_valid(text_from("0123456789ABCDEF0123456789abcdef")));
        assert_false(executor_id_is_valid(text_from("0123456789abcdef0123456789abcde'")));
        assert_false(executor_id_is_valid(TEXT_NULL));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                FIXTURE_TEST(a_command_is_done_and_reported),
                FIXTURE_TEST(each_result_of_a_driver_has_its_event),
                FIXTURE_TEST(the_same_id_moves_nothing_and_gets_the_stored_answer),
                FIXTURE_TEST(a_late_command_is_discarded_by_either_clock),
                FIXTURE_TEST(a_command_may_not_leave_any_more_once_it_is_late),
                FIXTURE_TEST(what_never_left_is_failed),
                FIXTURE_TEST(without_room_on_disk_nothing_moves),
                FIXTURE_TEST(a_store_that_was_taken_away_moves_nothing),
                FIXTURE_TEST(a_store_that_was_replaced_moves_nothing),
                FIXTURE_TEST(what_a_driver_never_answers_is_unknown),
                FIXTURE_TEST(what_the_end_leaves_in_hand_is_unknown),
                FIXTURE_TEST(an_answer_nobody_waits_for_is_ignored),
                FIXTURE_TEST(too_many_at_once_fail_and_never_move),
                FIXTURE_TEST(ids_are_forgotten_an_hour_after_they_were_void),
                cmocka_unit_test(only_32_lower_case_digits_are_an_id),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
