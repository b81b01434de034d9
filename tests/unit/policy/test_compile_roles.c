/* SPDX-License-Identifier: MIT */
/* Tests of compile_roles.c and compile_entries.c: custom roles, variants, what every member has. */
#include "image_visit.h"
#include "policy/image_inline.h"
#include "roles_fixture.h"

/* acme customizes and has roles of its own, beta has neither. */
static const CheckPolicy POLICY = {
        .catalogue = ROLES_CATALOGUE,
        .organization = CHECK_ACME
        "sites = ( { name = \"HQ\"; } ); entities = [ \"plates\", \"cameras\" ];\n"
        "roles = ( { name = \"reader\"; title = \"Reader\"; entities = (\n"
        "{ entity = \"cameras\"; actions = [ \"read\", \"look\" ]; },\n"
        "{ entity = \"plates\"; actions = [ \"write\", \"read\" ]; } ); } );\n"
        "customizations = ( { role = \"viewer\"; remove = [ \"archive\" ];\n"
        "  add = [\n\"delete\" ]; } );\n"
        "groups = ( { name = \"g\"; roles = ( { role = \"viewer\"; site = \"HQ\"; } ); } );\n"
        "users = ( { name = \"ann\"; roles = ( { role = \"chief\"; } ); },\n"
        "  { name = \"bob\"; groups = [ \"g\" ]; },\n"
        "  { name = \"cy\"; roles = ( { role = \"reader\"; }, { role = \"admin\"; site = "
        "\"HQ\"; } ); } );",
        .other = "organization = { name = \"beta\"; };\nsites = ( { name = \"HQ\"; } );\n"
                 "users = ( { name = \"dan\"; roles = ( { role = \"viewer\"; site = \"HQ\"; } ); } "
                 ");",
};

enum { READER = R_COUNT, VARIANT, ALL_COUNT };

typedef struct Fixture {
        LoadFixture load;
        Image *image;
} Fixture;

static int setup(void **state)
{
        Fixture *fixture = calloc(1, sizeof(*fixture));
        check_run(&fixture->load, &POLICY);
        load_fixture_expect(&fixture->load, "");
        *state = fixture;
        return model_compile(fixture->load.model, CHECK_NOW, &fixture->image);
}

static int teardown(void **state)
{
        Fixture *fixture = *state;
        image_free(fixture->image);
        load_fixture_done(&fixture->load);
        free(fixture);
        return 0;
}

static const Image *image_of(void **state)
{
        return ((Fixture *)*state)->image;
}

static const ImageHeld *held_of(const Image *image, uint32_t organization, const char *user,
                                uint32_t *ret_count)
{
        uint32_t index = image_find_user(image, organization, text_from(user));
        return image_held(image, image_user(image, index)->held, ret_count);
}

/* Whether a role's bits say that it gives a permission: 0 not, 1 by its entries, 2 always. */
static unsigned gives(const Image *image, uint32_t role, uint32_t permission)
{
        const uint64_t *bits = image->sections[IMAGE_ROLE_BITS].records;
        size_t pairs = IMAGE_ROLE_BITS_PAIRS(image_count(image, IMAGE_PERMISSIONS));
        const uint64_t *pair = bits + 2 * (role * pairs + permission / 64);
        return (unsigned)(pair[0] >> permission % 64 & 1) +
               (unsigned)(pair[1] >> permission % 64 & 1);
}

static void own_roles_stand_behind_those_of_the_catalogues(void **state)
{
        const Image *image = image_of(state);
        assert_int_equal(image_count(image, IMAGE_ROLES), ALL_COUNT);
        assert_int_equal(image_organization(image, 0)->roles.first, READER);
        assert_int_equal(image_organization(image, 0)->roles.count, 2);
        assert_int_equal(image_organization(image, 1)->roles.count, 0);
        const ImageRole *reader = image_role(image, READER), *variant = image_role(image, VARIANT);
        assert_int_equal(reader->flags, IMAGE_ROLE_CUSTOM | IMAGE_ROLE_USER);
        assert_int_equal(reader->level, ROLE_LEVEL_ACCOUNT);
        assert_int_equal(reader->organization, 0);
        assert_int_equal(reader->base, READER);
        assert_int_equal(reader->ladder, IMAGE_NONE);
        assert_int_equal(reader->place.line, 3);
        assert_int_equal(variant->base, R_VIEWER);
        assert_int_equal(variant->organization, 0);
        assert_int_equal(variant->rank, 1);
        assert_int_equal(variant->ladder, image_role(image, R_VIEWER)->ladder);
        assert_int_equal(variant->name, image_role(image, R_VIEWER)->name);
        assert_int_equal(image_role(image, R_VIEWER)->class_bits, 1);
        assert_int_equal(variant->class_bits, 1);
        assert_int_equal(image_permission(image, P_DELETE)->class_bit, 1);
        assert_int_equal(image_permission(image, P_SHARE)->class_bit, 2);
}

static void who_grants_a_custom_role_also_revokes_it(void **state)
{
        const Image *image = image_of(state);
        uint32_t count;
        const ImageRole *reader = image_role(image, READER);
        assert_int_equal(image_numbers(image, reader->granted_with, &count)[0], P_ASSIGN);
        assert_int_equal(count, 1);
        assert_int_equal(image_numbers(image, reader->revoked_with, &count)[0], P_ASSIGN);
        assert_int_equal(count, 1);
}

static void roles_are_found_by_name_in_their_organization_only(void **state)
{
        const Image *image = image_of(state);
        assert_int_equal(image_find_role(image, 0, text_from("reader")), READER);
        assert_int_equal(image_find_role(image, 1, text_from("reader")), IMAGE_NONE);
        assert_int_equal(image_find_role(image, IMAGE_NONE, text_from("reader")), IMAGE_NONE);
        assert_int_equal(image_find_role(image, 0, text_from("viewer")), R_VIEWER);
        assert_int_equal(image_find_role(image, 1, text_from("viewer")), R_VIEWER);
}

static void entities_are_found_by_name(void **state)
{
        const Image *image = image_of(state);
        uint32_t plates = image_find(image, RESOURCE_ENTITY, 0, text_from("plates"));
        assert_int_equal(image_object(image, plates)->type, RESOURCE_ENTITY);
        assert_int_equal(image_object(image, plates)->place.line, 2);
        assert_int_equal(image_find(image, RESOURCE_ENTITY, 1, text_from("plates")), IMAGE_NONE);
        assert_int_equal(image_find(image, RESOURCE_FLOORPLAN, 0, text_from("plates")), IMAGE_NONE);
}

static void a_custom_role_gives_actions_on_the_entities_it_names(void **state)
{
        const Image *image = image_of(state);
        uint32_t count, entities;
        const ImageEntry *entries =
                image_entries(image, image_role(image, READER)->entries, &count);
        uint32_t plates = image_find(image, RESOURCE_ENTITY, 0, text_from("plates"));
        uint32_t cameras = image_find(image, RESOURCE_ENTITY, 0, text_from("cameras"));
        const struct {
                uint32_t permission, entity, line;
        } wanted[] = { { P_READ, cameras, 4 }, { P_READ, plates, 5 }, { P_WRITE, plates, 5 } };
        assert_int_equal(count, 3);
        for (uint32_t i = 0; i < count; i++) {
                assert_int_equal(entries[i].permission, wanted[i].permission);
                assert_int_equal(entries[i].scopes, SCOPE_ENTITY);
                assert_int_equal(entries[i].from_role, READER);
                assert_int_equal(entries[i].place.line, wanted[i].line);
                assert_int_equal(image_numbers(image, entries[i].entities, &entities)[0],
                                 wanted[i].entity);
                assert_int_equal(entities, 1);
        }
        assert_int_equal(gives(image, READER, P_READ), 1);
        assert_int_equal(gives(image, READER, P_LIVE), 0);
}

static void a_variant_gives_what_is_added_and_not_what_is_removed(void **state)
{
        const Image *image = image_of(state);
        uint32_t count;
        const ImageRole *variant = image_role(image, VARIANT);
        const ImageEntry *entries = image_entries(image, variant->entries, &count);
        assert_int_equal(count, 2);
        assert_int_equal(entries[0].permission, P_LIVE);
        assert_int_equal(entries[0].from_role, VARIANT);
        assert_int_equal(entries[1].permission, P_DELETE);
        assert_int_equal(entries[1].conditions, CONDITION_TARGET_IS_SELF); /* as admin has it */
        assert_int_equal(entries[1].from_role, VARIANT);
        assert_int_equal(entries[1].place.line, 8);
        assert_int_equal(gives(image, VARIANT, P_LIVE), 2);
        assert_int_equal(gives(image, VARIANT, P_ARCHIVE), 0);
        assert_int_equal(gives(image, VARIANT, P_DELETE), 1);
        assert_int_equal(gives(image, R_VIEWER, P_ARCHIVE), 1);
        assert_int_equal(gives(image, R_VIEWER, P_DELETE), 0);
        /* A role that includes it keeps the default. */
        assert_int_equal(gives(image, R_ADMIN, P_ARCHIVE), 1);
}

static void a_variant_lists_its_customizations(void **state)
{
        const Image *image = image_of(state);
        uint32_t count;
        const ImageCustomization *changes =
                image_customizations(image, image_role(image, VARIANT)->customizations, &count);
        assert_int_equal(count, 2);
        assert_int_equal(changes[0].permission, P_ARCHIVE);
        assert_int_equal(changes[0].added, 0);
        assert_int_equal(changes[0].place.line, 6);
        assert_int_equal(changes[1].permission, P_DELETE);
        assert_int_equal(changes[1].added, 1);
        image_customizations(image, image_role(image, R_VIEWER)->customizations, &count);
        assert_int_equal(count, 0);
}

static void holders_hold_their_organizations_variant(void **state)
{
        const Image *image = image_of(state);
        uint32_t count;
        const ImageHeld *held = held_of(image, 0, "bob", &count);
        assert_int_equal(count, 1);
        assert_int_equal(held[0].role, VARIANT);
        assert_int_equal(held[0].flags, 0);
        assert_int_equal(image_grant(image, held[0].grant)->role, R_VIEWER); /* as recorded */

        held = held_of(image, 0, "ann", &count); /* implied */
        assert_int_equal(count, 2);
        assert_int_equal(held[0].role, VARIANT);
        assert_int_equal(held[0].flags, IMAGE_HELD_IMPLIED);
        assert_int_equal(held[1].role, R_CHIEF);

        held = held_of(image, 1, "dan", &count);
        assert_int_equal(count, 1);
        assert_int_equal(held[0].role, R_VIEWER);
}

static void a_custom_role_stands_last_in_a_run(void **state)
{
        const Image *image = image_of(state);
        uint32_t count;
        const ImageHeld *held = held_of(image, 0, "cy", &count);
        assert_int_equal(count, 2);
        assert_int_equal(held[0].role, R_ADMIN);
        assert_int_equal(held[1].role, READER);
        assert_int_equal(held[1].ladder, IMAGE_HELD_NO_LADDER);
        assert_int_equal(held[1].position, image_organization(image, 0)->position);
        assert_int_equal(image_grant(image, held[1].grant)->role, READER);
}

static void every_member_has_a_run_of_the_organization(void **state)
{
        const Image *image = image_of(state);
        for (uint32_t i = 0; i < 2; i++) {
                uint32_t count;
                const ImageOrganization *organization = image_organization(image, i);
                const ImageHeld *held = image_held(image, organization->member_held, &count);
                assert_int_equal(count, 1);
                assert_int_equal(held[0].role, R_MEMBER);
                assert_int_equal(held[0].flags, IMAGE_HELD_MEMBER);
                assert_int_equal(held[0].grant, IMAGE_NONE);
                assert_int_equal(held[0].position, organization->position);
                assert_int_equal(held[0].end, organization->end);
        }
        assert_int_equal(image_permission(image, P_LOGIN)->member_gives, 1);
        assert_int_equal(image_permission(image, P_LIVE)->member_gives, 0);
}

static void a_role_that_every_member_has_is_in_no_run_of_a_holder(void **state)
{
        LoadFixture load;
        CheckPolicy policy = {
                .catalogue = ROLES_CATALOGUE,
                .organization = CHECK_ACME
                "users = ( { name = \"u\"; roles = ( { role = \"member\"; } ); } );"
        };
        check_run(&load, &policy);
        Image *image = NULL;
        uint32_t count;
        assert_int_equal(model_compile(load.model, CHECK_NOW, &image), 0);
        held_of(image, 0, "u", &count);
        assert_int_equal(count, 0);
        image_free(image);
        load_fixture_done(&load);
}

static void a_migrated_user_holds_no_legacy_role(void **state)
{
        LoadFixture load;
        CheckPolicy policy = {
                .catalogue = ROLES_CATALOGUE,
                .own_roles =
                        "roles = ( { name = \"old\"; level = \"organization\"; legacy = true;\n"
                        "permissions = ( { name = \"login\"; } ); } );",
                .organization =
                        CHECK_ACME "users = ( { name = \"u\"; roles = ( { role = \"old\"; }, "
                                   "{ role = \"chief\"; } ); } );",
        };
        for (int migrated = 0; migrated < 2; migrated++) {
                check_run(&load, &policy);
                load.model->organizations.items[0].users.items[0].migrated = migrated;
                Image *image = NULL;
                uint32_t count;
                assert_int_equal(model_compile(load.model, CHECK_NOW, &image), 0);
                held_of(image, 0, "u", &count);
                assert_int_equal(count, migrated ? 1 : 2);
                bool flagged = image_user(image, 0)->flags & IMAGE_USER_HAS_LEGACY_ROLE;
                assert_int_equal(flagged, !migrated);
                image_free(image);
                load_fixture_done(&load);
        }
}

/* The organization's customization of a role, compiled: its entries and its items. */
static void expect_variant(const char *own_roles, const char *customizations, const char *warnings,
                           uint32_t conditions, uint32_t items)
{
        LoadFixture load;
        char organization[512];
        snprintf(organization, sizeof(organization), CHECK_ACME "customizations = ( %s );",
                 customizations);
        CheckPolicy policy = { .catalogue = ROLES_CATALOGUE,
                               .own_roles = own_roles,
                               .organization = organization };
        check_run(&load, &policy);
        load_fixture_expect(&load, warnings);
        Image *image = NULL;
        uint32_t count, found = 0;
        assert_int_equal(model_compile(load.model, CHECK_NOW, &image), 0);
        const ImageRole *variant = image_role(image, image_organization(image, 0)->roles.first);
        const ImageEntry *entries = image_entries(image, variant->entries, &count);
        for (uint32_t i = 0; i < count; i++)
                if (entries[i].permission == P_SHARE) {
                        assert_int_equal(entries[i].conditions, conditions);
                        found++;
                }
        assert_int_equal(found, 1);
        image_customizations(image, variant->customizations, &count);
        assert_int_equal(count, items);
        image_free(image);
        load_fixture_done(&load);
}

static void what_is_added_comes_as_the_highest_role_of_the_ladder_has_it(void **state)
{
#define LOW                                                                                        \
        "  { name = \"low\"; level = \"site\"; ladder = \"l\"; rank = 1;\n"                        \
        "    customizable = [ \"links\" ]; permissions = ( { name = \"live\"; } ); }"
#define MIDDLE                                                                                     \
        "  { name = \"middle\"; level = \"site\"; ladder = \"l\"; rank = 2; includes = [ \"low\" " \
        "];\n"                                                                                     \
        "    permissions = ( { name = \"share\"; when = [ \"target-is-self\" ]; } ); }"
#define TOP                                                                                        \
        "  { name = \"top\"; level = \"site\"; ladder = \"l\"; rank = 3; includes = [ \"middle\" " \
        "];\n"                                                                                     \
        "    permissions = ( { name = \"share\"; } ); }"
        static const char ITEM[] = "{ role = \"low\"; add = [ \"share\" ]; }";
        expect_variant("roles = (" LOW "," MIDDLE "," TOP " );", ITEM, "", 0, 1);
        expect_variant("roles = (" TOP "," MIDDLE "," LOW " );", ITEM, "", 0, 1);
        /* The same twice counts once. */
        expect_variant("roles = (" LOW "," MIDDLE " );",
                       "{ role = \"low\"; add = [ \"share\" ]; },\n"
                       "{ role = \"low\"; add = [ \"share\" ]; }",
                       "acme.conf:3: warning: the customization has no effect: \"share\" in role "
                       "\"low\" already stands at acme.conf:2\n",
                       CONDITION_TARGET_IS_SELF, 1);
}

/* Compiles an organization without customizations by a catalogue with further roles. */
static Image *compile_own(LoadFixture *load, const char *own_roles)
{
        CheckPolicy policy = { .catalogue = ROLES_CATALOGUE,
                               .own_roles = own_roles,
                               .organization = CHECK_ACME "sites = ( { name = \"HQ\"; } );" };
        Image *image = NULL;
        check_run(load, &policy);
        load_fixture_expect(load, "");
        assert_int_equal(model_compile(load->model, CHECK_NOW, &image), 0);
        return image;
}

static void of_two_entries_the_one_that_reaches_any_site_stays(void **state)
{
        LoadFixture load;
        uint32_t count;
        Image *image = compile_own(
                &load,
                "roles = ( { name = \"a\"; level = \"site\"; permissions = (\n"
                "  { name = \"wide\"; }, { name = \"wide\"; reach = \"any-site\"; } ); } );\n"
                "permissions = ( { name = \"wide\"; scope = \"organization | site\"; } );");
        const ImageEntry *entries = image_entries(
                image,
                image_role(image, image_find_role(image, IMAGE_NONE, text_from("a")))->entries,
                &count);
        assert_int_equal(count, 1);
        assert_int_equal(entries[0].any_site, 1);
        image_free(image);
        load_fixture_done(&load);
}

static void of_equal_entries_the_roles_own_one_stays(void **state)
{
        static const char *const INCLUDED[] = { "a", "b" }, *const INCLUDING[] = { "b", "a" };
        for (size_t i = 0; i < 2; i++) {
                LoadFixture load;
                char text[512];
                uint32_t count;
                snprintf(text, sizeof(text),
                         "roles = ( { name = \"a\"; level = \"site\"; %s\n"
                         "    permissions = ( { name = \"live\"; } ); },\n"
                         "  { name = \"b\"; level = \"site\"; %s\n"
                         "    permissions = ( { name = \"live\"; } ); } );\n",
                         i == 0 ? "" : "includes = [ \"b\" ];",
                         i == 0 ? "includes = [ \"a\" ];" : "");
                Image *image = compile_own(&load, text);
                const char *const names[] = { INCLUDED[i], INCLUDING[i] };
                for (size_t k = 0; k < 2; k++) {
                        uint32_t role = image_find_role(image, IMAGE_NONE, text_from(names[k]));
                        const ImageEntry *entries =
                                image_entries(image, image_role(image, role)->entries, &count);
                        assert_int_equal(count, 1);
                        assert_int_equal(entries[0].from_role, role);
                }
                image_free(image);
                load_fixture_done(&load);
        }
}

static void what_every_member_holds_brings_what_it_implies(void **state)
{
        LoadFixture load;
        uint32_t count;
        Image *image = compile_own(
                &load,
                "roles = ( { name = \"all\"; level = \"organization\"; every_member = true;\n"
                "  holders = [ \"user\" ];\n"
                "  implies = ( { role = \"viewer\"; at = \"all-sites\"; } ); } );");
        const ImageOrganization *acme = image_organization(image, 0);
        const ImageHeld *held = image_held(image, acme->member_held, &count);
        assert_int_equal(count, 3);
        for (uint32_t i = 0; i < count; i++) {
                bool implied = held[i].role == R_VIEWER;
                assert_int_equal(held[i].flags,
                                 IMAGE_HELD_MEMBER | (implied ? IMAGE_HELD_IMPLIED : 0));
                assert_int_equal(held[i].position, acme->position + implied);
                assert_int_equal(held[i].end, acme->end);
        }
        assert_int_equal(image_permission(image, P_LIVE)->member_gives, 1);
        image_free(image);
        load_fixture_done(&load);
}

static void custom_roles_are_held_by_those_whom_the_catalogue_names(void **state)
{
        static const struct {
                const char *holders;
                uint32_t flags;
        } WANTED[] = {
                { "\"user\"", IMAGE_ROLE_USER },
                { "\"group\"", IMAGE_ROLE_GROUP },
                { "\"user\", \"group\"", IMAGE_ROLE_USER | IMAGE_ROLE_GROUP },
        };
        for (size_t i = 0; i < sizeof(WANTED) / sizeof(*WANTED); i++) {
                LoadFixture load;
                char catalogue[512];
                snprintf(catalogue, sizeof(catalogue),
                         "permissions = ( { name = \"read\"; scope = \"entity\"; } );\n"
                         "custom_roles = { holders = [ %s ]; actions = (\n"
                         "  { action = \"read\"; permission = \"read\"; } ); };\n",
                         WANTED[i].holders);
                CheckPolicy policy = {
                        .catalogue = catalogue,
                        .organization = CHECK_ACME
                        "entities = [ \"plates\" ]; roles = ( { name = \"r\"; entities = (\n"
                        "{ entity = \"plates\"; actions = [ \"read\" ]; } ); } );",
                };
                check_run(&load, &policy);
                load_fixture_expect(&load, "");
                Image *image = NULL;
                assert_int_equal(model_compile(load.model, CHECK_NOW, &image), 0);
                assert_int_equal(image_role(image, 0)->flags, IMAGE_ROLE_CUSTOM | WANTED[i].flags);
                image_free(image);
                load_fixture_done(&load);
        }
}

static void everything_can_be_visited(void **state)
{
        assert_true(image_visit(image_of(state)) != 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(own_roles_stand_behind_those_of_the_catalogues),
                cmocka_unit_test(who_grants_a_custom_role_also_revokes_it),
                cmocka_unit_test(roles_are_found_by_name_in_their_organization_only),
                cmocka_unit_test(entities_are_found_by_name),
                cmocka_unit_test(a_custom_role_gives_actions_on_the_entities_it_names),
                cmocka_unit_test(a_variant_gives_what_is_added_and_not_what_is_removed),
                cmocka_unit_test(a_variant_lists_its_customizations),
                cmocka_unit_test(holders_hold_their_organizations_variant),
                cmocka_unit_test(a_custom_role_stands_last_in_a_run),
                cmocka_unit_test(every_member_has_a_run_of_the_organization),
                cmocka_unit_test(a_role_that_every_member_has_is_in_no_run_of_a_holder),
                cmocka_unit_test(a_migrated_user_holds_no_legacy_role),
                cmocka_unit_test(what_is_added_comes_as_the_highest_role_of_the_ladder_has_it),
                cmocka_unit_test(of_two_entries_the_one_that_reaches_any_site_stays),
                cmocka_unit_test(of_equal_entries_the_roles_own_one_stays),
                cmocka_unit_test(what_every_member_holds_brings_what_it_implies),
                cmocka_unit_test(custom_roles_are_held_by_those_whom_the_catalogue_names),
                cmocka_unit_test(everything_can_be_visited),
        };
        return cmocka_run_group_tests(tests, setup, teardown) ? 1 : 0;
}
