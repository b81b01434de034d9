/* SPDX-License-Identifier: MIT */
/* Report, the child's side: see report.h. */
#include "daemon/report_child.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "state/bound_state.h"
#include "state/state_store.h"
#include "util/cleanup.h"

#define REQUEST_SIZE_MAX (2 * 1024 * 1024)

static const struct ReportRule {
        MessageType type;
        bool needs_image;
        int (*answer)(const Report *report);
} rules[] = {
        { MESSAGE_WHO_CAN, true, report_who_can },    { MESSAGE_WHAT_CAN, true, report_what_can },
        { MESSAGE_SEARCH, true, report_search },      { MESSAGE_EVENTS, false, report_events },
        { MESSAGE_SESSIONS, false, report_sessions },
};

static const struct ReportRule *rule_of(MessageType type)
{
        for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
                if (rules[i].type == type)
                        return &rules[i];
        return NULL;
}

/* Reads the whole request file. Return: its bytes (owned by the caller) and size, -errno. */
static int read_request(uint8_t **ret_data, size_t *ret_size)
{
        struct stat status;
        if (fstat(REPORT_FD_REQUEST, &status) < 0)
                return -errno;
        size_t size = (size_t)status.st_size;
        if (size < sizeof(ReportRequest) || size > REQUEST_SIZE_MAX)
                return -EPROTO;
        uint8_t *data = malloc(size);
        if (!data)
                return -ENOMEM;
        if (pread(REPORT_FD_REQUEST, data, size, 0) != (ssize_t)size) {
                free(data);
                return -EIO;
        }
        *ret_data = data;
        *ret_size = size;
        return 0;
}

/* Binds live state to the image. Return: owned by the caller; NULL without memory. */
static BoundState *bind_live_state(const Report *report, const ReportRequest *request,
                                   LiveRecords **ret_records)
{
        _cleanup_(state_store_closep) StateStore *store = NULL;
        char error[200];
        int r = request->live_unknown
                        ? -ENODATA
                        : state_store_open(report->state, true, error, sizeof(error), &store);
        if (r == 0)
                (void)state_store_read(store, error, sizeof(error), ret_records);
        else if (r == STATE_STORE_ABSENT) /* none could be made, and nothing is in force */
                *ret_records = live_records_new();
        return bound_state_new(report->image, *ret_records);
}

/* Answers with live state as it is in force now. */
static int answer_review(Report *report, const ReportRequest *request,
                         const struct ReportRule *rule)
{
        static const LiveState unknown = { .unknown = true };
        _cleanup_(live_records_freep) LiveRecords *records = NULL;
        _cleanup_(bound_state_freep) BoundState *bound = bind_live_state(report, request, &records);
        report->now = (DecisionContext){
                .now_s = request->now_s,
                .live = bound ? bound_state_live(bound) : &unknown,
                .clock_untrusted = request->clock_untrusted,
        };
        return rule->answer(report);
}

static int answer(Report *report, const ReportRequest *request)
{
        const struct ReportRule *rule = rule_of(report->message->type);
        _cleanup_(image_freep) Image *image = NULL;
        if (!rule)
                return -EPROTO;
        if (rule->needs_image && (!request->has_image || image_map(REPORT_FD_IMAGE, &image) != 0))
                return report_output_refuse(report->output, "no-policy", 3, "No policy is loaded.");
        report->image = image;
        return rule->needs_image ? answer_review(report, request, rule) : rule->answer(report);
}

int report_main(const char *state)
{
        _cleanup_free_ uint8_t *data = NULL;
        _cleanup_free_ ReportOutput *output = calloc(1, sizeof(*output));
        size_t size;
        ReportRequest request;
        Message message;
        if (!output || read_request(&data, &size) < 0)
                return 1;
        memcpy(&request, data, sizeof(request));
        size_t groups_size = request.group_count * sizeof(uint32_t);
        if (size != sizeof(request) + groups_size + request.frame_size)
                return 1;
        if (message_decode(data + sizeof(request) + groups_size, request.frame_size, &message) < 0)
                return 1;
        output->fd = REPORT_FD_CLIENT;
        output->request_id = message.request_id;
        Report report = {
                .message = &message,
                .state = state,
                .has_control = request.has_control,
                .with_places = request.with_places,
                .is_restricted = request.is_restricted,
                .groups = (const uint32_t *)(const void *)(data + sizeof(request)),
                .group_count = request.group_count,
                .is_caller = request.is_caller,
                .identity = &request.identity,
                .output = output,
        };
        return answer(&report, &request) == 0 ? 0 : 1;
}
