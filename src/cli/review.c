/* SPDX-License-Identifier: MIT */
/* Review: printing, and asking the daemon. */
#include "cli/review.h"

#include <string.h>

#include "cli/command.h"
#include "cli/complain.h"
#include "cli/live.h"

/* The deciding grant as "ROLE FILE:LINE"; a badge needs none. */
static const char *via_text(const Image *image, const Decision *decision, char *buffer, size_t size)
{
        const ImageRole *role = image_role(image, decision->role);
        char place[IMAGE_PLACE_SIZE];
        snprintf(buffer, size, "%s %s", role ? image_string(image, role->name).data : "-",
                 image_place(image, decision->place, place, sizeof(place)));
        return buffer;
}

int review_print(const ReviewPrinter *printer, const char *const *names, const Text *fields,
                 size_t count, const Decision *decision)
{
        char via[IMAGE_PLACE_SIZE + 128] = "";
        if (printer->via)
                via_text(printer->image, decision, via, sizeof(via));
        if (!printer->json) {
                for (size_t i = 0; i < count; i++)
                        printf("%s%.*s", i ? " " : "", (int)fields[i].size, fields[i].data);
                printf("%s%s\n", printer->via ? "\t" : "", via);
                return 0;
        }
        json_t *object = json_object();
        int r = object ? 0 : -1;
        for (size_t i = 0; i < count && r == 0; i++)
                r = json_object_set_new(object, names[i], output_json_text(fields[i]));
        if (r == 0 && printer->via)
                r = json_object_set_new(object, "via", output_json_text(text_from(via)));
        if (r != 0) {
                json_decref(object);
                object = NULL;
        }
        return output_json(object);
}

int review_malformed(const char *command, const char *problem)
{
        complain(command, "%s: %s", reason_name(REASON_MALFORMED_QUERY), problem);
        return EXIT_UNABLE;
}

int review_problem(const char *command, int result)
{
        if (result < 0)
                complain(command, "%s", strerror(-result));
        else
                complain(command, "%s: %s", reason_name((Reason)result),
                         reason_text((Reason)result));
        return EXIT_UNABLE;
}

static int print_live_record(void *data, const Message *record)
{
        const bool *json = data;
        if (*json)
                return live_print_record(data, record);
        Text name, value;
        for (size_t i = 0; message_text_at(record, FIELD_NAME, i, &name) &&
                           message_text_at(record, FIELD_VALUE, i, &value);
             i++) {
                char shown[IMAGE_PLACE_SIZE];
                printf("%s%s",
                       i == 0                 ? ""
                       : text_is(name, "via") ? "\t"
                                              : " ",
                       text_escape(value, shown, sizeof(shown)));
        }
        putchar('\n');
        return 0;
}

int review_live(const char *command, const Options *options, int type)
{
        if (options->given &
            (OPTION_POLICY | OPTION_ROLES | OPTION_STATE | OPTION_AT | OPTION_UNIX_GROUP)) {
                complain(command, "--live asks the daemon: --policy, --roles, --state, --at and "
                                  "--unix-group do not go with it");
                return EXIT_USAGE;
        }
        _cleanup_(live_closep) Live *live = NULL;
        int status = live_open(command, options, &live);
        if (status != 0)
                return status;
        MessageWriter *writer = live_begin(live, (MessageType)type);
        bool who = type == MESSAGE_WHO_CAN;
        message_write_text(writer, who ? FIELD_ACTION : FIELD_USER, text_from(options->words[0]));
        if (options->word_count > 1)
                message_write_text(writer, FIELD_RESOURCE, text_from(options->words[1]));
        if (options->given & OPTION_VIA)
                message_write_flag(writer, FIELD_VIA);
        status = live_send(live, false);
        bool json = options->given & OPTION_JSON;
        return status != 0 ? status : live_records(live, print_live_record, &json, NULL);
}
