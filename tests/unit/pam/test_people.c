/* SPDX-License-Identifier: MIT */
/* Tests of pam/people.h on this machine's own name service. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "pam/people.h"

static void root_is_known_by_name_and_uid(void **state)
{
        Person person = { .known = false };
        assert_int_equal(person_by_name("root", &person), 0);
        assert_true(person.known);
        assert_int_equal(person.uid, 0);
        assert_string_equal(person.name, "root");
        person = (Person){ .known = false };
        assert_int_equal(person_by_uid(0, &person), 0);
        assert_true(person.known);
        assert_string_equal(person.name, "root");
}

static void others_are_not(void **state)
{
        static char long_name[5000];
        Person person = { .known = true };
        assert_int_equal(person_by_name("no such person", &person), 0);
        assert_false(person.known);
        person.known = true;
        assert_int_equal(person_by_uid(3999999999u, &person), 0);
        assert_false(person.known);
        memset(long_name, 'a', sizeof(long_name) - 1);
        person.known = true;
        assert_int_equal(person_by_name(long_name, &person), 0);
        assert_false(person.known);
}

static void groups_ascend_and_hold_the_main_one(void **state)
{
        Person person;
        GroupList list = { 0 };
        bool found = false;
        assert_int_equal(person_by_name("root", &person), 0);
        person.gid = 4000000000u; /* sorted among the others */
        assert_int_equal(person_groups(&person, "root", &list), 0);
        assert_true(list.count > 0);
        for (size_t i = 0; i < list.count; i++) {
                assert_true(i == 0 || list.groups[i] > list.groups[i - 1]);
                found = found || list.groups[i] == person.gid;
        }
        assert_true(found);
        group_list_clear(&list);
        assert_null(list.groups);
        assert_int_equal(list.count, 0);
        group_list_clear(&list);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(root_is_known_by_name_and_uid),
                cmocka_unit_test(others_are_not),
                cmocka_unit_test(groups_ascend_and_hold_the_main_one),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
