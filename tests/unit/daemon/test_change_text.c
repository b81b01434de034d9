/* SPDX-License-Identifier: MIT */
/* Tests of change_text.c, on the policy of tests/unit/policy/decide. */
#include "decide_fixture.h"

#include "daemon/change_text.h"
#include "util/timestamp.h"

typedef struct Case {
        const char *line, *before, *after;
} Case;

static Query read_query(const char *line)
{
        Query query;
        const char *problem;
        assert_int_equal(query_parse_line(text_from(line), &query, &problem), 0);
        return query;
}

static void before_and_after_say_what_is_held(void **state)
{
        static const Case cases[] = {
                { "a grant viewer@acme/HQ user:acme/nobody", "-", "viewer@acme/HQ" },
                { "a grant viewer@acme/HQ/Tower user:acme/low", "viewer@acme/HQ/Tower",
                  "viewer@acme/HQ/Tower" },
                { "a grant viewer@acme/HQ user:acme/low", "-", "viewer@acme/HQ" },
                { "a revoke manager@acme/HQ user:acme/timed",
                  "manager@acme/HQ from 2026-06-01T00:00:00Z until 2026-06-02T00:00:00Z", "-" },
                { "a revoke system user:acme/both", "system", "-" },
                { "a revoke viewer@acme/HQ group:acme/viewers", "viewer@acme/HQ", "-" },
                { "a migrate user:acme/legacy", "old, old-flag@acme/HQ", "-" },
                { "a migrate user:acme/legacy with=people with=viewer@acme/HQ",
                  "old, old-flag@acme/HQ", "people, viewer@acme/HQ" },
                { "a migrate user:acme/manager with=people", "-", "people" },
                { "a add-member user:acme/nobody with=group:acme/viewers", "-",
                  "group:acme/viewers" },
                { "a remove-member user:acme/viewer with=access-group:acme/staff",
                  "access-group:acme/staff", "-" },
                { "a customize viewer +door.view organization:acme", "viewer default",
                  "viewer +door.view" },
                { "a customize viewer default organization:acme", "viewer default",
                  "viewer default" },
                /* Names that nobody knows. */
                { "a grant none-such@acme/HQ user:acme/none", "-", "none-such@acme/HQ" },
                { "a revoke viewer@none/HQ user:none/x", "-", "-" },
                { "a customize none-such -x organization:none", "none-such default",
                  "none-such -x" },
        };
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                char before[256] = "", after[256] = "";
                Query query = read_query(cases[i].line);
                FILE *stream = fmemopen(before, sizeof(before), "w");
                assert_int_equal(change_write_before(decide_image(state), &query, stream), 0);
                assert_int_equal(fclose(stream), 0);
                stream = fmemopen(after, sizeof(after), "w");
                assert_int_equal(change_write_after(&query, TIMESTAMP_MIN, TIMESTAMP_MAX, stream),
                                 0);
                assert_int_equal(fclose(stream), 0);
                assert_string_equal(before, cases[i].before);
                assert_string_equal(after, cases[i].after);
        }
}

static void a_grant_is_written_with_its_times(void **state)
{
        char after[128] = "";
        Query query = read_query("a grant viewer@acme/HQ user:acme/nobody");
        FILE *stream = fmemopen(after, sizeof(after), "w");
        assert_int_equal(change_write_after(&query, MONDAY_MORNING, MONDAY_MORNING + HOUR, stream),
                         0);
        assert_int_equal(fclose(stream), 0);
        assert_string_equal(after,
                            "viewer@acme/HQ from 2026-06-01T09:00:00Z until 2026-06-01T10:00:00Z");
}

static void a_grant_of_a_file_that_is_written_by_hand_is_found(void **state)
{
        const Image *image = decide_image(state);
        char text[IMAGE_PLACE_SIZE];
        ImagePlace place;
        Query query = read_query("a revoke manager@acme/HQ user:acme/timed");
        assert_true(change_by_hand(image, &query, MONDAY_MORNING, &place));
        assert_non_null(strstr(image_place(image, place, text, sizeof(text)), "acme.conf:"));
        /* It has ended: it does not stand in the way any more. */
        assert_false(change_by_hand(image, &query, MONDAY_MORNING + 2 * DAY, &place));
        query = read_query("a grant manager@acme/HQ user:acme/timed");
        assert_false(change_by_hand(image, &query, MONDAY_MORNING, &place));
        query = read_query("a revoke manager@acme/HQ/Tower user:acme/timed");
        assert_false(change_by_hand(image, &query, MONDAY_MORNING, &place));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(before_and_after_say_what_is_held),
                cmocka_unit_test(a_grant_is_written_with_its_times),
                cmocka_unit_test(a_grant_of_a_file_that_is_written_by_hand_is_found),
        };
        return cmocka_run_group_tests(tests, decide_setup, decide_teardown) ? 1 : 0;
}
