/* SPDX-License-Identifier: MIT */
/*
 * Explain
 *
 * The decision, and again with a recorder that keeps the nearest misses; then words. What the line
 * that `check` prints has said already is not said twice.
 */
#include "policy/explain.h"

#include "policy/explain_parts.h"
#include "util/timestamp.h"

/* ---- Nearest misses ---- */

/* What would be higher on the ladder of a role that lacks the permission, and has it. */
static uint32_t role_above(const Image *image, uint32_t role, uint32_t permission)
{
        const ImageRole *lacking = image_role(image, role), *best = NULL;
        uint32_t found = IMAGE_NONE;
        for (uint32_t i = 0; lacking && i < image_count(image, IMAGE_ROLES); i++) {
                const ImageRole *other = image_role(image, i);
                if (lacking->ladder == IMAGE_NONE || other->ladder != lacking->ladder ||
                    other->rank <= lacking->rank || !role_may_give(image, i, permission) ||
                    other->organization != IMAGE_NONE || (best && best->rank <= other->rank))
                        continue;
                best = other;
                found = i;
        }
        return found;
}

static void miss_lacks(const Printer *printer, const Step *step)
{
        const ImageRole *above = image_role(
                printer->image, role_above(printer->image, step->role, step->permission));
        const ImageCustomization *removal =
                customization_of(printer->image, step->role, step->permission);
        if (removal) {
                fputs(": ", printer->stream);
                print_removal(printer, step->role, removal);
                return;
        }
        fputs(": does not give it", printer->stream);
        if (!above)
                return;
        fputs("; ", printer->stream);
        print_string(printer, above->name);
        fputs(" does", printer->stream);
}

static void miss_not_now(const Printer *printer, const Step *step, int64_t now_s)
{
        char buffer[TIMESTAMP_TEXT_SIZE];
        const ImageGrant *grant = image_grant(printer->image, step->grant);
        if (!grant)
                return;
        bool ended = now_s >= grant->until_s;
        fprintf(printer->stream, ended ? ": ended %s" : ": does not begin before %s",
                timestamp_format(ended ? grant->until_s : grant->from_s, buffer));
}

/* The entities for which a role gives a permission. */
static void miss_entity(const Printer *printer, const Step *step)
{
        const ImageRole *role = image_role(printer->image, step->role);
        uint32_t count = 0;
        const ImageEntry *entries =
                role ? image_entries(printer->image, role->entries, &count) : NULL;
        const char *separator = ": gives it for ";
        for (uint32_t i = 0; i < count; i++) {
                uint32_t entity_count = 0;
                const uint32_t *entities =
                        entries[i].permission == step->permission
                                ? image_numbers(printer->image, entries[i].entities, &entity_count)
                                : NULL;
                for (uint32_t k = 0; k < entity_count; k++) {
                        fputs(separator, printer->stream);
                        print_resource(printer, RESOURCE_ENTITY, entities[k]);
                        separator = ", ";
                }
        }
        fputs(", not here", printer->stream);
}

static void print_miss(const Printer *printer, const Step *step, const DecisionContext *context,
                       const Query *query, uint32_t user)
{
        fputs("  - ", printer->stream);
        print_held(printer, step->role, step->grant);
        switch (step->kind) {
        case STEP_ROLE_ELSEWHERE:
                fputs(role_may_give(printer->image, step->role, step->permission)
                              ? ": gives it there, not here"
                              : ": is held elsewhere, and does not give it",
                      printer->stream);
                break;
        case STEP_ROLE_NOT_NOW:
                miss_not_now(printer, step, context->now_s);
                break;
        case STEP_CLOCK_UNTRUSTED:
                fputs(": has a start or an end, or needs a role that has, and the clock cannot be "
                      "trusted",
                      printer->stream);
                break;
        case STEP_ROLE_LOWER:
                fputs(": a higher role of the same ladder counts instead", printer->stream);
                break;
        case STEP_ROLE_LACKS:
                miss_lacks(printer, step);
                break;
        case STEP_ROLE_OTHER_ENTITY:
                miss_entity(printer, step);
                break;
        case STEP_ROLE_NEEDS_ANOTHER:
                fputs(": has no effect without another role", printer->stream);
                break;
        case STEP_CONDITION_FAILS:
                fprintf(printer->stream, ": needs %s, but ", condition_name(step->condition));
                print_denial(printer, &(Denial){ .query = query,
                                                 .context = context,
                                                 .user = user,
                                                 .reason = step->reason,
                                                 .condition = step->condition,
                                                 .role = step->role,
                                                 .access_level = step->access_level,
                                                 .lockdown = step->lockdown,
                                                 .place = step->place,
                                                 .note = step->note });
                break;
        case STEP_GIVES:
        case STEP_GATE:
                fputs(": gives it", printer->stream);
                break;
        }
        fputc('\n', printer->stream);
}

/* Says whether a step tells more than the first line did. */
static bool is_miss(const Step *step, const Decision *decision)
{
        bool told = step->role == decision->role && step->grant == decision->grant &&
                    (step->kind == STEP_CONDITION_FAILS || step->kind == STEP_GIVES);
        return step->role != IMAGE_NONE && step->kind != STEP_GATE && !told;
}

static void print_misses(const Printer *printer, const Misses *misses,
                         const DecisionContext *context, const Query *query,
                         const Decision *decision)
{
        bool any = false;
        for (size_t i = 0; i < misses->count; i++) {
                if (!is_miss(&misses->steps[i], decision))
                        continue;
                if (!any)
                        fprintf(printer->stream, "\nRoles of %.*s, the nearest first:\n",
                                (int)query->user.size, query->user.data);
                any = true;
                print_miss(printer, &misses->steps[i], context, query, decision->user);
        }
        if (misses->dropped > 0)
                fprintf(printer->stream, "  - and %zu more\n", misses->dropped);
}

/* ---- The whole ---- */

static void print_remedies(const Printer *printer, const Explanation *explanation,
                           const Query *query)
{
        size_t count = explanation->remedy_count;
        if (count == 0) {
                fputs(explanation->decision.reason == REASON_NO_CHANGE
                              ? "\nNothing has to be changed for that.\n"
                              : "\nNo role, access or date that could be given would allow it.\n",
                      printer->stream);
                return;
        }
        fprintf(printer->stream, "\nThe smallest change that would allow it:\n");
        for (size_t i = 0; i < count; i++) {
                fputs("  - ", printer->stream);
                remedy_print(printer, &explanation->remedies[i], query,
                             explanation->decision.organization);
                fputc('\n', printer->stream);
        }
}

static bool is_declared(const Printer *printer, const Resource *resource)
{
        Target target;
        return policy_find_target(printer->image, resource, &target) == REASON_NONE;
}

/* The first name of the question that nothing is declared for. */
static void suggest_undeclared(const Printer *printer, const Query *query)
{
        const RoleAt *roles = query->roles;
        bool of_change = query->kind != QUERY_PERMISSION;
        for (size_t i = 0; i < query->role_count; i++)
                if (roles[i].at_site && !is_declared(printer, &roles[i].site)) {
                        suggest_resource(printer, &roles[i].site);
                        return;
                }
        if (!is_declared(printer, &query->resource)) {
                suggest_resource(printer, &query->resource);
                return;
        }
        for (size_t i = 0; of_change && i < query->with_count; i++)
                if (!is_declared(printer, &query->with[i])) {
                        suggest_resource(printer, &query->with[i]);
                        return;
                }
}

static void suggest_unknown_role(const Printer *printer, const Query *query,
                                 const Decision *decision)
{
        for (size_t i = 0; i < query->role_count; i++) {
                Text name = query->roles[i].role;
                if (image_find_role(printer->image, decision->organization, name) != IMAGE_NONE)
                        continue;
                suggest_role(printer, decision->organization, name);
                return;
        }
}

static void print_suggestion(const Printer *printer, const Query *query, const Decision *decision)
{
        switch (decision->reason) {
        case REASON_UNKNOWN_PERMISSION:
                suggest_permission(printer, query->permission);
                return;
        case REASON_UNKNOWN_SUBJECT:
                suggest_user(printer, decision->organization, query->user);
                return;
        case REASON_UNKNOWN_RESOURCE:
                suggest_undeclared(printer, query);
                return;
        case REASON_UNKNOWN_ROLE:
                suggest_unknown_role(printer, query, decision);
                return;
        default:
                return;
        }
}

/* Which roles came near. A question about granting is asked in parts; what is recorded is the part
 * that was denied. Return: whether a role could have helped at all. */
static bool misses_record(const Image *image, const DecisionContext *context, const Query *query,
                          const Decision *decision, Misses *misses)
{
        if (decision->reason == REASON_NOT_CUSTOMIZABLE)
                return false;
        if (query->kind != QUERY_PERMISSION)
                return delegation_record(image, context, query, decision, &misses->recorder);
        (void)policy_decide(image, context, query, &misses->recorder);
        return true;
}

int policy_explain(const Image *image, const DecisionContext *context, const Query *query,
                   bool with_places, FILE *stream, Explanation *ret_explanation)
{
        Printer printer = { image, stream, with_places };
        Misses misses = misses_new(image);
        Explanation explanation = { .decision = policy_decide(image, context, query, NULL) };
        const Decision *decision = &explanation.decision;
        if (decision->outcome == OUTCOME_ALLOW)
                print_chain(&printer, context, query, decision);
        else
                print_suggestion(&printer, query, decision);
        if (decision->outcome == OUTCOME_DENY) {
                remedies_find(image, context, query, &explanation);
                if (misses_record(image, context, query, decision, &misses))
                        print_misses(&printer, &misses, context, query, decision);
                print_remedies(&printer, &explanation, query);
        }
        int result = print_result(&printer);
        if (result == 0)
                *ret_explanation = explanation;
        return result;
}
