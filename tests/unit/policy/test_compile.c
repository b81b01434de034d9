/* SPDX-License-Identifier: MIT */
/* Tests of compile.c and compile_*.c: what a model becomes in an image. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model_fixture.h"
#include "policy/build.h"
#include "policy/image_inline.h"

#define assert_text(text, string)                                                                  \
        do {                                                                                       \
                Text text_ = (text);                                                               \
                assert_int_equal(text_.size, strlen(string));                                      \
                assert_memory_equal(text_.data, string, text_.size);                               \
        } while (0)

typedef struct Fixture {
        Diagnostics *diagnostics;
        Model *model;
        Image *image;
} Fixture;

static int setup(void **state)
{
        Fixture *fixture = calloc(1, sizeof(*fixture));
        fixture->model = fixture_model(&fixture->diagnostics);
        *state = fixture;
        return model_compile(fixture->model, 1000, &fixture->image);
}

static int teardown(void **state)
{
        Fixture *fixture = *state;
        image_free(fixture->image);
        model_free(fixture->model);
        diagnostics_free(fixture->diagnostics);
        free(fixture);
        return 0;
}

static const Image *image_of(void **state)
{
        return ((Fixture *)*state)->image;
}

static uint32_t find(const Image *image, ResourceType type, const char *path)
{
        return image_find(image, type, 0, text_from(path));
}

static void sites_are_numbered_by_a_walk(void **state)
{
        const Image *image = image_of(state);
        const ImageOrganization *acme = image_organization(image, 0);
        const ImageSite *hq = image_site(image, find(image, RESOURCE_SITE, "HQ"));
        const ImageSite *tower = image_site(image, find(image, RESOURCE_SITE, "HQ/Tower"));
        const ImageSite *branch = image_site(image, find(image, RESOURCE_SITE, "Branch"));
        assert_int_equal(acme->position, 0);
        assert_int_equal(acme->end, 4);
        assert_int_equal(hq->position, 1);
        assert_int_equal(hq->end, 3);
        assert_int_equal(tower->position, 2);
        assert_int_equal(tower->end, 3);
        assert_int_equal(branch->position, 3);
        assert_int_equal(branch->end, 4);
        assert_ptr_equal(image_site(image, tower->parent), hq);
        assert_int_equal(branch->parent, IMAGE_NONE);
        assert_int_equal(image_header(image)->position_count, 4);
}

static void everything_is_found_by_its_name(void **state)
{
        const Image *image = image_of(state);
        assert_int_equal(image_find_organization(image, TEXT_LITERAL("acme")), 0);
        assert_int_equal(image_find_organization(image, TEXT_LITERAL("acm")), IMAGE_NONE);
        assert_int_equal(find(image, RESOURCE_DOOR, "HQ/Tower/D2"), 1);
        assert_int_equal(find(image, RESOURCE_DOOR, "HQ/D2"), IMAGE_NONE);
        assert_int_equal(find(image, RESOURCE_DOOR, "HQ/Tower"), IMAGE_NONE);
        assert_int_equal(find(image, RESOURCE_HOST, "HQ/gw-1"), 0);
        assert_int_equal(find(image, RESOURCE_GROUP, "guards"), 1);
        assert_int_equal(find(image, RESOURCE_ACCESS_GROUP, "guards"), IMAGE_NONE);
        assert_int_equal(find(image, RESOURCE_ACCESS_GROUP, "staff"), 0);
        assert_int_equal(find(image, RESOURCE_ACCESS_LEVEL, "always"), 1);
        assert_int_equal(find(image, RESOURCE_SCHEDULE, "nights"), 0);
        assert_int_equal(find(image, RESOURCE_ROLL_CALL_TEMPLATE, "Evac"), 0);
        assert_int_equal(find(image, RESOURCE_FLOORPLAN, "F1"), 1);
        assert_int_equal(find(image, RESOURCE_FLOORPLAN, "Evac"), IMAGE_NONE);
        assert_int_equal(find(image, RESOURCE_ORGANIZATION, ""), 0);
        assert_int_equal(find(image, RESOURCE_CAMERA, "HQ/c1"), IMAGE_NONE);
        assert_int_equal(image_find_role(image, IMAGE_NONE, TEXT_LITERAL("admin")), FIXTURE_ADMIN);
        assert_int_equal(image_find_permission(image, TEXT_LITERAL("door.unlock")), FIXTURE_UNLOCK);
        assert_int_equal(image_find_permission(image, TEXT_LITERAL("door.")), IMAGE_NONE);
        assert_int_equal(image_find_user(image, 1, TEXT_LITERAL("alice")), IMAGE_NONE);
}

static void users_are_sorted_by_name(void **state)
{
        const Image *image = image_of(state);
        static const char *const NAMES[] = { "alice", "bob", "zoe" };
        for (uint32_t i = 0; i < 3; i++) {
                assert_text(image_string(image, image_user(image, i)->name), NAMES[i]);
                assert_int_equal(image_find_user(image, 0, text_from(NAMES[i])), i);
        }
}

static void included_entries_are_merged_and_superfluous_ones_left_out(void **state)
{
        const Image *image = image_of(state);
        uint32_t count;
        const ImageEntry *entries =
                image_entries(image, image_role(image, FIXTURE_ADMIN)->entries, &count);
        assert_int_equal(count, 3);
        assert_int_equal(entries[0].permission, FIXTURE_VIEW);
        assert_int_equal(entries[0].from_role, FIXTURE_VIEWER);
        assert_int_equal(entries[1].permission, FIXTURE_UNLOCK);
        assert_int_equal(entries[1].conditions, 0);
        assert_int_equal(entries[1].from_role, FIXTURE_MANAGER);
        assert_int_equal(entries[2].permission, FIXTURE_UPDATE);
        assert_int_equal(entries[2].scopes, SCOPE_DOOR);
        entries = image_entries(image, image_role(image, FIXTURE_VIEWER)->entries, &count);
        assert_int_equal(count, 2);
        assert_int_equal(entries[1].conditions, CONDITION_DOOR_ACCESS_NOW);
}

/* Entries are one thing, the bits that answer in one step another: they say the same. */
static void bits_of_roles_agree_with_entries(void **state)
{
        const Image *image = image_of(state);
        const uint64_t *words = image->sections[IMAGE_ROLE_BITS].records;
        static const struct {
                uint64_t plain, any;
        } EXPECTED[] = {
                [FIXTURE_NONE] = { 0, 0 },
                [FIXTURE_VIEWER] = { 1 << FIXTURE_VIEW, 1 << FIXTURE_VIEW | 1 << FIXTURE_UNLOCK },
                [FIXTURE_MANAGER] = { 1 << FIXTURE_VIEW | 1 << FIXTURE_UNLOCK,
                                      1 << FIXTURE_VIEW | 1 << FIXTURE_UNLOCK },
                [FIXTURE_ADMIN] = { 7, 7 },
                [FIXTURE_SYSTEM] = { 1 << FIXTURE_SCHEDULES, 1 << FIXTURE_SCHEDULES },
        };
        assert_int_equal(image_count(image, IMAGE_ROLE_BITS), 10);
        for (unsigned role = FIXTURE_NONE; role <= FIXTURE_SYSTEM; role++) {
                assert_int_equal(words[2 * role], EXPECTED[role].plain);
                assert_int_equal(words[2 * role + 1], EXPECTED[role].any);
        }
}

static void held_roles_are_flat_sorted_and_complete(void **state)
{
        const Image *image = image_of(state);
        uint32_t count;
        const ImageHeld *held = image_held(image, image_user(image, 0)->held, &count);
        /* alice: system by herself, which implies admin everywhere; manager and viewer at HQ by
         * guards, viewer at HQ by desk too, which adds nothing; none counts for nothing. */
        static const struct {
                uint16_t role;
                uint32_t position, end;
                uint8_t ladder, flags;
        } EXPECTED[] = {
                { FIXTURE_ADMIN, 1, 4, 0, IMAGE_HELD_IMPLIED },
                { FIXTURE_MANAGER, 1, 3, 0, 0 },
                { FIXTURE_VIEWER, 1, 3, 0, 0 },
                { FIXTURE_SYSTEM, 0, 4, IMAGE_HELD_NO_LADDER, 0 },
        };
        assert_int_equal(count, 4);
        for (uint32_t i = 0; i < count; i++) {
                assert_int_equal(held[i].role, EXPECTED[i].role);
                assert_int_equal(held[i].position, EXPECTED[i].position);
                assert_int_equal(held[i].end, EXPECTED[i].end);
                assert_int_equal(held[i].ladder, EXPECTED[i].ladder);
                assert_int_equal(held[i].flags, EXPECTED[i].flags);
        }
        const ImageGrant *system = image_grant(image, held[3].grant);
        assert_int_equal(system->role, FIXTURE_SYSTEM);
        assert_int_equal(system->holder_kind, IMAGE_HOLDER_USER);
        assert_int_equal(system->holder, 0);
        assert_int_equal(held[0].grant, held[3].grant);
        assert_int_equal(image_grant(image, held[1].grant)->holder_kind, IMAGE_HOLDER_GROUP);
        assert_int_equal(image_count(image, IMAGE_GRANTS), 5);
}

static void equal_runs_are_stored_once(void **state)
{
        const Image *image = image_of(state);
        const ImageUser *bob = image_user(image, 1), *zoe = image_user(image, 2);
        assert_int_equal(bob->held.count, 1);
        assert_int_equal(bob->held.first, zoe->held.first);
        assert_int_equal(bob->groups.first, zoe->groups.first);
        assert_int_equal(bob->held.first, image_group(image, 0)->held.first);
}

static void lists_are_ascending_and_turned_round(void **state)
{
        const Image *image = image_of(state);
        uint32_t count;
        const uint32_t *numbers = image_numbers(image, image_user(image, 0)->groups, &count);
        assert_int_equal(count, 2);
        assert_int_equal(numbers[0], 0);
        assert_int_equal(numbers[1], 1);
        numbers = image_numbers(image, image_user(image, 0)->levels, &count);
        assert_int_equal(count, 2);
        assert_int_equal(numbers[0], 0);
        assert_int_equal(numbers[1], 1);
        numbers = image_numbers(image, image_access_group(image, 1)->levels, &count);
        assert_int_equal(count, 1);
        assert_int_equal(numbers[0], 1);
        numbers = image_numbers(image, image_door(image, 0)->levels, &count);
        assert_int_equal(count, 2);
        numbers = image_numbers(image, image_door(image, 1)->levels, &count);
        assert_int_equal(count, 1);
        assert_null(image_numbers(image, image_door(image, 2)->levels, &count));
        numbers = image_numbers(image, image_group(image, 0)->members, &count);
        assert_int_equal(count, 3);
        assert_int_equal(numbers[0], 0);
        assert_int_equal(numbers[2], 2);
        numbers = image_numbers(image, image_access_group(image, 1)->members, &count);
        assert_int_equal(count, 1);
        assert_int_equal(numbers[0], 0);
}

static void windows_are_split_at_the_end_of_the_week_and_merged(void **state)
{
        const Image *image = image_of(state);
        uint32_t count;
        const ImageWindow *windows =
                image_windows(image, image_schedule(image, 0)->windows, &count);
        assert_int_equal(count, 2);
        assert_int_equal(windows[0].from, 0);
        assert_int_equal(windows[0].to, 7 * 3600);
        assert_int_equal(windows[1].from, 6 * 86400 + 22 * 3600);
        assert_int_equal(windows[1].to, 7 * 86400);
        const ImageZone *zone = image_zone(image, image_schedule(image, 0)->zone);
        assert_text(image_string(image, zone->name), "Europe/Berlin");
        const ImageTransition *transitions = image_transitions(image, zone->transitions, &count);
        assert_in_range(count, 100, 1000);
        assert_true(transitions[0].start_s == INT64_MIN);
        assert_int_equal(transitions[0].offset_s, 3600);
}

static void a_switch_counts_wherever_it_stands(void **state)
{
        Fixture *fixture = *state;
        assert_int_equal(image_door(fixture->image, 0)->remote_unlock, 1);
        assert_int_equal(image_door(fixture->image, 0)->remote_unlock_place.file, IMAGE_NONE);
        assert_int_equal(image_door(fixture->image, 1)->remote_unlock, 0);
        assert_int_equal(image_door(fixture->image, 1)->remote_unlock_place.line, 21);

        ModelOrganization *acme = &fixture->model->organizations.items[0];
        acme->sites.items[FIXTURE_HQ].remote_unlock = false;
        acme->sites.items[FIXTURE_HQ].remote_unlock_place = (Place){ 1, 77 };
        acme->doors.items[1].remote_unlock = true;
        Image *image;
        assert_int_equal(model_compile(fixture->model, 1000, &image), 0);
        assert_int_equal(image_door(image, 0)->remote_unlock, 0);
        assert_int_equal(image_door(image, 1)->remote_unlock_place.line, 77);
        assert_int_equal(image_door(image, 2)->remote_unlock, 1);
        image_free(image);
}

static void unix_groups_of_one_number_become_one_record(void **state)
{
        const Image *image = image_of(state);
        uint32_t count;
        assert_int_equal(image_count(image, IMAGE_MAPPED_GROUPS), 1);
        const ImageMappedGroup *mapped = image_mapped_group(image, 0);
        assert_int_equal(mapped->gid, 700);
        assert_int_equal(mapped->member, 1);
        assert_text(image_string(image, mapped->unix_name), "door-desk");
        assert_int_equal(*image_numbers(image, mapped->groups, &count), 0);
        assert_int_equal(count, 1);
        assert_int_equal(*image_numbers(image, mapped->access_groups, &count), 0);
        assert_int_equal(count, 1);
}

static void uids_lead_to_people_and_back(void **state)
{
        Fixture *fixture = *state;
        uint32_t uid = 0;
        assert_text(image_person_of_uid(fixture->image, 4711), "alice");
        assert_int_equal(image_person_of_uid(fixture->image, 4712).size, 0);
        assert_true(image_uid_of_person(fixture->image, TEXT_LITERAL("alice"), &uid));
        assert_int_equal(uid, 4711);
        assert_false(image_uid_of_person(fixture->image, TEXT_LITERAL("bob"), &uid));

        /* A second organization knows alice without a uid: she is the same person. */
        ModelOrganization *other = model_append(fixture->model, &fixture->model->organizations);
        *other = (ModelOrganization){ .name = "other", .timezone = "UTC", .remote_unlock = true };
        *model_append(fixture->model, &other->users) = (ModelUser){ .name = "alice" };
        Image *image;
        assert_int_equal(model_compile(fixture->model, 1000, &image), 0);
        const ImageUser *alice =
                image_user(image, image_find_user(image, 1, TEXT_LITERAL("alice")));
        assert_non_null(alice);
        assert_int_equal(alice->uid, 4711);
        assert_true(alice->flags & IMAGE_USER_UID_STATED);
        assert_int_equal(image_count(image, IMAGE_UIDS), 1);
        assert_int_equal(image_organization(image, 1)->position, 4);
        image_free(image);
}

static void the_same_model_gives_the_same_bytes(void **state)
{
        Fixture *fixture = *state;
        Image *again, *later, *other;
        assert_int_equal(model_compile(fixture->model, 1000, &again), 0);
        assert_int_equal(model_compile(fixture->model, 2000, &later), 0);
        fixture->model->organizations.items[0].users.items[0].suspended = true;
        assert_int_equal(model_compile(fixture->model, 1000, &other), 0);
        size_t size, size_again;
        const void *data = image_data(fixture->image, &size);
        const void *data_again = image_data(again, &size_again);
        assert_int_equal(size, size_again);
        assert_memory_equal(data, data_again, size);
        assert_true(image_header(fixture->image)->revision == image_header(later)->revision);
        assert_false(image_header(fixture->image)->revision == image_header(other)->revision);
        image_free(again);
        image_free(later);
        image_free(other);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(sites_are_numbered_by_a_walk, setup, teardown),
                cmocka_unit_test_setup_teardown(everything_is_found_by_its_name, setup, teardown),
                cmocka_unit_test_setup_teardown(users_are_sorted_by_name, setup, teardown),
                cmocka_unit_test_setup_teardown(
                        included_entries_are_merged_and_superfluous_ones_left_out, setup, teardown),
                cmocka_unit_test_setup_teardown(bits_of_roles_agree_with_entries, setup, teardown),
                cmocka_unit_test_setup_teardown(held_roles_are_flat_sorted_and_complete, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(equal_runs_are_stored_once, setup, teardown),
                cmocka_unit_test_setup_teardown(lists_are_ascending_and_turned_round, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(windows_are_split_at_the_end_of_the_week_and_merged,
                                                setup, teardown),
                cmocka_unit_test_setup_teardown(a_switch_counts_wherever_it_stands, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(unix_groups_of_one_number_become_one_record, setup,
                                                teardown),
                cmocka_unit_test_setup_teardown(uids_lead_to_people_and_back, setup, teardown),
                cmocka_unit_test_setup_teardown(the_same_model_gives_the_same_bytes, setup,
                                                teardown),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
