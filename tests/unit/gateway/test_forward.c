/* SPDX-License-Identifier: MIT */
/* Tests of handing events over. */
#include "gateway_fixture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_link.h"
#include "gateway/forward.h"

static Forward *forward;

static int set_up(void **state)
{
        fixture_set_up_open(state);
        const Log log = { .silent = true };
        assert_int_equal(forward_new(fixture.event, fake_link(), fixture.store, fixture.events, log,
                                     &forward),
                         0);
        return 0;
}

static int tear_down(void **state)
{
        forward = forward_free(forward);
        link_free(NULL);
        return fixture_tear_down(state);
}

static void add(unsigned count)
{
        for (unsigned i = 0; i < count; i++)
                events_add(fixture.events, "acme/HQ/D1",
                           &(GatewayEvent){ .kind = GATEWAY_DOOR_OPENED, .time_s = 7 });
        assert_int_equal(events_flush(fixture.events), 0);
        forward_kick(forward);
}

static FakeCall *open_observe(void)
{
        FakeCall *call = fake_link_open_call(MESSAGE_OBSERVE);
        assert_non_null(call);
        return call;
}

static void expect_sequence(size_t nth, const char *sequence)
{
        assert_string_equal(fake_link_pair(&open_observe()->message, "sequence", nth), sequence);
}

static void wait_for_next(void)
{
        size_t count = fake_link_count();
        for (unsigned i = 0; i < 200 && fake_link_count() == count; i++)
                assert_true(sd_event_run(fixture.event, 10000) >= 0);
        assert_true(fake_link_count() > count);
}

static void an_event_is_handed_over_and_forgotten(void **state)
{
        events_add(fixture.events, "acme/HQ/D1",
                   &(GatewayEvent){ .kind = GATEWAY_ACCESS_TAKEN,
                                    .time_s = 1700000000,
                                    .card = 8165538,
                                    .command_id = ID_A,
                                    .detail = "why" });
        assert_int_equal(events_flush(fixture.events), 0);
        forward_kick(forward);
        forward_kick(forward);
        assert_int_equal(fake_link_count(), 1);
        static const char *const PAIRS[][2] = {
                { "store", NULL },        { "event", "access-taken" }, { "sequence", "1" },
                { "time", "1700000000" }, { "door", "acme/HQ/D1" },    { "command", ID_A },
                { "card", "8165538" },    { "detail", "why" },
        };
        const Message *message = &open_observe()->message;
        for (size_t i = 0; i < sizeof(PAIRS) / sizeof(PAIRS[0]); i++) {
                Text name, value;
                assert_true(message_text_at(message, FIELD_NAME, i, &name));
                assert_true(message_text_at(message, FIELD_VALUE, i, &value));
                assert_true(text_is(name, PAIRS[i][0]));
                assert_true(text_is(value, PAIRS[i][1] ? PAIRS[i][1] : store_id(fixture.store)));
        }
        fake_link_end(open_observe(), 0, NULL);
        assert_events("");
        assert_int_equal(fake_link_count(), 1);
}

static void events_go_in_order_fifteen_at_a_time(void **state)
{
        add(20);
        expect_sequence(0, "1");
        expect_sequence(14, "15");
        assert_null(fake_link_pair(&open_observe()->message, "event", 15));
        fake_link_end(open_observe(), 0, NULL);
        expect_sequence(0, "16");
        expect_sequence(4, "20");
        fake_link_end(open_observe(), 0, NULL);
        assert_null(fake_link_open_call(MESSAGE_OBSERVE));
}

static void what_is_not_acknowledged_is_said_again(void **state)
{
        add(2);
        fake_link_break(open_observe(), LINK_LATE);
        assert_null(fake_link_open_call(MESSAGE_OBSERVE));
        add(1); /* does not hurry it */
        assert_int_equal(fake_link_count(), 1);
        wait_for_next();
        expect_sequence(0, "1");
        expect_sequence(2, "3");
        fake_link_end(open_observe(), 3, NULL); /* doorwardd could not write */
        wait_for_next();
        expect_sequence(0, "1");
        fake_link_refuse(open_observe(), "busy");
        wait_for_next();
        expect_sequence(0, "1");
        fake_link_end(open_observe(), 0, NULL);
        assert_events("");
}

static void one_bad_event_keeps_nobody_back(void **state)
{
        add(3);
        fake_link_refuse(open_observe(), "malformed-query");
        expect_sequence(0, "1");
        assert_null(fake_link_pair(&open_observe()->message, "event", 1));
        fake_link_refuse(open_observe(), "malformed-query"); /* it is this one */
        expect_sequence(0, "2");
        expect_sequence(1, "3");
        fake_link_end(open_observe(), 0, NULL);
        assert_events("");
}

static void a_gateway_that_may_not_report_keeps_its_events(void **state)
{
        add(1);
        fake_link_refuse(open_observe(), "not-allowed");
        assert_events("door-opened acme/HQ/D1 - 0 -\n");
}

static void the_link_may_fail_at_once(void **state)
{
        fake_link_fail(-ENOBUFS);
        add(1);
        assert_int_equal(fake_link_count(), 0);
        fake_link_fail(0);
        wait_for_next();
        expect_sequence(0, "1");
}

#define FORWARD_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                FORWARD_TEST(an_event_is_handed_over_and_forgotten),
                FORWARD_TEST(events_go_in_order_fifteen_at_a_time),
                FORWARD_TEST(what_is_not_acknowledged_is_said_again),
                FORWARD_TEST(one_bad_event_keeps_nobody_back),
                FORWARD_TEST(a_gateway_that_may_not_report_keeps_its_events),
                FORWARD_TEST(the_link_may_fail_at_once),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
