/* SPDX-License-Identifier: MIT */
/* Tests of events on their way into the store. */
#include "gateway_fixture.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static unsigned stored, failing, working;

static void on_stored(void *data)
{
        stored++;
}

static void on_failing(void *data, bool fails)
{
        *(fails ? &failing : &working) += 1;
}

static void listen_to_events(void)
{
        stored = failing = working = 0;
        events_listen(fixture.events, (EventsListener){ NULL, on_stored, on_failing });
}

static void add(GatewayEventKind kind)
{
        events_add(fixture.events, "acme/HQ/D1", &(GatewayEvent){ .kind = kind });
}

/* From now on nothing can be written (0), or everything again (1). */
static void set_disk(bool has_room)
{
        static struct rlimit before;
        struct rlimit none = { 0, 0 };
        if (has_room) {
                assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
                return;
        }
        signal(SIGXFSZ, SIG_IGN);
        assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
        none.rlim_max = before.rlim_max;
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
}

static void events_of_a_turn_are_written_together(void **state)
{
        listen_to_events();
        add(GATEWAY_DOOR_OPENED);
        add(GATEWAY_DOOR_CLOSED);
        assert_int_equal(stored, 0);
        fixture_run(1);
        assert_int_equal(stored, 1);
        assert_events("door-opened acme/HQ/D1 - 0 -\ndoor-closed acme/HQ/D1 - 0 -\n");
}

static void a_cursor_goes_with_the_events_before_it(void **state)
{
        add(GATEWAY_DOOR_OPENED);
        const DriverHost *host = fixture.hosts[0];
        assert_int_equal(host->get_cursor(host->data), 0);
        assert_int_equal(host->put_cursor(host->data, 12), 0);
        assert_int_equal(host->get_cursor(host->data), 12);
        assert_int_equal(fixture.hosts[1]->get_cursor(fixture.hosts[1]->data), 0);
        assert_events("door-opened acme/HQ/D1 - 0 -\n");
}

static void without_room_events_wait_and_cursors_stay(void **state)
{
        const DriverHost *host = fixture.hosts[0];
        listen_to_events();
        assert_int_equal(host->put_cursor(host->data, 3), 0);
        set_disk(false);
        add(GATEWAY_DOOR_OPENED);
        int r = host->put_cursor(host->data, 4);
        bool said = failing == 1 && working == 0;
        add(GATEWAY_DOOR_CLOSED);
        fixture_run(1);
        set_disk(true);
        assert_true(r < 0);
        assert_true(said);
        assert_int_equal(host->get_cursor(host->data), 3);
        assert_events("door-opened acme/HQ/D1 - 0 -\ndoor-closed acme/HQ/D1 - 0 -\n");
        assert_int_equal(failing, 1);
        assert_int_equal(working, 1);
}

static void what_finds_no_room_in_memory_is_counted(void **state)
{
        set_disk(false);
        for (unsigned i = 0; i < EVENTS_PENDING_MAX + 7; i++)
                add(GATEWAY_LOCK_LOCKED);
        int r = events_flush(fixture.events);
        set_disk(true);
        assert_true(r < 0);
        assert_int_equal(events_flush(fixture.events), 0);
        assert_int_equal(store_forget_events(fixture.store, EVENTS_PENDING_MAX), 0);
        assert_events("events-lost - - 0 7 found no room while the store failed\n");
}

static void what_was_dropped_is_told_once(void **state)
{
        fixture_close();
        fixture.settings.events_max = 100;
        fixture_open();
        for (unsigned i = 0; i < 103; i++)
                add(GATEWAY_LOCK_LOCKED);
        assert_int_equal(events_flush(fixture.events), 0);
        assert_int_equal(store_forget_events(fixture.store, 103), 0);
        events_tell_dropped(fixture.events);
        events_tell_dropped(fixture.events);
        assert_events("events-lost - - 0 3 were dropped while doorwardd was away\n");
}

static void a_detail_is_cut_to_what_an_event_may_hold(void **state)
{
        char long_text[400];
        memset(long_text, 'a', sizeof(long_text) - 1);
        long_text[sizeof(long_text) - 1] = '\0';
        events_add(fixture.events, NULL,
                   &(GatewayEvent){ .kind = GATEWAY_CONTROLLER_LOST, .detail = long_text });
        char *events = fixture_events();
        assert_int_equal(strlen(strrchr(events, ' ') + 1), EVENT_DETAIL_SIZE - 1 + 1);
        assert_non_null(strstr(events, "aaa...\n"));
        free(events);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                FIXTURE_TEST(events_of_a_turn_are_written_together),
                FIXTURE_TEST(a_cursor_goes_with_the_events_before_it),
                FIXTURE_TEST(without_room_events_wait_and_cursors_stay),
                FIXTURE_TEST(what_finds_no_room_in_memory_is_counted),
                FIXTURE_TEST(what_was_dropped_is_told_once),
                FIXTURE_TEST(a_detail_is_cut_to_what_an_event_may_hold),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
