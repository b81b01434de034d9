/* SPDX-License-Identifier: MIT */
/* Maintain: see maintain.h. */
#include "cli/maintain.h"

#include <string.h>

#include "cli/command.h"
#include "cli/complain.h"
#include "cli/live.h"

static int check(const MaintainCommand *command, const Options *options)
{
        if (strcmp(options->words[0], command->word) != 0)
                complain(command->name, "unknown word '%s': usage: doorward %s %s --reason TEXT",
                         options->words[0], command->name, command->word);
        else if (!options->reason)
                complain(command->name, "--reason is missing: %s is recorded with its reason",
                         command->noun);
        else
                return 0;
        return EXIT_USAGE;
}

int maintain_run(const MaintainCommand *command, const Options *options)
{
        _cleanup_(live_closep) Live *live = NULL;
        int status = check(command, options);
        if (status == 0)
                status = live_open(command->name, options, &live);
        if (status != 0)
                return status;
        MessageWriter *writer = live_begin(live, MESSAGE_MAINTAIN);
        message_write_text(writer, FIELD_ACTION, text_from(command->action));
        message_write_text(writer, FIELD_WHY, text_from(options->reason));
        bool json = options->given & OPTION_JSON;
        return live_finish(live, live_print_record, &json);
}
