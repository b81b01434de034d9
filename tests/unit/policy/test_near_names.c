/* SPDX-License-Identifier: MIT */
/*
 * Tests of the engine with names that are nearly equal: one begins another, stands at another
 * place, or belongs to a group of the operating system. Every comparison is of whole names.
 */
#include "check_fixture.h"
#include "decide_fixture.h"

static const char CATALOGUE[] =
        "permissions = (\n"
        "  { name = \"door.view\"; scope = \"door\"; },\n"
        "  { name = \"door.unlock\"; scope = \"door\"; },\n"
        "  { name = \"door.enter\"; scope = \"door\"; without_role = [ \"door-access-now\" ]; },\n"
        "  { name = \"site.view\"; scope = \"organization | site\"; } );\n"
        "roles = (\n"
        "  { name = \"manager\"; level = \"site\"; ladder = \"site\"; rank = 1;\n"
        "    permissions = ( { name = \"door.view\"; }, { name = \"door.unlock\"; },\n"
        "                    { name = \"site.view\"; scope = \"site\"; } ); },\n"
        "  { name = \"manager2\"; level = \"site\"; ladder = \"other\"; rank = 1; } );\n";

static const char ACME[] =
        "organization = { name = \"acme\"; };\n"
        "sites = (\n"
        "  { name = \"a\"; doors = ( { name = \"door1\"; }, { name = \"door10\"; },\n"
        "                            { name = \"door\"; }, { name = \"Door1\"; } );\n"
        "    sites = ( { name = \"lobby\"; doors = ( { name = \"d\"; } ); } ); },\n"
        "  { name = \"b\"; sites = ( { name = \"lobby\"; doors = ( { name = \"d\"; } ); } ); },\n"
        "  { name = \"ab\"; doors = ( { name = \"door1\"; } ); },\n"
        "  { name = \"lobby\"; doors = ( { name = \"d\"; } ); } );\n"
        "groups = ( { name = \"sudo\"; roles = ( { role = \"manager\"; site = \"a\"; } ); },\n"
        "           { name = \"mapped\"; unix_gid = 2001;\n"
        "             roles = ( { role = \"manager\"; site = \"ab\"; } ); } );\n"
        "people = ( { unix_gid = 2001; } );\n"
        "access_groups = ( { name = \"staff\"; }, { name = \"staff2\"; } );\n"
        "access_levels = ( { name = \"one\"; doors = [ \"a/door1\" ];\n"
        "                    access_groups = [ \"staff\" ]; } );\n"
        "users = (\n"
        "  { name = \"al\"; roles = ( { role = \"manager\"; site = \"a/lobby\"; } );\n"
        "    access_groups = [ \"staff\" ]; },\n"
        "  { name = \"alice\"; access_groups = [ \"staff2\" ]; },\n"
        "  { name = \"ali\"; roles = ( { role = \"manager2\"; site = \"a\"; } ); },\n"
        "  { name = \"Al\"; } );\n";

static const char ACME2[] =
        "organization = { name = \"acme2\"; };\n"
        "sites = ( { name = \"a\"; sites = ( { name = \"lobby\"; doors = ( { name = \"d\"; } ); } "
        "); } );\n"
        "users = ( { name = \"al\"; } );\n";

static int setup(void **state)
{
        static DecideFixture fixture;
        load_fixture_init(&fixture.load);
        check_load(&fixture.load, SOURCE_CATALOGUE, "roles.conf", NULL, CATALOGUE);
        check_load(&fixture.load, SOURCE_ORGANIZATION, "acme.conf", "acme", ACME);
        check_load(&fixture.load, SOURCE_ORGANIZATION, "acme2.conf", "acme2", ACME2);
        decide_compile(&fixture);
        *state = &fixture;
        return 0;
}

static int teardown(void **state)
{
        decide_fixture_done(*state);
        return 0;
}

static void a_name_that_begins_another_is_another(void **state)
{
        static const DecideCase CASES[] = {
                { "al door.unlock door:acme/a/lobby/d", "allow granted-by-role" },
                { "alice door.unlock door:acme/a/lobby/d", "deny not-permitted" },
                { "ali door.unlock door:acme/a/lobby/d", "deny not-permitted" },
                { "Al door.unlock door:acme/a/lobby/d", "deny not-permitted" },
                { "a door.unlock door:acme/a/lobby/d", "deny unknown-subject" },
                { "alic door.unlock door:acme/a/lobby/d", "deny unknown-subject" },
                { "al. door.unlock door:acme/a/lobby/d", "deny unknown-subject" },
                { "al@acme door.unlock door:acme/a/lobby/d", "deny unknown-subject" },
                { "al door.enter door:acme/a/door1", "allow door-access" },
                { "al door.enter door:acme/a/door10", "deny no-door-access" },
                { "al door.enter door:acme/a/door", "deny no-door-access" },
                { "al door.enter door:acme/a/Door1", "deny no-door-access" },
                { "al door.enter door:acme/ab/door1", "deny no-door-access" },
                { "alice door.enter door:acme/a/door1", "deny no-door-access" },
                { "al door.enter door:acme/a/door11", "error unknown-resource" },
                { "al door.unloc door:acme/a/lobby/d", "error unknown-permission" },
                { "al door.unlock2 door:acme/a/lobby/d", "error unknown-permission" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

static void the_whole_path_counts_and_not_its_last_name(void **state)
{
        static const DecideCase CASES[] = {
                { "al site.view site:acme/a/lobby", "allow granted-by-role" },
                { "al site.view site:acme/b/lobby", "deny not-permitted" },
                { "al site.view site:acme/lobby", "deny not-permitted" },
                { "al site.view site:acme2/a/lobby", "deny not-permitted" },
                { "al door.unlock door:acme/b/lobby/d", "deny not-permitted" },
                { "al door.unlock door:acme/lobby/d", "deny not-permitted" },
                { "al door.unlock door:acme2/a/lobby/d", "deny not-permitted" },
                { "al site.view site:acme/a", "deny not-permitted" },
                { "al site.view site:acme/ab", "deny not-permitted" },
                { "al site.view site:acme3/a/lobby", "error unknown-resource" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

/* A group of the operating system is its number, and only where the policy says so. */
static void a_unix_group_counts_by_its_number_only(void **state)
{
        const Image *image = decide_image(state);
        static const uint32_t SUDO[] = { 27, 0 }, MAPPED[] = { 2001, 0 },
                              NEIGHBOURS[] = { 2000, 2002, 20010, 0 };
        static const char A[] = "alice door.unlock door:acme/a/door1",
                          AB[] = "alice door.unlock door:acme/ab/door1",
                          STRANGER[] = "stranger door.unlock door:acme/ab/door1";
        decide_expect_of(image, A, MONDAY_MORNING, SUDO, "deny not-permitted");
        decide_expect_of(image, A, MONDAY_MORNING, MAPPED, "deny not-permitted");
        decide_expect_of(image, AB, MONDAY_MORNING, MAPPED, "allow granted-by-role");
        decide_expect_of(image, AB, MONDAY_MORNING, NEIGHBOURS, "deny not-permitted");
        decide_expect_of(image, STRANGER, MONDAY_MORNING, MAPPED, "allow granted-by-role");
        decide_expect_of(image, STRANGER, MONDAY_MORNING, SUDO, "deny unknown-subject");
        decide_expect_of(image, STRANGER, MONDAY_MORNING, NEIGHBOURS, "deny unknown-subject");
}

/* Nobody is let in for being root, nobody for a name that says much. */
static void whoever_is_not_declared_gets_nothing_at_all(void **state)
{
        static const char *const NAMES[] = { "root", "admin", "nobody",  "stranger",
                                             "0",    "sudo",  "manager", "acme" };
        static const char *const RESOURCES[] = { "door:acme/a/door1", "door:acme2/a/lobby/d",
                                                 "site:acme/a", "organization:acme" };
        const Image *image = decide_image(state);
        unsigned asked = 0;
        for (size_t name = 0; name < sizeof(NAMES) / sizeof(NAMES[0]); name++)
                for (size_t at = 0; at < sizeof(RESOURCES) / sizeof(RESOURCES[0]); at++)
                        for (uint32_t i = 0; i < image_count(image, IMAGE_PERMISSIONS); i++) {
                                Text permission =
                                        image_string(image, image_permission(image, i)->name);
                                char line[256];
                                snprintf(line, sizeof(line), "%s %.*s %s", NAMES[name],
                                         (int)permission.size, permission.data, RESOURCES[at]);
                                Decision decision = decide_ask(image, line, MONDAY_MORNING, NULL);
                                assert_true(decision.reason == REASON_UNKNOWN_SUBJECT ||
                                            decision.reason == REASON_UNKNOWN_RESOURCE);
                                assert_int_not_equal(decision.outcome, OUTCOME_ALLOW);
                                asked++;
                        }
        assert_int_equal(asked, 8 * 4 * 4);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_name_that_begins_another_is_another),
                cmocka_unit_test(the_whole_path_counts_and_not_its_last_name),
                cmocka_unit_test(a_unix_group_counts_by_its_number_only),
                cmocka_unit_test(whoever_is_not_declared_gets_nothing_at_all),
        };
        return cmocka_run_group_tests(tests, setup, teardown) ? 1 : 0;
}
