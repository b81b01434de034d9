/* SPDX-License-Identifier: MIT */
/* Tests of live_state.c: a server with nothing but a journal and an image. */
#include "decide_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "daemon/server.h"

typedef struct Fixture {
        DecideFixture policy;
        char folder[64];
        Server *server;
        unsigned made, failed;
        size_t known_when_called; /* records in memory */
} Fixture;

static void start(Fixture *fixture)
{
        Server *server = fixture->server;
        assert_int_equal(live_state_open(server), 0);
        JournalOptions options = { .directory = fixture->folder,
                                   .state = live_state_store(server),
                                   .mebibytes_max = 64 };
        assert_int_equal(journal_open(server->event, &options, &server->journal), 0);
        server->live.store = NULL;
        live_state_bind(server);
}

static void stop(Fixture *fixture)
{
        fixture->server->journal = journal_close(fixture->server->journal);
        live_state_close(fixture->server);
}

static int setup(void **state)
{
        Fixture *fixture = calloc(1, sizeof(*fixture));
        assert_non_null(fixture);
        strcpy(fixture->folder, "/tmp/doorward-live-XXXXXX");
        assert_non_null(mkdtemp(fixture->folder));
        fixture->server = calloc(1, sizeof(*fixture->server));
        assert_non_null(fixture->server);
        assert_true(sd_event_new(&fixture->server->event) >= 0);
        fixture->server->options.state = fixture->folder;
        decide_read_all(&fixture->policy);
        decide_compile(&fixture->policy);
        fixture->server->policy.image = fixture->policy.image;
        *state = fixture;
        return 0;
}

static int teardown(void **state)
{
        Fixture *fixture = *state;
        char command[100];
        stop(fixture);
        sd_event_unref(fixture->server->event);
        free(fixture->server);
        decide_fixture_done(&fixture->policy);
        (void)snprintf(command, sizeof(command), "rm -rf '%s'", fixture->folder);
        free(fixture);
        return system(command);
}

static StateChange suspension(const char *resource)
{
        return (StateChange){ STATE_CHANGE_PUT,
                              { .kind = LIVE_SUSPENSION,
                                .resource = text_from(resource),
                                .from_s = TIMESTAMP_MIN,
                                .until_s = TIMESTAMP_MAX } };
}

static void on_done(void *data, bool made)
{
        Fixture *fixture = data;
        const LiveRecords *records = live_state_records(fixture->server);
        *(made ? &fixture->made : &fixture->failed) += 1;
        fixture->known_when_called = records ? live_records_count(records) : 0;
}

static int change(Fixture *fixture, const StateChange *changes, size_t count)
{
        JournalRow row = { .time_s = 1 };
        row.texts[JOURNAL_KIND] = TEXT_LITERAL("live");
        return live_state_change(fixture->server, &row, changes, count, on_done, fixture);
}

static void run_until_done(Fixture *fixture, unsigned count)
{
        for (int i = 0; i < 500 && fixture->made + fixture->failed < count; i++)
                (void)sd_event_run(fixture->server->event, 20000);
        assert_int_equal(fixture->made + fixture->failed, count);
}

static void a_change_is_in_force_when_it_is_on_disk_and_not_before(void **state)
{
        Fixture *fixture = *state;
        start(fixture);
        StateChange one = suspension("user:acme/viewer");
        assert_int_equal(change(fixture, &one, 1), 0);
        assert_int_equal(live_state_context(fixture->server)->user_count, 0);
        assert_int_equal(live_records_count(live_state_records(fixture->server)), 0);
        run_until_done(fixture, 1);
        assert_int_equal(fixture->made, 1);
        assert_int_equal(fixture->known_when_called, 1);
        assert_int_equal(live_state_context(fixture->server)->user_count, 1);
        assert_int_equal(fixture->server->live.in_flight, 0);
        /* And after a restart */
        stop(fixture);
        start(fixture);
        assert_int_equal(live_state_context(fixture->server)->user_count, 1);
        one.kind = STATE_CHANGE_REMOVE;
        assert_int_equal(change(fixture, &one, 1), 0);
        run_until_done(fixture, 2);
        assert_int_equal(live_state_context(fixture->server)->user_count, 0);
}

static void what_could_not_be_stored_is_not_in_force(void **state)
{
        Fixture *fixture = *state;
        char path[100], other[100];
        start(fixture);
        (void)snprintf(path, sizeof(path), "%s/%s", fixture->folder, STATE_FILE);
        (void)snprintf(other, sizeof(other), "%s/other", fixture->folder);
        StateChange one = suspension("user:acme/viewer"), two = suspension("user:acme/manager");
        assert_int_equal(change(fixture, &one, 1), 0);
        run_until_done(fixture, 1);
        assert_int_equal(rename(path, other), 0);
        assert_int_equal(change(fixture, &two, 1), 0);
        run_until_done(fixture, 2);
        assert_int_equal(fixture->failed, 1);
        /* What was in force is, and what was not is not. */
        assert_int_equal(live_state_context(fixture->server)->user_count, 1);
        assert_false(live_state_context(fixture->server)->unknown);
}

static void the_highest_time_is_remembered(void **state)
{
        Fixture *fixture = *state;
        start(fixture);
        assert_true(fixture->server->live.highest_s == TIMESTAMP_MIN);
        StateChange highest = { STATE_CHANGE_HIGHEST, { .note.at_s = 1800000000 } };
        assert_int_equal(change(fixture, &highest, 1), 0);
        run_until_done(fixture, 1);
        assert_int_equal(fixture->server->live.highest_s, 1800000000);
        stop(fixture);
        start(fixture);
        assert_int_equal(fixture->server->live.highest_s, 1800000000);
}

static void write_store(const Fixture *fixture, const char *text)
{
        char path[100];
        (void)snprintf(path, sizeof(path), "%s/%s", fixture->folder, STATE_FILE);
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        assert_true(fputs(text, file) >= 0);
        assert_int_equal(fclose(file), 0);
}

static void a_damaged_store_leaves_live_state_unknown_until_it_is_reset(void **state)
{
        Fixture *fixture = *state;
        write_store(fixture, "no store");
        start(fixture);
        assert_false(live_state_is_known(fixture->server));
        assert_true(live_state_context(fixture->server)->unknown);
        StateChange one = suspension("user:acme/viewer"), reset = { .kind = STATE_CHANGE_RESET };
        assert_int_equal(change(fixture, &one, 1), -EUCLEAN);
        one.kind = STATE_CHANGE_REMOVE;
        assert_int_equal(change(fixture, &one, 1), -EUCLEAN);
        reset.record.note.at_s = 5;
        assert_int_equal(change(fixture, &reset, 1), 0);
        run_until_done(fixture, 1);
        assert_true(live_state_is_known(fixture->server));
        assert_false(live_state_context(fixture->server)->unknown);
        one.kind = STATE_CHANGE_PUT;
        assert_int_equal(change(fixture, &one, 1), 0);
        run_until_done(fixture, 2);
        assert_int_equal(live_state_context(fixture->server)->user_count, 1);
}

static void where_none_can_be_made_nothing_is_in_force_and_it_is_tried_again(void **state)
{
        Fixture *fixture = *state;
        /* A folder in the place of the new store's file. */
        char path[100];
        (void)snprintf(path, sizeof(path), "%s/%s.new", fixture->folder, STATE_FILE);
        assert_int_equal(mkdir(path, 0700), 0);
        start(fixture);
        assert_true(live_state_is_known(fixture->server));
        assert_false(live_state_context(fixture->server)->unknown);
        JournalStatus status;
        journal_status(fixture->server->journal, &status);
        assert_true(status.state_failing && *status.state_error);
        StateChange one = suspension("user:acme/viewer");
        assert_int_equal(change(fixture, &one, 1), 0);
        run_until_done(fixture, 1);
        assert_int_equal(fixture->failed, 1);
        assert_int_equal(rmdir(path), 0);
        assert_int_equal(change(fixture, &one, 1), 0);
        run_until_done(fixture, 2);
        assert_int_equal(fixture->made, 1);
        journal_status(fixture->server->journal, &status);
        assert_false(status.state_failing);
}

static void there_is_room_for_so_many_records_and_no_more(void **state)
{
        Fixture *fixture = *state;
        start(fixture);
        StateChange changes[] = { suspension("user:acme/viewer"), suspension("user:acme/low") };
        fixture->server->live.in_flight = LIVE_RECORDS_MAX - 1;
        assert_int_equal(change(fixture, changes, 2), -E2BIG);
        assert_int_equal(change(fixture, changes, 1), 0);
        changes[1].kind = STATE_CHANGE_REMOVE;
        assert_int_equal(change(fixture, &changes[1], 1), 0);
        run_until_done(fixture, 2);
        assert_int_equal(fixture->server->live.in_flight, LIVE_RECORDS_MAX - 1);
}

static void binding_follows_the_image(void **state)
{
        Fixture *fixture = *state;
        start(fixture);
        StateChange one = suspension("user:acme/viewer");
        assert_int_equal(change(fixture, &one, 1), 0);
        run_until_done(fixture, 1);
        fixture->server->policy.image = NULL;
        live_state_bind(fixture->server);
        assert_true(live_state_context(fixture->server)->unknown);
        StateChange two = suspension("user:acme/manager");
        assert_int_equal(change(fixture, &two, 1), 0);
        run_until_done(fixture, 2);
        fixture->server->policy.image = fixture->policy.image;
        live_state_bind(fixture->server);
        assert_int_equal(live_state_context(fixture->server)->user_count, 2);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_change_is_in_force_when_it_is_on_disk_and_not_before),
                TEST(what_could_not_be_stored_is_not_in_force),
                TEST(the_highest_time_is_remembered),
                TEST(a_damaged_store_leaves_live_state_unknown_until_it_is_reset),
                TEST(where_none_can_be_made_nothing_is_in_force_and_it_is_tried_again),
                TEST(there_is_room_for_so_many_records_and_no_more),
                TEST(binding_follows_the_image),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
