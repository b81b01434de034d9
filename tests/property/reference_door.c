/* SPDX-License-Identifier: MIT */
/*
 * What has ended counts as absent. With a clock that may show any time nothing has ended, and what
 * opens a door for a while cannot be told. Where nobody knows what was changed at the doors, this
 * file looks at the text only; who asks it adds what follows from that.
 */
#include "reference_door.h"
#include "reference_condition.h"
#include "reference_time.h"

static bool is_over(const World *world, int64_t until_s, int64_t now_s)
{
        return !world->clock_untrusted && now_s >= until_s;
}

bool reference_lockdown_is_on(const World *world, const WorldLockdown *lockdown, int64_t now_s)
{
        return !world->live_unknown && lockdown->is_on && !is_over(world, lockdown->until_s, now_s);
}

bool reference_lockdown_holds(const WorldOrganization *o, const WorldLockdown *lockdown, int door)
{
        for (int i = 0; i < lockdown->sites.count; i++)
                if (reference_site_is_below(o, o->doors[door].site, lockdown->sites.item[i]))
                        return true;
        return reference_list_has(&lockdown->doors, door);
}

static bool is_blocked(const World *world, const WorldDoor *door, int64_t now_s)
{
        return !world->live_unknown && door->live.is_blocked &&
               !is_over(world, door->live.block_until_s, now_s);
}

/* --- What a door is meant to be --- */

/* Without lockdowns and blocks. */
static RefSituation beneath(const World *world, const WorldOrganization *o, int door, int64_t now_s)
{
        static const RefSource SOURCES[] = { SOURCE_DEFAULT, SOURCE_SCHEDULE, SOURCE_EXCEPTION };
        const WorldLiveDoor *live = &o->doors[door].live;
        RefPlanned planned = reference_planned(world, o, door, now_s);
        RefSituation situation = { "Locked",     planned.unknown, planned.state,
                                   SOURCE_COUNT, WORLD_NONE,      INT64_MAX };

        situation.source = SOURCES[planned.source];
        if (!world->live_unknown && live->is_overridden &&
            !is_over(world, live->override_until_s, now_s)) {
                situation.state = live->state;
                situation.source = SOURCE_OVERRIDE;
                situation.until_s = live->override_until_s;
                situation.unknown = NULL;
                if (world->clock_untrusted && live->state != STATE_LOCKED)
                        situation.unknown = "clock-untrusted";
        }
        if (world->live_unknown)
                situation.unknown = "live-state-unknown";
        if (situation.unknown != NULL)
                situation.mode = "Unknown";
        else if (situation.state == STATE_UNLOCKED)
                situation.mode = "Unlocked";
        return situation;
}

/* Of equal rank it is the one that shuts. */
static bool goes_before(const WorldLockdown *lockdown, const WorldLockdown *other)
{
        if (lockdown->rank != other->rank)
                return lockdown->rank < other->rank;
        return !lockdown->is_open && other->is_open;
}

RefSituation reference_situation(const World *world, const WorldOrganization *o, int door,
                                 int64_t now_s)
{
        RefSituation situation = beneath(world, o, door, now_s);
        int lowest = WORLD_NONE;

        for (int i = 0; i < o->lockdowns_count; i++)
                if (reference_lockdown_is_on(world, &o->lockdowns[i], now_s) &&
                    reference_lockdown_holds(o, &o->lockdowns[i], door) &&
                    (lowest == WORLD_NONE || goes_before(&o->lockdowns[i], &o->lockdowns[lowest])))
                        lowest = i;
        if (lowest != WORLD_NONE) {
                situation.source = SOURCE_LOCKDOWN;
                situation.mode = o->lockdowns[lowest].is_open ? "LockedOpen" : "LockedDown";
                situation.until_s = o->lockdowns[lowest].until_s;
                situation.lockdown = lowest;
        } else if (is_blocked(world, &o->doors[door], now_s)) {
                situation.source = SOURCE_BLOCK;
                situation.mode = "Blocked";
                situation.until_s = o->doors[door].live.block_until_s;
        }
        return situation;
}

/* --- The person --- */

bool reference_people_list(const RefSubject *subject, const WorldPeopleList *people)
{
        const WorldOrganization *o = subject->organization;

        for (int i = 0; i < people->users.count; i++)
                if (subject->user == &o->users[people->users.item[i]])
                        return true;
        for (int i = 0; i < people->groups.count; i++)
                if (reference_subject_in_group(subject, people->groups.item[i]))
                        return true;
        for (int i = 0; i < people->access_groups.count; i++)
                if (reference_subject_in_access_group(subject, people->access_groups.item[i]))
                        return true;
        return false;
}

bool reference_subject_is_suspended(const RefSubject *subject)
{
        return subject->user != NULL &&
               (subject->user->suspended ||
                (!subject->world->live_unknown && subject->user->live.is_suspended));
}

static void judge_dates(const RefSubject *subject, const WorldInterval *dates, RefAnswer *answer)
{
        bool is_open = dates->from_s == INT64_MIN && dates->until_s == INT64_MAX;

        if (subject->world->clock_untrusted && !is_open)
                reference_answer_add(answer, "clock-untrusted");
        else if (!is_open && subject->now_s < dates->from_s)
                reference_answer_add(answer, "not-yet-active");
        else if (!is_open && subject->now_s >= dates->until_s)
                reference_answer_add(answer, "expired");
}

bool reference_person_refused(const RefSubject *subject, RefAnswer *answer)
{
        RefAnswer refused = { REF_DENY, { NULL } };

        if (subject->user == NULL)
                return false;
        if (reference_subject_is_suspended(subject)) {
                reference_answer_add(&refused, "suspended");
        } else {
                judge_dates(subject, &subject->user->access, &refused);
                if (!subject->world->live_unknown && subject->user->live.has_dates) {
                        if (subject->user->live.dates_ended)
                                reference_answer_add(&refused, "expired");
                        else
                                judge_dates(subject, &subject->user->live.dates, &refused);
                }
        }
        for (int i = 0; i < REF_REASONS_MAX && refused.reasons[i] != NULL; i++)
                reference_answer_add(answer, refused.reasons[i]);
        return refused.reasons[0] != NULL;
}

/* Says whether no access level opens DOOR for him now. */
static bool levels_refuse(const RefSubject *subject, int door, RefAnswer *answer)
{
        const WorldOrganization *o = subject->organization;
        RefAnswer refused = { REF_DENY, { NULL } };
        const char *unknown;

        for (int i = 0; i < o->levels_count; i++) {
                const WorldLevel *level = &o->levels[i];
                for (int g = 0; g < o->access_groups_count; g++) {
                        if (!reference_list_has(&level->doors, door) ||
                            !reference_subject_in_access_group(subject, g) ||
                            !reference_list_has(&level->access_groups, g))
                                continue;
                        if (reference_level_is_on(subject->world, o, i, door, subject->now_s,
                                                  &unknown))
                                return false;
                        reference_answer_add(
                                &refused, unknown != NULL ? unknown : "not-permitted-at-this-time");
                }
        }
        if (refused.reasons[0] == NULL)
                reference_answer_add(&refused, "no-door-access");
        for (int i = 0; i < REF_REASONS_MAX && refused.reasons[i] != NULL; i++)
                reference_answer_add(answer, refused.reasons[i]);
        return true;
}

bool reference_badge_refused(const RefSubject *subject, int door, RefAnswer *answer)
{
        RefSituation situation;

        if (reference_person_refused(subject, answer) || levels_refuse(subject, door, answer))
                return true;
        situation = beneath(subject->world, subject->organization, door, subject->now_s);
        if (situation.unknown != NULL)
                reference_answer_add(answer, situation.unknown);
        else if (situation.state == STATE_LOCKED)
                reference_answer_add(answer, "door-locked");
        return situation.unknown != NULL || situation.state == STATE_LOCKED;
}

/* --- Gates --- */

static bool remote_unlock_is_off(const RefSubject *subject, int door)
{
        const WorldOrganization *o = subject->organization;

        for (int s = o->doors[door].site; s != WORLD_NONE; s = o->sites[s].parent)
                if (!o->sites[s].remote_unlock)
                        return true;
        return !o->remote_unlock || !o->doors[door].remote_unlock ||
               (subject->user != NULL && !subject->user->remote_unlock);
}

static bool is_locked_out(const RefSubject *subject, int door)
{
        const WorldOrganization *o = subject->organization;

        for (int i = 0; i < o->lockdowns_count; i++)
                if (!o->lockdowns[i].is_open &&
                    reference_lockdown_is_on(subject->world, &o->lockdowns[i], subject->now_s) &&
                    reference_lockdown_holds(o, &o->lockdowns[i], door) &&
                    !reference_people_list(subject, &o->lockdowns[i].unlock))
                        return true;
        return false;
}

bool reference_gates_refuse(const RefSubject *subject, int door, bool is_unlock, RefAnswer *answer)
{
        const char *refused = NULL;

        if (is_unlock && reference_person_refused(subject, answer))
                return true;
        if (is_unlock && remote_unlock_is_off(subject, door))
                refused = "remote-unlock-disabled";
        else if (is_locked_out(subject, door))
                refused = "locked-down";
        else if (is_blocked(subject->world, &subject->organization->doors[door], subject->now_s))
                refused = "blocked";
        if (refused != NULL)
                reference_answer_add(answer, refused);
        return refused != NULL;
}
