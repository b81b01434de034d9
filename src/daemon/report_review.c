/* SPDX-License-Identifier: MIT */
/* Reviews in a child: who can, what can, where can. Records hold user, or permission and resource,
 * or resource, and with FIELD_VIA the deciding grant as "via"; with FIELD_LIMIT only so many, and
 * the end says where the rest begins. */
#include <errno.h>

#include "daemon/report_child.h"
#include "daemon/report_page.h"
#include "daemon/text_stream.h"
#include "policy/explain.h"
#include "policy/review.h"
#include "policy/vocabulary.h"

#define VIA_SIZE_MAX 16384
#define PAGE_IS_FULL (-ECANCELED) /* ends a search that has found enough */
#define REVIEW_TELL  1

/* One review under way. */
typedef struct Review {
        const Report *report;
        bool via;
        TextStream stream;
        ReportPage page;
        Text user, permission, resource; /* as asked; empty where each answer has its own */
} Review;

/* As the daemon decides now, for who asks. */
static DecisionContext context_of(const Report *report)
{
        return decision_context_with(&report->now, report->groups, report->group_count);
}

static Text describe(Review *review, Text user, Text permission, Text resource,
                     const Decision *decision)
{
        Query query = { .user = user, .permission = permission };
        DecisionContext context = context_of(review->report);
        if (!review->via || resource_parse(resource, &query.resource, NULL) != 0)
                return TEXT_NULL;
        (void)policy_describe(review->report->image, &context, &query, decision,
                              review->report->with_places, text_stream_begin(&review->stream));
        return text_stream_end(&review->stream);
}

/* Whether an answer is to be told. Return: REVIEW_TELL, or what the search is to be told instead.
 */
static int place(Review *review)
{
        switch (report_page_count(&review->page)) {
        case REPORT_ON_PAGE:
                return REVIEW_TELL;
        case REPORT_BEHIND_PAGE:
                return PAGE_IS_FULL;
        default:
                return 0;
        }
}

static int on_user(void *data, Text name, const Decision *decision)
{
        Review *review = data;
        ReportOutput *output = review->report->output;
        int r = place(review);
        if (r != REVIEW_TELL)
                return r;
        report_output_begin(output);
        report_output_pair(output, "user", name);
        report_output_pair(output, "via",
                           describe(review, name, review->permission, review->resource, decision));
        return report_output_send(output);
}

static int on_permission(void *data, Text permission, Text resource, const Decision *decision)
{
        Review *review = data;
        ReportOutput *output = review->report->output;
        int r = place(review);
        if (r != REVIEW_TELL)
                return r;
        report_output_begin(output);
        report_output_pair(output, "permission", permission);
        report_output_pair(output, "resource", resource);
        report_output_pair(output, "via",
                           describe(review, review->user, permission, resource, decision));
        return report_output_send(output);
}

/* Whether who asks may be told about a place: a listed caller that asks about others only of its
 * sites. */
static bool is_for_caller(const Report *report, const Target *target)
{
        if (!report->is_caller)
                return true;
        const unsigned rights = CALLER_MAY_ASK | CALLER_MAY_VOUCH;
        const ImageCaller *caller =
                identity_caller(report->image, report->identity, target->organization);
        return caller && (caller->may & rights) == rights &&
               identity_caller_reaches(report->image, caller, target);
}

static int on_resource(void *data, Text resource, const Target *target, const Decision *decision)
{
        Review *review = data;
        ReportOutput *output = review->report->output;
        int r = is_for_caller(review->report, target) ? place(review) : 0;
        if (r != REVIEW_TELL)
                return r;
        report_output_begin(output);
        report_output_pair(output, "resource", resource);
        return report_output_send(output);
}

/* What a search returned becomes the end of the list. */
static int finish(const Review *review, int r)
{
        char token[REPORT_PAGE_TOKEN_SIZE];
        ReportOutput *output = review->report->output;
        if (r < 0 && r != PAGE_IS_FULL)
                return r;
        if (r > 0)
                return report_output_refuse(output, reason_name((Reason)r), 3,
                                            reason_text((Reason)r));
        return report_output_end_page(output, 0, report_page_token(&review->page, token));
}

/* Begins to answer. Return: 0; > 0: it was refused; -errno. */
static int begin(const Report *report, Review *review)
{
        *review = (Review){ .report = report, .via = message_flag(report->message, FIELD_VIA) };
        (void)message_text(report->message, FIELD_USER, &review->user);
        (void)message_text(report->message, FIELD_ACTION, &review->permission);
        (void)message_text(report->message, FIELD_RESOURCE, &review->resource);
        int r = report_page_begin(report->message, report->image, &review->page);
        if (r == 0)
                return text_stream_open(VIA_SIZE_MAX, &review->stream);
        int sent = r == REPORT_PAGE_CHANGED
                           ? report_output_refuse(report->output, "page-changed", 3,
                                                  "The policy is another one than that of the "
                                                  "page before; begin again.")
                           : report_output_refuse(report->output, "malformed-query", 3,
                                                  "AFTER is not what an END said.");
        return sent < 0 ? sent : r;
}

/* Ends an answer that was begun. Return: 0 or -errno. */
static int end(Review *review, int r)
{
        r = finish(review, r);
        text_stream_close(&review->stream);
        return r;
}

int report_who_can(const Report *report)
{
        Review review;
        Resource resource;
        int r = begin(report, &review);
        if (r != 0)
                return r < 0 ? r : 0;
        r = resource_parse(review.resource, &resource, NULL) != 0
                    ? REASON_MALFORMED_QUERY
                    : policy_who_can(report->image, &report->now, review.permission, &resource,
                                     on_user, &review);
        return end(&review, r);
}

int report_what_can(const Report *report)
{
        Review review;
        Resource resource;
        DecisionContext context = context_of(report);
        int r = begin(report, &review);
        if (r != 0)
                return r < 0 ? r : 0;
        bool on_resource = review.resource.size > 0;
        r = on_resource && resource_parse(review.resource, &resource, NULL) != 0
                    ? REASON_MALFORMED_QUERY
                    : policy_what_can(report->image, &context, review.user,
                                      on_resource ? &resource : NULL, on_permission, &review);
        return end(&review, r);
}

int report_search(const Report *report)
{
        Review review;
        Text type_name, prefix;
        ResourceType type;
        DecisionContext context = context_of(report);
        int r = begin(report, &review);
        if (r != 0)
                return r < 0 ? r : 0;
        r = !text_split_first(review.resource, ':', &type_name, &prefix) ? REASON_MALFORMED_QUERY
            : !resource_type_from_name(type_name, &type)
                    ? REASON_UNKNOWN_RESOURCE
                    : policy_where_can(report->image, &context, review.user, review.permission,
                                       type, prefix, on_resource, &review);
        return end(&review, r);
}
