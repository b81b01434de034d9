/* SPDX-License-Identifier: MIT */
/*
 * Delegation: customize
 *
 * Adding a permission to a role for the whole organization, removing one, or going back to what the
 * catalogue says. Decided whatever the role has now; which roles and permissions can be customized
 * is a condition of the permission (customization-possible).
 */
#include "policy/delegation.h"

Decision delegation_customize(const Delegation *delegation)
{
        const Image *image = delegation->image;
        const Query *query = delegation->query;
        Decision decision;
        Needs needs = { 0 };
        Need need;
        uint32_t role = image_find_role(image, delegation->organization, query->roles[0].role);
        if (role == IMAGE_NONE)
                return delegation_error(delegation, REASON_UNKNOWN_ROLE);
        if (query->verb != CUSTOMIZE_DEFAULT &&
            image_find_permission(image, query->permission) == IMAGE_NONE)
                return delegation_error(delegation, REASON_UNKNOWN_PERMISSION);
        if (delegation->target_reason != REASON_NONE)
                return delegation_error(delegation, delegation->target_reason);
        if (!delegation_asker_fits(delegation, &decision))
                return decision;
        if (!delegation_next_need(delegation, &needs, &need))
                return delegation_error(delegation, REASON_MALFORMED_QUERY);
        decision = delegation_decide_need(delegation, &need);
        /* For the other verbs this is a condition of the permission. */
        bool possible =
                image_inline_role(image, role) && image_inline_role(image, role)->class_bits;
        if (query->verb == CUSTOMIZE_DEFAULT && decision.outcome == OUTCOME_ALLOW && !possible)
                return delegation_overrule(decision, REASON_NOT_CUSTOMIZABLE,
                                           (ImagePlace){ IMAGE_NONE, 0 });
        return decision;
}
