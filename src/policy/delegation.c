/* SPDX-License-Identifier: MIT */
/* Delegation: who asks, what is named, and who would get or lose a role. */
#include "policy/delegation.h"

#define PLACE_NONE ((ImagePlace){ IMAGE_NONE, 0 })

Decision delegation_deny(const Delegation *delegation, Reason reason, ImagePlace place)
{
        Decision decision = decision_new(OUTCOME_DENY, reason);
        decision.organization = delegation->organization;
        decision.user = delegation->subject.user;
        decision.place = place;
        return decision;
}

Decision delegation_error(const Delegation *delegation, Reason reason)
{
        Decision decision = delegation_deny(delegation, reason, PLACE_NONE);
        decision.outcome = OUTCOME_ERROR;
        return decision;
}

bool delegation_asker_fits(const Delegation *delegation, Decision *ret_denial)
{
        const Subject *subject = &delegation->subject;
        const ImageUser *user = image_inline_user(delegation->image, subject->user);
        if (subject->member)
                return true;
        bool known = user || subject->mapped;
        *ret_denial =
                delegation_deny(delegation, known ? REASON_NOT_A_MEMBER : REASON_UNKNOWN_SUBJECT,
                                user ? user->place : PLACE_NONE);
        return false;
}

Decision delegation_overrule(Decision decision, Reason reason, ImagePlace place)
{
        decision.outcome = reason == REASON_CORRUPT_IMAGE ? OUTCOME_ERROR : OUTCOME_DENY;
        decision.reason = reason;
        decision.failed_condition = 0;
        decision.place = place;
        decision.note = NULL;
        return decision;
}

Reason delegation_find_role(const Delegation *delegation, const RoleAt *written, uint32_t *ret_role,
                            uint32_t *ret_site)
{
        const Image *image = delegation->image;
        Target site = { .organization = delegation->organization, .site = IMAGE_NONE };
        *ret_role = image_find_role(image, delegation->organization, written->role);
        const ImageRole *role = image_inline_role(image, *ret_role);
        if (!role)
                return REASON_UNKNOWN_ROLE;
        if (written->at_site) {
                Reason reason = policy_find_target(image, &written->site, &site);
                if (reason != REASON_NONE)
                        return reason;
        }
        if (site.organization != delegation->organization)
                return REASON_UNKNOWN_RESOURCE;
        *ret_site = site.site;
        return (role->level == ROLE_LEVEL_SITE) == written->at_site ? REASON_NONE
                                                                    : REASON_WRONG_LEVEL;
}

/* ---- Who would get or lose it ---- */

const ImageUser *delegation_user(const Delegation *delegation)
{
        return delegation->target.type == RESOURCE_USER
                       ? image_inline_user(delegation->image, delegation->target.index)
                       : NULL;
}

Reason delegation_holder_fits(const Delegation *delegation, uint32_t role, bool gains,
                              ImagePlace *ret_place)
{
        const ImageRole *record = image_inline_role(delegation->image, role);
        const ImageUser *user = delegation_user(delegation);
        *ret_place = PLACE_NONE;
        if (!record || (delegation->target.type == RESOURCE_USER && !user))
                return REASON_CORRUPT_IMAGE;
        if (!(record->flags & (user ? IMAGE_ROLE_USER : IMAGE_ROLE_GROUP)))
                return REASON_USERS_ONLY;
        if (!gains || !user || user->flags & IMAGE_USER_MEMBER)
                return REASON_NONE;
        *ret_place = user->place;
        return REASON_NOT_A_MEMBER;
}

const ImageGrant *delegation_frozen_by(const Delegation *delegation, uint32_t role)
{
        const ImageUser *user = delegation_user(delegation);
        const ImageRole *record = image_inline_role(delegation->image, role);
        return user && record && record->flags & IMAGE_ROLE_FROZEN
                       ? legacy_grant(delegation->image, delegation->context, user)
                       : NULL;
}

const ImageGrant *delegation_recorded(const Delegation *delegation, uint32_t role, uint32_t site)
{
        const Image *image = delegation->image;
        const ImageUser *user = delegation_user(delegation);
        const ImageGroup *group = image_inline_group(image, delegation->target.index);
        ImageRange range = { 0, 0 };
        if (user)
                range = image_inline_user_grants(image, user);
        else if (delegation->target.type == RESOURCE_GROUP && group)
                range = group->grants;
        uint32_t count;
        const ImageGrant *found = NULL, *grants = image_inline_grants(image, range, &count);
        for (uint32_t i = 0; i < count; i++) {
                if (grants[i].role != role || grants[i].site != site ||
                    decision_has_ended(delegation->context, grants[i].until_s))
                        continue;
                if (grant_is_certain(delegation->context, &grants[i]))
                        return &grants[i];
                found = found ? found : &grants[i];
        }
        return found;
}

Reason delegation_objection(const Delegation *delegation, uint32_t role, uint32_t site,
                            ImagePlace *ret_place)
{
        bool revokes = delegation->query->kind == QUERY_REVOKE;
        Reason reason = delegation_holder_fits(delegation, role, !revokes, ret_place);
        if (reason != REASON_NONE)
                return reason;
        const ImageGrant *legacy = delegation_frozen_by(delegation, role);
        if (legacy) {
                *ret_place = legacy->place;
                return REASON_LEGACY_FROZEN;
        }
        const ImageGrant *recorded = delegation_recorded(delegation, role, site);
        if (revokes)
                return recorded ? REASON_NONE : REASON_NO_CHANGE;
        if (!recorded)
                return REASON_NONE;
        *ret_place = recorded->place;
        return grant_is_certain(delegation->context, recorded) ? REASON_NO_CHANGE
                                                               : REASON_CLOCK_UNTRUSTED;
}

Reason delegation_group_objection(const Delegation *delegation, ImagePlace *ret_place)
{
        const ImageUser *user = delegation_user(delegation);
        const ImageGroup *group = image_inline_group(delegation->image, delegation->group.index);
        *ret_place = PLACE_NONE;
        if (!user)
                return REASON_CORRUPT_IMAGE;
        if (delegation->group.type != RESOURCE_GROUP)
                return REASON_NONE;
        if (!group)
                return REASON_CORRUPT_IMAGE;
        if (group->flags & IMAGE_GROUP_SYNCED) {
                *ret_place = group->place;
                return REASON_SYNCED;
        }
        if (delegation->query->kind != QUERY_ADD_MEMBER || user->flags & IMAGE_USER_MEMBER)
                return REASON_NONE;
        *ret_place = user->place;
        return REASON_NOT_A_MEMBER;
}

bool delegation_is_in_group(const Delegation *delegation)
{
        const ImageUser *user = delegation_user(delegation);
        if (!user)
                return false;
        return numbers_hold(delegation->image,
                            delegation->group.type == RESOURCE_GROUP ? user->groups
                                                                     : user->access_groups,
                            delegation->group.index);
}

/* ---- The question ---- */

typedef Decision (*DelegationDecide)(const Delegation *delegation);

static const DelegationDecide KINDS[QUERY_KIND_COUNT] = {
        [QUERY_GRANT] = delegation_grant,
        [QUERY_REVOKE] = delegation_grant,
        [QUERY_MIGRATE] = delegation_migrate,
        [QUERY_ADD_MEMBER] = delegation_member,
        [QUERY_REMOVE_MEMBER] = delegation_member,
        [QUERY_CUSTOMIZE] = delegation_customize,
        [QUERY_START_LOCKDOWN] = delegation_lockdown,
        [QUERY_END_LOCKDOWN] = delegation_lockdown,
};

/* Finds what the query names but for roles; all of it lies in one organization. */
static Reason targets_find(Delegation *delegation)
{
        const Query *query = delegation->query;
        bool of_members = query->kind == QUERY_ADD_MEMBER || query->kind == QUERY_REMOVE_MEMBER;
        Reason reason =
                policy_find_target(delegation->image, &query->resource, &delegation->target);
        if (reason != REASON_NONE || !of_members)
                return reason;
        if (query->with_count == 0)
                return REASON_UNKNOWN_RESOURCE;
        reason = policy_find_target(delegation->image, &query->with[0], &delegation->group);
        if (reason != REASON_NONE)
                return reason;
        return delegation->group.organization == delegation->organization ? REASON_NONE
                                                                          : REASON_UNKNOWN_RESOURCE;
}

Reason delegation_open(const Image *image, const DecisionContext *context, const Query *query,
                       Recorder *recorder, Delegation *ret_delegation)
{
        Delegation delegation = {
                .image = image,
                .context = context,
                .query = query,
                .recorder = recorder,
                .subject = { .user = IMAGE_NONE },
                .organization = image_find_organization(image, query->resource.organization),
        };
        *ret_delegation = delegation;
        if (delegation.organization == IMAGE_NONE)
                return REASON_UNKNOWN_RESOURCE;
        if ((unsigned)query->kind >= QUERY_KIND_COUNT || !KINDS[query->kind])
                return REASON_MALFORMED_QUERY;
        delegation.subject.organization = delegation.organization;
        (void)policy_find_subject(image, context, delegation.organization, query->user,
                                  &delegation.subject);
        delegation.target_reason = targets_find(&delegation);
        *ret_delegation = delegation;
        return REASON_NONE;
}

Decision delegation_decide(const Image *image, const DecisionContext *context, const Query *query,
                           Recorder *recorder)
{
        Delegation delegation;
        Reason reason = delegation_open(image, context, query, recorder, &delegation);
        return reason == REASON_NONE ? KINDS[query->kind](&delegation)
                                     : delegation_error(&delegation, reason);
}
