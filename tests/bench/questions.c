/* SPDX-License-Identifier: MIT */
/* The oracle looks at every grant and every access level that concerns the question. */
#include "questions.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "random.h"

enum { VIEWER_TRIES = 200 };

/* The first six a Viewer has, the next four a Manager, the other ten an Admin; unlocking is last.
 */
static const char *const PERMISSIONS[BENCH_PERMISSIONS_COUNT] = {
        "access.door.view",
        "access.io.view",
        "access.live-event.view",
        "access.historical-event.view",
        "access.report.run",
        "access.alert.create",
        "access.door-schedule.override",
        "access.level.create",
        "access.area.view",
        "access.apb-violation.clear",
        "access.device.create",
        "access.controller.create",
        "access.controller.update",
        "access.door.update",
        "access.io.create",
        "access.lockdown.create",
        "access.area.configure",
        "access.apb-settings.configure",
        "access.site-settings.configure",
        "access.site-role.revoke",
        "access.door.unlock",
};

const char *bench_permission_name(uint32_t number)
{
        return PERMISSIONS[number];
}

BenchRole bench_permission_role(uint32_t number)
{
        if (number == BENCH_UNLOCK || number < 6)
                return BENCH_VIEWER;
        return number < 10 ? BENCH_MANAGER : BENCH_ADMIN;
}

static bool is_below(const BenchPolicy *policy, uint32_t site, uint32_t above)
{
        for (; site != BENCH_NONE; site = policy->parents[site])
                if (site == above)
                        return true;
        return false;
}

/* Returns the highest role of USER at the door's site, -1 for none. */
static int highest_role(const BenchPolicy *policy, const BenchUser *user, uint32_t door)
{
        uint32_t site = policy->door_sites[door];
        int role = -1;

        if (user->grant.site != BENCH_NONE && is_below(policy, site, user->grant.site))
                role = user->grant.role;
        for (uint8_t i = 0; i < user->groups_count; i++) {
                const BenchGroup *group = &policy->groups[user->groups[i]];
                for (uint8_t k = 0; k < group->grants_count; k++)
                        if (group->grants[k].role > role &&
                            is_below(policy, site, group->grants[k].site))
                                role = group->grants[k].role;
        }
        return role;
}

/* Says whether an access level opens the door to USER at BENCH_NOW_S: by day, not by night. */
static bool has_door_access(const BenchPolicy *policy, const BenchUser *user, uint32_t door)
{
        for (uint32_t i = 0; i < policy->levels_count; i++) {
                const BenchLevel *level = &policy->levels[i];
                bool in_group = false;
                for (uint8_t k = 0; k < user->access_groups_count; k++)
                        in_group = in_group || user->access_groups[k] == level->access_group;
                if (!in_group || level->schedule == BENCH_NIGHT)
                        continue;
                for (uint32_t k = 0; k < level->doors_count; k++)
                        if (level->doors[k] == door)
                                return true;
        }
        return false;
}

static bool oracle(const BenchPolicy *policy, const BenchQuestion *question)
{
        const BenchUser *user = &policy->users[question->user_number];
        int role = highest_role(policy, user, question->door_number);

        if (role < (int)bench_permission_role(question->permission_number))
                return false;
        return question->permission_number != BENCH_UNLOCK || role > BENCH_VIEWER ||
               has_door_access(policy, user, question->door_number);
}

static void draw(const BenchPolicy *policy, Random *random, BenchKind kind, BenchQuestion *question)
{
        question->user_number = (uint32_t)random_below(random, (int)policy->size.users);
        question->door_number = (uint32_t)random_below(random, (int)policy->size.doors);
        question->permission_number = BENCH_UNLOCK;
        if (kind == BENCH_KIND_PLAIN)
                question->permission_number = (uint32_t)random_below(random, BENCH_UNLOCK);
        question->allowed = oracle(policy, question);
}

/* Returns one of the user's grants, his own or by a group. */
static BenchGrant draw_grant(const BenchPolicy *policy, Random *random, const BenchUser *user)
{
        const BenchGroup *group =
                &policy->groups[user->groups[random_below(random, user->groups_count)]];

        if (user->grant.site != BENCH_NONE && random_chance(random, 50))
                return user->grant;
        return group->grants[random_below(random, group->grants_count)];
}

/* Draws a question for a grant: a permission of its role at the next door below its site. */
static void draw_likely(const BenchPolicy *policy, Random *random, BenchKind kind,
                        BenchQuestion *question)
{
        BenchGrant grant;

        draw(policy, random, kind, question);
        grant = draw_grant(policy, random, &policy->users[question->user_number]);
        for (uint32_t i = 0; i < policy->size.doors; i++) {
                if (is_below(policy, policy->door_sites[question->door_number], grant.site))
                        break;
                question->door_number = (question->door_number + 1) % policy->size.doors;
        }
        while (kind == BENCH_KIND_PLAIN &&
               bench_permission_role(question->permission_number) > (BenchRole)grant.role)
                question->permission_number = (uint32_t)random_below(random, BENCH_UNLOCK);
        question->allowed = oracle(policy, question);
}

/* Looks for a door that USER opens as a Viewer by one of his access levels; BENCH_NONE: none. */
static uint32_t find_viewer_door(const BenchPolicy *policy, Random *random, const BenchUser *user)
{
        uint32_t group = user->access_groups[random_below(random, user->access_groups_count)];

        for (uint32_t i = 0; i < policy->levels_count; i++) {
                const BenchLevel *level = &policy->levels[i];
                if (level->access_group != group || level->schedule == BENCH_NIGHT)
                        continue;
                for (uint32_t k = 0; k < level->doors_count; k++)
                        if (highest_role(policy, user, level->doors[k]) == BENCH_VIEWER)
                                return level->doors[k];
        }
        return BENCH_NONE;
}

/* Draws the unlock of a Viewer who has access to the door: the condition is what decides. */
static void draw_viewer(const BenchPolicy *policy, Random *random, BenchQuestion *question)
{
        draw_likely(policy, random, BENCH_KIND_UNLOCK, question);
        for (int i = 0; i < VIEWER_TRIES; i++) {
                uint32_t user = (uint32_t)random_below(random, (int)policy->size.users);
                uint32_t door = find_viewer_door(policy, random, &policy->users[user]);
                if (door == BENCH_NONE)
                        continue;
                question->user_number = user;
                question->door_number = door;
                question->allowed = oracle(policy, question);
                return;
        }
}

BenchQuestion *bench_questions_new(const BenchPolicy *policy, BenchKind kind)
{
        BenchQuestion *questions = bench_allocate(BENCH_QUESTIONS_COUNT, sizeof(*questions));
        Random random = { policy->size.users + 1 + kind };

        for (size_t i = 0; i < BENCH_QUESTIONS_COUNT; i++) {
                BenchQuestion *question = &questions[i];
                if (i % 2 == 0)
                        draw(policy, &random, kind, question);
                else if (kind == BENCH_KIND_UNLOCK && i % 4 == 1)
                        draw_viewer(policy, &random, question);
                else
                        draw_likely(policy, &random, kind, question);
                snprintf(question->user, sizeof(question->user), "u%u", question->user_number);
                question->permission = PERMISSIONS[question->permission_number];
                bench_door_path(policy, question->door_number, 1, question->resource);
        }
        return questions;
}

int bench_questions_write(const BenchQuestion *questions, const char *path)
{
        char expected_path[4096];
        FILE *out = fopen(path, "w"), *expected;
        int failed;

        if (out == NULL)
                return -errno;
        snprintf(expected_path, sizeof(expected_path), "%s.expected", path);
        expected = fopen(expected_path, "w");
        if (expected == NULL) {
                fclose(out);
                return -errno;
        }
        failed = fchmod(fileno(out), 0644) < 0 || fchmod(fileno(expected), 0644) < 0;
        for (size_t i = 0; i < BENCH_QUESTIONS_COUNT; i++) {
                fprintf(out, "%s %s %s\n", questions[i].user, questions[i].permission,
                        questions[i].resource);
                fputs(questions[i].allowed ? "allow\n" : "deny\n", expected);
        }
        failed = failed || ferror(out) || ferror(expected);
        failed = fclose(out) != 0 || failed;
        failed = fclose(expected) != 0 || failed;
        return failed ? -EIO : 0;
}
