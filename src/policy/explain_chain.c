/* SPDX-License-Identifier: MIT */
/*
 * Explain: the chain of an allow
 *
 * From the person to the place, one line each, so that whoever wants to take the permission away
 * sees every link that could be cut.
 */
#include "policy/delegation.h"
#include "policy/explain_parts.h"

static void link_begin(const Printer *printer, const char *name)
{
        fprintf(printer->stream, "  %-12s", name);
}

static void link_end(const Printer *printer, ImagePlace place)
{
        print_place(printer, place);
        fputc('\n', printer->stream);
}

static void print_title(const Printer *printer, uint32_t title)
{
        Text text = image_string(printer->image, title);
        if (text.size == 0)
                return;
        fputs(" (", printer->stream);
        print_text(printer, text);
        fputc(')', printer->stream);
}

static void print_user(const Printer *printer, const Query *query, const Decision *decision)
{
        const ImageUser *user = image_user(printer->image, decision->user);
        link_begin(printer, "user");
        if (user) {
                print_resource(printer, RESOURCE_USER, decision->user);
                print_title(printer, user->title);
                link_end(printer, user->place);
                return;
        }
        print_text(printer, query->user);
        fputs(" (known by Unix groups only)\n", printer->stream);
}

/* The Unix group through which somebody is in a group. */
static const ImageMappedGroup *mapped_group_of(const Printer *printer,
                                               const DecisionContext *context,
                                               const Decision *decision, uint32_t group)
{
        Subject subject = { .organization = decision->organization, .mapped = true };
        Engine engine = { .image = printer->image, .context = context, .subject = &subject };
        MappedGroups walk = mapped_groups(&engine);
        for (const ImageMappedGroup *mapped; (mapped = mapped_groups_next(&walk));)
                if (numbers_hold(printer->image, mapped->groups, group))
                        return mapped;
        return NULL;
}

static void print_group(const Printer *printer, const DecisionContext *context,
                        const Decision *decision, uint32_t index)
{
        const ImageUser *user = image_user(printer->image, decision->user);
        const ImageGroup *group = image_group(printer->image, index);
        bool listed = user && numbers_hold(printer->image, user->groups, index);
        const ImageMappedGroup *mapped =
                listed ? NULL : mapped_group_of(printer, context, decision, index);
        if (mapped) {
                link_begin(printer, "unix group");
                print_string(printer, mapped->unix_name);
                link_end(printer, mapped->place);
        }
        link_begin(printer, "group");
        print_resource(printer, RESOURCE_GROUP, index);
        link_end(printer, group ? group->place : (ImagePlace){ IMAGE_NONE, 0 });
}

static bool entry_is_for(const Image *image, const ImageEntry *entry, const Target *target)
{
        return entry->entities.count == 0 || (target->type == RESOURCE_ENTITY &&
                                              numbers_hold(image, entry->entities, target->index));
}

/* The entry by which a role gives a permission there: the plainest one. */
static const ImageEntry *entry_of(const Image *image, const ImageRole *role, uint32_t permission,
                                  const Target *target)
{
        uint32_t count;
        const ImageEntry *found = NULL, *entries = image_entries(image, role->entries, &count);
        for (uint32_t i = 0; i < count; i++)
                if (entries[i].permission == permission &&
                    entry_is_for(image, &entries[i], target) &&
                    (!found || (entries[i].conditions == 0 && found->conditions != 0)))
                        found = &entries[i];
        return found;
}

static void print_role(const Printer *printer, const Decision *decision)
{
        const ImageRole *role = image_role(printer->image, decision->role);
        if (!role)
                return;
        link_begin(printer, "role");
        print_string(printer, role->name);
        print_title(printer, role->title);
        link_end(printer, role->place);
}

/* Where in its role the permission stands: an included role's entry, or an addition. */
static void print_origin(const Printer *printer, const Decision *decision, const ImageEntry *entry)
{
        const ImageRole *role = image_role(printer->image, decision->role);
        const ImageRole *from = image_role(printer->image, entry->from_role);
        const ImageCustomization *change =
                customization_of(printer->image, decision->role, decision->permission);
        if (change && change->added) {
                fputs(", added to ", printer->stream);
                print_string(printer, role->name);
                fputs(" by the organization", printer->stream);
        } else if (from && from->base != role->base) {
                fputs(" of the included role ", printer->stream);
                print_string(printer, from->name);
        }
}

static void print_permission(const Printer *printer, const Query *query, const Decision *decision)
{
        const ImageRole *role = image_role(printer->image, decision->role);
        const ImagePermission *permission = image_permission(printer->image, decision->permission);
        Target target = { .type = RESOURCE_ORGANIZATION };
        if (!permission)
                return;
        (void)policy_find_target(printer->image, &query->resource, &target);
        const ImageEntry *entry =
                role ? entry_of(printer->image, role, decision->permission, &target) : NULL;
        link_begin(printer, "permission");
        print_string(printer, permission->name);
        print_title(printer, permission->title);
        if (entry)
                print_origin(printer, decision, entry);
        link_end(printer, entry ? entry->place : permission->place);
}

/* How the place of the grant holds the place of the question. */
static void print_site(const Printer *printer, const Query *query, const ImageGrant *grant)
{
        Target target;
        if (policy_find_target(printer->image, &query->resource, &target) != REASON_NONE ||
            target.site == IMAGE_NONE)
                return;
        link_begin(printer, "site");
        print_resource(printer, RESOURCE_SITE, target.site);
        if (grant && grant->site != target.site && grant->site != IMAGE_NONE) {
                fputs(", below ", printer->stream);
                print_resource(printer, RESOURCE_SITE, grant->site);
        } else if (grant && grant->site == IMAGE_NONE) {
                fputs(", in ", printer->stream);
                print_resource(printer, RESOURCE_ORGANIZATION, target.organization);
        }
        fputc('\n', printer->stream);
}

static void print_access_level(const Printer *printer, const Decision *decision)
{
        const ImageAccessLevel *level = image_access_level(printer->image, decision->access_level);
        if (!level)
                return;
        const ImageSchedule *schedule = image_schedule(printer->image, level->schedule);
        link_begin(printer, "door access");
        print_resource(printer, RESOURCE_ACCESS_LEVEL, decision->access_level);
        if (schedule) {
                fputs(", on now by the schedule ", printer->stream);
                print_string(printer, schedule->name);
        }
        link_end(printer, level->place);
}

/* Whoever passes a door that is locked down stands on a list. */
static void print_lockdowns(const Printer *printer, const DecisionContext *context,
                            const Query *query, const Decision *decision)
{
        const ImagePermission *permission = image_permission(printer->image, decision->permission);
        Target target;
        if (!permission || !(permission->gates & GATE_NO_LOCKDOWN) ||
            policy_find_target(printer->image, &query->resource, &target) != REASON_NONE ||
            target.type != RESOURCE_DOOR)
                return;
        const ImageDoor *door = image_door(printer->image, target.index);
        uint32_t count = 0;
        const uint32_t *lockdowns =
                door ? image_numbers(printer->image, door->lockdowns, &count) : NULL;
        for (uint32_t i = 0; i < count; i++) {
                const LiveLockdown *live = live_lockdown_find(context->live, lockdowns[i]);
                const ImageLockdown *lockdown = image_lockdown(printer->image, lockdowns[i]);
                if (!live || !lockdown || decision_has_ended(context, live->until_s) ||
                    lockdown->mode == DOOR_MODE_LOCKED_OPEN)
                        continue;
                link_begin(printer, "lockdown");
                print_resource(printer, RESOURCE_LOCKDOWN, lockdowns[i]);
                fputs(" is on, and its unlock list holds ", printer->stream);
                print_text(printer, query->user);
                link_end(printer, lockdown->place);
        }
}

static void print_links(const Printer *printer, const DecisionContext *context, const Query *query,
                        const Decision *decision)
{
        const ImageGrant *grant = image_grant(printer->image, decision->grant);
        print_user(printer, query, decision);
        if (grant && grant->holder_kind == IMAGE_HOLDER_GROUP)
                print_group(printer, context, decision, grant->holder);
        if (grant) {
                link_begin(printer, "grant");
                print_held(printer, decision->role, decision->grant);
                fputc('\n', printer->stream);
        } else if (image_role(printer->image, decision->role)) {
                link_begin(printer, "member");
                print_resource(printer, RESOURCE_ORGANIZATION, decision->organization);
                link_end(printer, decision->place);
        }
        print_role(printer, decision);
        print_permission(printer, query, decision);
}

/* ---- Questions about granting ---- */

/* What a command is about. */
static void print_command(const Printer *printer, const Query *query)
{
        static const char *const VERBS[] = {
                [CUSTOMIZE_ADD] = " +",
                [CUSTOMIZE_REMOVE] = " -",
                [CUSTOMIZE_DEFAULT] = " default",
        };
        bool adds = query->kind == QUERY_ADD_MEMBER;
        switch (query->kind) {
        case QUERY_CUSTOMIZE:
                print_text(printer, query->roles[0].role);
                fputs(VERBS[query->verb], printer->stream);
                print_text(printer, query->permission);
                fputs(" in ", printer->stream);
                print_text(printer, query->resource.whole);
                return;
        case QUERY_START_LOCKDOWN:
        case QUERY_END_LOCKDOWN:
                fputs(query->kind == QUERY_START_LOCKDOWN ? "starting " : "ending ",
                      printer->stream);
                print_text(printer, query->resource.whole);
                return;
        case QUERY_ADD_MEMBER:
        case QUERY_REMOVE_MEMBER:
                fputs(adds ? "putting " : "taking ", printer->stream);
                print_text(printer, query->resource.whole);
                fputs(adds ? " into " : " out of ", printer->stream);
                print_text(printer, query->with[0].whole);
                return;
        default:
                fputs("migrating ", printer->stream);
                print_text(printer, query->resource.whole);
        }
}

/* For which role at which site, to whom. */
static void print_purpose(const Printer *printer, const Query *query, const Decision *decision)
{
        bool takes = query->kind == QUERY_REVOKE || query->kind == QUERY_REMOVE_MEMBER;
        link_begin(printer, "for");
        if (decision->handed_role == IMAGE_NONE) {
                print_command(printer, query);
                if (decision->handed_site != IMAGE_NONE) {
                        fputs(" at ", printer->stream);
                        print_where(printer, decision->organization, decision->handed_site);
                }
        } else {
                print_role_at(printer, decision->organization, decision->handed_role,
                              decision->handed_site);
                if (query->with_count > 0) {
                        fputs(" of ", printer->stream);
                        print_text(printer, query->with[0].whole);
                }
                fputs(takes ? " from " : " to ", printer->stream);
                print_text(printer, query->resource.whole);
        }
        fputc('\n', printer->stream);
}

/* One chain for each thing that the question needs. */
static void print_needs(const Printer *printer, const DecisionContext *context, const Query *query)
{
        Delegation delegation;
        Needs needs = { 0 };
        const char *separator = "";
        if (delegation_open(printer->image, context, query, NULL, &delegation) != REASON_NONE)
                return;
        for (Need need; delegation_next_need(&delegation, &needs, &need); separator = "\n") {
                Decision decision = delegation_decide_need(&delegation, &need);
                fputs(separator, printer->stream);
                print_links(printer, context, query, &decision);
                print_purpose(printer, query, &decision);
        }
}

/* Who is listed needs nothing else. */
static void print_listed(const Printer *printer, const Query *query, const Decision *decision)
{
        print_user(printer, query, decision);
        link_begin(printer, "list");
        fputs(query->kind == QUERY_START_LOCKDOWN ? "trigger of " : "release of ", printer->stream);
        print_text(printer, query->resource.whole);
        link_end(printer, decision->place);
}

void print_chain(const Printer *printer, const DecisionContext *context, const Query *query,
                 const Decision *decision)
{
        if (decision->reason == REASON_LISTED) {
                print_listed(printer, query, decision);
                return;
        }
        if (query->kind != QUERY_PERMISSION) {
                print_needs(printer, context, query);
                return;
        }
        print_links(printer, context, query, decision);
        print_site(printer, query, image_grant(printer->image, decision->grant));
        print_access_level(printer, decision);
        print_lockdowns(printer, context, query, decision);
}
