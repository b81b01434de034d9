/* SPDX-License-Identifier: MIT */
/* Tests of what the gateway must not forget. */
#include "gateway_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static Store *open_store(const char *folder)
{
        char error[256] = "";
        Store *store = NULL;
        int r = store_open(folder, error, sizeof(error), &store);
        assert_string_equal(error, "");
        assert_int_equal(r, 0);
        return store;
}

/* Expects that a store cannot be opened, and why. */
static void expect_refused(int r, const char *why)
{
        char error[256] = "";
        Store *store = NULL;
        assert_int_equal(store_open(fixture.folder, error, sizeof(error), &store), r);
        assert_null(store);
        assert_non_null(strstr(error, why));
}

static void write_events(Store *store, unsigned count, uint32_t max, uint64_t expect_dropped)
{
        StoreEvent events[64] = { 0 };
        uint64_t dropped = 99;
        assert_true(count <= 64);
        for (unsigned i = 0; i < count; i++)
                events[i] = (StoreEvent){ .kind = GATEWAY_DOOR_OPENED, .door = "acme/HQ/D1" };
        StoreBatch batch = { .events = events, .event_count = count, .events_max = max };
        assert_int_equal(store_write(store, &batch, &dropped), 0);
        assert_int_equal(dropped, expect_dropped);
}

typedef struct Range {
        uint64_t first, last;
        size_t count;
} Range;

static void note_sequence(void *data, const StoreEvent *event)
{
        Range *range = data;
        if (range->count++ == 0)
                range->first = event->sequence;
        else
                assert_int_equal(event->sequence, range->last + 1);
        range->last = event->sequence;
}

static Range range_of(Store *store)
{
        Range range = { 0 };
        assert_int_equal(store_visit_events(store, 1000, note_sequence, &range), 0);
        return range;
}

static void an_id_is_used_up_once(void **state)
{
        Store *store = open_store(fixture.folder);
        StoreCommand known, command = { .id = ID_A, .door = "acme/HQ/D1", .not_after_s = 77 };
        assert_int_equal(store_consume(store, &command, &known), 0);
        assert_int_equal(store_consume(store, &command, &known), STORE_CONSUMED_BEFORE);
        assert_false(known.has_result);
        assert_string_equal(known.id, ID_A);
        assert_int_equal(known.not_after_s, 77);
        store = store_close(store);
        store = open_store(fixture.folder);
        assert_int_equal(store_consume(store, &command, &known), STORE_CONSUMED_BEFORE);
        store_close(store);
}

static void a_result_is_the_first_one_and_stays(void **state)
{
        Store *store = open_store(fixture.folder);
        StoreCommand known, command = { .id = ID_A, .door = "acme/HQ/D1", .not_after_s = 77 };
        StoreEvent events[] = {
                { .kind = GATEWAY_DOOR_OPENED, .door = "acme/HQ/D1", .command_id = ID_A },
                { .kind = GATEWAY_COMMANDED,
                  .door = "acme/HQ/D1",
                  .command_id = ID_A,
                  .detail = "first" },
                { .kind = GATEWAY_COMMAND_FAILED, .door = "acme/HQ/D1", .command_id = ID_A },
        };
        StoreBatch batch = { .events = events, .event_count = 3 };
        uint64_t dropped;
        assert_int_equal(store_consume(store, &command, &known), 0);
        assert_int_equal(store_write(store, &batch, &dropped), 0);
        assert_int_equal(store_consume(store, &command, &known), STORE_CONSUMED_BEFORE);
        assert_true(known.has_result);
        assert_int_equal(known.result, GATEWAY_COMMANDED);
        assert_string_equal(known.detail, "first");
        store_close(store);
}

static void sequences_go_on_whatever_was_forgotten(void **state)
{
        Store *store = open_store(fixture.folder);
        write_events(store, 3, 0, 0);
        assert_int_equal(store_forget_events(store, 2), 0);
        assert_int_equal(range_of(store).first, 3);
        assert_int_equal(store_forget_events(store, 3), 0);
        assert_int_equal(range_of(store).count, 0);
        store = store_close(store);
        store = open_store(fixture.folder);
        write_events(store, 2, 0, 0);
        Range range = range_of(store);
        assert_int_equal(range.first, 4);
        assert_int_equal(range.last, 5);
        store_close(store);
}

static void the_oldest_events_give_way(void **state)
{
        Store *store = open_store(fixture.folder);
        write_events(store, 10, 10, 0);
        write_events(store, 3, 10, 3);
        Range range = range_of(store);
        assert_int_equal(range.first, 4);
        assert_int_equal(range.last, 13);
        store_close(store);
}

static void an_event_comes_back_as_it_was(void **state)
{
        fixture_open();
        events_add(fixture.events, "acme/HQ/D1",
                   &(GatewayEvent){ .kind = GATEWAY_CONTROLLER_DENIED,
                                    .time_s = 5,
                                    .card = UINT64_MAX,
                                    .detail = "no\nprivilege" });
        assert_events("controller-denied acme/HQ/D1 - 18446744073709551615 no\\x0aprivilege\n");
}

static void a_cursor_is_of_its_controller(void **state)
{
        Store *store = open_store(fixture.folder);
        uint64_t dropped;
        assert_int_equal(store_cursor(store, "a"), 0);
        assert_int_equal(
                store_write(store, &(StoreBatch){ .controller = "a", .cursor = 7 }, &dropped), 0);
        assert_int_equal(
                store_write(store, &(StoreBatch){ .controller = "b", .cursor = 8 }, &dropped), 0);
        assert_int_equal(
                store_write(store, &(StoreBatch){ .controller = "a", .cursor = 9 }, &dropped), 0);
        store = store_close(store);
        store = open_store(fixture.folder);
        assert_int_equal(store_cursor(store, "a"), 9);
        assert_int_equal(store_cursor(store, "b"), 8);
        store_close(store);
}

static void a_store_has_an_id_of_its_own(void **state)
{
        char first[STORE_ID_SIZE], path[128];
        Store *store = open_store(fixture.folder);
        (void)snprintf(first, sizeof(first), "%s", store_id(store));
        assert_true(executor_id_is_valid(text_from(first)));
        store = store_close(store);
        store = open_store(fixture.folder);
        assert_string_equal(store_id(store), first);
        store = store_close(store);
        (void)snprintf(path, sizeof(path), "%s/gateway.db", fixture.folder);
        assert_int_equal(remove(path), 0);
        store = open_store(fixture.folder);
        assert_string_not_equal(store_id(store), first);
        store_close(store);
}

static void a_second_gateway_is_refused(void **state)
{
        Store *store = open_store(fixture.folder);
        expect_refused(-EBUSY, "another gateway is running on it");
        store_close(store);
        store_close(open_store(fixture.folder));
}

static void a_folder_that_others_may_write_is_refused(void **state)
{
        assert_int_equal(chmod(fixture.folder, 0770), 0);
        expect_refused(-EPERM, "may be written by its group or by others");
        assert_int_equal(chmod(fixture.folder, 0700), 0);
        store_close(open_store(fixture.folder));
}

static void a_folder_is_made_for_its_owner_alone(void **state)
{
        char path[128];
        struct stat status;
        (void)snprintf(path, sizeof(path), "%s/state", fixture.folder);
        store_close(open_store(path));
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_mode & 0777, 0700);
}

static void a_damaged_store_is_refused(void **state)
{
        char path[128], rubbish[8192];
        memset(rubbish, 'x', sizeof(rubbish));
        (void)snprintf(path, sizeof(path), "%s/gateway.db", fixture.folder);
        store_close(open_store(fixture.folder));
        int fd = open(path, O_WRONLY);
        assert_int_equal(pwrite(fd, rubbish, sizeof(rubbish), 4096), sizeof(rubbish));
        close(fd);
        expect_refused(-EUCLEAN, "it is damaged, or of a later version");
}

static void nothing_is_used_up_in_a_file_that_is_gone(void **state)
{
        char path[128];
        uint64_t dropped;
        StoreCommand known, command = { .id = ID_A, .door = "acme/HQ/D1" };
        Store *store = open_store(fixture.folder);
        (void)snprintf(path, sizeof(path), "%s/gateway.db", fixture.folder);
        assert_int_equal(remove(path), 0);
        assert_int_equal(store_consume(store, &command, &known), -ESTALE);
        assert_int_equal(store_write(store, &(StoreBatch){ .controller = "a" }, &dropped), -ESTALE);
        assert_int_equal(store_forget_events(store, 1), -ESTALE);
        store_close(store);
}

#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                STORE_TEST(an_id_is_used_up_once),
                STORE_TEST(a_result_is_the_first_one_and_stays),
                STORE_TEST(sequences_go_on_whatever_was_forgotten),
                STORE_TEST(the_oldest_events_give_way),
                STORE_TEST(an_event_comes_back_as_it_was),
                STORE_TEST(a_cursor_is_of_its_controller),
                STORE_TEST(a_store_has_an_id_of_its_own),
                STORE_TEST(a_second_gateway_is_refused),
                STORE_TEST(a_folder_that_others_may_write_is_refused),
                STORE_TEST(a_folder_is_made_for_its_owner_alone),
                STORE_TEST(a_damaged_store_is_refused),
                STORE_TEST(nothing_is_used_up_in_a_file_that_is_gone),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
