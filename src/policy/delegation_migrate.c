/* SPDX-License-Identifier: MIT */
/*
 * Delegation: migrate
 *
 * A user with legacy roles loses all of them at once and gets current ones (Legacy Access Control
 * Roles, "Migrate legacy access control roles"). Who migrates needs the permission for it, and for
 * each new role the authority to grant it.
 */
#include "policy/delegation.h"

#define PLACE_NONE ((ImagePlace){ IMAGE_NONE, 0 })

/* The new roles, looked up. */
typedef struct NewRoles {
        Handing items[QUERY_ROLES_MAX];
        bool level_fits; /* of all of them */
} NewRoles;

/* Return: REASON_NONE, or that of the first role that is not known. */
static Reason roles_find(const Delegation *delegation, NewRoles *roles)
{
        const Query *query = delegation->query;
        roles->level_fits = true;
        for (size_t i = 0; i < query->role_count; i++) {
                Handing *handing = &roles->items[i];
                *handing = (Handing){ .acted_on = &query->resource };
                Reason reason = delegation_find_role(delegation, &query->roles[i], &handing->role,
                                                     &handing->site);
                if (reason == REASON_WRONG_LEVEL)
                        roles->level_fits = false;
                else if (reason != REASON_NONE)
                        return reason;
        }
        return REASON_NONE;
}

/* Decides about each new role. Return: `decision`, or the first denial. */
static Decision roles_decide(const Delegation *delegation, const NewRoles *roles,
                             const Target *target, Decision decision)
{
        for (size_t i = 0; i < delegation->query->role_count; i++) {
                const Handing *handing = &roles->items[i];
                Decision authority = delegation_authority(delegation, handing);
                if (authority.outcome != OUTCOME_ALLOW)
                        return authority;
                ImagePlace place;
                Reason reason =
                        delegation_holder_fits(delegation, handing->role, target, true, &place);
                if (reason != REASON_NONE)
                        return delegation_overrule(authority, reason, place);
        }
        return decision;
}

Decision delegation_migrate(const Delegation *delegation)
{
        const Image *image = delegation->image;
        const Query *query = delegation->query;
        NewRoles roles;
        Target target;
        Decision decision;
        Reason reason = roles_find(delegation, &roles);
        if (reason == REASON_NONE)
                reason = policy_find_target(image, &query->resource, &target);
        if (reason != REASON_NONE)
                return delegation_error(delegation, reason);
        if (!delegation_asker_fits(delegation, &decision))
                return decision;
        if (!roles.level_fits)
                return delegation_deny(delegation, REASON_WRONG_LEVEL, PLACE_NONE);
        const ImageUser *user = image_inline_user(image, target.index);
        if (!user)
                return delegation_error(delegation, REASON_CORRUPT_IMAGE);
        if (!(user->flags & IMAGE_USER_HAS_LEGACY_ROLE))
                return delegation_deny(delegation, REASON_NO_CHANGE, user->place);
        decision = delegation_command(delegation, PERMISSION_COMMAND_MIGRATE, &target, query);
        return decision.outcome == OUTCOME_ALLOW
                       ? roles_decide(delegation, &roles, &target, decision)
                       : decision;
}
