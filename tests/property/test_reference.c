/* SPDX-License-Identifier: MIT */
/*
 * The reference itself, on one small world and questions whose answers are plain from the product's
 * tables: a judge is judged by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "reference.h"
#include "reference_roles.h"
#include "world_text.h"

enum {
        NOON_S = 1780488000,     /* 2026-06-03T12:00:00Z, a Wednesday */
        MIDNIGHT_S = 1780444800, /* that day's beginning */
};

/* Sites of the world below, in this order: HQ, HQ/Tower, HQ/Tower/Lab, HQ2. */
enum { HQ, TOWER, LAB, HQ2, SITES_COUNT };

static const WorldInterval ALWAYS_OPEN = { INT64_MIN, INT64_MAX };

static WorldUser *add_user(WorldOrganization *o, const char *name, const char *role, int site)
{
        WorldUser *user = &o->users[o->users_count++];

        strcpy(user->name, name);
        user->uid = WORLD_NONE;
        user->member = user->remote_unlock = true;
        user->access = ALWAYS_OPEN;
        for (int i = 0; role != NULL && i < WORLD_ROLES_COUNT; i++)
                if (strcmp(REFERENCE_ROLES[i].name, role) == 0)
                        user->grants.item[user->grants.count++] =
                                (WorldGrant){ i, site, ALWAYS_OPEN };
        return user;
}

static void add_places(WorldOrganization *o)
{
        static const char *const SITES[] = { "HQ", "Tower", "Lab", "HQ2" };
        static const int PARENTS[] = { WORLD_NONE, HQ, TOWER, WORLD_NONE };

        o->sites_count = o->doors_count = o->hosts_count = SITES_COUNT;
        for (int i = 0; i < SITES_COUNT; i++) {
                strcpy(o->sites[i].name, SITES[i]);
                o->sites[i].parent = PARENTS[i];
                o->sites[i].remote_unlock = true;
                strcpy(o->doors[i].name, "D");
                o->doors[i].site = i;
                o->doors[i].remote_unlock = true;
                strcpy(o->hosts[i].name, "gw");
                o->hosts[i].site = i;
        }
}

/* One access level: the doors of HQ and the laboratory, for staff, on working days in Berlin. */
static void add_access(WorldOrganization *o)
{
        o->access_groups_count = 2;
        strcpy(o->access_groups[0].name, "staff");
        strcpy(o->access_groups[1].name, "visitors");
        o->access_groups[1].synced = true;
        o->schedules_count = 1;
        strcpy(o->schedules[0].name, "day");
        o->schedules[0].zone = ZONE_BERLIN;
        o->schedules[0].windows =
                (WorldWindows){ 1, { { 0x1f, 8 * 60, 18 * 60, STATE_ACCESS_CONTROLLED } } };
        o->levels_count = 1;
        strcpy(o->levels[0].name, "doors");
        o->levels[0].doors = (WorldList){ 2, { HQ, LAB } };
        o->levels[0].access_groups = (WorldList){ 1, { 0 } };
        o->floorplans_count = o->templates_count = o->exceptions_count = 1;
        strcpy(o->floorplans[0].name, "F1");
        o->floorplans[0].doors = (WorldList){ 1, { TOWER } };
        strcpy(o->templates[0].name, "Evac");
        strcpy(o->exceptions[0].name, "Holiday");
}

static void add_people(WorldOrganization *o)
{
        WorldUser *user;

        o->groups_count = 1;
        strcpy(o->groups[0].name, "desk");
        o->groups[0].gid = 60001;
        o->groups[0].grants.count = 1;
        o->groups[0].grants.item[0] = (WorldGrant){ 8, HQ, ALWAYS_OPEN }; /* access-site-viewer */
        o->people_count = 1;
        o->people[0] = (WorldPeople){ 60002, { 0 }, { 1, { 0 } } };

        add_user(o, "system", "access-system-admin", WORLD_NONE);
        add_user(o, "schedules", "access-system-manager", WORLD_NONE);
        add_user(o, "hr", "access-user-manager", WORLD_NONE);
        add_user(o, "manager", "access-site-manager", TOWER);
        add_user(o, "admin", "access-site-admin", TOWER);
        user = add_user(o, "viewer", "access-site-viewer", HQ);
        user->access_groups = (WorldList){ 1, { 0 } };
        user = add_user(o, "clerk", NULL, WORLD_NONE);
        user->groups = (WorldList){ 1, { 0 } };
        user = add_user(o, "badge", "access-site-admin", HQ);
        user->member = false;
        user->access_groups = (WorldList){ 1, { 0 } };
        user = add_user(o, "gone", "access-site-admin", HQ);
        user->suspended = user->synced = true;
        user = add_user(o, "guest", "access-site-admin", HQ);
        user->access = (WorldInterval){ NOON_S + 1, NOON_S + 3600 };
        user = add_user(o, "former", "access-site-admin", HQ);
        user->access.until_s = NOON_S;
        user = add_user(o, "late", "access-site-admin", HQ);
        user->grants.item[0].interval = (WorldInterval){ NOON_S, NOON_S + 1 };
}

static const World *world(void)
{
        static World the_world;
        WorldOrganization *o = &the_world.organizations[0];

        if (the_world.organizations_count > 0)
                return &the_world;
        the_world.organizations_count = 1;
        strcpy(o->name, "acme");
        o->remote_unlock = true;
        add_places(o);
        add_access(o);
        add_people(o);
        return &the_world;
}

/* A question, its words as in a query line, and the one answer that is right. */
typedef struct Case {
        const char *words;
        const char *answer; /* a verdict and its first reason */
        int64_t now_s;      /* 0: NOON_S */
        int gid;            /* 0: no Unix group */
} Case;

static const Case CASES[] = {
        /* Inheritance: downwards only, and by whole names. */
        { "manager access.area.view site:acme/HQ/Tower", "allow granted-by-role" },
        { "manager access.area.view site:acme/HQ/Tower/Lab", "allow granted-by-role" },
        { "manager access.area.view door:acme/HQ/Tower/Lab/D", "allow granted-by-role" },
        { "manager access.area.view host:acme/HQ/Tower/gw", "allow granted-by-role" },
        { "manager access.area.view site:acme/HQ", "deny not-permitted" },
        { "manager access.area.view site:acme/HQ2", "deny not-permitted" },
        { "viewer access.door.view door:acme/HQ2/D", "deny not-permitted" },
        { "clerk access.door.view door:acme/HQ/Tower/Lab/D", "allow granted-by-role" },
        /* Ladders are independent, but for the Access System Admin. */
        { "system access.lockdown.create site:acme/HQ2", "allow granted-by-role" },
        { "system access.user.view organization:acme", "deny not-permitted" },
        { "schedules access.door-schedule.create organization:acme", "allow granted-by-role" },
        { "schedules access.access-exception.delete site:acme/HQ", "allow granted-by-role" },
        { "manager access.access-exception.create site:acme/HQ/Tower", "allow granted-by-role" },
        { "manager access.access-exception.delete site:acme/HQ/Tower", "deny not-permitted" },
        { "manager access.access-exception.create organization:acme", "deny not-permitted" },
        { "admin access.support-access.enable organization:acme", "allow granted-by-role" },
        { "manager access.support-access.enable organization:acme", "deny not-permitted" },
        { "hr access.support-access.enable organization:acme", "deny not-permitted" },
        /* What is synced is changed elsewhere; an object still to be made is not synced. */
        { "hr access.user.update user:acme/viewer", "allow granted-by-role" },
        { "hr access.user.update user:acme/gone", "deny synced" },
        { "hr access.credential.create user:acme/gone", "allow granted-by-role" },
        { "hr access.user.create organization:acme", "allow granted-by-role" },
        { "hr access.group-membership.add access-group:acme/staff", "allow granted-by-role" },
        { "hr access.group-membership.add access-group:acme/visitors", "deny synced" },
        /* Granting to oneself. */
        { "admin access.site-role.grant site:acme/HQ/Tower with=user:acme/hr",
          "allow granted-by-role" },
        { "admin access.site-role.grant site:acme/HQ/Tower with=user:acme/admin",
          "deny self-grant" },
        { "admin access.site-role.grant site:acme/HQ/Tower with=user:acme/x",
          "deny no-such-object" },
        { "admin access.site-role.grant site:acme/HQ/Tower", "deny no-such-object" },
        { "admin access.site-role.grant site:acme/HQ/Tower with=group:acme/desk",
          "allow granted-by-role" },
        { "admin access.site-role.grant site:acme/HQ/Tower with=group:acme/desk", "deny self-grant",
          0, 60001 },
        { "system access.system-role.grant organization:acme", "allow granted-by-role" },
        { "system access.system-role.grant organization:acme with=user:acme/system",
          "deny self-grant" },
        /* Objects that are named. */
        { "manager access.door-schedule.apply door:acme/HQ/Tower/D with=schedule:acme/day",
          "allow granted-by-role" },
        { "manager access.door-schedule.apply door:acme/HQ/Tower/D with=schedule:acme/night",
          "deny no-such-object" },
        { "manager access.door-exception.apply door:acme/HQ/Tower/D", "deny no-such-object" },
        { "manager access.roll-call.run site:acme/HQ/Tower with=roll-call-template:acme/Evac",
          "allow granted-by-role" },
        { "manager access.roll-call-person.mark site:acme/HQ/Tower "
          "with=roll-call:acme/HQ/Tower/Lab/R active=true",
          "allow granted-by-role" },
        { "manager access.roll-call-person.mark site:acme/HQ/Tower "
          "with=roll-call:acme/HQ/R active=true",
          "deny no-such-object" },
        { "manager access.roll-call-person.mark site:acme/HQ/Tower "
          "with=roll-call:acme/HQ/Tower/R active=false",
          "deny not-active" },
        { "viewer access.floorplan.view site:acme/HQ with=floorplan:acme/F1",
          "allow granted-by-role" },
        { "viewer access.floorplan.view site:acme/HQ/Tower/Lab with=floorplan:acme/F1",
          "deny no-such-object" },
        /* Unlocking: a Viewer opens what his badge opens now; others all. */
        { "viewer access.door.unlock door:acme/HQ/D", "allow granted-by-role" },
        { "viewer access.door.unlock door:acme/HQ/Tower/D", "deny no-door-access" },
        { "viewer access.door.unlock door:acme/HQ/D", "deny not-permitted-at-this-time",
          MIDNIGHT_S + 6 * 3600 - 1 },
        { "viewer access.door.unlock door:acme/HQ/D", "allow granted-by-role",
          MIDNIGHT_S + 6 * 3600 },
        { "viewer access.door.unlock door:acme/HQ/D", "allow granted-by-role",
          MIDNIGHT_S + 16 * 3600 - 1 },
        { "viewer access.door.unlock door:acme/HQ/D", "deny not-permitted-at-this-time",
          MIDNIGHT_S + 16 * 3600 },
        { "manager access.door.unlock door:acme/HQ/Tower/D", "allow granted-by-role" },
        { "gone access.door.unlock door:acme/HQ/D", "deny suspended" },
        { "gone access.door.view door:acme/HQ/D", "allow granted-by-role" },
        { "guest access.door.unlock door:acme/HQ/D", "deny not-yet-active" },
        { "guest access.door.unlock door:acme/HQ/D", "allow granted-by-role", NOON_S + 1 },
        { "former access.door.unlock door:acme/HQ/D", "deny expired" },
        { "former access.door.unlock door:acme/HQ/D", "allow granted-by-role", NOON_S - 1 },
        { "late access.door.view door:acme/HQ/D", "deny not-permitted", NOON_S - 1 },
        { "late access.door.view door:acme/HQ/D", "allow granted-by-role", NOON_S },
        { "late access.door.view door:acme/HQ/D", "deny not-permitted", NOON_S + 1 },
        /* Badges, members, strangers. */
        { "badge access.door.enter door:acme/HQ/D", "allow door-access" },
        { "badge access.door.view door:acme/HQ/D", "deny not-a-member" },
        { "manager access.door.enter door:acme/HQ/D", "deny no-door-access" },
        { "nobody access.door.enter door:acme/HQ/D", "deny unknown-subject" },
        { "nobody access.door.view door:acme/HQ/D", "deny not-a-member", 0, 60001 },
        { "nobody access.door.view door:acme/HQ/D", "deny not-permitted", 0, 60002 },
        { "nobody access.door.enter door:acme/HQ/D", "allow door-access", 0, 60002 },
        { "nobody access.door.view door:acme/HQ/D", "deny unknown-subject", 0, 60003 },
        /* What cannot be decided. */
        { "viewer access.door.view door:acme/HQ/E", "error unknown-resource" },
        { "viewer access.door.view site:acme/HQ", "error unknown-resource" },
        { "viewer access.io.view organization:acme", "error unknown-resource" },
        { "viewer access.door.see door:acme/HQ/D", "error unknown-permission" },
};

static void read_query(const Case *test, RefQuery *ret_query)
{
        world_text_read_query(test->words, ret_query);
        if (test->gid != 0)
                ret_query->gids[ret_query->gids_count++] = test->gid;
}

static void answers_every_question_as_the_tables_say(void **state)
{
        static const char *const VERDICTS[] = { "deny", "allow", "error" };

        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
                char text[128];
                RefQuery query;
                read_query(&CASES[i], &query);
                RefAnswer answer = reference_decide(
                        world(), CASES[i].now_s != 0 ? CASES[i].now_s : NOON_S, &query);
                snprintf(text, sizeof(text), "%s %s", VERDICTS[answer.verdict], answer.reasons[0]);
                if (strcmp(text, CASES[i].answer) != 0)
                        print_error("%s\n", CASES[i].words);
                assert_string_equal(text, CASES[i].answer);
        }
}

static void switches_close_remote_unlock_only(void **state)
{
        World closed = *world();
        RefQuery unlock = { .user = "manager",
                            .permission = "access.door.unlock",
                            .resource = "door:acme/HQ/Tower/D" };
        RefQuery enter = { .user = "viewer",
                           .permission = "access.door.enter",
                           .resource = "door:acme/HQ/D" };

        closed.organizations[0].sites[HQ].remote_unlock = false;
        assert_string_equal(reference_decide(&closed, NOON_S, &unlock).reasons[0],
                            "remote-unlock-disabled");
        assert_int_equal(reference_decide(&closed, NOON_S, &enter).verdict, REF_ALLOW);
        closed = *world();
        closed.organizations[0].doors[HQ].remote_unlock = false;
        assert_int_equal(reference_decide(&closed, NOON_S, &unlock).verdict, REF_ALLOW);
}

static void names_who_can_in_order(void **state)
{
        static const char *const EXPECTED[] = { "clerk", "former", "gone",  "guest",
                                                "late",  "system", "viewer" };
        const char *names[WORLD_USERS_MAX];
        int count = reference_who_can(world(), NOON_S, "access.door.view", "door:acme/HQ/D", names);

        assert_int_equal(count, sizeof(EXPECTED) / sizeof(EXPECTED[0]));
        for (int i = 0; i < count; i++)
                assert_string_equal(names[i], EXPECTED[i]);
        assert_true(reference_who_can(world(), NOON_S, "access.x", "door:acme/HQ/D", names) < 0);
}

static void names_what_a_manager_of_schedules_can(void **state)
{
        const char *permissions[128];
        RefQuery who = { .user = "schedules" };

        assert_int_equal(
                reference_what_can(world(), NOON_S, &who, "organization:acme", permissions), 16);
        assert_string_equal(permissions[0], "access.access-exception.create");
        assert_int_equal(reference_what_can(world(), NOON_S, &who, "site:acme/HQ", permissions), 3);
}

static void sessions_need_the_role_or_a_higher_one(void **state)
{
        RefQuery query = { .user = "admin", .resource = "host:acme/HQ/Tower/Lab/gw" };
        int viewer = 8, manager = 9;

        assert_int_equal(reference_session(world(), NOON_S, &query, manager).verdict, REF_ALLOW);
        strcpy(query.resource, "host:acme/HQ/gw");
        assert_string_equal(reference_session(world(), NOON_S, &query, viewer).reasons[0],
                            "not-permitted");
        strcpy(query.user, "gone");
        assert_string_equal(reference_session(world(), NOON_S, &query, viewer).reasons[0],
                            "suspended");
        strcpy(query.user, "system");
        assert_int_equal(reference_session(world(), NOON_S, &query, manager).verdict, REF_ALLOW);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(answers_every_question_as_the_tables_say),
                cmocka_unit_test(switches_close_remote_unlock_only),
                cmocka_unit_test(names_who_can_in_order),
                cmocka_unit_test(names_what_a_manager_of_schedules_can),
                cmocka_unit_test(sessions_need_the_role_or_a_higher_one),
        };

        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
