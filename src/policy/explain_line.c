/* SPDX-License-Identifier: MIT */
/*
 * Explain: one line
 *
 * What `check` prints behind outcome and reason: the deciding grant, or what is missing.
 */
#include "policy/explain_parts.h"

static void describe_allow(const Printer *printer, const Query *query, const Decision *decision)
{
        const ImageAccessLevel *level = image_access_level(printer->image, decision->access_level);
        bool by_role = image_role(printer->image, decision->role) != NULL;
        if (decision->reason == REASON_LISTED) {
                print_text(printer, query->user);
                fputs(" is on its list", printer->stream);
                print_place(printer, decision->place);
        }
        if (by_role)
                print_held(printer, decision->role, decision->grant);
        if (by_role && !image_grant(printer->image, decision->grant))
                print_place(printer, decision->place);
        if (!level)
                return;
        fputs(by_role ? "; " : "", printer->stream);
        print_resource(printer, RESOURCE_ACCESS_LEVEL, decision->access_level);
        print_place(printer, level->place);
}

static void describe_error(const Printer *printer, const Query *query, const Decision *decision)
{
        Target target;
        switch (decision->reason) {
        case REASON_UNKNOWN_PERMISSION:
                fputs("no catalogue declares ", printer->stream);
                print_text(printer, query->permission);
                return;
        case REASON_UNKNOWN_RESOURCE:
                if (policy_find_target(printer->image, &query->resource, &target) == REASON_NONE) {
                        print_text(printer, query->permission);
                        fprintf(printer->stream, " is not asked on a resource of type %s",
                                resource_type_name(query->resource.type));
                        return;
                }
                print_text(printer, query->resource.whole);
                fputs(" is not declared", printer->stream);
                return;
        default:
                fputs(reason_text(decision->reason), printer->stream);
        }
}

void print_unknown(const Printer *printer, const Query *query, const Decision *decision)
{
        print_resource(printer, RESOURCE_ORGANIZATION, decision->organization);
        fputs(decision->reason == REASON_UNKNOWN_SUBJECT ? " does not know " : " has no member ",
              printer->stream);
        print_text(printer, query->user);
        print_place(printer, decision->place);
}

void print_failed(const Printer *printer, const DecisionContext *context, const Query *query,
                  const Decision *decision)
{
        if (image_role(printer->image, decision->role)) {
                print_held(printer, decision->role, decision->grant);
                if (decision->failed_condition)
                        fprintf(printer->stream, ": needs %s, but ",
                                condition_name(decision->failed_condition));
                else
                        fputs(": gives it, but ", printer->stream);
        }
        print_denial(printer, &(Denial){ .query = query,
                                         .context = context,
                                         .user = decision->user,
                                         .reason = decision->reason,
                                         .condition = decision->failed_condition,
                                         .gate = decision->failed_gate,
                                         .role = decision->role,
                                         .access_level = decision->access_level,
                                         .lockdown = decision->lockdown,
                                         .place = decision->place,
                                         .note = decision->note });
}

/* Names the line by which the organization has taken the permission from a role that would count,
 * if that is what is missing. */
static void describe_removal(const Printer *printer, const DecisionContext *context,
                             const Query *query, const Decision *decision)
{
        const ImageOrganization *organization =
                image_organization(printer->image, decision->organization);
        if (!organization || organization->roles.count == 0)
                return;
        Misses misses = misses_new(printer->image);
        (void)policy_decide(printer->image, context, query, &misses.recorder);
        for (size_t i = 0; i < misses.count; i++) {
                const Step *step = &misses.steps[i];
                const ImageCustomization *removal =
                        step->kind == STEP_ROLE_LACKS
                                ? customization_of(printer->image, step->role, step->permission)
                                : NULL;
                if (!removal)
                        continue;
                fputs("; ", printer->stream);
                print_removal(printer, step->role, removal);
                return;
        }
}

static void describe_deny(const Printer *printer, const DecisionContext *context,
                          const Query *query, const Decision *decision)
{
        bool of_person = decision->reason == REASON_UNKNOWN_SUBJECT ||
                         (decision->reason == REASON_NOT_A_MEMBER && !decision->failed_condition);
        if (of_person) {
                print_unknown(printer, query, decision);
                return;
        }
        if (decision->reason != REASON_NOT_PERMITTED || decision->failed_condition) {
                print_failed(printer, context, query, decision);
                return;
        }
        fputs("no role in force at ", printer->stream);
        print_text(printer, query->resource.whole);
        fputs(" gives ", printer->stream);
        print_text(printer, query->user);
        fputc(' ', printer->stream);
        print_text(printer, query->permission);
        describe_removal(printer, context, query, decision);
}

int policy_describe(const Image *image, const DecisionContext *context, const Query *query,
                    const Decision *decision, bool with_places, FILE *stream)
{
        Printer printer = { image, stream, with_places };
        if (decision->outcome == OUTCOME_ALLOW)
                describe_allow(&printer, query, decision);
        else if (query->kind != QUERY_PERMISSION)
                delegation_describe(&printer, context, query, decision);
        else if (decision->outcome == OUTCOME_DENY)
                describe_deny(&printer, context, query, decision);
        else
                describe_error(&printer, query, decision);
        return print_result(&printer);
}
