/* SPDX-License-Identifier: MIT */
/*
 * Whoever the lockdown lists for it may, unless he is suspended or outside his dates; and whoever
 * may configure lockdowns at every site that has one of its doors.
 */
#include "reference_lockdown.h"
#include "reference_condition.h"
#include "reference_door.h"
#include "world_text.h"

#include <string.h>

/* Says whether his roles give it at each site; ANSWER gets why not. */
static bool roles_give(const World *world, const RefSubject *subject, const WorldLockdown *lockdown,
                       RefAnswer *answer)
{
        const WorldOrganization *o = subject->organization;
        RefQuery asked = *subject->query;

        asked.kind = REF_PERMISSION;
        strcpy(asked.permission, "access.lockdown.update");
        for (int i = 0; i < o->doors_count; i++) {
                int site = o->doors[i].site;
                RefAnswer given;
                if (!reference_lockdown_holds(o, lockdown, i))
                        continue;
                world_text_resource(o, "site", o->sites[site].parent, o->sites[site].name,
                                    asked.resource);
                given = reference_decide(world, subject->now_s, &asked);
                for (int k = 0; given.verdict != REF_ALLOW && given.reasons[k] != NULL; k++)
                        reference_answer_add(answer, given.reasons[k]);
        }
        return answer->reasons[0] == NULL;
}

/* Who has the right to it, and why not. */
static RefAnswer judge_right(const World *world, const RefSubject *subject,
                             const WorldLockdown *lockdown, bool is_start)
{
        RefAnswer refused = { REF_DENY, { NULL } }, no_role = { REF_DENY, { NULL } };
        bool is_listed =
                reference_people_list(subject, is_start ? &lockdown->trigger : &lockdown->release);

        if (is_listed && !reference_person_refused(subject, &refused))
                return (RefAnswer){ REF_ALLOW, { "listed" } };
        if (roles_give(world, subject, lockdown, &no_role))
                return (RefAnswer){ REF_ALLOW, { "granted-by-role" } };
        for (int i = 0; i < REF_REASONS_MAX && no_role.reasons[i] != NULL; i++)
                reference_answer_add(&refused, no_role.reasons[i]);
        return refused;
}

RefAnswer reference_decide_lockdown(const World *world, int64_t now_s, const RefQuery *query)
{
        bool is_start = query->kind == REF_START_LOCKDOWN;
        const WorldLockdown *lockdown;
        ReferencePlace place;
        RefAnswer right;

        if (!reference_place_find(world, query->resource, &place) || place.letter != 'l')
                return (RefAnswer){ REF_ERROR, { "unknown-resource" } };
        lockdown = &place.organization->lockdowns[place.index];
        RefSubject subject = reference_subject_find(world, place.organization, query, now_s);
        if (!reference_subject_is_known(&subject))
                return (RefAnswer){ REF_DENY, { "unknown-subject" } };
        right = judge_right(world, &subject, lockdown, is_start);
        if (world->live_unknown && right.verdict == REF_ALLOW)
                return (RefAnswer){ REF_DENY, { "live-state-unknown" } };
        if (world->live_unknown)
                reference_answer_add(&right, "live-state-unknown");
        else if (right.verdict == REF_ALLOW &&
                 is_start == reference_lockdown_is_on(world, lockdown, now_s))
                return (RefAnswer){ REF_DENY, { "no-change" } };
        return right;
}
