/* SPDX-License-Identifier: MIT */
/*
 * A condition that concerns the user or group acted on holds where the question is about the
 * organization and names nobody; what a question should name and does not is a denial.
 */
#include "reference_condition.h"
#include "reference_door.h"

#include <string.h>

enum { LEGACY_FREEZE_S = 1731542400 }; /* 2024-11-14T00:00:00Z */

void reference_answer_add(RefAnswer *answer, const char *reason)
{
        int i = 0;

        for (; i < REF_REASONS_MAX && answer->reasons[i] != NULL; i++)
                if (strcmp(answer->reasons[i], reason) == 0)
                        return;
        if (i < REF_REASONS_MAX)
                answer->reasons[i] = reason;
}

/* The first with= object whose kind is one of LETTERS and that is declared; false when there is
 * none. */
static bool find_with(const World *world, const RefQuery *query, const char *letters,
                      ReferencePlace *object)
{
        for (int i = 0; i < query->with_count; i++)
                if (reference_place_find(world, query->with[i], object) &&
                    strchr(letters, object->letter) != NULL)
                        return true;
        return false;
}

/* Why USER, NULL for a group, is none who has legacy roles; NULL when he is. With a clock that may
 * show any time, those count for sure that never end. */
static const char *judge_legacy(const RefSubject *subject, const WorldUser *user)
{
        bool is_known = !subject->world->clock_untrusted;

        if (user == NULL)
                return "no-legacy-role";
        if (reference_user_has_legacy(user, is_known ? subject->now_s : INT64_MAX - 1))
                return NULL;
        return is_known || !reference_user_has_legacy(user, INT64_MIN) ? "no-legacy-role"
                                                                       : "clock-untrusted";
}

/* Why a condition on TARGET, a user, a group or an access group, fails; NULL when it holds. */
static const char *judge_target(const RefSubject *subject, unsigned condition,
                                const ReferencePlace *target)
{
        const WorldOrganization *o = subject->organization;
        const WorldUser *user = target->letter == 'u' ? &o->users[target->index] : NULL;
        bool is_self = user != NULL && strcmp(user->name, subject->query->user) == 0;

        switch (condition) {
        case NOT_SYNCED:
                if ((user != NULL && user->synced) ||
                    (target->letter == 'g' && o->access_groups[target->index].synced) ||
                    (target->letter == 'c' && o->groups[target->index].synced))
                        return "synced";
                return NULL;
        case NOT_SELF:
                if (target->letter == 'c')
                        is_self = reference_subject_in_group(subject, target->index);
                return is_self ? "self-grant" : NULL;
        case IS_SELF:
                return is_self ? NULL : "not-self";
        case IS_MEMBER:
                return user != NULL && !user->member ? "not-a-member" : NULL;
        default:
                return judge_legacy(subject, user);
        }
}

/* Adds why a condition on the one acted on fails; says whether it holds. */
static bool judge_on_target(const World *world, const RefSubject *subject, unsigned condition,
                            const ReferencePlace *place, RefAnswer *answer)
{
        ReferencePlace target = *place;
        const char *refused;

        if (strchr("ugc", place->letter) == NULL) {
                if (subject->query->with_count == 0 && place->letter == 'o')
                        return true;
                if (!find_with(world, subject->query, "uc", &target)) {
                        reference_answer_add(answer, "no-such-object");
                        return false;
                }
        }
        refused = judge_target(subject, condition, &target);
        if (refused == NULL)
                return true;
        reference_answer_add(answer, refused);
        if (target.letter != 'u' && (condition == HAS_LEGACY || condition == IS_SELF))
                reference_answer_add(answer, "no-such-object"); /* that is no user */
        return false;
}

static bool shows_site(const WorldOrganization *o, const WorldFloorplan *plan, int site)
{
        for (int i = 0; i < plan->doors.count; i++)
                if (reference_site_is_below(o, o->doors[plan->doors.item[i]].site, site))
                        return true;
        return false;
}

/* Adds why a condition on an object that is to be named fails; says whether it holds. */
static bool judge_object(const World *world, const RefSubject *subject, unsigned condition,
                         const ReferencePlace *place, RefAnswer *answer)
{
        static const struct {
                unsigned condition;
                const char *letter;
        } KINDS[] = { { SCHEDULE_EXISTS, "e" },
                      { EXCEPTION_EXISTS, "x" },
                      { TEMPLATE_EXISTS, "t" },
                      { ROLL_CALL_ACTIVE, "r" },
                      { FLOORPLAN_SHOWS_DOOR, "f" } };
        const WorldOrganization *o = place->organization;
        const char *letter = "";
        ReferencePlace object;

        for (size_t i = 0; i < sizeof(KINDS) / sizeof(KINDS[0]); i++)
                if (KINDS[i].condition == condition)
                        letter = KINDS[i].letter;
        if (!find_with(world, subject->query, letter, &object)) {
                reference_answer_add(answer, "no-such-object");
                return false;
        }
        if (condition == ROLL_CALL_ACTIVE && subject->query->active != REF_TRUE) {
                reference_answer_add(answer, "not-active");
                reference_answer_add(answer, "no-such-object");
                return false;
        }
        if ((condition == ROLL_CALL_ACTIVE &&
             !reference_site_is_below(o, object.site, place->site)) ||
            (condition == FLOORPLAN_SHOWS_DOOR &&
             !shows_site(o, &o->floorplans[object.index], place->site))) {
                reference_answer_add(answer, "no-such-object");
                return false;
        }
        return true;
}

static bool sees_site(const RefSubject *subject, int site)
{
        for (int role = 0; role < WORLD_ROLES_COUNT; role++) {
                bool is_bottom = REFERENCE_ROLES[role].ladder != LADDER_NONE &&
                                 REFERENCE_ROLES[role].rank == 0;
                if (REFERENCE_ROLES[role].level == 's' && !is_bottom &&
                    reference_subject_holds(subject, role, site))
                        return true;
        }
        return false;
}

static bool judge(const World *world, const RefSubject *subject, unsigned condition,
                  const ReferencePlace *place, RefAnswer *answer)
{
        const char *refused = NULL;

        switch (condition) {
        case HAS_KEY:
                return !reference_badge_refused(subject, place->index, answer);
        case NOT_SYNCED:
        case NOT_SELF:
        case IS_SELF:
        case IS_MEMBER:
        case HAS_LEGACY:
                return judge_on_target(world, subject, condition, place, answer);
        case NOT_PRIVATE:
                refused = subject->query->is_private == REF_FALSE ? NULL : "private-archive";
                break;
        case BEFORE_FREEZE:
                if (subject->world->clock_untrusted)
                        refused = "clock-untrusted";
                else if (subject->now_s >= LEGACY_FREEZE_S)
                        refused = "legacy-frozen";
                break;
        case SITE_VISIBLE:
                refused = sees_site(subject, place->site) ? NULL : "not-permitted";
                break;
        case CUSTOMIZABLE: /* only a customization can fail it */
        case FROM_ANY_SITE:
                break;
        default:
                return judge_object(world, subject, condition, place, answer);
        }
        if (refused != NULL)
                reference_answer_add(answer, refused);
        return refused == NULL;
}

bool reference_conditions_hold(const World *world, const RefSubject *subject, unsigned conditions,
                               const ReferencePlace *place, RefAnswer *ret_answer)
{
        bool hold = true;

        for (unsigned bit = 1; bit != 0 && bit <= conditions; bit <<= 1)
                if ((conditions & bit) != 0)
                        hold = judge(world, subject, bit, place, ret_answer) && hold;
        return hold;
}
