/* SPDX-License-Identifier: MIT */
/* Tests of state_change.c. */
#include "state/state_change.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "store_fixture.h"

static void a_copy_has_texts_of_its_own(void **state)
{
        char name[] = "user:acme/ann", why[] = "lost";
        StateChange changes[] = { put_change(LIVE_SUSPENSION, name),
                                  { STATE_CHANGE_HIGHEST, { .note.at_s = 5 } },
                                  put_change(LIVE_BLOCK, "door:acme/HQ/D1") };
        changes[0].record.note.why = text_from(why);
        _cleanup_free_ StateChange *copy = state_changes_copy(changes, 3);
        assert_non_null(copy);
        memset(name, 'x', sizeof(name) - 1);
        memset(why, 'x', sizeof(why) - 1);
        assert_true(text_is(copy[0].record.resource, "user:acme/ann"));
        assert_true(text_is(copy[0].record.note.why, "lost"));
        assert_true(text_is(copy[0].record.note.by, "ann"));
        assert_int_equal(copy[1].kind, STATE_CHANGE_HIGHEST);
        assert_int_equal(copy[1].record.note.at_s, 5);
        assert_true(text_is(copy[2].record.resource, "door:acme/HQ/D1"));
        assert_int_equal(copy[2].record.until_s, changes[2].record.until_s);
}

static void what_cannot_be_made_is_not_valid(void **state)
{
        StateChange change = put_change(LIVE_SUSPENSION, "user:acme/ann");
        assert_true(state_change_is_valid(&change));
        change.record.resource = TEXT_LITERAL("door:acme/HQ/D1");
        assert_false(state_change_is_valid(&change));
        change.kind = STATE_CHANGE_REMOVE; /* of what is not there: nothing */
        assert_true(state_change_is_valid(&change));
        change.record.kind = LIVE_KIND_COUNT;
        assert_false(state_change_is_valid(&change));
        change.kind = (StateChangeKind)99;
        assert_false(state_change_is_valid(&change));
        change.kind = STATE_CHANGE_RESET;
        assert_true(state_change_is_valid(&change));
}

static void a_saved_report_has_names_and_a_definition_within_its_limit(void **state)
{
        static const char LONG[LIVE_TEXT_MAX + 1];
        StateChange change = { STATE_CHANGE_SAVE_REPORT,
                               { .resource = TEXT_LITERAL("nights"),
                                 .note = { .by = TEXT_LITERAL("ann"),
                                           .why = { LONG, LIVE_TEXT_MAX } } } };
        assert_true(state_change_is_valid(&change));
        change.record.note.why.size++;
        assert_false(state_change_is_valid(&change));
        change.record.note.why.size = 0;
        change.record.resource = TEXT_LITERAL("late nights");
        assert_false(state_change_is_valid(&change));
        change.record.resource = TEXT_LITERAL("nights");
        change.record.note.by = TEXT_NULL;
        assert_false(state_change_is_valid(&change));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_copy_has_texts_of_its_own),
                cmocka_unit_test(what_cannot_be_made_is_not_valid),
                cmocka_unit_test(a_saved_report_has_names_and_a_definition_within_its_limit),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
