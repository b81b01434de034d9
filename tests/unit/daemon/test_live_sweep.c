/* SPDX-License-Identifier: MIT */
/*
 * Tests of live_sweep.c: a server with a journal, an image, and a clock that says what the test
 * says. Changes of live state are noted on their way, or refused.
 */
#include "decide_fixture.h"

#include <errno.h>

#include "daemon/server.h"

enum { NOON = 1780315200, AHEAD_S = 3600 }; /* 2026-06-01T12:00:00Z */

typedef struct Fixture {
        DecideFixture policy;
        char folder[64];
        Server *server;
        ClockReading reading;
} Fixture;

static int refusal;        /* what a change is refused with; 0: it is made */
static char changes[1024]; /* "KIND RESOURCE DECISION BEFORE AFTER by BY;" of each that was begun */
static char at_last[8];    /* which change: "put" or "remove" */

int __real_live_state_change(Server *server, const JournalRow *row, const StateChange *list,
                             size_t count, LiveStateDone done, void *data);
int __wrap_live_state_change(Server *server, const JournalRow *row, const StateChange *list,
                             size_t count, LiveStateDone done, void *data);
int __wrap_live_state_change(Server *server, const JournalRow *row, const StateChange *list,
                             size_t count, LiveStateDone done, void *data)
{
        static const JournalText SHOWN[] = { JOURNAL_KIND,     JOURNAL_ACTION, JOURNAL_RESOURCE,
                                             JOURNAL_DECISION, JOURNAL_BEFORE, JOURNAL_AFTER,
                                             JOURNAL_SUBJECT };
        if (row && text_is(row->texts[JOURNAL_DECISION], "ended")) {
                size_t used = strlen(changes);
                for (size_t i = 0; i < sizeof(SHOWN) / sizeof(SHOWN[0]); i++)
                        used += (size_t)snprintf(changes + used, sizeof(changes) - used, "%s%.*s",
                                                 i ? " " : "", (int)row->texts[SHOWN[i]].size,
                                                 row->texts[SHOWN[i]].data);
                (void)snprintf(changes + used, sizeof(changes) - used, ";");
                (void)snprintf(at_last, sizeof(at_last), "%s",
                               list->kind == STATE_CHANGE_PUT ? "put" : "remove");
                if (refusal)
                        return refusal;
        }
        return __real_live_state_change(server, row, list, count, done, data);
}

static int read_clock(void *data, ClockReading *ret_reading)
{
        *ret_reading = *(ClockReading *)data;
        return 0;
}

/* Time passes. */
static void pass(Fixture *fixture, int64_t seconds)
{
        fixture->reading.realtime_s += seconds;
        fixture->reading.steady_ms += (uint64_t)seconds * 1000;
}

static int setup(void **state)
{
        Fixture *fixture = calloc(1, sizeof(*fixture));
        assert_non_null(fixture);
        strcpy(fixture->folder, "/tmp/doorward-sweep-XXXXXX");
        assert_non_null(mkdtemp(fixture->folder));
        Server *server = fixture->server = calloc(1, sizeof(*server));
        assert_non_null(server);
        assert_true(sd_event_new(&server->event) >= 0);
        server->options.state = fixture->folder;
        decide_read_all(&fixture->policy);
        decide_compile(&fixture->policy);
        server->policy.image = fixture->policy.image;
        fixture->reading = (ClockReading){ NOON - HOUR, 1000000 };
        server->clock.clock = clock_new(read_clock, &fixture->reading);
        clock_start(&server->clock.clock, &(ClockBounds){ AHEAD_S, 400 }, NOON - HOUR, NULL);
        assert_int_equal(live_state_open(server), 0);
        JournalOptions options = { .directory = fixture->folder,
                                   .state = live_state_store(server),
                                   .mebibytes_max = 64 };
        assert_int_equal(journal_open(server->event, &options, &server->journal), 0);
        server->live.store = NULL;
        live_state_bind(server);
        refusal = 0;
        changes[0] = at_last[0] = '\0';
        *state = fixture;
        return 0;
}

static int teardown(void **state)
{
        Fixture *fixture = *state;
        char command[100];
        live_sweep_stop(fixture->server);
        live_queue_close(&fixture->server->live_queue);
        fixture->server->journal = journal_close(fixture->server->journal);
        live_state_close(fixture->server);
        sd_event_unref(fixture->server->event);
        free(fixture->server);
        decide_fixture_done(&fixture->policy);
        (void)snprintf(command, sizeof(command), "rm -rf '%s'", fixture->folder);
        free(fixture);
        return system(command);
}

/* Runs the loop until nothing has happened for a while. */
static void settle(Fixture *fixture)
{
        for (int i = 0; i < 500 && sd_event_run(fixture->server->event, 100000) > 0; i++)
                continue;
}

static void put(Fixture *fixture, LiveKind kind, const char *resource, int64_t until_s)
{
        StateChange change = { STATE_CHANGE_PUT,
                               { .kind = kind,
                                 .resource = text_from(resource),
                                 .note = { .at_s = NOON - HOUR, .by = TEXT_LITERAL("ada") },
                                 .from_s = TIMESTAMP_MIN,
                                 .until_s = until_s,
                                 .state = DOOR_STATE_LOCKED } };
        JournalRow row = { .time_s = 1 };
        assert_int_equal(live_state_change(fixture->server, &row, &change, 1, NULL, NULL), 0);
        settle(fixture);
}

static const LiveRecord *record(const Fixture *fixture, LiveKind kind, const char *resource)
{
        return live_records_find(live_state_records(fixture->server), kind, text_from(resource));
}

/* Looks now, as when a timer has run out. */
static void look(Fixture *fixture)
{
        live_sweep_arm(fixture->server);
        settle(fixture);
}

#define D1     "door:acme/HQ/D1"
#define VIEWER "user:acme/viewer"

static void what_has_ended_is_removed_with_a_row(void **state)
{
        Fixture *fixture = *state;
        put(fixture, LIVE_OVERRIDE, D1, NOON);
        put(fixture, LIVE_BLOCK, D1, NOON + 1);
        pass(fixture, HOUR - 1);
        look(fixture);
        assert_string_equal(changes, "");
        assert_false(live_sweep_is_behind(fixture->server));
        pass(fixture, 1);
        assert_true(live_sweep_is_behind(fixture->server));
        look(fixture);
        assert_string_equal(changes,
                            "door override " D1 " ended locked until 2026-06-01T12:00:00Z - ada;");
        assert_string_equal(at_last, "remove");
        assert_null(record(fixture, LIVE_OVERRIDE, D1));
        assert_non_null(record(fixture, LIVE_BLOCK, D1));
        assert_false(live_sweep_is_behind(fixture->server));
}

static void dates_are_marked_and_stay(void **state)
{
        Fixture *fixture = *state;
        put(fixture, LIVE_DATES, VIEWER, NOON);
        pass(fixture, HOUR);
        look(fixture);
        assert_string_equal(at_last, "put");
        assert_true(record(fixture, LIVE_DATES, VIEWER)->ended);
        assert_true(record(fixture, LIVE_DATES, VIEWER)->until_s == NOON);
        /* Once */
        changes[0] = '\0';
        pass(fixture, HOUR);
        look(fixture);
        assert_string_equal(changes, "");
}

static void all_that_has_ended_goes_and_what_has_no_end_stays(void **state)
{
        Fixture *fixture = *state;
        put(fixture, LIVE_OVERRIDE, D1, NOON);
        put(fixture, LIVE_BLOCK, D1, NOON + 60);
        put(fixture, LIVE_BLOCK, "door:nowhere/HQ/D1", NOON); /* the policy knows no such door */
        put(fixture, LIVE_LOCKDOWN, "lockdown:acme/fire", NOON + 60);
        put(fixture, LIVE_LOCKDOWN, "lockdown:acme/flood", TIMESTAMP_MAX);
        put(fixture, LIVE_DATES, VIEWER, NOON);
        put(fixture, LIVE_DATES, "user:acme/manager", TIMESTAMP_MAX);
        put(fixture, LIVE_SUSPENSION, VIEWER, TIMESTAMP_MAX);
        pass(fixture, HOUR + 60);
        look(fixture);
        assert_int_equal(live_records_count(live_state_records(fixture->server)), 4);
        assert_non_null(record(fixture, LIVE_LOCKDOWN, "lockdown:acme/flood"));
        assert_non_null(record(fixture, LIVE_SUSPENSION, VIEWER));
        assert_false(record(fixture, LIVE_DATES, "user:acme/manager")->ended);
        assert_true(record(fixture, LIVE_DATES, VIEWER)->ended);
        assert_non_null(strstr(changes, "lockdown lockdown lockdown:acme/fire ended on until "));
        assert_non_null(strstr(changes, "dates dates " VIEWER " ended "));
}

static void a_clock_that_is_not_believed_ends_nothing(void **state)
{
        Fixture *fixture = *state;
        put(fixture, LIVE_OVERRIDE, D1, NOON);
        assert_true(server_now_s(fixture->server) == NOON - HOUR);
        fixture->reading.realtime_s = NOON + AHEAD_S + 1; /* at once */
        look(fixture);
        assert_string_equal(changes, "");
        assert_false(live_sweep_is_behind(fixture->server));
        fixture->reading.realtime_s = NOON - HOUR;
        pass(fixture, HOUR);
        look(fixture);
        assert_null(record(fixture, LIVE_OVERRIDE, D1));
}

/* It had ended when the clock was set back: it ends even so, before that clock is accepted. */
static void what_had_ended_ends_with_a_clock_that_was_set_back(void **state)
{
        Fixture *fixture = *state;
        put(fixture, LIVE_DATES, VIEWER, NOON);
        put(fixture, LIVE_OVERRIDE, D1, NOON + 1);
        pass(fixture, HOUR);
        assert_true(server_now_s(fixture->server) == NOON);
        fixture->reading.realtime_s = NOON - 2 * HOUR;
        assert_true(server_context(fixture->server).clock_untrusted);
        assert_true(live_sweep_is_behind(fixture->server));
        look(fixture);
        assert_true(record(fixture, LIVE_DATES, VIEWER)->ended);
        assert_non_null(record(fixture, LIVE_OVERRIDE, D1));
        assert_false(live_sweep_is_behind(fixture->server));
}

static void what_cannot_be_put_away_is_tried_again_later_and_not_at_once(void **state)
{
        Fixture *fixture = *state;
        put(fixture, LIVE_OVERRIDE, D1, NOON);
        pass(fixture, HOUR);
        refusal = -ENOBUFS;
        look(fixture);
        static const char once[] =
                "door override " D1 " ended locked until 2026-06-01T12:00:00Z - ada;";
        assert_string_equal(changes, once);
        assert_true(live_sweep_is_behind(fixture->server));
        assert_non_null(record(fixture, LIVE_OVERRIDE, D1));
        assert_false(live_queue_holds(&fixture->server->live_queue, TEXT_LITERAL(D1)));
        assert_non_null(fixture->server->live_sweep.timer);
        refusal = 0;
        look(fixture);
        assert_null(record(fixture, LIVE_OVERRIDE, D1));
}

typedef struct Holding {
        LiveTask task;
        unsigned begun;
} Holding;

static void hold(LiveTask *task)
{
        ((Holding *)task)->begun++;
}

static void drop_nothing(LiveTask *task)
{
}

/* While it waited for its turn, somebody made it last longer. */
static void what_was_changed_meanwhile_is_not_put_away(void **state)
{
        Fixture *fixture = *state;
        Holding holding = {
                .task = { .resource = TEXT_LITERAL(D1), .begin = hold, .drop = drop_nothing }
        };
        put(fixture, LIVE_OVERRIDE, D1, NOON);
        assert_true(live_queue_add(&fixture->server->live_queue, &holding.task));
        assert_int_equal(holding.begun, 1);
        pass(fixture, HOUR);
        look(fixture);
        assert_true(fixture->server->live_sweep.under_way);
        put(fixture, LIVE_OVERRIDE, D1, NOON + 1);
        live_queue_finish(&fixture->server->live_queue, &holding.task);
        settle(fixture);
        assert_string_equal(changes, "");
        assert_true(record(fixture, LIVE_OVERRIDE, D1)->until_s == NOON + 1);
        assert_false(fixture->server->live_sweep.under_way);
        pass(fixture, 1);
        look(fixture);
        assert_null(record(fixture, LIVE_OVERRIDE, D1));
}

static void without_anything_that_ends_there_is_no_timer(void **state)
{
        Fixture *fixture = *state;
        put(fixture, LIVE_SUSPENSION, VIEWER, TIMESTAMP_MAX);
        live_sweep_arm(fixture->server);
        assert_null(fixture->server->live_sweep.timer);
        put(fixture, LIVE_BLOCK, D1, NOON);
        live_sweep_arm(fixture->server);
        assert_non_null(fixture->server->live_sweep.timer);
        live_sweep_stop(fixture->server);
        assert_null(fixture->server->live_sweep.timer);
        fixture->server->ending = true;
        live_sweep_arm(fixture->server);
        assert_null(fixture->server->live_sweep.timer);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(what_has_ended_is_removed_with_a_row),
                TEST(dates_are_marked_and_stay),
                TEST(all_that_has_ended_goes_and_what_has_no_end_stays),
                TEST(a_clock_that_is_not_believed_ends_nothing),
                TEST(what_had_ended_ends_with_a_clock_that_was_set_back),
                TEST(what_cannot_be_put_away_is_tried_again_later_and_not_at_once),
                TEST(what_was_changed_meanwhile_is_not_put_away),
                TEST(without_anything_that_ends_there_is_no_timer),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
