/* SPDX-License-Identifier: MIT */
/*
 * Delegation: needs
 *
 * What a question needs, and whether the asker has the authority for it. Putting somebody into a
 * group that carries roles gives him all of them, and so takes the authority to grant each to him;
 * otherwise the rule that nobody grants to himself would be void.
 */
#include "policy/delegation.h"

#define PLACE_NONE ((ImagePlace){ IMAGE_NONE, 0 })

/* ---- What is needed ---- */

static bool revokes(const Delegation *delegation)
{
        return delegation->query->kind == QUERY_REVOKE ||
               delegation->query->kind == QUERY_REMOVE_MEMBER;
}

static Need need_of_role(uint32_t role, uint32_t site)
{
        return (Need){ .role = role, .site = site };
}

static Need need_of_command(PermissionCommand command, const Target *target)
{
        return (Need){
                .role = IMAGE_NONE, .site = IMAGE_NONE, .command = command, .target = *target
        };
}

/* Role `i` of the query. */
static bool written_role(const Delegation *delegation, size_t i, Need *ret_need)
{
        uint32_t role, site = IMAGE_NONE;
        if (i >= delegation->query->role_count)
                return false;
        (void)delegation_find_role(delegation, &delegation->query->roles[i], &role, &site);
        *ret_need = need_of_role(role, site);
        return true;
}

/* The next role that a group carries, other than those that give nothing. */
static bool carried_role(const Delegation *delegation, Needs *needs, Need *ret_need)
{
        const Image *image = delegation->image;
        const ImageGroup *group = image_inline_group(image, delegation->group.index);
        uint32_t count = 0;
        const ImageGrant *grants = group ? image_inline_grants(image, group->grants, &count) : NULL;
        while (needs->next < count) {
                const ImageGrant *grant = &grants[needs->next++];
                const ImageRole *role = image_inline_role(image, grant->role);
                bool gives_nothing = role && role->ladder != IMAGE_NONE && role->rank == 0;
                if (gives_nothing || decision_has_ended(delegation->context, grant->until_s))
                        continue;
                *ret_need = need_of_role(grant->role, grant->site);
                return true;
        }
        return false;
}

static bool member_need(const Delegation *delegation, Needs *needs, Need *ret_need)
{
        const Image *image = delegation->image;
        Target organization;
        if (delegation->group.type == RESOURCE_GROUP && carried_role(delegation, needs, ret_need))
                return true;
        if (needs->any)
                return false;
        needs->done = true;
        if (delegation->group.type == RESOURCE_ACCESS_GROUP) {
                *ret_need = need_of_command(revokes(delegation)
                                                    ? PERMISSION_COMMAND_REMOVE_FROM_ACCESS_GROUP
                                                    : PERMISSION_COMMAND_ADD_TO_ACCESS_GROUP,
                                            &delegation->group);
                return true;
        }
        if (!target_of_index(image, delegation->organization, RESOURCE_ORGANIZATION,
                             delegation->organization, &organization))
                return false;
        *ret_need = need_of_command(PERMISSION_COMMAND_CHANGE_MEMBERS, &organization);
        return true;
}

/* A lockdown takes the say over every site that it has a door of. */
static bool lockdown_need(const Delegation *delegation, Needs *needs, Need *ret_need)
{
        const Image *image = delegation->image;
        const ImageLockdown *lockdown = image_inline_lockdown(image, delegation->target.index);
        uint32_t count = 0;
        const uint32_t *sites =
                lockdown ? image_inline_numbers(image, lockdown->sites, &count) : NULL;
        Target site;
        if (needs->next >= count || !target_of_index(image, delegation->organization, RESOURCE_SITE,
                                                     sites[needs->next], &site))
                return false;
        *ret_need = need_of_command(PERMISSION_COMMAND_LOCKDOWN, &site);
        ret_need->site = sites[needs->next++];
        return true;
}

static bool need_find(const Delegation *delegation, Needs *needs, Need *ret_need)
{
        const Query *query = delegation->query;
        switch (query->kind) {
        case QUERY_GRANT:
        case QUERY_REVOKE:
                return written_role(delegation, needs->next++, ret_need);
        case QUERY_MIGRATE:
                if (needs->any)
                        return written_role(delegation, needs->next++, ret_need);
                *ret_need = need_of_command(PERMISSION_COMMAND_MIGRATE, &delegation->target);
                return true;
        case QUERY_ADD_MEMBER:
        case QUERY_REMOVE_MEMBER:
                return member_need(delegation, needs, ret_need);
        case QUERY_CUSTOMIZE:
                needs->done = true;
                *ret_need = need_of_command(query->verb == CUSTOMIZE_DEFAULT
                                                    ? PERMISSION_COMMAND_RESTORE_CUSTOMIZATION
                                                    : PERMISSION_COMMAND_CUSTOMIZE,
                                            &delegation->target);
                return true;
        case QUERY_START_LOCKDOWN:
        case QUERY_END_LOCKDOWN:
                return lockdown_need(delegation, needs, ret_need);
        case QUERY_PERMISSION:
        case QUERY_KIND_COUNT:
                break;
        }
        return false;
}

bool delegation_next_need(const Delegation *delegation, Needs *needs, Need *ret_need)
{
        if (needs->done || !need_find(delegation, needs, ret_need))
                return false;
        needs->any = true;
        return true;
}

/* ---- What would meet it ---- */

/* The permissions that hand a role over, any of which will do. */
static const uint32_t *handing_permissions(const Delegation *delegation, uint32_t role,
                                           uint32_t *ret_count)
{
        const ImageRole *record = image_inline_role(delegation->image, role);
        *ret_count = 0;
        if (!record)
                return NULL;
        return image_inline_numbers(
                delegation->image,
                revokes(delegation) ? record->revoked_with : record->granted_with, ret_count);
}

bool delegation_is_grantable(const Delegation *delegation, uint32_t role)
{
        uint32_t count;
        (void)handing_permissions(delegation, role, &count);
        return count > 0;
}

/* Where a permission to hand a role over is asked: at the site of the grant; else on the
 * organization; else about the user. What can be asked about users only is, where the target is a
 * group, asked of all of them. Return: false where it cannot be asked for this role. */
static bool handing_place(const Delegation *delegation, const Need *need, uint32_t scopes,
                          Target *ret_target)
{
        const Image *image = delegation->image;
        uint32_t organization = delegation->organization;
        bool on_user = scopes & SCOPE_USER && !(scopes & (SCOPE_ORGANIZATION | SCOPE_ACCOUNT));
        if (scopes & SCOPE_SITE && need->site != IMAGE_NONE)
                return target_of_index(image, organization, RESOURCE_SITE, need->site, ret_target);
        if (on_user && delegation->target.type == RESOURCE_USER) {
                *ret_target = delegation->target;
                return true;
        }
        return scopes & (SCOPE_ORGANIZATION | SCOPE_ACCOUNT | SCOPE_USER) &&
               target_of_index(image, organization, RESOURCE_ORGANIZATION, organization,
                               ret_target);
}

bool delegation_next_ask(const Delegation *delegation, const Need *need, uint32_t *next,
                         Ask *ret_ask)
{
        const Image *image = delegation->image;
        if (need->role == IMAGE_NONE) {
                uint32_t permission = image_header(image)->commands[need->command];
                *ret_ask = (Ask){ permission, need->target };
                return (*next)++ == 0 && image_inline_permission(image, permission);
        }
        uint32_t count;
        const uint32_t *permissions = handing_permissions(delegation, need->role, &count);
        while (*next < count) {
                Ask ask = { .permission = permissions[(*next)++] };
                const ImagePermission *record = image_inline_permission(image, ask.permission);
                if (!record || !handing_place(delegation, need, record->scopes, &ask.target))
                        continue;
                *ret_ask = ask;
                return true;
        }
        return false;
}

Query delegation_asked_query(const Delegation *delegation)
{
        const Query *query = delegation->query;
        if (query->kind == QUERY_CUSTOMIZE)
                return *query;
        Query asked = { .user = query->user, .resource = query->resource, .with_count = 1 };
        asked.with[0] = query->resource;
        return asked;
}

#define NEARNESS_END (UINT64_C(1) << 48)

/* How near a denial came to an allow: gates come after conditions, and those in their order; where
 * no role that counts gives it, it is nearer if one does whose time is not known. The reason itself
 * comes last, so that which of several is told does not depend on their order. */
static uint64_t nearness(const Decision *decision)
{
        uint64_t reason = decision->reason == REASON_NOT_GRANTABLE   ? 0
                          : decision->reason == REASON_NOT_PERMITTED ? 1
                                                                     : 1 + decision->reason;
        return (uint64_t)decision->failed_gate << 40 | (uint64_t)decision->failed_condition << 16 |
               reason;
}

static Decision asks_decide(const Delegation *delegation, const Need *need)
{
        Decision nearest = delegation_deny(delegation, REASON_NOT_PERMITTED, PLACE_NONE);
        Query query = delegation_asked_query(delegation);
        uint32_t next = 0;
        for (Ask ask; delegation_next_ask(delegation, need, &next, &ask);) {
                Decision decision = policy_decide_found(delegation->image, delegation->context,
                                                        &delegation->subject, ask.permission,
                                                        &ask.target, &query, delegation->recorder);
                if (decision.outcome != OUTCOME_DENY)
                        return decision;
                if (nearest.permission == IMAGE_NONE || nearness(&decision) > nearness(&nearest))
                        nearest = decision;
        }
        return nearest;
}

Decision delegation_decide_need(const Delegation *delegation, const Need *need)
{
        bool known = need->role == IMAGE_NONE || image_inline_role(delegation->image, need->role);
        Decision decision;
        if (!known)
                decision = delegation_error(delegation, REASON_CORRUPT_IMAGE);
        else if (need->role != IMAGE_NONE && !delegation_is_grantable(delegation, need->role))
                decision = delegation_deny(delegation, REASON_NOT_GRANTABLE, PLACE_NONE);
        else
                decision = asks_decide(delegation, need);
        decision.handed_role = need->role;
        decision.handed_site = need->site;
        return decision;
}

static uint64_t farness(const Decision *decision)
{
        return decision->outcome == OUTCOME_DENY ? NEARNESS_END - nearness(decision) : 0;
}

Decision delegation_decide_needs(const Delegation *delegation)
{
        Decision farthest = delegation_error(delegation, REASON_CORRUPT_IMAGE);
        Needs needs = { 0 };
        for (Need need; delegation_next_need(delegation, &needs, &need);) {
                bool first = farthest.outcome == OUTCOME_ERROR;
                Decision decision = delegation_decide_need(delegation, &need);
                if (decision.outcome == OUTCOME_ERROR)
                        return decision;
                if (first || farness(&decision) > farness(&farthest))
                        farthest = decision;
        }
        return farthest;
}
