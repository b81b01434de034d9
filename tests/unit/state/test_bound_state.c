/* SPDX-License-Identifier: MIT */
/* Tests of live state bound to an image: the policy of the folder decide/. */
#include "decide_fixture.h"

#include "policy/decide.h"
#include "state/bound_state.h"

static LiveRecord record_of(LiveKind kind, const char *resource)
{
        return (LiveRecord){ .kind = kind,
                             .resource = text_from(resource),
                             .note.by = TEXT_LITERAL("root"),
                             .from_s = TIMESTAMP_MIN,
                             .until_s = kind == LIVE_DATES || kind == LIVE_OVERRIDE
                                                ? MONDAY_MORNING + HOUR
                                                : TIMESTAMP_MAX,
                             .state = DOOR_STATE_LOCKED };
}

static void put(LiveRecords *records, BoundState *bound, LiveKind kind, const char *resource)
{
        LiveRecord record = record_of(kind, resource);
        assert_int_equal(live_records_put(records, &record), 0);
        if (bound)
                assert_int_equal(bound_state_update(bound, kind, record.resource), 0);
}

static void take_out(LiveRecords *records, BoundState *bound, LiveKind kind, const char *resource)
{
        (void)live_records_remove(records, kind, text_from(resource));
        assert_int_equal(bound_state_update(bound, kind, text_from(resource)), 0);
}

static void what_the_image_does_not_know_is_counted_while_it_is_in_force(void **state)
{
        const Image *image = decide_image(state);
        _cleanup_(live_records_freep) LiveRecords *records = live_records_new();
        const LiveRecord *one;
        put(records, NULL, LIVE_SUSPENSION, "user:acme/viewer");
        LiveRecord ended = record_of(LIVE_DATES, "user:acme/gone");
        ended.ended = true;
        assert_int_equal(live_records_put(records, &ended), 0);
        BoundState *bound = bound_state_new(image, records);
        assert_int_equal(bound_state_unmatched(bound, &one), 0);
        assert_null(one);
        assert_true(bound_state_knows(bound, TEXT_LITERAL("user:acme/viewer")));
        assert_false(bound_state_knows(bound, TEXT_LITERAL("user:acme/gone")));
        assert_false(bound_state_knows(bound, TEXT_LITERAL("user:other/viewer")));
        bound = bound_state_free(bound);
        put(records, NULL, LIVE_BLOCK, "door:acme/HQ/gone");
        put(records, NULL, LIVE_SUSPENSION, "user:acme/gone");
        bound = bound_state_new(image, records);
        assert_int_equal(bound_state_unmatched(bound, &one), 2);
        assert_non_null(one);
        bound_state_free(bound);
}

/* Both name the same people, doors and lockdowns, with the very same notes. */
static void assert_equal_live(const LiveState *a, const LiveState *b)
{
        assert_int_equal(a->unknown, b->unknown);
        assert_int_equal(a->user_count, b->user_count);
        assert_int_equal(a->door_count, b->door_count);
        assert_int_equal(a->lockdown_count, b->lockdown_count);
        for (uint32_t i = 0; i < a->user_count; i++) {
                const LiveUser *left = &a->users[i], *right = &b->users[i];
                assert_int_equal(left->user, right->user);
                assert_ptr_equal(left->suspension, right->suspension);
                assert_ptr_equal(left->dates, right->dates);
                assert_true(left->from_s == right->from_s && left->until_s == right->until_s);
                assert_int_equal(left->dates_ended, right->dates_ended);
                assert_true(i == 0 || a->users[i - 1].user < left->user);
        }
        for (uint32_t i = 0; i < a->door_count; i++) {
                const LiveDoor *left = &a->doors[i], *right = &b->doors[i];
                assert_int_equal(left->door, right->door);
                assert_ptr_equal(left->override, right->override);
                assert_ptr_equal(left->block, right->block);
                assert_true(left->override_until_s == right->override_until_s &&
                            left->block_until_s == right->block_until_s);
                assert_true(i == 0 || a->doors[i - 1].door < left->door);
        }
        assert_int_equal(a->user_bit_count, b->user_bit_count);
        for (uint32_t i = 0; i < a->user_bit_count; i++) {
                assert_int_equal(live_bit(a->user_bits, a->user_bit_count, i),
                                 live_user_find(a, i) != NULL);
                assert_int_equal(live_bit(b->user_bits, b->user_bit_count, i),
                                 live_user_find(b, i) != NULL);
        }
        for (uint32_t i = 0; i < a->door_bit_count; i++)
                assert_int_equal(live_bit(a->door_bits, a->door_bit_count, i),
                                 live_door_find(a, i) != NULL);
}

static uint32_t user_of(const DecideFixture *fixture, const char *name)
{
        return image_find_user(fixture->image, 0, text_from(name));
}

static void what_is_one_persons_is_one_item(void **state)
{
        DecideFixture *fixture = *state;
        _cleanup_(live_records_freep) LiveRecords *records = live_records_new();
        put(records, NULL, LIVE_SUSPENSION, "user:acme/viewer");
        put(records, NULL, LIVE_DATES, "user:acme/viewer");
        put(records, NULL, LIVE_DATES, "user:acme/manager");
        put(records, NULL, LIVE_OVERRIDE, "door:acme/HQ/D1");
        put(records, NULL, LIVE_BLOCK, "door:acme/HQ/D1");
        put(records, NULL, LIVE_BLOCK, "door:acme/HQ/Tower/D3");
        _cleanup_(bound_state_freep) BoundState *bound = bound_state_new(fixture->image, records);
        const LiveState *live = bound_state_live(bound);
        assert_false(live->unknown);
        assert_int_equal(live->user_count, 2);
        assert_int_equal(live->door_count, 2);
        const LiveUser *viewer = live_user(live, user_of(fixture, "viewer"));
        assert_true(viewer->suspension && viewer->dates);
        assert_true(viewer->from_s == TIMESTAMP_MIN && viewer->until_s == MONDAY_MORNING + HOUR);
        const LiveUser *manager = live_user(live, user_of(fixture, "manager"));
        assert_null(manager->suspension);
        assert_true(manager->dates && !manager->dates_ended);
        uint32_t door = image_find(fixture->image, RESOURCE_DOOR, 0, TEXT_LITERAL("HQ/D1"));
        assert_int_equal(live_door(live, door)->state, DOOR_STATE_LOCKED);
        assert_true(live_door(live, door)->override && live_door(live, door)->block);
        assert_true(live_door(live, door)->block_until_s == TIMESTAMP_MAX);
        assert_null(live_user(live, user_of(fixture, "nobody")));
}

static void each_change_at_a_door_keeps_its_own_end(void **state)
{
        DecideFixture *fixture = *state;
        _cleanup_(live_records_freep) LiveRecords *records = live_records_new();
        LiveRecord block = record_of(LIVE_BLOCK, "door:acme/HQ/D1");
        block.until_s = MONDAY_MORNING + 2 * HOUR;
        put(records, NULL, LIVE_OVERRIDE, "door:acme/HQ/D1");
        assert_int_equal(live_records_put(records, &block), 0);
        _cleanup_(bound_state_freep) BoundState *bound = bound_state_new(fixture->image, records);
        const LiveState *live = bound_state_live(bound);
        assert_int_equal(live->door_count, 1);
        assert_true(live->doors[0].override_until_s == MONDAY_MORNING + HOUR);
        assert_true(live->doors[0].block_until_s == MONDAY_MORNING + 2 * HOUR);
}

static void names_that_the_image_does_not_know_are_left_out(void **state)
{
        DecideFixture *fixture = *state;
        _cleanup_(live_records_freep) LiveRecords *records = live_records_new();
        put(records, NULL, LIVE_SUSPENSION, "user:acme/gone");
        put(records, NULL, LIVE_SUSPENSION, "user:other/viewer");
        put(records, NULL, LIVE_BLOCK, "door:acme/HQ/gone");
        put(records, NULL, LIVE_LOCKDOWN, "lockdown:acme/gone");
        _cleanup_(bound_state_freep) BoundState *bound = bound_state_new(fixture->image, records);
        const LiveState *live = bound_state_live(bound);
        assert_int_equal(live->user_count + live->door_count + live->lockdown_count, 0);
        put(records, bound, LIVE_DATES, "user:acme/gone");
        take_out(records, bound, LIVE_BLOCK, "door:acme/HQ/gone");
        assert_int_equal(live->user_count + live->door_count + live->lockdown_count, 0);
        assert_int_equal(live_records_count(records), 4);
}

static void keeping_up_to_date_is_binding_anew(void **state)
{
        static const char *const USERS[] = { "user:acme/viewer",  "user:acme/manager",
                                             "user:acme/system",  "user:acme/guard",
                                             "user:beta/manager", "user:acme/gone" };
        static const char *const DOORS[] = { "door:acme/HQ/D1",       "door:acme/HQ/D2",
                                             "door:acme/HQ/Tower/D3", "door:beta/HQ/D1",
                                             "door:acme/gone/D1",     "door:acme/HQ2/D1" };
        DecideFixture *fixture = *state;
        _cleanup_(live_records_freep) LiveRecords *records = live_records_new();
        _cleanup_(bound_state_freep) BoundState *bound = bound_state_new(fixture->image, records);
        unsigned random = 3;
        for (int step = 0; step < 2000; step++) {
                random = random * 1103515245u + 12345u;
                unsigned value = random >> 8;
                LiveKind kind = (LiveKind)(value % 4);
                bool is_user = kind == LIVE_SUSPENSION || kind == LIVE_DATES;
                const char *name = (is_user ? USERS : DOORS)[value / 4 % 6];
                if (value / 24 % 3)
                        put(records, bound, kind, name);
                else
                        take_out(records, bound, kind, name);
                _cleanup_(bound_state_freep) BoundState *anew =
                        bound_state_new(fixture->image, records);
                assert_equal_live(bound_state_live(bound), bound_state_live(anew));
        }
}

static Reason unlock_reason(const DecideFixture *fixture, const LiveState *live, const char *user)
{
        DecisionContext context = { .now_s = MONDAY_MORNING, .live = live };
        Query query = { .user = text_from(user), .permission = TEXT_LITERAL("door.unlock") };
        assert_int_equal(resource_parse(TEXT_LITERAL("door:acme/HQ/D1"), &query.resource, NULL), 0);
        Decision decision = policy_decide(fixture->image, &context, &query, NULL);
        return decision.outcome == OUTCOME_ALLOW ? REASON_NONE : decision.reason;
}

static void decisions_see_it(void **state)
{
        DecideFixture *fixture = *state;
        _cleanup_(live_records_freep) LiveRecords *records = live_records_new();
        _cleanup_(bound_state_freep) BoundState *bound = bound_state_new(fixture->image, records);
        const LiveState *live = bound_state_live(bound);
        assert_int_equal(unlock_reason(fixture, live, "manager"), REASON_NONE);
        put(records, bound, LIVE_SUSPENSION, "user:acme/manager");
        assert_int_equal(unlock_reason(fixture, live, "manager"), REASON_SUSPENDED);
        assert_int_equal(unlock_reason(fixture, live, "admin"), REASON_NOT_PERMITTED);
        take_out(records, bound, LIVE_SUSPENSION, "user:acme/manager");
        assert_int_equal(unlock_reason(fixture, live, "manager"), REASON_NONE);
        /* A person of the same name elsewhere is somebody else. */
        put(records, bound, LIVE_SUSPENSION, "user:beta/manager");
        assert_int_equal(unlock_reason(fixture, live, "manager"), REASON_NONE);
}

static void without_records_everything_that_needs_them_is_undetermined(void **state)
{
        DecideFixture *fixture = *state;
        _cleanup_(bound_state_freep) BoundState *bound = bound_state_new(fixture->image, NULL);
        const LiveState *live = bound_state_live(bound);
        assert_true(live->unknown);
        assert_int_equal(unlock_reason(fixture, live, "manager"), REASON_LIVE_STATE_UNKNOWN);
        assert_int_equal(bound_state_update(bound, LIVE_SUSPENSION, TEXT_LITERAL("user:acme/low")),
                         0);
        assert_true(live->unknown);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_is_one_persons_is_one_item),
                cmocka_unit_test(each_change_at_a_door_keeps_its_own_end),
                cmocka_unit_test(names_that_the_image_does_not_know_are_left_out),
                cmocka_unit_test(keeping_up_to_date_is_binding_anew),
                cmocka_unit_test(decisions_see_it),
                cmocka_unit_test(without_records_everything_that_needs_them_is_undetermined),
                cmocka_unit_test(what_the_image_does_not_know_is_counted_while_it_is_in_force),
        };
        return cmocka_run_group_tests(tests, decide_setup, decide_teardown) ? 1 : 0;
}
