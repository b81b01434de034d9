/* SPDX-License-Identifier: MIT */
/* Reviews in a child: who can, what can. Records hold user, or permission and resource, and with
 * FIELD_VIA the deciding grant as "via". */
#include <errno.h>

#include "daemon/report_child.h"
#include "daemon/text_stream.h"
#include "policy/explain.h"
#include "policy/review.h"
#include "policy/vocabulary.h"

#define VIA_SIZE_MAX 16384

/* One review under way. */
typedef struct Review {
        const Report *report;
        bool via;
        TextStream stream;
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

static int on_user(void *data, Text name, const Decision *decision)
{
        Review *review = data;
        ReportOutput *output = review->report->output;
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
        report_output_begin(output);
        report_output_pair(output, "permission", permission);
        report_output_pair(output, "resource", resource);
        report_output_pair(output, "via",
                           describe(review, review->user, permission, resource, decision));
        return report_output_send(output);
}

/* What a search returned becomes the end of the list. */
static int finish(const Report *report, int r)
{
        if (r < 0)
                return r;
        if (r > 0)
                return report_output_refuse(report->output, reason_name((Reason)r), 3,
                                            reason_text((Reason)r));
        return report_output_end(report->output, 0, NULL);
}

static int begin(const Report *report, Review *review)
{
        *review = (Review){ .report = report, .via = message_flag(report->message, FIELD_VIA) };
        (void)message_text(report->message, FIELD_USER, &review->user);
        (void)message_text(report->message, FIELD_ACTION, &review->permission);
        (void)message_text(report->message, FIELD_RESOURCE, &review->resource);
        return text_stream_open(VIA_SIZE_MAX, &review->stream);
}

int report_who_can(const Report *report)
{
        Review review;
        Resource resource;
        int r = begin(report, &review);
        if (r == 0 && resource_parse(review.resource, &resource, NULL) != 0)
                r = REASON_MALFORMED_QUERY;
        if (r == 0)
                r = policy_who_can(report->image, &report->now, review.permission, &resource,
                                   on_user, &review);
        r = finish(report, r);
        text_stream_close(&review.stream);
        return r;
}

int report_what_can(const Report *report)
{
        Review review;
        Resource resource;
        DecisionContext context = context_of(report);
        int r = begin(report, &review);
        bool on_resource = review.resource.size > 0;
        if (r == 0 && on_resource && resource_parse(review.resource, &resource, NULL) != 0)
                r = REASON_MALFORMED_QUERY;
        if (r == 0)
                r = policy_what_can(report->image, &context, review.user,
                                    on_resource ? &resource : NULL, on_permission, &review);
        r = finish(report, r);
        text_stream_close(&review.stream);
        return r;
}
