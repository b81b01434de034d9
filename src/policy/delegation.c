/* SPDX-License-Identifier: MIT */
/* Delegation: who asks, what is named, and who has authority over a role. */
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
        return decision;
}

Reason delegation_find_role(const Delegation *delegation, const RoleAt *written, uint32_t *ret_role,
                            uint32_t *ret_site)
{
        const Image *image = delegation->image;
        Target site = { .site = IMAGE_NONE };
        *ret_role = image_find_role(image, delegation->organization, written->role);
        const ImageRole *role = image_inline_role(image, *ret_role);
        if (!role)
                return REASON_UNKNOWN_ROLE;
        if (written->at_site) {
                Reason reason = policy_find_target(image, &written->site, &site);
                if (reason != REASON_NONE)
                        return reason;
        }
        *ret_site = site.site;
        return (role->level == ROLE_LEVEL_SITE) == written->at_site ? REASON_NONE
                                                                    : REASON_WRONG_LEVEL;
}

Decision delegation_refuse_role(const Delegation *delegation, Reason reason)
{
        return reason == REASON_WRONG_LEVEL ? delegation_deny(delegation, reason, PLACE_NONE)
                                            : delegation_error(delegation, reason);
}

/* ---- Authority ---- */

/* Where a permission to hand a role over is asked: at the site of the grant, on the organization,
 * or about the user. Return: false where it cannot be asked for this role. */
static bool authority_place(const Delegation *delegation, const Handing *handing, uint32_t scopes,
                            Target *ret_target)
{
        const Image *image = delegation->image;
        uint32_t organization = delegation->organization;
        if (scopes & SCOPE_SITE && handing->site != IMAGE_NONE)
                return target_of_index(image, organization, RESOURCE_SITE, handing->site,
                                       ret_target);
        if (scopes & (SCOPE_ORGANIZATION | SCOPE_ACCOUNT))
                return target_of_index(image, organization, RESOURCE_ORGANIZATION, organization,
                                       ret_target);
        return scopes & SCOPE_USER && handing->acted_on->type == RESOURCE_USER &&
               policy_find_target(image, handing->acted_on, ret_target) == REASON_NONE;
}

/* Says whether one denial came nearer to an allow than another. */
static bool is_nearer(const Decision *decision, const Decision *other)
{
        return other->permission == IMAGE_NONE ||
               decision->failed_condition > other->failed_condition;
}

Decision delegation_authority(const Delegation *delegation, const Handing *handing)
{
        const Image *image = delegation->image;
        const ImageRole *role = image_inline_role(image, handing->role);
        Decision nearest = delegation_deny(delegation, REASON_NOT_PERMITTED, PLACE_NONE);
        if (!role)
                return delegation_error(delegation, REASON_CORRUPT_IMAGE);
        uint32_t count;
        const uint32_t *permissions = image_inline_numbers(
                image, handing->revokes ? role->revoked_with : role->granted_with, &count);
        if (count == 0)
                return delegation_deny(delegation, REASON_NOT_GRANTABLE, PLACE_NONE);
        Query query = { .user = delegation->query->user, .with_count = 1 };
        query.with[0] = query.resource = *handing->acted_on;
        for (uint32_t i = 0; i < count; i++) {
                const ImagePermission *permission = image_inline_permission(image, permissions[i]);
                Target target;
                if (!permission ||
                    !authority_place(delegation, handing, permission->scopes, &target))
                        continue;
                Decision decision =
                        policy_decide_found(image, delegation->context, &delegation->subject,
                                            permissions[i], &target, &query, delegation->recorder);
                if (decision.outcome != OUTCOME_DENY)
                        return decision;
                if (is_nearer(&decision, &nearest))
                        nearest = decision;
        }
        return nearest;
}

Decision delegation_command(const Delegation *delegation, PermissionCommand command,
                            const Target *target, const Query *query)
{
        uint32_t permission = image_header(delegation->image)->commands[command];
        if (!image_inline_permission(delegation->image, permission))
                return delegation_deny(delegation, REASON_NOT_PERMITTED, PLACE_NONE);
        return policy_decide_found(delegation->image, delegation->context, &delegation->subject,
                                   permission, target, query, delegation->recorder);
}

/* ---- Who would get or lose it ---- */

Reason delegation_holder_fits(const Delegation *delegation, uint32_t role, const Target *holder,
                              bool gains, ImagePlace *ret_place)
{
        const ImageRole *record = image_inline_role(delegation->image, role);
        const ImageUser *user = holder->type == RESOURCE_USER
                                        ? image_inline_user(delegation->image, holder->index)
                                        : NULL;
        *ret_place = PLACE_NONE;
        if (!record || (holder->type == RESOURCE_USER && !user))
                return REASON_CORRUPT_IMAGE;
        if (!(record->flags & (user ? IMAGE_ROLE_USER : IMAGE_ROLE_GROUP)))
                return REASON_USERS_ONLY;
        if (!gains || !user || user->flags & IMAGE_USER_MEMBER)
                return REASON_NONE;
        *ret_place = user->place;
        return REASON_NOT_A_MEMBER;
}

const ImageGrant *delegation_recorded(const Delegation *delegation, const Target *holder,
                                      uint32_t role, uint32_t site)
{
        const Image *image = delegation->image;
        const ImageUser *user = image_inline_user(image, holder->index);
        const ImageGroup *group = image_inline_group(image, holder->index);
        ImageRange range = { 0, 0 };
        if (holder->type == RESOURCE_USER && user)
                range = user->grants;
        if (holder->type == RESOURCE_GROUP && group)
                range = group->grants;
        for (uint32_t i = 0; i < range.count; i++) {
                const ImageGrant *grant = image_inline_grant(image, range.first + i);
                if (grant && grant->role == role && grant->site == site &&
                    grant->until_s > delegation->context->now_s)
                        return grant;
        }
        return NULL;
}

/* ---- The question ---- */

typedef Decision (*DelegationDecide)(const Delegation *delegation);

static const DelegationDecide KINDS[QUERY_KIND_COUNT] = {
        [QUERY_GRANT] = delegation_grant,          [QUERY_REVOKE] = delegation_grant,
        [QUERY_MIGRATE] = delegation_migrate,      [QUERY_ADD_MEMBER] = delegation_member,
        [QUERY_REMOVE_MEMBER] = delegation_member, [QUERY_CUSTOMIZE] = delegation_customize,
};

Decision delegation_decide(const Image *image, const DecisionContext *context, const Query *query,
                           Recorder *recorder)
{
        Delegation delegation = {
                .image = image,
                .context = context,
                .query = query,
                .recorder = recorder,
                .subject = { .user = IMAGE_NONE },
                .organization = image_find_organization(image, query->resource.organization),
        };
        if (delegation.organization == IMAGE_NONE)
                return delegation_error(&delegation, REASON_UNKNOWN_RESOURCE);
        if ((unsigned)query->kind >= QUERY_KIND_COUNT || !KINDS[query->kind])
                return delegation_error(&delegation, REASON_MALFORMED_QUERY);
        /* Whoever is not known stays nobody, and is told so after the names. */
        delegation.subject.organization = delegation.organization;
        (void)policy_find_subject(image, context, delegation.organization, query->user,
                                  &delegation.subject);
        return KINDS[query->kind](&delegation);
}
