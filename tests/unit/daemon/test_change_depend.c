/* SPDX-License-Identifier: MIT */
/* Tests of change_depend.c, on the policy of tests/unit/policy/decide. */
#include "decide_fixture.h"

#include "daemon/change_depend.h"

typedef struct Pair {
        const char *one, *other;
        bool depend;
} Pair;

static Query read_query(const char *line)
{
        Query query;
        const char *problem;
        assert_int_equal(query_parse_line(text_from(line), &query, &problem), 0);
        return query;
}

static void compare(void **state, const Pair *pairs, size_t count)
{
        const Image *image = decide_image(state);
        for (size_t i = 0; i < count; i++) {
                Query one = read_query(pairs[i].one), other = read_query(pairs[i].other);
                if (changes_depend(image, &one, &other) != pairs[i].depend)
                        fail_msg("%s | %s", pairs[i].one, pairs[i].other);
                assert_int_equal(changes_depend(image, &other, &one), pairs[i].depend);
        }
}

#define COMPARE(state, ...)                                                                        \
        compare((state), (const Pair[]){ __VA_ARGS__ },                                            \
                sizeof((const Pair[]){ __VA_ARGS__ }) / sizeof(Pair))

static void people_who_have_nothing_in_common_do_not_meet(void **state)
{
        COMPARE(state,
                { "admin grant viewer@acme/HQ user:acme/nobody",
                  "system grant viewer@acme/HQ user:acme/guard", false },
                /* The same person may do many things at once. */
                { "admin grant viewer@acme/HQ user:acme/nobody",
                  "admin revoke viewer@acme/HQ user:acme/guard", false },
                { "admin migrate user:acme/legacy", "admin migrate user:acme/flag", false });
}

static void whoever_is_changed_twice_makes_changes_meet(void **state)
{
        COMPARE(state,
                { "admin grant viewer@acme/HQ user:acme/nobody",
                  "system revoke manager@acme/HQ user:acme/nobody", true },
                { "admin migrate user:acme/legacy", "system grant people user:acme/legacy", true },
                { "admin add-member user:acme/nobody with=group:acme/viewers",
                  "system add-member user:acme/nobody with=access-group:acme/staff", true });
}

static void who_acts_must_not_be_changed_beside(void **state)
{
        COMPARE(state,
                { "system grant admin@acme/HQ user:acme/nobody",
                  "nobody grant viewer@acme/HQ user:acme/guard", true },
                { "system add-member user:acme/nobody with=group:acme/managers",
                  "nobody grant viewer@acme/HQ user:acme/guard", true });
}

static void a_group_stands_for_those_who_are_in_it(void **state)
{
        COMPARE(state,
                /* lonely is a viewer, nobody is not. */
                { "system grant people group:acme/viewers",
                  "lonely grant viewer@acme/HQ user:acme/guard", true },
                { "system grant people group:acme/viewers",
                  "nobody grant viewer@acme/HQ user:acme/guard", false },
                { "system grant people group:acme/viewers",
                  "admin revoke manager@acme/HQ user:acme/lonely", true },
                { "system grant people group:acme/viewers",
                  "admin add-member user:acme/nobody with=group:acme/viewers", true },
                { "system grant people group:acme/viewers",
                  "admin add-member user:acme/nobody with=group:acme/managers", false },
                { "system add-member user:acme/nobody with=access-group:acme/night",
                  "nightly grant people user:acme/guard", true },
                { "system add-member user:acme/nobody with=access-group:acme/night",
                  "lonely grant people user:acme/guard", false },
                /* A group and an access group are two things. */
                { "system add-member user:acme/nobody with=access-group:acme/lab",
                  "admin add-member user:acme/guard with=group:acme/kept", false });
}

static void anybody_may_be_in_a_mapped_group(void **state)
{
        COMPARE(state,
                { "system grant people group:acme/mapped",
                  "nobody grant viewer@acme/HQ user:acme/guard", true },
                { "system grant people group:acme/mapped", "system grant people group:acme/viewers",
                  true },
                { "system add-member user:acme/nobody with=access-group:acme/staff",
                  "x grant viewer@acme/HQ user:acme/y", true });
}

static void a_customization_stands_alone(void **state)
{
        COMPARE(state,
                { "admin customize viewer -door.view organization:acme",
                  "system grant viewer@acme/HQ user:acme/guard", true },
                { "admin customize viewer -door.view organization:acme",
                  "system customize manager default organization:acme", true },
                /* Also where no group of the operating system stands for everybody. */
                { "admin customize viewer -door.view organization:beta",
                  "system grant viewer@beta/HQ user:beta/guard", true },
                { "admin customize viewer default organization:beta",
                  "system customize manager default organization:beta", true });
}

static void organizations_have_nothing_to_do_with_each_other(void **state)
{
        COMPARE(state,
                { "admin grant viewer@acme/HQ user:acme/nobody",
                  "nobody grant viewer@beta/HQ user:beta/nobody", false },
                { "admin customize viewer -door.view organization:acme",
                  "admin customize viewer -door.view organization:beta", false },
                { "a grant people user:none/x", "x grant people user:none/y", false });
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(people_who_have_nothing_in_common_do_not_meet),
                cmocka_unit_test(whoever_is_changed_twice_makes_changes_meet),
                cmocka_unit_test(who_acts_must_not_be_changed_beside),
                cmocka_unit_test(a_group_stands_for_those_who_are_in_it),
                cmocka_unit_test(anybody_may_be_in_a_mapped_group),
                cmocka_unit_test(a_customization_stands_alone),
                cmocka_unit_test(organizations_have_nothing_to_do_with_each_other),
        };
        return cmocka_run_group_tests(tests, decide_setup, decide_teardown) ? 1 : 0;
}
