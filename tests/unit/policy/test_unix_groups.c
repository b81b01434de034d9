/* SPDX-License-Identifier: MIT */
/* Tests of unix_groups.c. "root" with number 0 is a group of every Linux system. */
#include "check_fixture.h"

static void names_become_numbers(void **state)
{
        CheckPolicy policy = {
                .catalogue = CHECK_CATALOGUE,
                .organization = CHECK_ACME
                "groups = ( { name = \"g\"; unix_group = \"root\"; }, { name = \"plain\"; } );\n"
                "access_groups = ( { name = \"a\"; unix_group = \"root\"; } );\n"
                "people = ( { unix_group = \"root\"; } );\n",
        };
        LoadFixture fixture;
        check_run(&fixture, &policy);
        model_resolve_unix_groups(fixture.model);
        load_fixture_expect(&fixture, "");
        const ModelOrganization *acme = &fixture.model->organizations.items[0];
        assert_true(acme->groups.items[0].unix_group.resolved);
        assert_int_equal(acme->groups.items[0].unix_group.gid, 0);
        assert_false(acme->groups.items[1].unix_group.resolved);
        assert_true(acme->access_groups.items[0].unix_group.resolved);
        assert_true(acme->people.items[0].unix_group.resolved);
        load_fixture_done(&fixture);
}

static void a_stated_number_is_taken_without_asking(void **state)
{
        CheckPolicy policy = {
                .catalogue = CHECK_CATALOGUE,
                .organization = CHECK_ACME "people = ( { unix_gid = 123456; } );\n",
        };
        LoadFixture fixture;
        check_run(&fixture, &policy);
        model_resolve_unix_groups(fixture.model);
        load_fixture_expect(&fixture, "");
        const ModelUnixGroup *group =
                &fixture.model->organizations.items[0].people.items[0].unix_group;
        assert_true(group->resolved);
        assert_int_equal(group->gid, 123456);
        load_fixture_done(&fixture);
}

static void a_group_that_does_not_exist_gives_nothing(void **state)
{
        CheckPolicy policy = {
                .catalogue = CHECK_CATALOGUE,
                .organization = CHECK_ACME "people = (\n"
                                           "  { unix_group = \"no-such-group-anywhere\"; } );\n",
        };
        LoadFixture fixture;
        check_run(&fixture, &policy);
        model_resolve_unix_groups(fixture.model);
        load_fixture_expect(&fixture, "acme.conf:3: warning: there is no Unix group "
                                      "\"no-such-group-anywhere\": it gives nothing\n");
        Image *image;
        assert_int_equal(model_compile(fixture.model, CHECK_NOW, &image), 0);
        assert_int_equal(image_count(image, IMAGE_MAPPED_GROUPS), 0);
        image_free(image);
        load_fixture_done(&fixture);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(names_become_numbers),
                cmocka_unit_test(a_stated_number_is_taken_without_asking),
                cmocka_unit_test(a_group_that_does_not_exist_gives_nothing),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
