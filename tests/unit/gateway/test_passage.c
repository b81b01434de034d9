/* SPDX-License-Identifier: MIT */
/* Tests of who went through. D1 has a contact, D2 has none. */
#include "gateway_fixture.h"

#include <stdlib.h>

#define SECOND UINT64_C(1000000000)

static void observe(unsigned door, GatewayEventKind kind, uint64_t card)
{
        passage_observed(fixture.passage, door,
                         &(GatewayEvent){ .kind = kind, .time_s = 9, .card = card }, 0);
}

static void an_opened_door_is_access_taken(void **state)
{
        passage_released(fixture.passage, 0, 5, ID_A, 77, 0);
        observe(0, GATEWAY_DOOR_OPENED, 0);
        assert_events("access-taken acme/HQ/D1 0123 77 -\n");
        passage_tick(fixture.passage, 100 * SECOND);
        assert_events("access-taken acme/HQ/D1 0123 77 -\n");
}

static void a_door_that_stays_shut_is_access_not_taken(void **state)
{
        passage_released(fixture.passage, 0, 5, ID_A, 0, 0);
        passage_tick(fixture.passage, (5 + PASSAGE_MARGIN_SECONDS) * SECOND - 1);
        assert_events("");
        passage_tick(fixture.passage, (5 + PASSAGE_MARGIN_SECONDS) * SECOND);
        assert_events("access-not-taken acme/HQ/D1 0123 0 -\n");
        observe(0, GATEWAY_DOOR_OPENED, 0);
        assert_events("access-not-taken acme/HQ/D1 0123 0 -\n");
}

static void without_a_contact_nothing_is_known(void **state)
{
        passage_released(fixture.passage, 1, 5, ID_A, 0, 0);
        passage_tick(fixture.passage, 100 * SECOND);
        assert_events("");
}

static void each_opening_belongs_to_the_oldest_release(void **state)
{
        passage_released(fixture.passage, 0, 5, ID_A, 0, 0);
        passage_released(fixture.passage, 0, 5, ID_B, 0, SECOND);
        observe(0, GATEWAY_DOOR_OPENED, 0);
        observe(0, GATEWAY_DOOR_CLOSED, 0);
        passage_tick(fixture.passage, 100 * SECOND);
        assert_events("access-taken acme/HQ/D1 0123 0 -\naccess-not-taken acme/HQ/D1 fedc 0 -\n");
}

static void a_door_that_stands_open_says_nothing(void **state)
{
        observe(0, GATEWAY_DOOR_OPENED, 0);
        passage_released(fixture.passage, 0, 5, ID_A, 0, 0);
        passage_tick(fixture.passage, 100 * SECOND);
        assert_events("");
        observe(0, GATEWAY_DOOR_CLOSED, 0);
        passage_released(fixture.passage, 0, 5, ID_B, 0, 0);
        observe(0, GATEWAY_DOOR_OPENED, 0);
        assert_events("access-taken acme/HQ/D1 fedc 0 -\n");
}

static void what_a_controller_granted_is_a_release(void **state)
{
        observe(0, GATEWAY_CONTROLLER_GRANTED, 4711);
        observe(0, GATEWAY_CONTROLLER_DENIED, 4712);
        observe(0, GATEWAY_DOOR_OPENED, 0);
        passage_tick(fixture.passage, 100 * SECOND);
        assert_events("access-taken acme/HQ/D1 - 4711 -\n");
}

static void a_full_list_gives_up_the_oldest(void **state)
{
        passage_released(fixture.passage, 0, 5, ID_A, 0, 0);
        for (unsigned i = 0; i < PASSAGE_WAITING_MAX; i++)
                passage_released(fixture.passage, 0, 5, ID_B, 0, 0);
        assert_events("access-not-taken acme/HQ/D1 0123 0 -\n");
}

static void a_command_that_was_done_is_a_release(void **state)
{
        Command command = fixture_command(ID_A);
        executor_command(fixture.executor, &command);
        fixture.hosts[0]->done(fixture.hosts[0]->data, 0, ID_A, DRIVER_COMMANDED, NULL);
        command = fixture_command(ID_B);
        executor_command(fixture.executor, &command);
        fixture.hosts[0]->done(fixture.hosts[0]->data, 0, ID_B, DRIVER_REFUSED, NULL);
        fixture.hosts[0]->observed(fixture.hosts[0]->data, 0,
                                   &(GatewayEvent){ .kind = GATEWAY_DOOR_OPENED });
        fixture.hosts[0]->observed(fixture.hosts[0]->data, 0,
                                   &(GatewayEvent){ .kind = GATEWAY_DOOR_CLOSED });
        fixture.hosts[0]->observed(fixture.hosts[0]->data, 0,
                                   &(GatewayEvent){ .kind = GATEWAY_DOOR_OPENED });
        assert_events("commanded acme/HQ/D1 0123 0 -\ncommand-refused acme/HQ/D1 fedc 0 -\n"
                      "door-opened acme/HQ/D1 - 0 -\naccess-taken acme/HQ/D1 0123 0 -\n"
                      "door-closed acme/HQ/D1 - 0 -\ndoor-opened acme/HQ/D1 - 0 -\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                FIXTURE_TEST(an_opened_door_is_access_taken),
                FIXTURE_TEST(a_door_that_stays_shut_is_access_not_taken),
                FIXTURE_TEST(without_a_contact_nothing_is_known),
                FIXTURE_TEST(each_opening_belongs_to_the_oldest_release),
                FIXTURE_TEST(a_door_that_stands_open_says_nothing),
                FIXTURE_TEST(what_a_controller_granted_is_a_release),
                FIXTURE_TEST(a_full_list_gives_up_the_oldest),
                FIXTURE_TEST(a_command_that_was_done_is_a_release),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
