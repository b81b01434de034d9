/* SPDX-License-Identifier: MIT */
/* Fake list: see fake_list.h. */
#include "fake_list.h"

#include <stdlib.h>
#include <sys/socket.h>

static void send_frame(MessageWriter *writer, int client)
{
        size_t size;
        if (message_writer_end(writer, &size) < 0)
                abort();
        (void)send(client, writer->buffer, size, MSG_NOSIGNAL);
}

static void begin(MessageWriter *writer, MessageType type, const Message *request,
                  uint32_t sequence)
{
        static uint8_t frame[MESSAGE_SIZE_MAX];
        message_writer_begin(writer, frame, sizeof(frame), type, request->request_id, sequence);
}

static void send_record(const char *lines, const Message *request, uint32_t sequence, int client)
{
        MessageWriter writer;
        Text rest = text_from(lines), line, name, value;
        begin(&writer, MESSAGE_RECORD, request, sequence);
        while (rest.size > 0) {
                if (!text_split_first(rest, '\n', &line, &rest))
                        line = rest, rest = TEXT_NULL;
                if (!text_split_first(line, '=', &name, &value))
                        abort();
                message_write_pair(&writer, name, value);
        }
        send_frame(&writer, client);
}

static void send_end(const FakeList *list, const Message *request, uint32_t sequence, int client)
{
        MessageWriter writer;
        if (list->end == FAKE_END_REFUSAL) {
                begin(&writer, MESSAGE_REFUSAL, request, 0);
                message_write_text(&writer, FIELD_REASON, text_from(list->message));
                message_write_number(&writer, FIELD_STATUS, 1);
                message_write_text(&writer, FIELD_MESSAGE, TEXT_LITERAL("No."));
        } else if (list->end == FAKE_END_ANSWER) {
                begin(&writer, MESSAGE_ANSWER, request, 0);
                message_write_text(&writer, FIELD_USER, TEXT_NULL);
                message_write_text(&writer, FIELD_ACTION, TEXT_NULL);
                message_write_text(&writer, FIELD_RESOURCE, TEXT_NULL);
                message_write_number(&writer, FIELD_OUTCOME, 0xca);
                message_write_text(&writer, FIELD_REASON, TEXT_LITERAL("granted-by-role"));
        } else {
                begin(&writer, MESSAGE_END, request, sequence + (list->end == FAKE_END_COUNT));
                if (list->after)
                        message_write_text(&writer, FIELD_AFTER, text_from(list->after));
                message_write_number(&writer, FIELD_STATUS, list->status);
                if (list->message)
                        message_write_text(&writer, FIELD_MESSAGE, text_from(list->message));
        }
        send_frame(&writer, client);
}

bool fake_list_send(const FakeBehaviour *behaviour, size_t n, const Message *request, int client)
{
        const FakeList *list = &behaviour->lists[n];
        uint32_t sequence = 0;
        if (n >= behaviour->list_count)
                return true;
        for (size_t i = 0; i < 4 && list->records[i]; i++) {
                if (list->end == FAKE_END_GAP && !(i < 3 && list->records[i + 1]))
                        sequence++;
                send_record(list->records[i], request, sequence++, client);
        }
        if (list->end == FAKE_END_CLOSE)
                return false;
        if (list->end != FAKE_END_MISSING)
                send_end(list, request, sequence, client);
        return true;
}
