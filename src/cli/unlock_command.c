/* SPDX-License-Identifier: MIT */
/* Unlock command: see unlock_command.h. */
#include "cli/unlock_command.h"

#include <inttypes.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/complain.h"
#include "cli/live.h"
#include "cli/live_answer.h"
#include "cli/offline.h"
#include "cli/output.h"

static int print_json(const LiveAnswer *answer)
{
        json_t *object = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "decision",
                                   outcome_name(answer->outcome), "reason", answer->reason,
                                   "detail", answer->detail, "id", answer->id, "not_after",
                                   answer->not_after, "door_state", answer->door_state);
        if (object && answer->release_s > 0 &&
            json_object_set_new(object, "release_seconds", json_integer(answer->release_s)) < 0) {
                json_decref(object);
                object = NULL;
        }
        return output_json(object);
}

static int print_answer(const LiveAnswer *answer, bool json)
{
        if (json)
                return print_json(answer);
        live_answer_print(answer);
        if (answer->outcome == OUTCOME_ALLOW)
                printf("unlock command %s, void after %s, releases the door for %" PRIu32 " s\n",
                       answer->id, answer->not_after, answer->release_s);
        else if (answer->id[0])
                printf("decision %s\n", answer->id);
        return 0;
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
        status = print_answer(&answer, options->given & OPTION_JSON);
        return status != 0 ? status : verdict_status(answer.outcome);
}
