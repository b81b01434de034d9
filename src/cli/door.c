/* SPDX-License-Identifier: MIT */
/* doorward door: show what a door is meant to be, override its schedule, block it, let it be. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/complain.h"
#include "cli/live.h"
#include "cli/live_change.h"
#include "cli/offline.h"
#include "cli/output.h"
#include "policy/door_record.h"

#define OFFLINE_ONLY (OPTION_POLICY | OPTION_ROLES | OPTION_STATE | OPTION_AT)
#define NOT_OFFLINE  "it takes no --policy, --roles, --state and --at"
#define CHANGE_ONLY  (OPTION_REASON | OPTION_DRY_RUN | OPTION_FOR | OPTION_UNTIL)

/* ---- Show ---- */

static int show_live(const Options *options)
{
        _cleanup_(live_closep) Live *live = NULL;
        bool json = options->given & OPTION_JSON;
        int status = live_open("door", options, &live);
        if (status != 0)
                return status;
        message_write_text(live_begin(live, MESSAGE_DOOR), FIELD_RESOURCE,
                           text_from(options->words[1]));
        status = live_send(live, false);
        return status != 0 ? status : live_records(live, live_print_record, &json, NULL);
}

static void print_pair(void *data, const char *name, Text value)
{
        char shown[RESOURCE_SIZE_MAX + 1];
        printf("%s: %s\n", name, text_escape(value, shown, sizeof(shown)));
}

static void add_pair(void *data, const char *name, Text value)
{
        json_t **object = data;
        if (*object && json_object_set_new(*object, name, output_json_text(value)) < 0) {
                json_decref(*object);
                *object = NULL;
        }
}

/* Return: the exit status. */
static int print(const Offline *offline, uint32_t door, bool json)
{
        json_t *object = json ? json_object() : NULL;
        RecordWriter writer = { json ? add_pair : print_pair, &object };
        door_record_write(offline->image, &offline->context, door,
                          &(DoorView){ .with_note = true, .with_places = true }, &writer);
        return json ? output_json(object) : 0;
}

static int show_offline(const Options *options, const Resource *resource)
{
        Offline offline;
        Target target;
        int status = offline_open("door", options, &offline);
        if (status == 0 && policy_find_target(offline.image, resource, &target) != REASON_NONE) {
                complain("door", "the policy knows no %s", options->words[1]);
                status = EXIT_UNABLE;
        }
        if (status == 0)
                status = offline_add_live_state("door", options, &offline);
        if (status == 0)
                status = print(&offline, target.index, options->given & OPTION_JSON);
        offline_close(&offline);
        if (status == 0)
                offline_note_state(options);
        return status;
}

static int show(const Options *options)
{
        Resource resource;
        const char *problem = "a door is shown: door:ORGANIZATION/SITE/DOOR";
        if (resource_parse(text_from(options->words[1]), &resource, &problem) == 0 &&
            resource.type == RESOURCE_DOOR)
                return options->given & OFFLINE_ONLY ? show_offline(options, &resource)
                                                     : show_live(options);
        complain("door", "%s", problem);
        return EXIT_USAGE;
}

/* ---- Change ---- */

static int change(const Options *options, const char *action, const char *sentence)
{
        LiveChangeRequest request = {
                .action = action,
                .resource = options->words[1],
                .state = options->word_count > 2 ? options->words[2] : NULL,
                .sentence = sentence,
        };
        int status = live_change_seconds("door", options, &request.seconds);
        return status != 0 ? status : live_change_run("door", options, &request);
}

static int override(const Options *options)
{
        char sentence[128];
        DoorState state;
        if (!door_state_from_name(text_from(options->words[2]), &state)) {
                complain("door",
                         "STATE is unlocked, card-and-code, locked or access-controlled, not '%s'",
                         options->words[2]);
                return EXIT_USAGE;
        }
        if (!(options->given & (OPTION_FOR | OPTION_UNTIL))) {
                complain("door", "override needs --for or --until");
                return EXIT_USAGE;
        }
        (void)snprintf(sentence, sizeof(sentence), "is overridden: %s", options->words[2]);
        return change(options, "override", sentence);
}

static int block(const Options *options)
{
        return change(options, "block", "is blocked");
}

static int release(const Options *options)
{
        return change(options, "release", "is as its schedule says");
}

static int run(const Options *options)
{
        static const struct Verb {
                const char *name;
                int words;
                uint32_t without; /* options that it does not take */
                const char *refusal;
                int (*run)(const Options *options);
        } VERBS[] = {
                { "show", 2, CHANGE_ONLY,
                  "show changes nothing: it takes no --reason, --dry-run, "
                  "--for and --until",
                  show },
                { "override", 3, OFFLINE_ONLY, "override asks the daemon: " NOT_OFFLINE, override },
                { "block", 2, OFFLINE_ONLY, "block asks the daemon: " NOT_OFFLINE, block },
                { "release", 2, OFFLINE_ONLY | OPTION_FOR | OPTION_UNTIL,
                  "release is at once and for good: it takes no --for, --until, --policy, "
                  "--roles, --state and --at",
                  release },
        };
        const struct Verb *verb = NULL;
        for (size_t i = 0; i < sizeof(VERBS) / sizeof(*VERBS); i++)
                if (strcmp(options->words[0], VERBS[i].name) == 0)
                        verb = &VERBS[i];
        if (verb && options->word_count == verb->words && !(options->given & verb->without))
                return verb->run(options);
        complain("door", "%s",
                 !verb ? "show, override, block or release is expected"
                 : options->word_count != verb->words
                         ? "show DOOR, override DOOR STATE, block DOOR or release DOOR is expected"
                         : verb->refusal);
        return EXIT_USAGE;
}

const Command command_door = {
        .name = "door",
        .arguments = "show DOOR | override DOOR STATE | block DOOR | release DOOR",
        .summary = "Show, override or block a door, e.g. show door:acme/HQ/D1",
        .details = "show says what the door is meant to be and why: asking the daemon, or with\n"
                   "--policy, --state or --at offline. override makes it STATE (unlocked,\n"
                   "card-and-code, locked or access-controlled) for as long as --for or --until\n"
                   "says, at most 31 days; block lets nobody in, until it is released if neither\n"
                   "is given; release ends both.\n" LIVE_CHANGE_EXITS,
        .options = OPTIONS_OFFLINE | OPTIONS_LIVE_CHANGE | OPTION_FOR | OPTION_UNTIL,
        .words_min = 2,
        .words_max = 3,
        .run = run,
};
