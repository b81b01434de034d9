/* SPDX-License-Identifier: MIT */
/*
 * Remedies
 *
 * The smallest change that would turn a denial. The engine's own tests say what is missing: what
 * the person lacks, what the gates need, and then for every role that could give the permission
 * what its conditions need. A role that is held already comes before any that would have to be
 * given, and of those the one that gives the least. What cannot be mended ends that way.
 *
 * Where a door is reached only at another time, waiting is the change; it is offered when
 * everything else still holds at that time.
 */
#include "policy/remedy.h"

/* ---- Plans ---- */

static bool has_place(RemedyKind kind)
{
        return kind == REMEDY_RESUME || kind == REMEDY_CHANGE_DATES || kind == REMEDY_SWITCH_ON ||
               kind == REMEDY_END_LOCKDOWN || kind == REMEDY_ADD_TO_LIST;
}

/* The change of something live stands in no line. */
static Remedy remedy_placed(Remedy remedy)
{
        bool is_command = remedy.note && remedy.kind != REMEDY_END_LOCKDOWN;
        if (!has_place(remedy.kind) || is_command)
                remedy.place = (ImagePlace){ IMAGE_NONE, 0 };
        return remedy;
}

void plan_add(Plan *plan, Remedy remedy)
{
        if (plan->count == REMEDIES_MAX) {
                plan->hopeless = true;
                return;
        }
        plan->items[plan->count++] = remedy_placed(remedy);
}

static bool remedies_are_same(const Remedy *a, const Remedy *b)
{
        return a->kind == b->kind && a->role == b->role && a->site == b->site &&
               a->access_group == b->access_group && a->index == b->index &&
               a->condition == b->condition && a->note == b->note &&
               a->place.file == b->place.file && a->place.line == b->place.line;
}

void plan_add_once(Plan *plan, Remedy remedy)
{
        Remedy placed = remedy_placed(remedy);
        for (size_t i = 0; i < plan->count; i++)
                if (remedies_are_same(&plan->items[i], &placed))
                        return;
        plan_add(plan, placed);
}

bool plan_has(const Plan *plan, RemedyKind kind)
{
        for (size_t i = 0; i < plan->count; i++)
                if (plan->items[i].kind == kind)
                        return true;
        return false;
}

void plan_listing(const RemedySearch *search, Plan *plan)
{
        if (search->subject.user == IMAGE_NONE && !plan_has(plan, REMEDY_DECLARE_USER))
                plan_add(plan, (Remedy){ .kind = REMEDY_DECLARE_USER });
}

static void plan_role(const RemedySearch *search, Plan *plan, uint32_t role, uint32_t site)
{
        plan_listing(search, plan);
        plan_add(plan, (Remedy){ .kind = REMEDY_GRANT_ROLE, .role = role, .site = site });
}

/* ---- The person ---- */

static void plan_subject(RemedySearch *search, const DecisionContext *context, Text name)
{
        Subject *subject = &search->subject;
        uint32_t organization = search->target.organization;
        Reason reason =
                policy_find_subject(search->engine.image, context, organization, name, subject);
        if (reason != REASON_NONE)
                *subject =
                        (Subject){ .organization = organization, .user = IMAGE_NONE, .name = name };
        bool unknown = reason != REASON_NONE;
        if (unknown || (!subject->member && search->permission->without_role == 0))
                plan_add(&search->common,
                         (Remedy){ .kind = subject->user == IMAGE_NONE ? REMEDY_DECLARE_USER
                                                                       : REMEDY_MAKE_MEMBER });
        subject->member = true;
        search->engine.user = image_user(search->engine.image, subject->user);
}

DecisionContext context_as_if_sound(const DecisionContext *asked)
{
        DecisionContext context = *asked;
        context.clock_untrusted = false;
        if (context.live && context.live->unknown)
                context.live = NULL;
        return context;
}

/* ---- Gates ---- */

static void plan_switch(Plan *plan, ResourceType type, uint32_t index, ImagePlace place)
{
        plan_add(plan, (Remedy){
                               .kind = REMEDY_SWITCH_ON,
                               .type = type,
                               .index = index,
                               .place = place,
                       });
}

/* Every switch above a door that is off; a door's own one is what is left. */
static void plan_door_switches(const RemedySearch *search, const ImageDoor *door, Plan *plan)
{
        const Image *image = search->engine.image;
        ImagePlace nearest = { IMAGE_NONE, 0 };
        uint32_t index = door->site;
        const ImageSite *site = image_site(image, index);
        for (unsigned depth = 0; site && depth < SITE_DEPTH_MAX; depth++) {
                if (!site->remote_unlock) {
                        plan_switch(plan, RESOURCE_SITE, index, site->remote_unlock_place);
                        if (nearest.file == IMAGE_NONE)
                                nearest = site->remote_unlock_place;
                }
                index = site->parent;
                site = image_site(image, index);
        }
        const ImageOrganization *organization = image_organization(image, door->organization);
        if (organization && !organization->remote_unlock) {
                plan_switch(plan, RESOURCE_ORGANIZATION, door->organization,
                            organization->remote_unlock_place);
                if (nearest.file == IMAGE_NONE)
                        nearest = organization->remote_unlock_place;
        }
        if (nearest.file != door->remote_unlock_place.file ||
            nearest.line != door->remote_unlock_place.line)
                plan_switch(plan, RESOURCE_DOOR, search->target.index, door->remote_unlock_place);
}

static void plan_switches(const RemedySearch *search, Plan *plan)
{
        const ImageDoor *door = search->target.type == RESOURCE_DOOR
                                        ? image_door(search->engine.image, search->target.index)
                                        : NULL;
        const ImageUser *user = search->engine.user;
        if (!door) {
                plan->hopeless = true;
                return;
        }
        if (!door->remote_unlock)
                plan_door_switches(search, door, plan);
        if (user && user->flags & IMAGE_USER_NO_REMOTE_UNLOCK)
                plan_switch(plan, RESOURCE_USER, search->subject.user, user->remote_unlock_place);
}

static void plan_gates(RemedySearch *search)
{
        if (search->permission->gates & GATE_ACCESS_IN_FORCE)
                plan_person(search, &search->common);
        if (search->permission->gates & GATE_REMOTE_UNLOCK)
                plan_switches(search, &search->common);
        if (search->permission->gates & GATE_NO_LOCKDOWN)
                plan_lockdowns(search, &search->common);
        if (search->permission->gates & GATE_NOT_BLOCKED)
                plan_block(search, &search->common);
}

/* ---- Roles ---- */

/* How much a role gives: what is given at one site counts less than any role of the organization,
 * and the same for some entities less than for all. */
static uint32_t role_power(const Image *image, const ImageRole *role)
{
        uint32_t count;
        uint32_t power =
                role->entries.count + (role->level == ROLE_LEVEL_SITE ? 0 : UINT32_C(1) << 24);
        const uint32_t *implied = image_numbers(image, role->implies, &count);
        for (uint32_t i = 0; i < count; i++) {
                const ImageRole *other = image_role(image, implied[i]);
                power += other ? other->entries.count : 0;
        }
        return power << 1 | !(role->flags & IMAGE_ROLE_CUSTOM);
}

/* Says whether a role is one of this organization as it is there: not another organization's, and
 * not one that stands behind a variant. */
static bool role_is_here(const RemedySearch *search, uint32_t index, const ImageRole *role)
{
        const Image *image = search->engine.image;
        const ImageOrganization *organization =
                image_organization(image, search->target.organization);
        if (role->organization != IMAGE_NONE)
                return role->organization == search->target.organization;
        for (uint32_t i = 0; organization && i < organization->roles.count; i++) {
                const ImageRole *own = image_role(image, organization->roles.first + i);
                if (!own || own->base == index)
                        return !own;
        }
        return true;
}

static bool role_is_held(const RemedySearch *search, uint32_t role, int64_t now_s)
{
        DecisionContext context = *search->engine.context;
        Engine engine = search->engine;
        context.now_s = now_s;
        engine.context = &context;
        return any_role_is_held(&engine, &role, 1, search->target.position);
}

/* Says whether roles are held only if the clock is right. */
static bool clock_decides(const RemedySearch *search, const uint32_t *roles, uint32_t count)
{
        Engine engine = search->engine;
        engine.context = search->asked;
        return search->asked->clock_untrusted && count > 0 &&
               any_role_is_held(&search->engine, roles, count, search->target.position) &&
               !any_role_is_held(&engine, roles, count, search->target.position);
}

/* Says whether a role can be given to a user at all, and gives anything. */
static bool role_can_be_given(const ImageRole *role)
{
        return role->flags & IMAGE_ROLE_USER &&
               !(role->flags & (IMAGE_ROLE_LEGACY | IMAGE_ROLE_EVERY_MEMBER)) &&
               !(role->ladder != IMAGE_NONE && role->rank == 0);
}

/* Says whether a role that is given now would count: it may be given to a user at all, no higher
 * role of its ladder hides it, and what it requires is held. */
static bool role_would_count(const RemedySearch *search, const ImageRole *role, bool held)
{
        uint32_t count;
        const uint32_t *required = image_numbers(search->engine.image, role->requires, &count);
        if (role->ladder < LADDERS_MAX && search->ladders.best[role->ladder] > role->rank + 1)
                return false;
        if (role->requires.count > 0 &&
            !any_role_is_held(&search->engine, required, count, search->target.position))
                return false;
        return held || role_can_be_given(role);
}

/* Where the role has to be given so that the entry counts at the target.
 * Return: false when that is nowhere. */
static bool grant_site(const RemedySearch *search, const ImageRole *role, bool any_site,
                       uint32_t *ret_site)
{
        *ret_site = IMAGE_NONE;
        if (role->level != ROLE_LEVEL_SITE)
                return true;
        *ret_site = search->target.site;
        if (search->target.site == IMAGE_NONE && any_site &&
            search->target.type == RESOURCE_ORGANIZATION) {
                const ImageOrganization *organization =
                        image_organization(search->engine.image, search->target.organization);
                if (organization && organization->sites.count > 0)
                        *ret_site = organization->sites.first;
        }
        return *ret_site != IMAGE_NONE;
}

static void plan_also(const RemedySearch *search, const ImageEntry *entry, Plan *plan)
{
        uint32_t count, site;
        const uint32_t *also = image_numbers(search->engine.image, entry->also, &count);
        if (entry->also.count == 0 ||
            any_role_is_held(&search->engine, also, count, search->target.position))
                return;
        for (uint32_t i = 0; i < count; i++) {
                const ImageRole *role = image_role(search->engine.image, also[i]);
                if (!role || !role_can_be_given(role) || role->requires.count > 0 ||
                    !grant_site(search, role, false, &site))
                        continue;
                plan_role(search, plan, also[i], site);
                return;
        }
        plan->hopeless = true;
}

bool way_is_better(const Way *way, const Way *best)
{
        if (!best->found || way->gives != best->gives)
                return !best->found || best->gives;
        if (way->power != best->power)
                return way->power < best->power;
        return way->plan.count < best->plan.count;
}

static bool entry_is_for(const RemedySearch *search, const ImageEntry *entry)
{
        return entry->scopes & search->target.scopes &&
               (entry->entities.count == 0 ||
                (search->target.type == RESOURCE_ENTITY &&
                 numbers_hold(search->engine.image, entry->entities, search->target.index)));
}

/* Says whether a way counts only if the clock is right: by its role, or one that it needs. */
static bool entry_takes_clock(const RemedySearch *search, uint32_t index, const ImageRole *role,
                              const ImageEntry *entry)
{
        const Image *image = search->engine.image;
        uint32_t required_count, also_count;
        const uint32_t *required = image_numbers(image, role->requires, &required_count);
        const uint32_t *also = image_numbers(image, entry->also, &also_count);
        return clock_decides(search, &index, 1) ||
               clock_decides(search, required, required_count) ||
               clock_decides(search, also, also_count);
}

static void way_try(const RemedySearch *search, uint32_t index, const ImageRole *role,
                    const ImageEntry *entry, Way *best)
{
        bool held = role_is_held(search, index, search->engine.context->now_s);
        uint32_t site;
        Way way = { .found = true,
                    .gives = !held,
                    .power = role_power(search->engine.image, role),
                    .plan = search->common };
        if (!entry_is_for(search, entry) || !role_would_count(search, role, held) ||
            !grant_site(search, role, entry->any_site, &site))
                return;
        if (!held)
                plan_role(search, &way.plan, role->base, site);
        if (entry_takes_clock(search, index, role, entry))
                plan_clock(search, &way.plan);
        plan_also(search, entry, &way.plan);
        plan_conditions(search, entry->conditions, &way.plan);
        for (size_t i = 0; i < way.plan.count; i++)
                if (way.plan.items[i].kind == REMEDY_WAIT && held &&
                    !role_is_held(search, index, way.plan.items[i].at_s))
                        way.plan.hopeless = true;
        if (!way.plan.hopeless && way_is_better(&way, best))
                *best = way;
}

static Way way_of_roles(const RemedySearch *search)
{
        const Image *image = search->engine.image;
        Way best = { .plan.hopeless = true };
        for (uint32_t i = 0; i < image_count(image, IMAGE_ROLES); i++) {
                const ImageRole *role = image_role(image, i);
                if (!role_may_give(image, i, search->permission_index) ||
                    !role_is_here(search, i, role))
                        continue;
                uint32_t count;
                const ImageEntry *entries = image_entries(image, role->entries, &count);
                for (uint32_t k = 0; k < count; k++)
                        if (entries[k].permission == search->permission_index)
                                way_try(search, i, role, &entries[k], &best);
        }
        return best;
}

Way way_find(const Image *image, const DecisionContext *context, const Query *query,
             uint32_t permission, const Target *target)
{
        Way way = { .plan.hopeless = true };
        RemedySearch search = { .engine = { .image = image, .query = query },
                                .asked = context,
                                .context = context_as_if_sound(context),
                                .target = *target,
                                .permission_index = permission };
        search.permission = image_permission(image, permission);
        if (!search.permission)
                return way;
        search.engine.context = &search.context;
        search.engine.subject = &search.subject;
        search.engine.target = &search.target;
        plan_subject(&search, context, query->user);
        plan_gates(&search);
        ladders_find(&search.engine, &search.ladders);
        if (search.permission->without_role == 0)
                return way_of_roles(&search);
        way = (Way){ .plan = search.common };
        plan_conditions(&search, search.permission->without_role, &way.plan);
        way.found = !way.plan.hopeless;
        return way;
}

static Plan permission_plan(const Image *image, const DecisionContext *context, const Query *query)
{
        Target target;
        if (policy_find_target(image, &query->resource, &target) != REASON_NONE)
                return (Plan){ .hopeless = true };
        uint32_t permission = image_find_permission(image, query->permission);
        return way_find(image, context, query, permission, &target).plan;
}

void remedies_find(const Image *image, const DecisionContext *context, const Query *query,
                   Explanation *explanation)
{
        explanation->remedy_count = 0;
        if (explanation->decision.outcome != OUTCOME_DENY)
                return;
        Plan plan = query->kind == QUERY_PERMISSION ? permission_plan(image, context, query)
                                                    : delegation_plan(image, context, query);
        if (plan.hopeless)
                return;
        for (size_t i = 0; i < plan.count; i++)
                explanation->remedies[i] = plan.items[i];
        explanation->remedy_count = plan.count;
}
