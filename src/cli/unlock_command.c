/* SPDX-License-Identifier: MIT */
/* Unlock command: see unlock_command.h. */
#include "cli/unlock_command.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/complain.h"
#include "cli/live.h"
#include "cli/live_answer.h"
#include "cli/offline.h"
#include "cli/output.h"
#include "cli/unlock_outcome.h"

/* Adds what a gateway has to do with it. Return: 0 or -1. */
static int add_outcome(json_t *object, const LiveAnswer *answer, const UnlockOutcome *outcome)
{
        const struct {
                const char *name, *value;
        } members[] = {
                { "gateway", answer->gateway },        { "command", outcome->state },
                { "observed", outcome->observed },     { "passage", outcome->passage },
                { "command_detail", outcome->detail },
        };
        for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
                if (*members[i].value &&
                    json_object_set_new(object, members[i].name, json_string(members[i].value)) < 0)
                        return -1;
        return 0;
}

static int print_json(const LiveAnswer *answer, const UnlockOutcome *outcome)
{
        json_t *object = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "decision",
                                   outcome_name(answer->outcome), "reason", answer->reason,
                                   "detail", answer->detail, "id", answer->id, "not_after",
                                   answer->not_after, "door_state", answer->door_state);
        if (object &&
            ((answer->release_s > 0 && json_object_set_new(object, "release_seconds",
                                                           json_integer(answer->release_s)) < 0) ||
             add_outcome(object, answer, outcome) < 0)) {
                json_decref(object);
                object = NULL;
        }
        return output_json(object);
}

static void print_answer(const LiveAnswer *answer)
{
        live_answer_print(answer);
        if (answer->outcome == OUTCOME_ALLOW)
                printf("unlock command %s, void after %s, releases the door for %" PRIu32 " s\n",
                       answer->id, answer->not_after, answer->release_s);
        else if (answer->id[0])
                printf("decision %s\n", answer->id);
        (void)fflush(stdout); /* before it is waited for anything */
}

/* Prints the answer, and what came of it: of an unlock through a gateway that is waited for. */
static int report(Live *live, const Options *options, const UnlockCommand *command,
                  const LiveAnswer *answer)
{
        UnlockOutcome outcome = { 0 };
        bool json = options->given & OPTION_JSON, is_allowed = answer->outcome == OUTCOME_ALLOW;
        bool is_served = *answer->gateway && strcmp(answer->gateway, "none") != 0;
        bool waits = is_allowed && is_served && command->type == MESSAGE_UNLOCK &&
                     !(options->given & OPTION_NO_WAIT);
        int status = verdict_status(answer->outcome);
        if (!json)
                print_answer(answer);
        if (waits)
                status = unlock_outcome_wait(live, answer->id, &outcome);
        if (waits && status == 0)
                status = unlock_outcome_status(&outcome);
        if (json) {
                int r = print_json(answer, &outcome);
                return r != 0 ? r : status;
        }
        if (waits && *outcome.state)
                unlock_outcome_print(&outcome, answer->gateway);
        else if (is_allowed && command->type == MESSAGE_UNLOCK && !is_served)
                fprintf(stderr, "No gateway serves the door: who has the id moves the lock.\n");
        return status;
}

int unlock_command_run(const Options *options, const UnlockCommand *command)
{
        _cleanup_(live_closep) Live *live = NULL;
        int status = live_open(command->name, options, &live);
        if (status != 0)
                return status;
        MessageWriter *writer = live_begin(live, command->type);
        if (command->user)
                message_write_text(writer, FIELD_USER, text_from(command->user));
        message_write_text(writer, FIELD_RESOURCE, text_from(command->door));
        if (command->property)
                message_write_text(writer, FIELD_PROPERTY, text_from(command->property));
        if (command->why)
                message_write_text(writer, FIELD_WHY, text_from(command->why));
        if (command->card)
                message_write_text(writer, FIELD_CARD, text_from(command->card));
        Message message;
        status = live_send(live, false);
        if (status == 0)
                status = live_receive(live, MESSAGE_ANSWER, &message);
        if (status != 0)
                return status;
        Text resource;
        if (!message_text(&message, FIELD_RESOURCE, &resource) ||
            !text_is(resource, command->door)) {
                complain(command->name, "the answer is not one to this question");
                return EXIT_UNABLE;
        }
        LiveAnswer answer;
        live_answer_read(&message, &answer);
        return report(live, options, command, &answer);
}
