/* SPDX-License-Identifier: MIT */
/*
 * The rules of access control, in the order in which one would apply them by hand: is the question
 * well formed, who asks, which roles count at the place, do they give the permission, do its
 * conditions hold, does a gate at the door forbid it.
 */
#include "reference.h"
#include "reference_change.h"
#include "reference_condition.h"
#include "reference_door.h"
#include "reference_lockdown.h"
#include "reference_time.h"

#include <string.h>

static RefAnswer answer(RefVerdict verdict, const char *reason, const char *or_reason)
{
        return (RefAnswer){ verdict, { reason, or_reason, NULL } };
}

/* --- What a role gives --- */

static const WorldCustomization *customization_of(const WorldOrganization *o, int role)
{
        for (int i = 0; i < o->customizations_count; i++)
                if (o->customizations[i].role == role)
                        return &o->customizations[i];
        return NULL;
}

/* Says whether ROLE has the way GIVE to PERMISSION, as the organization has customized it. What is
 * added comes as the highest role of the ladder has it. */
static bool role_has(const WorldOrganization *o, int role, const ReferencePermission *permission,
                     const ReferenceGive *give)
{
        const WorldCustomization *changes = customization_of(o, role);
        int number = (int)(permission - REFERENCE_PERMISSIONS);

        if (changes != NULL && reference_list_has(&changes->remove, number))
                return false;
        if (changes != NULL && reference_list_has(&changes->add, number) &&
            reference_role_includes(CAMERA_ADMIN, (int)give->role))
                return true;
        return reference_role_includes(role, (int)give->role);
}

/* Says whether ROLE counts for a way to a permission at PLACE. */
static bool role_counts(const RefSubject *subject, int role, const ReferenceGive *give,
                        const ReferencePlace *place)
{
        const WorldOrganization *o = subject->organization;

        if (REFERENCE_ROLES[role].level != 's' || place->site != WORLD_NONE)
                return reference_subject_counts(subject, role, place->site);
        if ((give->conditions & FROM_ANY_SITE) == 0)
                return false;
        for (int site = 0; site < o->sites_count; site++)
                if (reference_subject_counts(subject, role, site))
                        return true;
        return false;
}

/* Custom roles say what may be done to which entity, and nothing else. */
static bool custom_role_gives(const RefSubject *subject, const ReferencePermission *permission,
                              const ReferencePlace *place)
{
        static const char *const ACTIONS[] = { "rekor.entity.create", "rekor.entity.read",
                                               "rekor.entity.update", "rekor.entity.delete" };
        const WorldOrganization *o = subject->organization;

        for (int k = 0; place->letter == 'y' && k < o->custom_roles_count; k++)
                for (int action = 0; action < 4; action++)
                        if (strcmp(permission->name, ACTIONS[action]) == 0 &&
                            (o->custom_roles[k].actions[place->index] >> action & 1) != 0 &&
                            reference_subject_holds(subject, WORLD_ROLES_COUNT + k, WORLD_NONE))
                                return true;
        return false;
}

/* Allows when one way is open; denies with the reasons for which the others are not. */
static RefAnswer try_roles(const World *world, const RefSubject *subject,
                           const ReferencePermission *permission, const ReferencePlace *place)
{
        RefAnswer result = answer(REF_DENY, NULL, NULL);

        if (custom_role_gives(subject, permission, place))
                return answer(REF_ALLOW, NULL, NULL);
        for (int i = 0; i < REFERENCE_GIVES_MAX; i++) {
                const ReferenceGive *give = &permission->gives[i];
                if (give->role == SYSTEM_NONE)
                        break;
                for (int role = 0; role < WORLD_ROLES_COUNT; role++) {
                        if (!role_has(subject->organization, role, permission, give) ||
                            !role_counts(subject, role, give, place))
                                continue;
                        if (give->also != SYSTEM_NONE &&
                            !reference_subject_holds(subject, (int)give->also, place->site))
                                continue;
                        if (reference_conditions_hold(world, subject, give->conditions, place,
                                                      &result))
                                return answer(REF_ALLOW, NULL, NULL);
                }
        }
        if (result.reasons[0] == NULL)
                result.reasons[0] = "not-permitted";
        return result;
}

/* --- The questions --- */

/* Whatever is located at a site may stand for that site. */
static bool scope_has(const ReferencePermission *permission, const ReferencePlace *place)
{
        if (strchr(permission->scope, place->letter) != NULL)
                return true;
        return place->site != WORLD_NONE && strchr(permission->scope, 's') != NULL;
}

/* The organization is the one in the resource's path, for all objects of a question. */
static bool is_one_organization(const RefQuery *query)
{
        const char *first = strchr(query->resource, ':') + 1;

        for (int i = 0; i < query->with_count; i++) {
                const char *other = strchr(query->with[i], ':') + 1;
                size_t length = strcspn(first, "/");
                if (strcspn(other, "/") != length || memcmp(first, other, length) != 0)
                        return false;
        }
        return true;
}

/* Step 1: the question itself. Returns a reason when it cannot be decided. */
static RefAnswer check_question(const World *world, const RefQuery *query,
                                const ReferencePermission *permission, ReferencePlace *place)
{
        bool found = reference_place_find(world, query->resource, place);

        if (!is_one_organization(query))
                return answer(REF_ERROR, "malformed-query", "unknown-resource");
        if (permission == NULL)
                return answer(REF_ERROR, "unknown-permission", found ? NULL : "unknown-resource");
        if (!found || !scope_has(permission, place))
                return answer(REF_ERROR, "unknown-resource", NULL);
        return answer(REF_ALLOW, NULL, NULL);
}

/* A person at a reader: his badge, the code where one is needed, and what beats a badge. */
static RefAnswer decide_enter(const RefSubject *subject, int door)
{
        RefAnswer result = answer(REF_DENY, NULL, NULL);
        WorldState state;

        if (reference_badge_refused(subject, door, &result))
                return result;
        state = reference_situation(subject->world, subject->organization, door, subject->now_s)
                        .state;
        if (state == STATE_CARD_AND_CODE && subject->query->code != REF_TRUE)
                return answer(REF_DENY, "code-required", NULL);
        if (reference_gates_refuse(subject, door, false, &result))
                return result;
        return answer(REF_ALLOW, "door-access", NULL);
}

/* Says whether he may hold ROLE at SITE, or may not: it depends on the time. */
static bool holds_in_time(const RefSubject *subject, int role, int site)
{
        RefSubject any_time = *subject;

        any_time.any_time = true;
        return reference_subject_holds(&any_time, role, site) &&
               !reference_subject_holds(subject, role, site);
}

/* Says whether a role that has to do with PERMISSION depends on a time that nobody knows. */
static bool clock_matters(const RefSubject *subject, const ReferencePermission *permission,
                          const ReferencePlace *place)
{
        for (int i = 0; i < REFERENCE_GIVES_MAX; i++) {
                const ReferenceGive *give = &permission->gives[i];
                int site = (give->conditions & FROM_ANY_SITE) != 0 ? ANY_SITE : place->site;
                if (give->role == SYSTEM_NONE)
                        break;
                if (give->also != SYSTEM_NONE && holds_in_time(subject, (int)give->also, site))
                        return true;
                for (int role = 0; role < WORLD_ROLES_COUNT; role++)
                        if (role_has(subject->organization, role, permission, give) &&
                            holds_in_time(subject, role, site))
                                return true;
        }
        return false;
}

static RefAnswer decide_by_roles(const World *world, const RefSubject *subject,
                                 const ReferencePermission *permission, const ReferencePlace *place)
{
        RefSubject any_time = *subject;
        RefAnswer result = try_roles(world, subject, permission, place), other;

        if (result.verdict == REF_ALLOW) {
                result = answer(REF_DENY, NULL, NULL);
                if (strcmp(permission->name, "access.door.unlock") == 0 &&
                    reference_gates_refuse(subject, place->index, true, &result))
                        return result;
                return answer(REF_ALLOW, "granted-by-role", NULL);
        }
        /* With a clock that may show any time, a role that cannot be told is one reason more. */
        any_time.any_time = true;
        other = try_roles(world, &any_time, permission, place);
        if (world->clock_untrusted &&
            (other.verdict == REF_ALLOW || strcmp(other.reasons[0], result.reasons[0]) != 0 ||
             clock_matters(subject, permission, place)))
                reference_answer_add(&result, "clock-untrusted");
        return result;
}

/* Where nobody knows what was changed at the doors, nobody passes one. */
static RefAnswer without_live_state(const World *world, RefAnswer result)
{
        if (!world->live_unknown || result.verdict == REF_ERROR)
                return result;
        if (result.verdict == REF_ALLOW)
                return answer(REF_DENY, "live-state-unknown", NULL);
        reference_answer_add(&result, "live-state-unknown");
        return result;
}

static RefAnswer decide_permission(const World *world, int64_t now_s, const RefQuery *query)
{
        const ReferencePermission *permission = reference_permission_find(query->permission);
        ReferencePlace place;
        RefAnswer result = check_question(world, query, permission, &place);

        if (result.verdict == REF_ERROR)
                return result;
        RefSubject subject = reference_subject_find(world, place.organization, query, now_s);
        if (!reference_subject_is_known(&subject))
                return answer(REF_DENY, "unknown-subject", NULL);
        if (strcmp(permission->name, "access.door.enter") == 0)
                return without_live_state(world, decide_enter(&subject, place.index));
        if (!reference_subject_is_member(&subject))
                return answer(REF_DENY, "not-a-member", NULL);
        result = decide_by_roles(world, &subject, permission, &place);
        if (strcmp(permission->name, "access.door.unlock") == 0)
                result = without_live_state(world, result);
        return result;
}

RefAnswer reference_decide(const World *world, int64_t now_s, const RefQuery *query)
{
        if (query->kind == REF_PERMISSION)
                return decide_permission(world, now_s, query);
        if (query->kind == REF_START_LOCKDOWN || query->kind == REF_END_LOCKDOWN)
                return reference_decide_lockdown(world, now_s, query);
        return reference_decide_change(world, now_s, query);
}

/* Says whether SUBJECT holds ROLE or a higher one of its ladder at SITE. */
static bool holds_at_least(const RefSubject *subject, int role, int site)
{
        for (int i = 0; i < WORLD_ROLES_COUNT; i++) {
                bool is_higher = REFERENCE_ROLES[role].ladder != LADDER_NONE &&
                                 REFERENCE_ROLES[role].ladder == REFERENCE_ROLES[i].ladder &&
                                 REFERENCE_ROLES[i].rank >= REFERENCE_ROLES[role].rank;
                if ((i == role || is_higher) && reference_subject_holds(subject, i, site))
                        return true;
        }
        return false;
}

static RefAnswer decide_session(const World *world, const RefSubject *subject, int role, int site)
{
        RefSubject any_time = *subject;
        RefAnswer result = answer(REF_ALLOW, "granted-by-role", NULL);

        any_time.any_time = true;
        if (role == WORLD_NONE) {
                result = reference_decide(world, subject->now_s, subject->query);
        } else if (!holds_at_least(subject, role, site)) {
                result = answer(REF_DENY, "not-permitted", NULL);
                if (world->clock_untrusted && holds_at_least(&any_time, role, site))
                        reference_answer_add(&result, "clock-untrusted");
        }
        if (result.verdict != REF_ALLOW)
                return result;
        result = answer(REF_DENY, NULL, NULL);
        if (reference_person_refused(subject, &result))
                return result;
        return answer(REF_ALLOW, "granted-by-role", NULL);
}

RefAnswer reference_session(const World *world, int64_t now_s, const RefQuery *query, int role)
{
        ReferencePlace place;

        if (!reference_place_find(world, query->resource, &place) || place.letter != 'h')
                return answer(REF_ERROR, "unknown-resource", NULL);
        RefSubject subject = reference_subject_find(world, place.organization, query, now_s);
        if (!reference_subject_is_known(&subject))
                return answer(REF_DENY, "unknown-subject", NULL);
        if (!reference_subject_is_member(&subject))
                return answer(REF_DENY, "not-a-member", NULL);
        return without_live_state(world, decide_session(world, &subject, role, place.site));
}

bool reference_answer_has(const RefAnswer *answer, const char *name)
{
        for (int i = 0; i < REF_REASONS_MAX && answer->reasons[i] != NULL; i++)
                if (strcmp(answer->reasons[i], name) == 0)
                        return true;
        return false;
}
