/* SPDX-License-Identifier: MIT */
/* A link for tests: see fake_link.h. */
#include "fake_link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

struct Link {
        uint64_t last_id;
        int result;
        size_t count;
        FakeCall calls[FAKE_CALLS_MAX];
};

static Link the_link;

static void forget(void)
{
        for (size_t i = 0; i < the_link.count; i++)
                free(the_link.calls[i].frame);
        memset(&the_link, 0, sizeof(the_link));
}

Link *fake_link(void)
{
        forget();
        return &the_link;
}

void fake_link_fail(int r)
{
        the_link.result = r;
}

size_t fake_link_count(void)
{
        return the_link.count;
}

FakeCall *fake_link_call(size_t index)
{
        assert_true(index < the_link.count);
        return &the_link.calls[index];
}

FakeCall *fake_link_open_call(MessageType type)
{
        for (size_t i = the_link.count; i > 0; i--) {
                FakeCall *call = &the_link.calls[i - 1];
                if (call->type == type && !call->ended && !call->cancelled)
                        return call;
        }
        return NULL;
}

/* ---- What link.h promises ---- */

uint64_t link_request_id(Link *link)
{
        return ++link->last_id;
}

int link_call(Link *link, const void *frame, size_t size, uint64_t timeout_ms, LinkReply reply,
              void *data, LinkCall **ret_call)
{
        if (link->result < 0)
                return link->result;
        assert_true(link->count < FAKE_CALLS_MAX);
        FakeCall *call = &link->calls[link->count++];
        *call = (FakeCall){ .timeout_ms = timeout_ms, .reply = reply, .data = data };
        call->frame = malloc(size);
        assert_non_null(call->frame);
        memcpy(call->frame, frame, size);
        assert_int_equal(message_decode(call->frame, size, &call->message), 0);
        call->type = call->message.type;
        if (ret_call)
                *ret_call = (LinkCall *)call;
        return 0;
}

void link_cancel(LinkCall *call)
{
        if (call)
                ((FakeCall *)call)->cancelled = true;
}

Link *link_free(Link *link)
{
        forget();
        return NULL;
}

const char *link_problem_text(int problem)
{
        return problem == LINK_LATE ? "late" : "unreachable";
}

const char *link_problem_say(Link *link, int problem)
{
        return link_problem_text(problem);
}

/* ---- Replies ---- */

static uint8_t reply_frame[MESSAGE_SIZE_MAX];

static MessageWriter begin(FakeCall *call, MessageType type, uint32_t sequence)
{
        MessageWriter writer;
        assert_false(call->ended || call->cancelled);
        message_writer_begin(&writer, reply_frame, sizeof(reply_frame), type,
                             call->message.request_id, sequence);
        return writer;
}

static void end(FakeCall *call, MessageWriter *writer, bool last)
{
        Message message;
        size_t size;
        assert_int_equal(message_writer_end(writer, &size), 0);
        assert_int_equal(message_decode(reply_frame, size, &message), 0);
        call->ended = last;
        call->reply(call->data, 0, &message);
}

void fake_link_record(FakeCall *call, const char *const *pairs)
{
        MessageWriter writer = begin(call, MESSAGE_RECORD, call->records++);
        for (; *pairs; pairs += 2)
                message_write_pair(&writer, text_from(pairs[0]), text_from(pairs[1]));
        end(call, &writer, false);
}

void fake_link_end(FakeCall *call, uint32_t status, const char *after)
{
        MessageWriter writer = begin(call, MESSAGE_END, call->records);
        if (after)
                message_write_text(&writer, FIELD_AFTER, text_from(after));
        message_write_number(&writer, FIELD_STATUS, status);
        end(call, &writer, true);
}

void fake_link_refuse(FakeCall *call, const char *reason)
{
        MessageWriter writer = begin(call, MESSAGE_REFUSAL, 0);
        message_write_text(&writer, FIELD_REASON, text_from(reason));
        message_write_number(&writer, FIELD_STATUS, 3);
        message_write_text(&writer, FIELD_MESSAGE, TEXT_LITERAL("a sentence"));
        end(call, &writer, true);
}

void fake_link_break(FakeCall *call, int problem)
{
        assert_false(call->ended || call->cancelled);
        call->ended = true;
        call->reply(call->data, problem, NULL);
}

void fake_link_answer(FakeCall *call, const FakeAnswer *answer)
{
        MessageWriter writer = begin(call, MESSAGE_ANSWER, 0);
        message_write_text(&writer, FIELD_USER, TEXT_LITERAL("alice"));
        message_write_text(&writer, FIELD_ACTION, TEXT_LITERAL("access.door.enter"));
        message_write_text(&writer, FIELD_RESOURCE, text_from(answer->resource));
        message_write_number(&writer, FIELD_OUTCOME, answer->outcome);
        message_write_text(&writer, FIELD_REASON, TEXT_LITERAL("granted-by-access-level"));
        if (answer->id)
                message_write_text(&writer, FIELD_DECISION_ID, text_from(answer->id));
        if (answer->not_after_s)
                message_write_time(&writer, FIELD_NOT_AFTER, answer->not_after_s);
        if (answer->door)
                message_write_text(&writer, FIELD_DOOR, text_from(answer->door));
        if (!answer->no_release)
                message_write_number(&writer, FIELD_RELEASE_SECONDS, answer->release_seconds);
        end(call, &writer, true);
}

const char *fake_link_pair(const Message *message, const char *name, size_t nth)
{
        static char value[4096];
        Text text;
        for (size_t i = 0; message_text_at(message, FIELD_NAME, i, &text); i++) {
                if (!text_is(text, name) || nth-- > 0)
                        continue;
                assert_true(message_text_at(message, FIELD_VALUE, i, &text));
                assert_true(text.size < sizeof(value));
                memcpy(value, text.data, text.size);
                value[text.size] = '\0';
                return value;
        }
        return NULL;
}
