/* SPDX-License-Identifier: MIT */
/* Tests of turn_away.c: on a link whose daemon is away, what is sent is what is counted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "http/turn_away.h"

static sd_event *event;
static Link *link_of_test;
static TurnAway *turn_away;

static int set_up(void **state)
{
        ConnectionOptions options = { .socket_path = "/nonexistent/decide.sock" };
        if (sd_event_new(&event) < 0 || link_local_new(event, &options, 4, &link_of_test) < 0)
                return -1;
        turn_away = turn_away_new(link_of_test);
        return turn_away ? 0 : -1;
}

static int tear_down(void **state)
{
        turn_away = turn_away_free(turn_away);
        link_of_test = link_free(link_of_test);
        event = sd_event_unref(event);
        return 0;
}

static bool tell(const char *host, const char *code, uint64_t now_ms)
{
        bool told = turn_away_tell(turn_away, host, code, "a test", "", now_ms);
        while (sd_event_run(event, 0) > 0)
                ; /* reports under way fail at once: nobody is there */
        return told;
}

static void one_a_second_of_an_address_and_code(void **state)
{
        assert_true(tell("192.0.2.1", "too-large", 1000));
        assert_false(tell("192.0.2.1", "too-large", 1000));
        assert_false(tell("192.0.2.1", "too-large", 1999));
        assert_true(tell("192.0.2.1", "too-slow", 1999));
        assert_true(tell("192.0.2.2", "too-large", 1999));
        assert_true(tell("192.0.2.1", "too-large", 2000));
}

static void in_all_a_burst_and_then_a_rate(void **state)
{
        char host[32];
        unsigned told = 0;
        for (int i = 0; i < 200; i++) {
                (void)snprintf(host, sizeof(host), "192.0.2.%d", i);
                told += tell(host, "too-large", 5000);
        }
        assert_in_range(told, TURN_AWAY_BURST - 10, TURN_AWAY_BURST); /* some share a slot */
        assert_false(tell("198.51.100.1", "too-large", 5000));
        assert_true(tell("198.51.100.2", "too-large", 5000 + 1000 / TURN_AWAY_PER_SECOND));
}

static void what_does_not_fit_is_cut_and_control_characters_are_escaped(void **state)
{
        char text[4096];
        for (size_t i = 0; i < sizeof(text) - 1; i++)
                text[i] = (char)(1 + i % 30);
        text[sizeof(text) - 1] = '\0';
        assert_true(turn_away_tell(turn_away, "192.0.2.1", "too-large", text, NULL, 1000));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(one_a_second_of_an_address_and_code, set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(in_all_a_burst_and_then_a_rate, set_up, tear_down),
                cmocka_unit_test_setup_teardown(
                        what_does_not_fit_is_cut_and_control_characters_are_escaped, set_up,
                        tear_down),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
