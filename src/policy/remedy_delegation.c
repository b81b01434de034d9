/* SPDX-License-Identifier: MIT */
/*
 * Remedies for questions about granting
 *
 * What stands against the change although somebody has the authority, and for each thing that the
 * question needs the way to its authority that costs least. All of it together is the plan.
 */
#include "policy/delegation.h"
#include "policy/remedy.h"

/* ---- The target ---- */

static void plan_target_member(const Delegation *delegation, Plan *plan)
{
        uint32_t index = delegation->target.index;
        if (index != delegation->subject.user)
                plan_add_once(plan, (Remedy){ .kind = REMEDY_MAKE_TARGET_MEMBER, .index = index });
}

/* A role that would change hands. */
static void plan_handing(const Delegation *delegation, const RoleAt *written, Plan *plan)
{
        uint32_t role, site;
        ImagePlace place;
        QueryKind kind = delegation->query->kind;
        if (delegation_find_role(delegation, written, &role, &site) != REASON_NONE ||
            !delegation_is_grantable(delegation, role)) {
                plan->hopeless = true;
                return;
        }
        Reason reason = delegation_holder_fits(delegation, role, kind != QUERY_REVOKE, &place);
        if (reason == REASON_NOT_A_MEMBER)
                plan_target_member(delegation, plan);
        else if (reason != REASON_NONE)
                plan->hopeless = true;
        if (kind == QUERY_MIGRATE)
                return;
        bool recorded = delegation_recorded(delegation, role, site) != NULL;
        if (recorded == (kind == QUERY_GRANT))
                plan->hopeless = true;
        if (!delegation_frozen_by(delegation, role))
                return;
        /* Who is migrated himself may lose by it what he grants with. */
        if (delegation->target.index == delegation->subject.user)
                plan->hopeless = true;
        plan_add_once(plan,
                      (Remedy){ .kind = REMEDY_MIGRATE_TARGET, .index = delegation->target.index });
}

static void plan_membership(const Delegation *delegation, Plan *plan)
{
        ImagePlace place;
        Reason reason = delegation_group_objection(delegation, &place);
        if (reason == REASON_NOT_A_MEMBER)
                plan_target_member(delegation, plan);
        else if (reason != REASON_NONE)
                plan->hopeless = true;
        if (delegation_is_in_group(delegation) == (delegation->query->kind == QUERY_ADD_MEMBER))
                plan->hopeless = true;
}

/* Going back to the catalogue means something only for a role that can be customized; for the other
 * verbs that is a condition of the permission. */
static void plan_customization(const Delegation *delegation, Plan *plan)
{
        const Query *query = delegation->query;
        const ImageRole *role = image_role(
                delegation->image,
                image_find_role(delegation->image, delegation->organization, query->roles[0].role));
        if (query->verb == CUSTOMIZE_DEFAULT && role && !role->class_bits)
                plan->hopeless = true;
}

static void plan_target(const Delegation *delegation, Plan *plan)
{
        const Query *query = delegation->query;
        const ImageUser *user = delegation_user(delegation);
        bool holds_legacy =
                user && legacy_grant(delegation->image, delegation->context, user) != NULL;
        if (query->kind == QUERY_ADD_MEMBER || query->kind == QUERY_REMOVE_MEMBER)
                plan_membership(delegation, plan);
        if (query->kind == QUERY_MIGRATE && !holds_legacy)
                plan->hopeless = true;
        if (query->kind == QUERY_CUSTOMIZE)
                plan_customization(delegation, plan);
        for (size_t i = 0; query->kind != QUERY_CUSTOMIZE && i < query->role_count; i++)
                plan_handing(delegation, &query->roles[i], plan);
}

/* ---- The asker ---- */

/* Says whether the asker has the authority, or would if he were a member. */
static bool need_is_met(const Delegation *delegation, const Need *need)
{
        Delegation as_member = *delegation;
        as_member.subject.member = true;
        return delegation_decide_need(&as_member, need).outcome == OUTCOME_ALLOW;
}

static void plan_need(const Delegation *delegation, const Need *need, Plan *plan)
{
        Query query = delegation_asked_query(delegation);
        Way best = { .plan.hopeless = true };
        uint32_t next = 0;
        for (Ask ask; delegation_next_ask(delegation, need, &next, &ask);) {
                Way way = way_find(delegation->image, delegation->context, &query, ask.permission,
                                   &ask.target);
                if (way.found && way_is_better(&way, &best))
                        best = way;
        }
        plan->hopeless |= best.plan.hopeless;
        for (size_t i = 0; i < best.plan.count; i++)
                plan_add_once(plan, best.plan.items[i]);
}

/* A role that is given hides the lower ones of its ladder. As long as no organization has taken
 * anything from it, it gives what they give; otherwise nothing is said of several needs at once. */
static bool ladder_is_customized(const Delegation *delegation, uint32_t index)
{
        const ImageOrganization *organization =
                image_organization(delegation->image, delegation->organization);
        const ImageRole *role = image_role(delegation->image, index);
        for (uint32_t i = 0; organization && role && i < organization->roles.count; i++) {
                const ImageRole *own = image_role(delegation->image, organization->roles.first + i);
                if (!own) /* the image is damaged */
                        break;
                if (own->base != organization->roles.first + i && own->ladder == role->ladder)
                        return true;
        }
        return false;
}

static bool role_implies(const Image *image, uint32_t role, uint32_t implied)
{
        const ImageRole *record = image_role(image, role);
        uint32_t count = 0;
        const uint32_t *roles = record ? image_numbers(image, record->implies, &count) : NULL;
        for (uint32_t i = 0; i < count; i++)
                if (roles[i] == implied)
                        return true;
        return false;
}

/* Takes out roles that come with another role of the plan anyway. */
static void plan_shorten(const Image *image, Plan *plan)
{
        for (size_t i = 0; i < plan->count; i++) {
                bool comes_anyway = false;
                for (size_t k = 0; k < plan->count; k++)
                        comes_anyway |=
                                plan->items[i].kind == REMEDY_GRANT_ROLE &&
                                plan->items[k].kind == REMEDY_GRANT_ROLE &&
                                role_implies(image, plan->items[k].role, plan->items[i].role);
                if (!comes_anyway)
                        continue;
                plan->count--;
                for (size_t k = i; k < plan->count; k++)
                        plan->items[k] = plan->items[k + 1];
                i--;
        }
}

/* Says whether the plan gives the asker the very role that he would grant himself. */
static bool plan_answers_itself(const Delegation *delegation, const Plan *plan)
{
        uint32_t role, site;
        if (delegation->query->kind != QUERY_GRANT || !delegation_user(delegation) ||
            delegation->target.index != delegation->subject.user)
                return false;
        if (delegation_find_role(delegation, &delegation->query->roles[0], &role, &site) !=
            REASON_NONE)
                return false;
        for (size_t i = 0; i < plan->count; i++)
                if (plan->items[i].kind == REMEDY_GRANT_ROLE && plan->items[i].role == role &&
                    plan->items[i].site == site)
                        return true;
        return false;
}

/* ---- Lockdowns ---- */

static bool has_authority(const Delegation *delegation)
{
        return delegation->subject.member &&
               delegation_decide_needs(delegation).outcome == OUTCOME_ALLOW;
}

/* A place on the list is less than the say over every site of its doors. */
static Plan lockdown_plan(const Delegation *delegation, const DecisionContext *asked)
{
        Plan plan = { 0 };
        const Image *image = delegation->image;
        const ImageLockdown *lockdown = image_lockdown(image, delegation->target.index);
        bool starts = delegation->query->kind == QUERY_START_LOCKDOWN;
        if (!lockdown ||
            policy_decide(image, asked, delegation->query, NULL).reason == REASON_NO_CHANGE)
                return (Plan){ .hopeless = true };
        RemedySearch search = { .asked = asked,
                                .context = *delegation->context,
                                .subject = delegation->subject,
                                .target = delegation->target };
        search.engine = (Engine){ .image = image,
                                  .context = &search.context,
                                  .subject = &search.subject,
                                  .user = image_user(image, search.subject.user),
                                  .target = &search.target,
                                  .query = delegation->query };
        plan_live_known(&search, &plan);
        Delegation as_asked = *delegation;
        as_asked.context = asked;
        if (has_authority(delegation)) {
                if (!has_authority(&as_asked))
                        plan_clock(&search, &plan);
                return plan;
        }
        if (!people_hold(&search.engine, starts ? &lockdown->trigger : &lockdown->release)) {
                plan_listing(&search, &plan);
                plan_add(&plan, (Remedy){ .kind = REMEDY_ADD_TO_LIST,
                                          .index = delegation->target.index,
                                          .place = lockdown->place });
        }
        plan_person(&search, &plan);
        return plan;
}

/* What stands against the change; the clock, where it stands against it only as long as the clock
 * cannot be trusted. */
static void plan_target_in_time(const Delegation *delegation, const DecisionContext *asked,
                                Plan *plan)
{
        Delegation as_asked = *delegation;
        Plan doubtful = { 0 };
        as_asked.context = asked;
        plan_target(delegation, plan);
        plan_target(&as_asked, &doubtful);
        if (doubtful.hopeless && !plan->hopeless)
                plan_add_once(plan, (Remedy){ .kind = REMEDY_ACCEPT_CLOCK });
}

Plan delegation_plan(const Image *image, const DecisionContext *context, const Query *query)
{
        Plan plan = { 0 };
        Delegation delegation;
        Needs needs = { 0 };
        size_t need_count = 0;
        DecisionContext sound = context_as_if_sound(context);
        if (delegation_open(image, &sound, query, NULL, &delegation) != REASON_NONE ||
            delegation.target_reason != REASON_NONE)
                return (Plan){ .hopeless = true };
        if (delegation.target.type == RESOURCE_LOCKDOWN)
                return lockdown_plan(&delegation, context);
        const ImageUser *asker = image_user(image, delegation.subject.user);
        if (asker && !delegation.subject.member)
                plan_add(&plan, (Remedy){ .kind = REMEDY_MAKE_MEMBER });
        else if (!delegation.subject.member)
                plan_add(&plan, (Remedy){ .kind = REMEDY_DECLARE_USER });
        plan_target_in_time(&delegation, context, &plan);
        delegation.context = context;
        for (Need need; !plan.hopeless && delegation_next_need(&delegation, &needs, &need);
             need_count++)
                if (!need_is_met(&delegation, &need))
                        plan_need(&delegation, &need, &plan);
        for (size_t i = 0; i < plan.count && need_count > 1; i++)
                if (plan.items[i].kind == REMEDY_GRANT_ROLE &&
                    ladder_is_customized(&delegation, plan.items[i].role))
                        plan.hopeless = true;
        plan_shorten(image, &plan);
        plan.hopeless |= plan_answers_itself(&delegation, &plan);
        return plan;
}
