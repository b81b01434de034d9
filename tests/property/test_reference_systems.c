/* SPDX-License-Identifier: MIT */
/*
 * The reference on the other role systems, and on who may give and take roles: questions whose
 * answers are plain from the products' documents, on one world.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "reference_roles.h"
#include "world_apply.h"
#include "world_text.h"

enum { NOON_S = 1780488000, FREEZE_S = 1731542400 };
enum { HQ, TOWER, HQ2, SITES_COUNT };
enum { DESK, SYNCED_GROUP, EMPTY, GROUPS_COUNT };

static const WorldInterval ALWAYS_OPEN = { INT64_MIN, INT64_MAX };

static void hold(WorldGrants *grants, int role, int site)
{
        grants->item[grants->count++] = (WorldGrant){ role, site, ALWAYS_OPEN };
}

static WorldUser *add_user(WorldOrganization *o, const char *name, int role, int site)
{
        WorldUser *user = &o->users[o->users_count++];

        strcpy(user->name, name);
        user->uid = WORLD_NONE;
        user->member = user->remote_unlock = true;
        user->access = ALWAYS_OPEN;
        if (role != ORG_MEMBER)
                hold(&user->grants, role, site);
        return user;
}

static void add_places(WorldOrganization *o)
{
        static const char *const SITES[] = { "HQ", "Tower", "HQ2" };
        static const char *const GROUPS[] = { "desk", "synced", "empty" };
        static const int PARENTS[] = { WORLD_NONE, HQ, WORLD_NONE };

        o->remote_unlock = true;
        o->sites_count = o->doors_count = SITES_COUNT;
        for (int i = 0; i < SITES_COUNT; i++) {
                strcpy(o->sites[i].name, SITES[i]);
                o->sites[i].parent = PARENTS[i];
                o->sites[i].remote_unlock = true;
                strcpy(o->doors[i].name, "D");
                o->doors[i].site = i;
                o->doors[i].remote_unlock = true;
        }
        o->groups_count = GROUPS_COUNT;
        for (int i = 0; i < GROUPS_COUNT; i++) {
                strcpy(o->groups[i].name, GROUPS[i]);
                o->groups[i].gid = WORLD_NONE;
        }
        hold(&o->groups[DESK].grants, SITE_VIEWER, HQ);
        hold(&o->groups[DESK].grants, LIVE_VIEWER, HQ2);
        o->groups[SYNCED_GROUP].synced = true;
        o->access_groups_count = 1;
        strcpy(o->access_groups[0].name, "staff");
        o->entities_count = 2;
        strcpy(o->entities[0].name, "plates");
        strcpy(o->entities[1].name, "cameras");
        o->custom_roles_count = 1;
        strcpy(o->custom_roles[0].name, "TMC");
        o->custom_roles[0].actions[0] = 1 << 1; /* read plates */
}

static void add_people(WorldOrganization *o)
{
        WorldUser *user;

        add_user(o, "boss", ORG_ADMIN, WORLD_NONE);
        user = add_user(o, "both", ORG_ADMIN, WORLD_NONE);
        hold(&user->grants, CAMERA_ADMIN, HQ);
        add_user(o, "camera", CAMERA_ADMIN, HQ);
        add_user(o, "viewer", CAMERA_VIEWER, HQ);
        add_user(o, "system", SYSTEM_ADMIN, WORLD_NONE);
        add_user(o, "site", SITE_ADMIN, TOWER);
        user = add_user(o, "director", SYSTEM_ADMIN, WORLD_NONE);
        hold(&user->grants, USER_ADMIN, WORLD_NONE);
        user = add_user(o, "legacy", LEGACY_MANAGER, WORLD_NONE);
        hold(&user->grants, LEGACY_SITE_ADMIN, TOWER);
        user = add_user(o, "flag", LEGACY_SITE_ADMIN, HQ);
        user->groups = (WorldList){ 1, { DESK } };
        user = add_user(o, "former", LEGACY_ADMIN, WORLD_NONE);
        user->migrated = true;
        user = add_user(o, "manager", ACCOUNT_MANAGER, WORLD_NONE);
        user = add_user(o, "operator", WORLD_ROLES_COUNT, WORLD_NONE);
        add_user(o, "plain", ORG_MEMBER, WORLD_NONE);
        user = add_user(o, "badge", ORG_MEMBER, WORLD_NONE);
        user->member = false;
}

static World *world(void)
{
        static World the_world;

        if (the_world.organizations_count > 0)
                return &the_world;
        the_world.organizations_count = 2;
        strcpy(the_world.organizations[0].name, "acme");
        strcpy(the_world.organizations[1].name, "other");
        add_places(&the_world.organizations[0]);
        add_people(&the_world.organizations[0]);
        add_places(&the_world.organizations[1]);
        add_user(&the_world.organizations[1], "manager", ACCOUNT_VIEWER, WORLD_NONE);
        return &the_world;
}

typedef struct Case {
        const char *words;
        const char *answer; /* a verdict and its first reason */
        int64_t now_s;      /* 0: NOON_S */
} Case;

static const char *const VERDICTS[] = { "deny", "allow", "error" };

static void check_cases(const Case *cases, size_t count)
{
        for (size_t i = 0; i < count; i++) {
                char text[128];
                RefQuery query;
                RefAnswer answer;
                world_text_read_query(cases[i].words, &query);
                answer = reference_decide(world(), cases[i].now_s != 0 ? cases[i].now_s : NOON_S,
                                          &query);
                snprintf(text, sizeof(text), "%s %s", VERDICTS[answer.verdict], answer.reasons[0]);
                if (strcmp(text, cases[i].answer) != 0)
                        print_error("%s\n", cases[i].words);
                assert_string_equal(text, cases[i].answer);
        }
}

#define CHECK(cases) check_cases(cases, sizeof(cases) / sizeof((cases)[0]))

static void decides_organization_and_cameras(void **state)
{
        static const Case CASES[] = {
                { "plain org.organization.view organization:acme", "allow granted-by-role" },
                { "badge org.organization.view organization:acme", "deny not-a-member" },
                { "plain org.own-2fa.set user:acme/plain", "allow granted-by-role" },
                { "boss org.own-2fa.set user:acme/plain", "deny not-self" },
                { "boss camera.live.view site:acme/HQ", "deny not-permitted" },
                { "boss site.subsite.create site:acme/HQ", "allow granted-by-role" },
                { "camera site.subsite.create organization:acme", "deny not-permitted" },
                { "camera org.user-list.view organization:acme", "allow granted-by-role" },
                { "viewer org.user-list.view organization:acme", "deny not-permitted" },
                { "viewer camera.grid.view site:acme/HQ/Tower", "allow granted-by-role" },
                { "viewer camera.archive.view archive:acme/HQ/V private=false",
                  "allow granted-by-role" },
                { "viewer camera.archive.view archive:acme/HQ/V private=true",
                  "deny private-archive" },
                { "both camera.archive.view archive:acme/HQ/V", "deny private-archive" },
                { "both camera.private-archive.view archive:acme/HQ/V", "allow granted-by-role" },
                { "camera camera.private-archive.view archive:acme/HQ/V", "deny not-permitted" },
        };

        CHECK(CASES);
}

static void decides_legacy_roles_and_accounts(void **state)
{
        static const Case CASES[] = {
                { "legacy access.door.unlock door:acme/HQ/Tower/D", "allow granted-by-role" },
                { "legacy access.door.unlock door:acme/HQ/D", "deny no-door-access" },
                { "legacy access.door.view door:acme/HQ/D", "deny not-permitted" },
                { "legacy access.building.view organization:acme", "allow granted-by-role" },
                { "flag access.door.view door:acme/HQ2/D", "deny not-permitted" },
                { "former access.org-settings.configure organization:acme", "deny not-permitted" },
                { "manager rekor.entity.delete entity:acme/cameras", "allow granted-by-role" },
                { "manager rekor.entity.delete entity:other/cameras", "deny not-permitted" },
                { "manager rekor.entity.read entity:other/cameras", "allow granted-by-role" },
                { "operator rekor.entity.read entity:acme/plates", "allow granted-by-role" },
                { "operator rekor.entity.update entity:acme/plates", "deny not-permitted" },
                { "operator rekor.entity.read entity:acme/cameras", "deny not-permitted" },
                { "operator rekor.entity.read entity:acme/lanes", "error unknown-resource" },
        };

        CHECK(CASES);
}

static void decides_grants(void **state)
{
        static const Case CASES[] = {
                { "site grant access-site-viewer@acme/HQ/Tower user:acme/plain",
                  "allow granted-by-role" },
                { "site grant access-site-viewer@acme/HQ user:acme/plain", "deny not-permitted" },
                { "site grant access-site-viewer@acme/HQ/Tower user:acme/site", "deny self-grant" },
                { "boss grant access-site-viewer@acme/HQ user:acme/boss", "allow granted-by-role" },
                { "boss grant rekor-viewer user:acme/plain", "deny not-permitted" },
                { "manager grant TMC user:acme/plain", "allow granted-by-role" },
                { "system grant access-site-viewer@acme/HQ user:acme/badge", "deny not-a-member" },
                { "system grant access-user-admin user:acme/plain", "deny not-permitted" },
                { "system grant access-system-none user:acme/plain", "deny not-grantable" },
                { "system grant access-site-viewer user:acme/plain", "deny wrong-level" },
                { "boss grant org-admin group:acme/desk", "deny users-only" },
                { "boss grant org-admin user:acme/both", "deny no-change" },
                { "boss grant access-system-admin user:acme/legacy", "deny legacy-frozen" },
                { "boss grant camera-site-viewer@acme/HQ user:acme/legacy",
                  "allow granted-by-role" },
                { "boss grant legacy-access-control-admin user:acme/legacy", "deny legacy-frozen" },
                { "boss grant legacy-access-control-admin user:acme/plain", "deny not-grantable" },
                { "system grant access-site-viewer@acme/HQ group:acme/desk", "deny no-change" },
                { "site revoke access-site-viewer@acme/HQ group:acme/desk", "deny not-permitted" },
                { "system revoke access-system-admin user:acme/system", "allow granted-by-role" },
                { "boss grant nothing user:acme/plain", "error unknown-role" },
                { "boss grant org-admin user:acme/nobody", "error unknown-resource" },
                { "nobody grant org-admin user:acme/plain", "deny unknown-subject" },
        };

        CHECK(CASES);
}

static void decides_migrations_members_and_customizations(void **state)
{
        static const Case CASES[] = {
                { "director migrate user:acme/legacy", "allow granted-by-role" },
                { "system migrate user:acme/legacy", "deny not-permitted" },
                { "boss migrate user:acme/plain", "deny no-change" },
                { "boss migrate user:acme/former", "deny no-change" },
                { "director migrate user:acme/legacy with=access-site-admin@acme/HQ",
                  "allow granted-by-role" },
                { "director migrate user:acme/legacy with=org-admin", "deny not-permitted" },
                { "system add-member user:acme/plain with=group:acme/desk", "deny not-permitted" },
                { "boss add-member user:acme/plain with=group:acme/desk", "allow granted-by-role" },
                { "boss add-member user:acme/flag with=group:acme/desk", "deny no-change" },
                { "boss remove-member user:acme/flag with=group:acme/desk",
                  "allow granted-by-role" },
                { "boss add-member user:acme/badge with=group:acme/desk", "deny not-a-member" },
                { "boss add-member user:acme/plain with=group:acme/synced", "deny synced" },
                { "system add-member user:acme/plain with=group:acme/empty", "deny not-permitted" },
                { "director add-member user:acme/plain with=access-group:acme/staff",
                  "allow granted-by-role" },
                { "boss customize camera-site-viewer +camera.live-link.share organization:acme",
                  "allow granted-by-role" },
                { "boss customize camera-site-viewer +camera.live.view organization:acme",
                  "deny not-customizable" },
                { "boss customize org-admin -site.user.add organization:acme",
                  "deny not-customizable" },
                { "camera customize camera-site-viewer default organization:acme",
                  "deny not-permitted" },
                { "boss customize camera-site-viewer default organization:acme",
                  "allow granted-by-role" },
        };

        CHECK(CASES);
}

static void keeps_the_legacy_powers_to_their_time(void **state)
{
        static World before;
        RefQuery query;

        before = *world();
        hold(&before.organizations[0].users[7].grants, LEGACY_ADMIN, WORLD_NONE);
        world_text_read_query("legacy access.legacy-control-role.update organization:acme "
                              "with=user:acme/flag",
                              &query);
        assert_int_equal(reference_decide(&before, FREEZE_S - 1, &query).verdict, REF_ALLOW);
        assert_string_equal(reference_decide(&before, FREEZE_S, &query).reasons[0],
                            "legacy-frozen");
}

/* Makes the change that WORDS ask for in CHANGED. */
static void make(World *changed, const char *words)
{
        RefQuery query;

        world_text_read_query(words, &query);
        assert_true(world_apply(changed, NOON_S, &query, ALWAYS_OPEN));
}

static const char *reason_in(const World *changed, const char *words)
{
        RefQuery query;

        world_text_read_query(words, &query);
        return reference_decide(changed, NOON_S, &query).reasons[0];
}

static void makes_changes_that_are_then_in_force(void **state)
{
        static World changed;
        static const char SHARE[] = "viewer camera.live-link.share site:acme/HQ";

        changed = *world();
        assert_string_equal(reason_in(&changed, SHARE), "not-permitted");
        make(&changed, "boss customize camera-site-viewer +camera.live-link.share "
                       "organization:acme");
        assert_string_equal(reason_in(&changed, SHARE), "granted-by-role");
        make(&changed, "boss customize camera-site-viewer default organization:acme");
        assert_string_equal(reason_in(&changed, SHARE), "not-permitted");

        make(&changed, "boss migrate user:acme/legacy with=access-site-viewer@acme/HQ");
        assert_string_equal(reason_in(&changed, "boss migrate user:acme/legacy"), "no-change");
        assert_string_equal(reason_in(&changed, "legacy access.building.view organization:acme"),
                            "not-permitted");
        assert_string_equal(reason_in(&changed, "legacy access.door.view door:acme/HQ/D"),
                            "granted-by-role");
        make(&changed, "boss revoke access-site-viewer@acme/HQ user:acme/legacy");
        assert_string_equal(reason_in(&changed, "legacy access.door.view door:acme/HQ/D"),
                            "not-permitted");
        make(&changed, "boss add-member user:acme/legacy with=group:acme/desk");
        assert_string_equal(reason_in(&changed, "legacy access.door.view door:acme/HQ/D"),
                            "granted-by-role");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(decides_organization_and_cameras),
                cmocka_unit_test(decides_legacy_roles_and_accounts),
                cmocka_unit_test(decides_grants),
                cmocka_unit_test(decides_migrations_members_and_customizations),
                cmocka_unit_test(keeps_the_legacy_powers_to_their_time),
                cmocka_unit_test(makes_changes_that_are_then_in_force),
        };

        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
