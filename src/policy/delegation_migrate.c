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

/* Return: REASON_NONE, or that of the first role that is not known. */
static Reason names_find(const Delegation *delegation)
{
        const Query *query = delegation->query;
        for (size_t i = 0; i < query->role_count; i++) {
                uint32_t role, site;
                Reason reason = delegation_find_role(delegation, &query->roles[i], &role, &site);
                if (reason != REASON_NONE && reason != REASON_WRONG_LEVEL)
                        return reason;
        }
        return delegation->target_reason;
}

/* Decides about one new role. */
static Decision role_decide(const Delegation *delegation, const RoleAt *written)
{
        Need need = { .site = IMAGE_NONE };
        ImagePlace place = PLACE_NONE;
        Reason reason = delegation_find_role(delegation, written, &need.role, &need.site);
        if (reason != REASON_NONE)
                return delegation_deny(delegation, reason, PLACE_NONE);
        Decision decision = delegation_decide_need(delegation, &need);
        if (decision.outcome != OUTCOME_ALLOW)
                return decision;
        reason = delegation_holder_fits(delegation, need.role, true, &place);
        return reason == REASON_NONE ? decision : delegation_overrule(decision, reason, place);
}

Decision delegation_migrate(const Delegation *delegation)
{
        const Query *query = delegation->query;
        Decision decision;
        Reason reason = names_find(delegation);
        if (reason != REASON_NONE)
                return delegation_error(delegation, reason);
        if (!delegation_asker_fits(delegation, &decision))
                return decision;
        const ImageUser *user = delegation_user(delegation);
        if (!user)
                return delegation_error(delegation, REASON_CORRUPT_IMAGE);
        decision =
                delegation_decide_need(delegation, &(Need){ .role = IMAGE_NONE,
                                                            .site = IMAGE_NONE,
                                                            .command = PERMISSION_COMMAND_MIGRATE,
                                                            .target = delegation->target });
        /* Told only to who could migrate him if there were anything to migrate. */
        bool has_authority = decision.outcome == OUTCOME_ALLOW ||
                             decision.failed_condition == CONDITION_TARGET_HAS_LEGACY_ROLE;
        if (has_authority && !legacy_grant(delegation->image, delegation->context, user))
                return delegation_deny(delegation, REASON_NO_CHANGE, user->place);
        for (size_t i = 0; i < query->role_count && decision.outcome == OUTCOME_ALLOW; i++) {
                Decision about_role = role_decide(delegation, &query->roles[i]);
                if (about_role.outcome != OUTCOME_ALLOW)
                        return about_role;
        }
        return decision;
}
