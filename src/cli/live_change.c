/* SPDX-License-Identifier: MIT */
/* Live change: see live_change.h. */
#include "cli/live_change.h"

#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/complain.h"
#include "cli/live.h"
#include "cli/live_answer.h"
#include "cli/offline.h"
#include "cli/output.h"
#include "policy/change.h"
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
        if (problem) {
                complain(command, "%s", problem);
                return EXIT_USAGE;
        }
        *ret_seconds = (uint32_t)seconds;
        return 0;
}

/* What would be refused whoever asks. Return: 0, or EXIT_USAGE. */
static int check_reason(const char *command, const Options *options)
{
        const char *problem = NULL;
        if (options->reason && strlen(options->reason) > CHANGE_REASON_MAX)
                problem = "the --reason is too long: at most 1024 bytes";
        else if (options->reason && !text_is_printable(text_from(options->reason)))
                problem = "the --reason is not one line of printable UTF-8";
        if (!problem)
                return 0;
        complain(command, "%s", problem);
        return EXIT_USAGE;
}

static void write_request(MessageWriter *writer, const LiveChangeRequest *request,
                          const Options *options)
{
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

static bool is_answered(const LiveChangeRequest *request, const Message *message)
{
        Text action, resource;
        return message_text(message, FIELD_ACTION, &action) && text_is(action, request->action) &&
               message_text(message, FIELD_RESOURCE, &resource) &&
               text_is(resource, request->resource);
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

static int print_answer(const LiveAnswer *answer, const LiveChangeRequest *request,
                        const Options *options, uint32_t sessions)
{
        bool dry_run = options->given & OPTION_DRY_RUN;
        bool done = answer->outcome == OUTCOME_ALLOW && !dry_run;
        /* Of what was only tried, a denial alone is a row of the journal. */
        bool on_record = answer->id[0] && (!dry_run || answer->outcome == OUTCOME_DENY);
        if (options->given & OPTION_JSON)
                return print_json(answer, request, done, sessions);
        live_answer_print(answer);
        if (done)
                printf("%s %s\n", request->resource, request->sentence);
        if (done && request->end_sessions)
                printf("%u session%s told to end\n", sessions, sessions == 1 ? " was" : "s were");
        if (on_record)
                printf("decision %s\n", answer->id);
        if (dry_run)
                puts("a dry run: nothing was changed");
        return 0;
}

int live_change_run(const char *command, const Options *options, const LiveChangeRequest *request)
{
        _cleanup_(live_closep) Live *live = NULL;
        Message message;
        uint32_t sessions = 0;
        int status = check_reason(command, options);
        if (status == 0)
                status = live_open(command, options, &live);
        if (status != 0)
                return status;
        write_request(live_begin(live, MESSAGE_CHANGE), request, options);
        status = live_send(live, false);
        if (status == 0)
                status = live_receive(live, MESSAGE_ANSWER, &message);
        if (status != 0)
                return status;
        if (!is_answered(request, &message)) {
                complain(command, "the answer is not one to this request");
                return EXIT_UNABLE;
        }
        LiveAnswer answer;
        live_answer_read(&message, &answer);
        (void)message_number(&message, FIELD_SESSIONS_ENDED, &sessions);
        status = print_answer(&answer, request, options, sessions);
        return status != 0 ? status : verdict_status(answer.outcome);
}
