/* SPDX-License-Identifier: MIT */
/* Live: requests and replies over a verified connection. */
#include "cli/live.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/complain.h"
#include "cli/output.h"
#include "doorward-config.h"

#define ENDLESS_MS (365ull * 24 * 60 * 60 * 1000)
#define SHOWN_SIZE 8192
#define AFTER_SIZE 256

struct Live {
        const char *command;
        const char *socket;
        unsigned timeout_ms;
        Connection *connection;
        Deadline deadline;
        uint64_t request_id;
        MessageWriter writer;
        char after[AFTER_SIZE];
        uint8_t frame[MESSAGE_SIZE_MAX];
};

static int problem(const Live *live, int r)
{
        complain(live->command, "%s: %s", live->socket, connection_problem_text(r));
        if (r == CONNECTION_UNREACHABLE)
                fputs("Is doorwardd running? `systemctl status doorwardd` or its log says why "
                      "not.\n",
                      stderr);
        return EXIT_UNABLE;
}

int live_open(const char *command, const Options *options, Live **ret_live)
{
        _cleanup_(live_closep) Live *live = calloc(1, sizeof(*live));
        if (!live)
                return output_out_of_memory();
        live->command = command;
        live->socket = options->socket ? options->socket : DOORWARD_SOCKET;
        live->timeout_ms = options->timeout_ms;
        live->deadline = deadline_after_ms(live->timeout_ms);
        ConnectionOptions wanted = { .socket_path = live->socket };
        int r = connection_open(&wanted, live->deadline, &live->connection);
        if (r != 0)
                return problem(live, r);
        *ret_live = live;
        live = NULL;
        return 0;
}

Live *live_close(Live *live)
{
        if (live)
                connection_free(live->connection);
        free(live);
        return NULL;
}

MessageWriter *live_begin(Live *live, MessageType type)
{
        live->request_id = connection_next_request_id(live->connection);
        message_writer_begin(&live->writer, live->frame, sizeof(live->frame), type,
                             live->request_id, 0);
        return &live->writer;
}

int live_send(Live *live, bool endless)
{
        size_t size;
        int r = message_writer_end(&live->writer, &size);
        if (r < 0) {
                complain(live->command, "the request %s",
                         r == -EMSGSIZE ? "is too long"
                                        : "holds a character that no name may hold");
                return EXIT_UNABLE;
        }
        live->deadline = deadline_after_ms(live->timeout_ms);
        r = connection_send(live->connection, live->frame, size, live->deadline);
        if (endless)
                live->deadline = deadline_after_ms(ENDLESS_MS);
        return r == 0 ? 0 : problem(live, r);
}

static int print_refusal(const Live *live, const Message *message)
{
        Text text = TEXT_NULL, reason = TEXT_NULL, id;
        uint32_t status = EXIT_UNABLE;
        (void)message_text(message, FIELD_MESSAGE, &text);
        (void)message_text(message, FIELD_REASON, &reason);
        (void)message_number(message, FIELD_STATUS, &status);
        char shown[SHOWN_SIZE], code[128];
        fprintf(stderr, "doorward %s: %s (%s)\n", live->command,
                text_escape(text, shown, sizeof(shown)), text_escape(reason, code, sizeof(code)));
        if (message_text(message, FIELD_DECISION_ID, &id))
                fprintf(stderr, "decision %s\n", text_escape(id, code, sizeof(code)));
        return status == EXIT_DENIED ? EXIT_DENIED : EXIT_UNABLE;
}

int live_receive(Live *live, MessageType expected, Message *ret_message)
{
        int r = connection_receive(live->connection, live->request_id, live->deadline, ret_message);
        if (r != 0)
                return problem(live, r);
        if (ret_message->type == MESSAGE_REFUSAL)
                return print_refusal(live, ret_message);
        return ret_message->type == expected ? 0 : problem(live, CONNECTION_PROTOCOL);
}

/* The end carries the number of records, so that a lost one is noticed. */
static int take_end(Live *live, const Message *end, uint32_t records, Text *ret_message)
{
        uint32_t status;
        if (end->sequence != records || !message_number(end, FIELD_STATUS, &status) ||
            status > EXIT_UNABLE)
                return problem(live, CONNECTION_PROTOCOL);
        Text text = TEXT_NULL, after = TEXT_NULL;
        (void)message_text(end, FIELD_MESSAGE, &text);
        (void)message_text(end, FIELD_AFTER, &after);
        if (after.size >= sizeof(live->after))
                return problem(live, CONNECTION_PROTOCOL);
        if (after.size > 0)
                memcpy(live->after, after.data, after.size);
        live->after[after.size] = '\0';
        if (ret_message)
                *ret_message = text;
        return (int)status;
}

int live_records(Live *live, LiveReceiver record, void *data, Text *ret_message)
{
        live->after[0] = '\0';
        for (uint32_t expected = 0;; expected++) {
                Message message;
                int r = connection_receive(live->connection, live->request_id, live->deadline,
                                           &message);
                if (r != 0)
                        return problem(live, r);
                if (message.type == MESSAGE_REFUSAL)
                        return print_refusal(live, &message);
                if (message.type == MESSAGE_END)
                        return take_end(live, &message, expected, ret_message);
                if (message.type != MESSAGE_RECORD || message.sequence != expected)
                        return problem(live, CONNECTION_PROTOCOL);
                r = record(data, &message);
                if (r != 0)
                        return r;
        }
}

const char *live_after(const Live *live)
{
        return live->after;
}

int live_finish(Live *live, LiveReceiver record, void *data)
{
        Text message = TEXT_NULL;
        char shown[SHOWN_SIZE];
        int status = live_send(live, false);
        if (status != 0)
                return status;
        status = live_records(live, record, data, &message);
        if (message.size)
                fprintf(status == 0 ? stdout : stderr, "%s\n",
                        text_escape(message, shown, sizeof(shown)));
        return status;
}

static int print_record_json(const Message *record)
{
        json_t *object = json_object();
        Text name, value;
        for (size_t i = 0; object && message_text_at(record, FIELD_NAME, i, &name) &&
                           message_text_at(record, FIELD_VALUE, i, &value);
             i++) {
                char key[128];
                text_escape(name, key, sizeof(key));
                if (json_object_set_new(object, key, output_json_text(value)) < 0) {
                        json_decref(object);
                        object = NULL;
                }
        }
        return output_json(object);
}

int live_print_record(void *data, const Message *record)
{
        if (*(const bool *)data)
                return print_record_json(record);
        Text name, value;
        for (size_t i = 0; message_text_at(record, FIELD_NAME, i, &name) &&
                           message_text_at(record, FIELD_VALUE, i, &value);
             i++) {
                char key[128], shown[SHOWN_SIZE];
                printf("%s: %s\n", text_escape(name, key, sizeof(key)),
                       text_escape(value, shown, sizeof(shown)));
        }
        return 0;
}
