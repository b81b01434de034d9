/* SPDX-License-Identifier: MIT */
/* Tests of managed*.c: changes of a loaded policy, and the file that holds them. */
#include "check_fixture.h"

#include "policy/managed.h"

#define CATALOGUE                                                                                  \
        "roles = ( { name = \"old\"; level = \"organization\"; legacy = true; },\n"                \
        "  { name = \"r\"; level = \"organization\"; } );\n"

/* Users on line 2, what stands by itself from line 3 on. */
#define ACME                                                                                       \
        "organization = { name = \"acme\"; };\n"                                                   \
        "users = ( { name = \"bob\"; groups = [ \"desk\" ]; roles = ( { role = \"written\"; }, "   \
        "{ role = \"ended\"; until = \"2026-01-01T00:00:00Z\"; } ); }, { name = \"olga\"; } );"    \
        "groups = ( { name = \"desk\"; roles = ( { role = \"written\"; site = \"HQ\"; } ); } );\n" \
        "assignments = ( { user = \"olga\"; role = \"alone\"; } );\n"                              \
        "memberships = ( { user = \"olga\"; access_group = \"staff\"; } );\n"                      \
        "migrations = ( { user = \"bob\"; } );\n"                                                  \
        "customizations = ( { role = \"r\"; add = [ \"a\" ]; remove = [ \"b\" ]; } );\n"

#define HEADER                                                                                     \
        "# SPDX-License-Identifier: MIT\n"                                                         \
        "# Written by doorwardd; while it runs, change it with doorward grant, revoke, migrate,\n" \
        "# member and customize.\n"

static void start(LoadFixture *fixture, const char *managed)
{
        load_fixture_init(fixture);
        load_fixture_text(fixture, SOURCE_CATALOGUE, "roles.conf", CATALOGUE);
        load_fixture_text(fixture, SOURCE_ORGANIZATION, "acme.conf", ACME);
        load_fixture_text(fixture, SOURCE_MANAGED, "managed.conf", managed);
        load_fixture_expect(fixture, "");
}

/* Return: owned by the caller. */
static char *written(const LoadFixture *fixture)
{
        char *text = NULL;
        size_t size;
        FILE *stream = open_memstream(&text, &size);
        assert_non_null(stream);
        assert_int_equal(managed_write(&fixture->model->organizations.items[0], stream), 0);
        fclose(stream);
        return text;
}

/* Applies lines of changes to managed assignments and compares what is reported and what is written
 * then; NULL says that the file stays as it is. */
static void apply(const char *managed, const char *lines, const char *reported, const char *after)
{
        LoadFixture fixture;
        Change changes[CHANGES_MAX];
        size_t count;
        bool touched[1] = { true };
        char *copy = strdup(lines);
        start(&fixture, managed);
        char *before = written(&fixture);
        assert_int_equal(changes_parse(copy, strlen(copy), changes, &count), 0);
        assert_int_equal(managed_apply(fixture.model, changes, count, touched), 0);
        load_fixture_expect(&fixture, reported);
        char *text = written(&fixture), expected[4096];
        assert_int_equal(touched[0], after != NULL);
        snprintf(expected, sizeof(expected), "%s%s", HEADER, after ? after : "");
        assert_string_equal(text, after ? expected : before);
        free(before);
        free(text);
        free(copy);
        load_fixture_done(&fixture);
}

#define AT      "2026-06-03T10:00:00Z"
#define TAIL    "-\t-\tann\t" AT "\twhy\n"
#define REMARK  "by = \"ann\"; at = \"" AT "\"; reason = \"why\";"
#define BY_HAND " stands in a file that is written by hand: change it there\n"

static void a_grant_is_appended(void **state)
{
        apply("",
              "grant\tacme\tuser:olga\tr\tHQ/"
              "T\t-\t2026-07-01T00:00:00Z\t2026-08-01T00:00:00Z\tann\t" AT
              "\t-\ngrant\tacme\tgroup:desk\tr\t-\t-\t" TAIL,
              "",
              "assignments = (\n"
              "        { user = \"olga\"; role = \"r\"; site = \"HQ/T\"; from = "
              "\"2026-07-01T00:00:00Z\"; until = \"2026-08-01T00:00:00Z\"; by = \"ann\"; at = \"" AT
              "\"; },\n"
              "        { group = \"desk\"; role = \"r\"; " REMARK " }\n);\n");
}

static void what_is_granted_already_is_not_granted_again(void **state)
{
        static const char MANAGED[] = "assignments = ( { user = \"bob\"; role = \"r\"; } );\n";
        apply(MANAGED, "grant\tacme\tuser:bob\tr\t-\t-\t" TAIL,
              "managed.conf:1: error: the grant of role \"r\" to \"bob\" stands here already\n",
              NULL);
        apply("", "grant\tacme\tuser:bob\twritten\t-\t-\t" TAIL,
              "acme.conf:2: error: the grant of role \"written\" to \"bob\" stands here already\n",
              NULL);
        apply("", "grant\tacme\tgroup:desk\twritten\tHQ\t-\t" TAIL,
              "acme.conf:2: error: the grant of role \"written\" at \"HQ\" to \"desk\" stands here "
              "already\n",
              NULL);
        apply("", "grant\tacme\tuser:olga\talone\t-\t-\t" TAIL,
              "acme.conf:3: error: the grant of role \"alone\" to \"olga\" stands here already\n",
              NULL);
        apply("", "grant\tacme\tuser:olga\tr\t-\t-\t" TAIL "grant\tacme\tuser:olga\tr\t-\t-\t" TAIL,
              "acme.conf:1: error: the grant of role \"r\" to \"olga\" stands here already\n",
              "assignments = (\n        { user = \"olga\"; role = \"r\"; " REMARK " }\n);\n");
}

static void another_place_or_holder_is_another_grant(void **state)
{
        apply("assignments = ( { user = \"bob\"; role = \"r\"; site = \"HQ\"; } );\n",
              "grant\tacme\tuser:bob\tr\tHQ/T\t-\t" TAIL "grant\tacme\tgroup:bob\tr\tHQ\t-\t" TAIL,
              "",
              "assignments = (\n"
              "        { user = \"bob\"; role = \"r\"; site = \"HQ\"; },\n"
              "        { user = \"bob\"; role = \"r\"; site = \"HQ/T\"; " REMARK " },\n"
              "        { group = \"bob\"; role = \"r\"; site = \"HQ\"; " REMARK " }\n);\n");
}

static void what_has_ended_gives_way(void **state)
{
        apply("assignments = ( { user = \"bob\"; role = \"ended\"; until = \"" AT "\"; } );\n",
              "grant\tacme\tuser:bob\tended\t-\t-\t" TAIL, "",
              "assignments = (\n        { user = \"bob\"; role = \"ended\"; " REMARK " }\n);\n");
}

static void revoking_removes_every_managed_one(void **state)
{
        apply("assignments = ( { user = \"bob\"; role = \"ended\"; },\n"
              "  { user = \"bob\"; role = \"ended\"; from = \"2027-01-01T00:00:00Z\"; },\n"
              "  { user = \"olga\"; role = \"ended\"; } );\n",
              "revoke\tacme\tuser:bob\tended\t-\t-\t" TAIL, "",
              "assignments = (\n        { user = \"olga\"; role = \"ended\"; }\n);\n");
}

static void what_people_wrote_is_not_revoked(void **state)
{
        apply("assignments = ( { user = \"bob\"; role = \"written\"; } );\n",
              "revoke\tacme\tuser:bob\twritten\t-\t-\t" TAIL,
              "acme.conf:2: error: the grant of role \"written\" to \"bob\"" BY_HAND, NULL);
        apply("", "revoke\tacme\tuser:olga\talone\t-\t-\t" TAIL,
              "acme.conf:3: error: the grant of role \"alone\" to \"olga\"" BY_HAND, NULL);
        apply("", "revoke\tacme\tgroup:desk\twritten\tHQ\t-\t" TAIL,
              "acme.conf:2: error: the grant of role \"written\" at \"HQ\" to \"desk\"" BY_HAND,
              NULL);
        assert_non_null(strstr(BY_HAND, MANAGED_BY_HAND));
}

static void what_stands_nowhere_is_not_revoked(void **state)
{
        apply("", "revoke\tacme\tuser:bob\tended\t-\t-\t" TAIL,
              "acme.conf:1: error: the grant of role \"ended\" to \"bob\" stands nowhere\n", NULL);
        apply("", "revoke\tacme\tuser:gone\tr\t-\t-\t" TAIL,
              "acme.conf:1: error: the grant of role \"r\" to \"gone\" stands nowhere\n", NULL);
}

static void a_migration_takes_managed_legacy_grants_along(void **state)
{
        apply("assignments = ( { user = \"olga\"; role = \"old\"; },\n"
              "  { user = \"olga\"; role = \"r\"; }, { user = \"bob\"; role = \"old\"; } );\n",
              "migrate\tacme\tuser:olga\t-\t-\t-\t" TAIL, "",
              "assignments = (\n        { user = \"bob\"; role = \"old\"; },\n"
              "        { user = \"olga\"; role = \"r\"; }\n);\n"
              "migrations = (\n        { user = \"olga\"; " REMARK " }\n);\n");
        apply("", "migrate\tacme\tuser:bob\t-\t-\t-\t" TAIL, "", NULL);
        apply("migrations = ( { user = \"olga\"; } );\n",
              "migrate\tacme\tuser:olga\t-\t-\t-\t" TAIL, "", NULL);
}

static void members_come_and_go(void **state)
{
        static const char BOTH[] = "memberships = ( { user = \"olga\"; group = \"desk\"; },\n"
                                   "  { user = \"bob\"; access_group = \"staff\"; } );\n";
        apply("",
              "add-member\tacme\tuser:olga\t-\t-\tgroup:desk\t" TAIL
              "add-member\tacme\tuser:bob\t-\t-\taccess-group:staff\t" TAIL,
              "",
              "memberships = (\n        { user = \"bob\"; access_group = \"staff\"; " REMARK " },\n"
              "        { user = \"olga\"; group = \"desk\"; " REMARK " }\n);\n");
        apply(BOTH, "remove-member\tacme\tuser:olga\t-\t-\tgroup:desk\t" TAIL, "",
              "memberships = (\n        { user = \"bob\"; access_group = \"staff\"; }\n);\n");
        apply(BOTH, "add-member\tacme\tuser:olga\t-\t-\tgroup:desk\t" TAIL,
              "managed.conf:1: error: the membership of \"olga\" in group \"desk\" stands here "
              "already\n",
              NULL);
        apply("", "remove-member\tacme\tuser:olga\t-\t-\tgroup:desk\t" TAIL,
              "acme.conf:1: error: the membership of \"olga\" in group \"desk\" stands nowhere\n",
              NULL);
}

static void memberships_that_people_wrote_stay(void **state)
{
        apply("", "add-member\tacme\tuser:bob\t-\t-\tgroup:desk\t" TAIL,
              "acme.conf:2: error: the membership of \"bob\" in group \"desk\" stands here "
              "already\n",
              NULL);
        apply("", "remove-member\tacme\tuser:bob\t-\t-\tgroup:desk\t" TAIL,
              "acme.conf:2: error: the membership of \"bob\" in group \"desk\"" BY_HAND, NULL);
        apply("", "remove-member\tacme\tuser:olga\t-\t-\taccess-group:staff\t" TAIL,
              "acme.conf:4: error: the membership of \"olga\" in access group \"staff\"" BY_HAND,
              NULL);
}

#define CUSTOMIZE(verb, role, permission)                                                          \
        "customize-" verb "\tacme\t-\t" role "\t-\t" permission "\t" TAIL

static void customizing_back_restores_the_default(void **state)
{
        static const char MANAGED[] = "customizations = ( { role = \"s\"; add = [ \"x\", \"y\" ]; "
                                      "remove = [ \"z\" ]; } );\n";
        apply(MANAGED, CUSTOMIZE("remove", "s", "x"), "",
              "customizations = (\n        { role = \"s\"; add = [ \"y\" ]; remove = [ \"z\" ]; "
              "}\n);\n");
        apply(MANAGED,
              CUSTOMIZE("add", "s", "z") CUSTOMIZE("remove", "s", "x")
                      CUSTOMIZE("remove", "s", "y"),
              "", "");
        apply(MANAGED, CUSTOMIZE("add", "s", "w"), "",
              "customizations = (\n        { role = \"s\"; add = [ \"w\" ]; " REMARK " },\n"
              "        { role = \"s\"; add = [ \"x\", \"y\" ]; remove = [ \"z\" ]; }\n);\n");
        apply(MANAGED, CUSTOMIZE("add", "s", "x"), "", NULL);
        apply(MANAGED, "customize-default\tacme\t-\ts\t-\t-\t" TAIL, "", "");
        apply("", "customize-default\tacme\t-\ts\t-\t-\t" TAIL, "", NULL);
}

static void customizations_that_people_wrote_stay(void **state)
{
        static const char REFUSED[] = "acme.conf:6: error: the customization of role \"r\"" BY_HAND;
        apply("", CUSTOMIZE("remove", "r", "a"), REFUSED, NULL);
        apply("", CUSTOMIZE("add", "r", "b"), REFUSED, NULL);
        apply("", "customize-default\tacme\t-\tr\t-\t-\t" TAIL, REFUSED, NULL);
        apply("", CUSTOMIZE("add", "r", "a") CUSTOMIZE("remove", "r", "b"), "", NULL);
}

static void another_roles_customization_is_left_alone(void **state)
{
        apply("customizations = ( { role = \"s\"; add = [ \"x\" ]; },\n"
              "  { role = \"t\"; add = [ \"x\" ]; } );\n",
              CUSTOMIZE("remove", "s", "x"), "",
              "customizations = (\n        { role = \"t\"; add = [ \"x\" ]; }\n);\n");
}

static void each_of_several_changes_of_one_person_sees_what_people_wrote(void **state)
{
        static const char REFUSED[] =
                "acme.conf:2: error: the grant of role \"written\" to \"bob\"" BY_HAND;
        char twice[512];
        snprintf(twice, sizeof(twice), "%s%s", REFUSED, REFUSED);
        apply("",
              "revoke\tacme\tuser:bob\twritten\t-\t-\t" TAIL
              "revoke\tacme\tuser:bob\twritten\t-\t-\t" TAIL,
              twice, NULL);
}

/* What another organization's bob has is not acme's bob's. */
static void a_name_in_another_organization_is_somebody_else(void **state)
{
        LoadFixture fixture;
        Change changes[CHANGES_MAX];
        size_t count;
        bool touched[2];
        char line[] = "grant\tacme\tuser:bob\tr\t-\t-\t" TAIL;
        start(&fixture, "");
        check_load(&fixture, SOURCE_ORGANIZATION, "beta.conf", "beta",
                   "organization = { name = \"beta\"; };\n"
                   "users = ( { name = \"bob\"; roles = ( { role = \"r\"; } ); } );\n");
        assert_int_equal(fixture.model->organizations.count, 2);
        assert_int_equal(changes_parse(line, strlen(line), changes, &count), 0);
        assert_int_equal(managed_apply(fixture.model, changes, count, touched), 0);
        load_fixture_expect(&fixture, "");
        assert_true(touched[0]);
        assert_false(touched[1]);
        load_fixture_done(&fixture);
}

static void an_organization_must_be_there(void **state)
{
        apply("", "migrate\tbeta\tuser:bob\t-\t-\t-\t" TAIL,
              "?:1: error: there is no organization \"beta\"\n", NULL);
}

static void everything_managed_can_be_forgotten(void **state)
{
        LoadFixture fixture;
        start(&fixture, "assignments = ( { user = \"bob\"; role = \"r\"; } );\n"
                        "memberships = ( { user = \"bob\"; group = \"g\"; } );\n"
                        "migrations = ( { user = \"olga\"; } );\n"
                        "customizations = ( { role = \"s\"; add = [ \"x\" ]; } );\n");
        ModelOrganization *acme = &fixture.model->organizations.items[0];
        managed_forget(acme);
        assert_int_equal(acme->assignments.count, 1);
        assert_int_equal(acme->memberships.count, 1);
        assert_int_equal(acme->migrations.count, 1);
        assert_int_equal(acme->customizations.count, 1);
        assert_false(acme->assignments.items[0].managed);
        char *text = written(&fixture);
        assert_string_equal(text, HEADER);
        free(text);
        load_fixture_done(&fixture);
}

/* ---- Random items: written, read and written again ---- */

static uint32_t seed;

static unsigned below(unsigned count)
{
        seed = seed * 1664525u + 1013904223u;
        return (seed >> 8) % count;
}

/* A text of any characters that can be printed. */
static const char *random_text(Model *model)
{
        static const char *const PIECES[] = { "a",
                                              "\"",
                                              "\\",
                                              " ",
                                              "#",
                                              "//",
                                              "/*",
                                              "\xc3\xa9",
                                              "\\x41",
                                              "@include",
                                              "$",
                                              "\\n",
                                              ");\"",
                                              "\xe2\x80\x94",
                                              "\xe2\x80\xae",
                                              "\xe2\x81\xa6",
                                              "\xe2\x82\xac",
                                              "\xf0\x9f\x98\x80" };
        char text[256] = "";
        for (unsigned i = below(20); i > 0; i--)
                strcat(text, PIECES[below(sizeof(PIECES) / sizeof(PIECES[0]))]);
        return arena_copy(model->arena, text_from(text));
}

static Reference random_name(Model *model)
{
        static const char *const NAMES[] = { "a", "B", "c.d", "e_f-g", "0" };
        return (Reference){ .name = NAMES[below(5)] };
}

static ModelRemark random_remark(Model *model)
{
        return (ModelRemark){ .by = below(2) ? "ann+x@y" : NULL,
                              .at_s = below(2) ? below(1u << 24) : TIMESTAMP_MIN,
                              .reason = below(4) ? random_text(model) : NULL };
}

static void random_items(Model *model, ModelOrganization *organization)
{
        for (unsigned i = below(8); i > 0; i--) {
                Reference user = below(2) ? random_name(model) : (Reference){ 0 };
                Reference site = below(2) ? (Reference){ .name = "HQ/T" } : (Reference){ 0 };
                *model_append(model, &organization->assignments) = (ModelAssignment){
                        .user = user,
                        .group = user.name ? (Reference){ 0 } : random_name(model),
                        .grant = { .role = random_name(model),
                                   .site = site,
                                   .interval = { below(2) ? below(1000) : TIMESTAMP_MIN,
                                                 below(2) ? 1000 + below(1000) : TIMESTAMP_MAX } },
                        .remark = random_remark(model),
                        .managed = below(8) > 0
                };
        }
        for (unsigned i = below(4); i > 0; i--) {
                Reference group = below(2) ? random_name(model) : (Reference){ 0 };
                *model_append(model, &organization->memberships) =
                        (ModelMembership){ .user = random_name(model),
                                           .group = group,
                                           .access_group = group.name ? (Reference){ 0 }
                                                                      : random_name(model),
                                           .remark = random_remark(model),
                                           .managed = true };
                *model_append(model, &organization->migrations) = (ModelMigration){
                        .user = random_name(model), .remark = random_remark(model), .managed = true
                };
        }
        for (unsigned i = below(4); i > 0; i--) {
                ModelCustomization *item = model_append(model, &organization->customizations);
                *item = (ModelCustomization){ .role = random_name(model),
                                              .remark = random_remark(model),
                                              .managed = true };
                for (unsigned k = below(3); k > 0; k--)
                        *model_append(model, &item->add) = random_name(model);
                for (unsigned k = below(3); k > 0; k--)
                        *model_append(model, &item->remove) = random_name(model);
        }
}

static uint32_t managed_count(const ModelOrganization *organization)
{
        uint32_t count = organization->memberships.count + organization->migrations.count +
                         organization->customizations.count;
        for (uint32_t i = 0; i < organization->assignments.count; i++)
                count += organization->assignments.items[i].managed;
        return count;
}

static void what_is_written_is_read_as_the_same(void **state)
{
        for (seed = 1; seed < 500000; seed += 997) {
                uint32_t kept = seed;
                LoadFixture fixture, again;
                load_fixture_init(&fixture);
                load_fixture_init(&again);
                *model_append(fixture.model, &fixture.model->organizations) =
                        (ModelOrganization){ .name = "acme" };
                ModelOrganization *acme = &fixture.model->organizations.items[0];
                random_items(fixture.model, acme);
                char *text = written(&fixture);
                load_fixture_text(&again, SOURCE_MANAGED, "f", text);
                load_fixture_expect(&again, "");
                char *text_again = written(&again);
                assert_string_equal(text, text_again);
                assert_int_equal(managed_count(acme),
                                 managed_count(&again.model->organizations.items[0]));
                free(text);
                free(text_again);
                load_fixture_done(&fixture);
                load_fixture_done(&again);
                seed = kept;
        }
}

static void strings_come_back_byte_by_byte(void **state)
{
        static const char REASON[] =
                "\" \\ \\x41 \xe2\x80\xae\xe2\x80\x94\xe2\x82\xac # /* ); @include";
        LoadFixture fixture, again;
        load_fixture_init(&fixture);
        load_fixture_init(&again);
        *model_append(fixture.model, &fixture.model->organizations) =
                (ModelOrganization){ .name = "acme" };
        ModelOrganization *acme = &fixture.model->organizations.items[0];
        *model_append(fixture.model, &acme->migrations) =
                (ModelMigration){ .user = { .name = "bob" },
                                  .remark = { .at_s = TIMESTAMP_MIN, .reason = REASON },
                                  .managed = true };
        char *text = written(&fixture);
        load_fixture_text(&again, SOURCE_MANAGED, "f", text);
        load_fixture_expect(&again, "");
        assert_string_equal(again.model->organizations.items[0].migrations.items[0].remark.reason,
                            REASON);
        assert_int_equal(again.model->organizations.items[0].migrations.items[0].place.line, 5);
        free(text);
        load_fixture_done(&fixture);
        load_fixture_done(&again);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_grant_is_appended),
                cmocka_unit_test(what_is_granted_already_is_not_granted_again),
                cmocka_unit_test(another_place_or_holder_is_another_grant),
                cmocka_unit_test(what_has_ended_gives_way),
                cmocka_unit_test(revoking_removes_every_managed_one),
                cmocka_unit_test(what_people_wrote_is_not_revoked),
                cmocka_unit_test(what_stands_nowhere_is_not_revoked),
                cmocka_unit_test(a_migration_takes_managed_legacy_grants_along),
                cmocka_unit_test(members_come_and_go),
                cmocka_unit_test(memberships_that_people_wrote_stay),
                cmocka_unit_test(customizing_back_restores_the_default),
                cmocka_unit_test(customizations_that_people_wrote_stay),
                cmocka_unit_test(another_roles_customization_is_left_alone),
                cmocka_unit_test(each_of_several_changes_of_one_person_sees_what_people_wrote),
                cmocka_unit_test(a_name_in_another_organization_is_somebody_else),
                cmocka_unit_test(an_organization_must_be_there),
                cmocka_unit_test(everything_managed_can_be_forgotten),
                cmocka_unit_test(what_is_written_is_read_as_the_same),
                cmocka_unit_test(strings_come_back_byte_by_byte),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
