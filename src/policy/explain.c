/* SPDX-License-Identifier: MIT */
/*
 * Explain
 *
 * The decision again, with a recorder that keeps the nearest misses; then words. What the line that
 * `check` prints has said already is not said twice.
 */
#include "policy/explain.h"

#include <errno.h>

#include "policy/explain_parts.h"
#include "util/timestamp.h"

/* ---- One line ---- */

static void describe_allow(const Printer *printer, const Decision *decision)
{
        const ImageAccessLevel *level = image_access_level(printer->image, decision->access_level);
        bool by_role = image_role(printer->image, decision->role) != NULL;
        if (by_role)
                print_held(printer, decision->role, decision->grant);
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

static void describe_unknown(const Printer *printer, const Query *query, const Decision *decision)
{
        print_resource(printer, RESOURCE_ORGANIZATION, decision->organization);
        fputs(decision->reason == REASON_UNKNOWN_SUBJECT ? " does not know " : " has no member ",
              printer->stream);
        print_text(printer, query->user);
        print_place(printer, decision->place);
}

static void describe_deny(const Printer *printer, const DecisionContext *context,
                          const Query *query, const Decision *decision)
{
        if (decision->reason == REASON_UNKNOWN_SUBJECT || decision->reason == REASON_NOT_A_MEMBER) {
                describe_unknown(printer, query, decision);
                return;
        }
        if (decision->reason == REASON_NOT_PERMITTED) {
                fputs("no role in force at ", printer->stream);
                print_text(printer, query->resource.whole);
                fputs(" gives ", printer->stream);
                print_text(printer, query->user);
                fputc(' ', printer->stream);
                print_text(printer, query->permission);
                return;
        }
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
                                         .access_level = decision->access_level,
                                         .place = decision->place });
}

static void describe(const Printer *printer, const DecisionContext *context, const Query *query,
                     const Decision *decision)
{
        switch (decision->outcome) {
        case OUTCOME_ALLOW:
                describe_allow(printer, decision);
                return;
        case OUTCOME_DENY:
                describe_deny(printer, context, query, decision);
                return;
        case OUTCOME_ERROR:
                describe_error(printer, query, decision);
        }
}

static int stream_result(FILE *stream)
{
        return ferror(stream) ? (errno > 0 ? -errno : -EIO) : 0;
}

int policy_describe(const Image *image, const DecisionContext *context, const Query *query,
                    const Decision *decision, bool with_places, FILE *stream)
{
        Printer printer = { image, stream, with_places };
        describe(&printer, context, query, decision);
        return stream_result(stream);
}

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
                    (best && best->rank <= other->rank))
                        continue;
                best = other;
                found = i;
        }
        return found;
}

static void miss_lacks(const Printer *printer, const Step *step, uint32_t permission)
{
        const ImageRole *above =
                image_role(printer->image, role_above(printer->image, step->role, permission));
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

static void print_miss(const Printer *printer, const Misses *misses, const Step *step,
                       const DecisionContext *context, const Query *query, uint32_t user)
{
        fputs("  - ", printer->stream);
        print_held(printer, step->role, step->grant);
        switch (step->kind) {
        case STEP_ROLE_ELSEWHERE:
                fputs(role_may_give(printer->image, step->role, misses->permission)
                              ? ": gives it there, not here"
                              : ": is held elsewhere, and does not give it",
                      printer->stream);
                break;
        case STEP_ROLE_NOT_NOW:
                miss_not_now(printer, step, context->now_s);
                break;
        case STEP_ROLE_LOWER:
                fputs(": a higher role of the same ladder counts instead", printer->stream);
                break;
        case STEP_ROLE_LACKS:
                miss_lacks(printer, step, misses->permission);
                break;
        case STEP_ROLE_NEEDS_ANOTHER:
                fputs(": has no effect without another role", printer->stream);
                break;
        case STEP_CONDITION_FAILS:
                fprintf(printer->stream, ": needs %s, but ", condition_name(step->condition));
                print_denial(printer,
                             &(Denial){ query, context, user, step->reason, step->condition,
                                        step->access_level, step->place });
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
                print_miss(printer, misses, &misses->steps[i], context, query, decision->user);
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
                fputs("\nNo role, access or date that could be given would allow it.\n",
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

static void print_suggestion(const Printer *printer, const Query *query, const Decision *decision)
{
        Target target;
        if (decision->reason == REASON_UNKNOWN_PERMISSION)
                suggest_permission(printer, query->permission);
        else if (decision->reason == REASON_UNKNOWN_SUBJECT)
                suggest_user(printer, decision->organization, query->user);
        else if (decision->reason == REASON_UNKNOWN_RESOURCE &&
                 policy_find_target(printer->image, &query->resource, &target) != REASON_NONE)
                suggest_resource(printer, &query->resource);
}

int policy_explain(const Image *image, const DecisionContext *context, const Query *query,
                   bool with_places, FILE *stream, Explanation *ret_explanation)
{
        Printer printer = { image, stream, with_places };
        Misses misses = misses_new(image, image_find_permission(image, query->permission));
        Explanation explanation = { .decision = policy_decide(image, context, query,
                                                              &misses.recorder) };
        const Decision *decision = &explanation.decision;
        if (decision->outcome == OUTCOME_ALLOW)
                print_chain(&printer, context, query, decision);
        else
                print_suggestion(&printer, query, decision);
        if (decision->outcome == OUTCOME_DENY) {
                remedies_find(image, context, query, &explanation);
                print_misses(&printer, &misses, context, query, decision);
                print_remedies(&printer, &explanation, query);
        }
        int result = stream_result(stream);
        if (result == 0)
                *ret_explanation = explanation;
        return result;
}
