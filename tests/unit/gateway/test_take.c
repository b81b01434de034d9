/* SPDX-License-Identifier: MIT */
/* Tests of the long poll for commands. */
#include "gateway_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fake_link.h"
#include "gateway/take.h"
#include "util/timestamp.h"

static Take *take;

static int set_up(void **state)
{
        fixture_set_up_open(state);
        const Log log = { .silent = true };
        assert_int_equal(take_new(fixture.event, fake_link(), fixture.doors, fixture.executor,
                                  fixture.hold, fixture.events, log, &take),
                         0);
        take_start(take);
        return 0;
}

static int tear_down(void **state)
{
        take = take_free(take);
        link_free(NULL);
        return fixture_tear_down(state);
}

/* The TAKE that is under way. */
static FakeCall *open_take(void)
{
        FakeCall *call = fake_link_open_call(MESSAGE_TAKE);
        assert_non_null(call);
        return call;
}

static void hand_over(FakeCall *call, const char *id, const char *door, const char *seconds,
                      int64_t not_after_s, const char *valid_ms)
{
        char not_after[32];
        (void)snprintf(not_after, sizeof(not_after), "%lld", (long long)not_after_s);
        fake_link_record(call, (const char *const[]){ "kind", "command", "id", id, "door", door,
                                                      "seconds", seconds, "not-after", not_after,
                                                      "valid-milliseconds", valid_ms, "revision",
                                                      "r", "subject", "user:acme/alice", NULL });
}

static void a_take_names_all_doors(void **state)
{
        const FakeCall *call = open_take();
        Text text;
        uint32_t seconds;
        assert_true(message_text_at(&call->message, FIELD_WITH, 0, &text));
        assert_true(text_is(text, "door:acme/HQ/D1"));
        assert_true(message_text_at(&call->message, FIELD_WITH, 2, &text));
        assert_true(text_is(text, "door:acme/HQ/D3"));
        assert_false(message_text_at(&call->message, FIELD_WITH, 3, &text));
        assert_true(message_number(&call->message, FIELD_SECONDS, &seconds));
        assert_int_equal(seconds, TAKE_SECONDS);
        assert_true(call->timeout_ms > TAKE_SECONDS * 1000);
        assert_false(message_text(&call->message, FIELD_AFTER, &text));
}

static void a_command_is_done_and_the_next_take_follows(void **state)
{
        FakeCall *call = open_take();
        Text text;
        hand_over(call, ID_A, "acme/HQ/D3", "7", timestamp_now() + 10, "9000");
        assert_int_equal(fixture.open_count, 1);
        assert_string_equal(fixture.opens[0].controller, "side");
        assert_int_equal(fixture.opens[0].seconds, 7);
        fake_link_end(call, 0, "token");
        const FakeCall *next = open_take();
        assert_ptr_not_equal(next, call);
        assert_true(message_text(&next->message, FIELD_AFTER, &text));
        assert_true(text_is(text, "token"));
}

static void a_command_counts_by_both_clocks(void **state)
{
        FakeCall *call = open_take();
        hand_over(call, ID_A, "acme/HQ/D1", "5", timestamp_now() + 10, "0");
        hand_over(call, ID_B, "acme/HQ/D1", "5", timestamp_now() - 1, "9000");
        assert_int_equal(fixture.open_count, 0);
        assert_events("command-late acme/HQ/D1 0123 0 it came too late\n"
                      "command-late acme/HQ/D1 fedc 0 it came too late\n");
}

static void what_is_no_command_moves_nothing(void **state)
{
        FakeCall *call = open_take();
        int64_t soon = timestamp_now() + 10;
        hand_over(call, "0123", "acme/HQ/D1", "5", soon, "9000");
        hand_over(call, ID_A, "acme/HQ/D9", "5", soon, "9000");
        hand_over(call, ID_A, "acme/HQ/D1", "0", soon, "9000");
        hand_over(call, ID_A, "acme/HQ/D1", "86401", soon, "9000");
        hand_over(call, ID_A, "acme/HQ/D1", "-5", soon, "9000");
        hand_over(call, ID_A, "acme/HQ/D1", "5", soon, "60001");
        fake_link_record(call, (const char *const[]){ "kind", "command", "door", "acme/HQ/D1", "id",
                                                      ID_A, NULL });
        fake_link_record(call, (const char *const[]){ "id", ID_A, NULL });
        /* All but one of its parts */
        char not_after[32];
        (void)snprintf(not_after, sizeof(not_after), "%lld", (long long)soon);
        const char *const parts[][2] = {
                { "kind", "command" },      { "id", ID_A },
                { "door", "acme/HQ/D1" },   { "seconds", "5" },
                { "not-after", not_after }, { "valid-milliseconds", "9000" }
        };
        enum { PARTS = sizeof(parts) / sizeof(*parts) };
        for (size_t left_out = 0; left_out < PARTS; left_out++) {
                const char *pairs[2 * PARTS] = { NULL };
                for (size_t i = 0, used = 0; i < PARTS; i++) {
                        if (i == left_out)
                                continue;
                        pairs[used++] = parts[i][0];
                        pairs[used++] = parts[i][1];
                }
                fake_link_record(call, pairs);
        }
        assert_int_equal(fixture.open_count, 0);
        assert_events("");
}

static void doors_are_held_as_they_should_be(void **state)
{
        FakeCall *call = open_take();
        fake_link_record(call, (const char *const[]){ "kind", "door", "door", "acme/HQ/D1", "hold",
                                                      "unlocked", "state", "unlocked", NULL });
        fake_link_record(call, (const char *const[]){ "kind", "door", "door", "acme/HQ/D2", "hold",
                                                      "locked", NULL });
        assert_int_equal(fixture.hold_count, 2);
        assert_int_equal(fixture.holds[0].hold, GATEWAY_HOLD_UNLOCKED);
        assert_int_equal(fixture.holds[1].hold, GATEWAY_HOLD_LOCKED);
        /* One that it may not serve any more is not held. */
        fake_link_record(call, (const char *const[]){ "kind", "door", "door", "acme/HQ/D1",
                                                      "refused", "not-permitted", NULL });
        assert_int_equal(fixture.holds[2].hold, GATEWAY_HOLD_CONTROLLED);
        fake_link_record(call, (const char *const[]){ "kind", "door", "door", "acme/HQ/D2", "hold",
                                                      "wide-open", NULL });
        assert_int_equal(fixture.hold_count, 3);
        /* Nor one of which nothing is said. */
        fake_link_record(call, (const char *const[]){ "kind", "door", "door", "acme/HQ/D2", NULL });
        assert_int_equal(fixture.hold_count, 4);
        assert_int_equal(fixture.holds[3].hold, GATEWAY_HOLD_CONTROLLED);
}

static void tell_time(FakeCall *call, int64_t ahead_s)
{
        char now[32];
        (void)snprintf(now, sizeof(now), "%lld", (long long)(timestamp_now() + ahead_s) * 1000);
        fake_link_record(call, (const char *const[]){ "kind", "time", "now", now, NULL });
}

/* Records of a daemon whose clock is far ahead: what this machine's wall clock says lets everything
 * pass. */
static void say(FakeCall *call, const char *now_ms)
{
        fake_link_record(call, (const char *const[]){ "kind", "time", "now", now_ms, NULL });
}

static void a_command_that_was_held_up_is_late_by_the_daemon_s_clock(void **state)
{
        FakeCall *call = open_take();
        say(call, "9000000000800");
        hand_over(call, ID_B, "acme/HQ/D1", "5", 9000000010, "9200");
        assert_int_equal(fixture.open_count, 1);
        fake_link_end(call, 1, "token");
        call = open_take();
        (void)usleep(300000);
        say(call, "9000000000850"); /* some 250 ms ago */
        hand_over(call, ID_A, "acme/HQ/D1", "5", 9000000001, "150");
        assert_int_equal(fixture.open_count, 1);
        char *events = fixture_events();
        assert_non_null(strstr(events, "command-late acme/HQ/D1 0123 0 it came too late\n"));
        free(events);
        /* Or was that clock set back? It is asked for what it says now. */
        fake_link_end(call, 1, "token");
        Text text;
        call = open_take();
        assert_false(message_text(&call->message, FIELD_AFTER, &text));
        say(call, "9000000000000");
        hand_over(call, "00112233445566778899aabbccddeeff", "acme/HQ/D1", "5", 9000000001, "1000");
        assert_int_equal(fixture.open_count, 2);
}

static void clocks_that_differ_are_told_once(void **state)
{
        FakeCall *call = open_take();
        tell_time(call, 0);
        assert_events("");
        tell_time(call, 60);
        tell_time(call, 60);
        char *events = fixture_events();
        assert_non_null(strstr(events, "clock-differs - - 0 this gateway's clock is "));
        assert_non_null(strstr(events, "behind doorwardd's\n"));
        assert_ptr_equal(strchr(events, '\n') + 1, events + strlen(events));
        free(events);
        tell_time(call, 0);
        tell_time(call, -60);
        events = fixture_events();
        assert_non_null(strstr(events, "ahead of doorwardd's\n"));
        free(events);
}

/* Breaks one TAKE after the other. Return: in how many ms the next one followed, about. */
static unsigned wait_for_next(void)
{
        size_t count = fake_link_count();
        unsigned waited = 0;
        while (fake_link_count() == count && waited < 2000) {
                assert_true(sd_event_run(fixture.event, 10000) >= 0);
                waited += 10;
        }
        return waited;
}

static void who_is_not_reached_is_asked_less_and_less_often(void **state)
{
        fake_link_break(open_take(), LINK_UNREACHABLE);
        assert_null(fake_link_open_call(MESSAGE_TAKE));
        assert_in_range(wait_for_next(), 100, 300);
        fake_link_refuse(open_take(), "no-policy");
        assert_in_range(wait_for_next(), 250, 600);
        fake_link_record(open_take(), (const char *const[]){ "kind", "time", "now", "1", NULL });
        fake_link_end(open_take(), 0, "token");
        fake_link_break(open_take(), LINK_LATE);
        assert_in_range(wait_for_next(), 100, 300);
}

static void an_answer_of_nothing_is_not_asked_for_at_once(void **state)
{
        fake_link_end(open_take(), 0, "token");
        assert_null(fake_link_open_call(MESSAGE_TAKE));
        assert_in_range(wait_for_next(), 100, 300);
}

static void a_refusal_forgets_what_was_known_of_doors(void **state)
{
        Text text;
        FakeCall *call = open_take();
        fake_link_record(call, (const char *const[]){ "kind", "time", "now", "1", NULL });
        fake_link_end(call, 0, "token");
        fake_link_refuse(open_take(), "not-allowed");
        (void)wait_for_next();
        assert_false(message_text(&open_take()->message, FIELD_AFTER, &text));
}

static void what_is_stopped_does_not_ask(void **state)
{
        FakeCall *call = open_take();
        take_stop(take);
        assert_true(call->cancelled);
        assert_null(fake_link_open_call(MESSAGE_TAKE));
        take_start(take);
        open_take();
        size_t count = fake_link_count();
        take_start(take); /* one is under way */
        assert_int_equal(fake_link_count(), count);
}

static void a_token_that_is_too_long_is_forgotten(void **state)
{
        FakeCall *call = open_take();
        char token[300];
        Text text;
        memset(token, 'x', sizeof(token) - 1);
        token[sizeof(token) - 1] = '\0';
        tell_time(call, 0);
        fake_link_end(call, 0, token);
        assert_false(message_text(&open_take()->message, FIELD_AFTER, &text));
        tell_time(open_take(), 0);
        token[256] = '\0';
        fake_link_end(open_take(), 0, token);
        assert_true(message_text(&open_take()->message, FIELD_AFTER, &text));
        assert_int_equal(text.size, 256);
}

static void what_is_left_breaks_off_while_it_waits(void **state)
{
        FakeCall *call = open_take();
        take_leave(take);
        assert_false(call->cancelled);
        for (unsigned i = 0; i < 100 && !call->cancelled; i++)
                assert_true(sd_event_run(fixture.event, 10000) >= 0);
        assert_true(call->cancelled);
        take_start(take);
        call = open_take();
        take_leave(take);
        fake_link_end(call, 0, "token");
        call = open_take(); /* doorwardd would not miss one that has ended */
        for (unsigned i = 0; i < 100 && !call->cancelled; i++)
                assert_true(sd_event_run(fixture.event, 10000) >= 0);
        assert_true(call->cancelled);
        assert_null(fake_link_open_call(MESSAGE_TAKE));
        take_start(take);
        open_take();
}

static void only_an_answer_is_heard(void **state)
{
        uint64_t at_first = take_heard_ns(take);
        fake_link_refuse(open_take(), "not-allowed");
        assert_int_equal(take_heard_ns(take), at_first);
        (void)wait_for_next();
        tell_time(open_take(), 0);
        assert_true(take_heard_ns(take) > at_first);
}

#define TAKE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TAKE_TEST(a_take_names_all_doors),
                TAKE_TEST(a_command_is_done_and_the_next_take_follows),
                TAKE_TEST(a_command_counts_by_both_clocks),
                TAKE_TEST(what_is_no_command_moves_nothing),
                TAKE_TEST(doors_are_held_as_they_should_be),
                TAKE_TEST(a_command_that_was_held_up_is_late_by_the_daemon_s_clock),
                TAKE_TEST(clocks_that_differ_are_told_once),
                TAKE_TEST(who_is_not_reached_is_asked_less_and_less_often),
                TAKE_TEST(an_answer_of_nothing_is_not_asked_for_at_once),
                TAKE_TEST(a_refusal_forgets_what_was_known_of_doors),
                TAKE_TEST(what_is_stopped_does_not_ask),
                TAKE_TEST(a_token_that_is_too_long_is_forgotten),
                TAKE_TEST(what_is_left_breaks_off_while_it_waits),
                TAKE_TEST(only_an_answer_is_heard),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
