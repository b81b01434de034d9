/* SPDX-License-Identifier: MIT */
/* Review: printing, and asking the daemon. */
#include "cli/review.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/complain.h"
#include "cli/live.h"
#include "policy/explain.h"
#include "util/cleanup.h"

static json_t *line_json(const char *const *names, const Text *fields, size_t count)
{
        json_t *object = json_object();
        for (size_t i = 0; object && i < count; i++)
                if (json_object_set_new(object, names[i], output_json_text(fields[i])) < 0) {
                        json_decref(object);
                        return NULL;
                }
        return object;
}

/* One line of a review: what stands behind a tab is the deciding grant. Return: 0 or -ENOMEM. */
static int print_line(bool json, const char *const *names, const Text *fields, size_t count)
{
        if (json)
                return output_json(line_json(names, fields, count)) == 0 ? 0 : -ENOMEM;
        for (size_t i = 0; i < count; i++) {
                char shown[IMAGE_PLACE_SIZE];
                const char *separator = strcmp(names[i], "via") == 0 ? "\t" : " ";
                printf("%s%s", i == 0 ? "" : separator,
                       text_escape(fields[i], shown, sizeof(shown)));
        }
        putchar('\n');
        return 0;
}

int review_print(const ReviewPrinter *printer, const char *const *names, const Text *fields,
                 size_t count, const Query *query, const Decision *decision)
{
        const char *all_names[REVIEW_FIELDS_MAX];
        Text all_fields[REVIEW_FIELDS_MAX];
        memcpy(all_names, names, count * sizeof(*names));
        memcpy(all_fields, fields, count * sizeof(*fields));
        if (!printer->via)
                return print_line(printer->json, all_names, all_fields, count);
        _cleanup_free_ char *via = NULL;
        size_t via_size;
        FILE *stream = open_memstream(&via, &via_size);
        if (!stream)
                return -ENOMEM;
        int r = policy_describe(printer->image, printer->context, query, decision, true, stream);
        if (fclose(stream) != 0 || r < 0)
                return -ENOMEM;
        all_names[count] = "via";
        all_fields[count] = (Text){ via, via_size };
        return print_line(printer->json, all_names, all_fields, count + 1);
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

/* What a record of the daemon is printed as: the same as offline. */
typedef struct LiveReview {
        bool json, via;
        bool one_resource; /* which is not repeated on each line */
} LiveReview;

static int print_live_record(void *data, const Message *record)
{
        static const char *const known[] = { "user", "permission", "resource", "via" };
        const LiveReview *review = data;
        const char *names[REVIEW_FIELDS_MAX];
        Text fields[REVIEW_FIELDS_MAX], name;
        size_t count = 0;
        for (size_t i = 0;
             count < REVIEW_FIELDS_MAX && message_text_at(record, FIELD_NAME, i, &name); i++)
                for (size_t k = 0; k < sizeof(known) / sizeof(*known); k++) {
                        bool wanted = text_is(name, known[k]) &&
                                      (k != 2 || !review->one_resource) && (k != 3 || review->via);
                        if (wanted && message_text_at(record, FIELD_VALUE, i, &fields[count]))
                                names[count++] = known[k];
                }
        return print_line(review->json, names, fields, count) == 0 ? 0 : EXIT_UNABLE;
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
        LiveReview review = { .json = options->given & OPTION_JSON,
                              .via = options->given & OPTION_VIA,
                              .one_resource = options->word_count > 1 };
        return status != 0 ? status : live_records(live, print_live_record, &review, NULL);
}
