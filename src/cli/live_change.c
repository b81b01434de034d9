/* SPDX-License-Identifier: MIT */
/* Live change: see live_change.h. */
#include "cli/live_change.h"

#include <stdio.h>

#include "cli/command.h"
#include "cli/output.h"
#include "util/timestamp.h"

int live_change_seconds(const char *command, const Options *options, uint32_t *ret_seconds)
{
        const char *problem = NULL;
        int64_t seconds = 0;
        if (options->given & OPTION_FOR)
                seconds = options->for_s;
        if (options->given & OPTION_UNTIL) {
                seconds = options->until_s - timestamp_now();
                if (options->given & OPTION_FOR)
                        problem = "--for and --until say the same: give one of them";
                else if (seconds <= 0)
                        problem = "--until has passed already";
        }
        if (!problem && seconds > OVERRIDE_SECONDS_MAX)
                problem = "that is too long: at most 31 days";
        if (!problem)
                *ret_seconds = (uint32_t)seconds;
        return change_ask_check(command, problem);
}

/* What is asked for. */
typedef struct Asked {
        const LiveChangeRequest *request;
        const Options *options;
} Asked;

static void write_request(void *data, MessageWriter *writer)
{
        const Asked *asked = data;
        const LiveChangeRequest *request = asked->request;
        const Options *options = asked->options;
        message_write_text(writer, FIELD_ACTION, text_from(request->action));
        message_write_text(writer, FIELD_RESOURCE, text_from(request->resource));
        if (options->given & OPTION_REASON)
                message_write_text(writer, FIELD_WHY, text_from(options->reason));
        if (request->dates && options->given & OPTION_FROM)
                message_write_time(writer, FIELD_FROM, options->from_s);
        if (request->dates && options->given & OPTION_UNTIL)
                message_write_time(writer, FIELD_UNTIL, options->until_s);
        if (options->given & OPTION_DRY_RUN)
                message_write_flag(writer, FIELD_DRY_RUN);
        if (request->state)
                message_write_text(writer, FIELD_STATE, text_from(request->state));
        if (request->seconds > 0)
                message_write_number(writer, FIELD_SECONDS, request->seconds);
        if (request->end_sessions)
                message_write_flag(writer, FIELD_END_SESSIONS);
}

static bool is_answered(void *data, const Message *message)
{
        const Asked *asked = data;
        Text action, resource;
        return message_text(message, FIELD_ACTION, &action) &&
               text_is(action, asked->request->action) &&
               message_text(message, FIELD_RESOURCE, &resource) &&
               text_is(resource, asked->request->resource);
}

static int print_json(const LiveAnswer *answer, const LiveChangeRequest *request, bool done,
                      uint32_t sessions)
{
        json_t *object =
                json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:s, s:s}", "decision",
                          outcome_name(answer->outcome), "reason", answer->reason, "detail",
                          answer->detail, "change", request->action, "resource", request->resource,
                          "changed", done, "id", answer->id, "revision", answer->revision);
        if (object && request->end_sessions && done &&
            json_object_set_new(object, "sessions_ended", json_integer(sessions)) < 0) {
                json_decref(object);
                object = NULL;
        }
        return output_json(object);
}

static int print_answer(void *data, const LiveAnswer *answer, const Message *message)
{
        const Asked *asked = data;
        const LiveChangeRequest *request = asked->request;
        ChangeResult result = change_ask_result(answer, asked->options);
        uint32_t sessions = 0;
        (void)message_number(message, FIELD_SESSIONS_ENDED, &sessions);
        if (asked->options->given & OPTION_JSON)
                return print_json(answer, request, result.done, sessions);
        live_answer_print(answer);
        if (result.done)
                printf("%s %s\n", request->resource, request->sentence);
        if (result.done && request->end_sessions)
                printf("%u session%s told to end\n", sessions, sessions == 1 ? " was" : "s were");
        if (result.on_record)
                printf("decision %s\n", answer->id);
        if (result.dry_run)
                puts("a dry run: nothing was changed");
        return 0;
}

int live_change_run(const char *command, const Options *options, const LiveChangeRequest *request)
{
        Asked asked = { request, options };
        ChangeAsk ask = { write_request, is_answered, print_answer, &asked };
        int status = change_ask_check(command, change_ask_reason_problem(options));
        return status != 0 ? status : change_ask_run(command, options, &ask);
}
