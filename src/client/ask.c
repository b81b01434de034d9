/* SPDX-License-Identifier: MIT */
/* libdoorward: questions, and what people and readers ask for at doors. */
#include <doorward/doorward.h>

#include <errno.h>

#include "client/change_request.h"
#include "client/door.h"
#include "client/word.h"

/* Writes the texts of one kind: "with=TYPE:PATH", or the others, which are properties. */
static void write_extra(MessageWriter *writer, const char *const *extra, FieldTag tag)
{
        for (size_t i = 0; extra && extra[i] && i < MESSAGE_FIELDS_MAX; i++) {
                Text key, value, whole = text_from(extra[i]);
                if (!text_split_first(whole, '=', &key, &value) || !key.size || !value.size) {
                        writer->error = -EINVAL;
                        return;
                }
                bool is_with = text_is(key, "with");
                if (is_with == (tag == FIELD_WITH))
                        message_write_text(writer, tag, is_with ? value : whole);
        }
}

int door_ask(doorward *door, const struct doorward_question *question)
{
        MessageWriter writer;
        int r = door_write(door, MESSAGE_ASK, &writer);
        if (r < 0)
                return r;
        if (question->flags & ~(uint32_t)DOORWARD_QUESTION_EXPLAIN)
                return -DOORWARD_ERROR_ARGUMENT;
        door_write_text(&writer, FIELD_USER, question->subject);
        door_write_text(&writer, FIELD_ACTION, question->action);
        door_write_text(&writer, FIELD_RESOURCE, question->resource);
        write_extra(&writer, question->extra, FIELD_WITH);
        write_extra(&writer, question->extra, FIELD_PROPERTY);
        if (question->flags & DOORWARD_QUESTION_EXPLAIN)
                message_write_flag(&writer, FIELD_EXPLAIN);
        return door_begin(door, &writer);
}

int doorward_ask_begin(doorward *connection, const char *subject, const char *action,
                       const char *resource, const char *const *extra)
{
        return door_ask(connection,
                        &(struct doorward_question){ subject, action, resource, extra, 0 });
}

int doorward_ask_many_begin(doorward *connection, const struct doorward_question *questions,
                            size_t count)
{
        int r = door_check(connection);
        if (r < 0)
                return r;
        if (!questions || count == 0 || count > DOORWARD_QUESTIONS_MAX)
                return -DOORWARD_ERROR_ARGUMENT;
        connection->questions = questions;
        connection->question_count = count;
        connection->deadline = deadline_after_ms(connection->timeout_ms);
        connection->state = DOOR_NEXT;
        return 0;
}

int doorward_unlock_begin(doorward *connection, const char *door, const char *why)
{
        MessageWriter writer;
        int r = door_write(connection, MESSAGE_UNLOCK, &writer);
        if (r < 0)
                return r;
        door_write_text(&writer, FIELD_RESOURCE, door);
        if (why)
                door_write_text(&writer, FIELD_WHY, why);
        return door_begin(connection, &writer);
}

/* A badge: whose it is, as USER or by its CARD. */
static int enter_begin(doorward *connection, const char *subject, const char *card,
                       const char *door, enum doorward_code code)
{
        static const char *const CODES[] = {
                [DOORWARD_CODE_RIGHT] = "code=true", [DOORWARD_CODE_WRONG] = "code=false"
        };
        MessageWriter writer;
        int r = door_write(connection, MESSAGE_ENTER, &writer);
        if (r < 0)
                return r;
        if ((unsigned)code > DOORWARD_CODE_WRONG)
                return -DOORWARD_ERROR_ARGUMENT;
        if (!card)
                door_write_text(&writer, FIELD_USER, subject);
        door_write_text(&writer, FIELD_RESOURCE, door);
        if (code != DOORWARD_CODE_NONE)
                door_write_text(&writer, FIELD_PROPERTY, CODES[code]);
        if (card)
                door_write_text(&writer, FIELD_CARD, card);
        return door_begin(connection, &writer);
}

int doorward_enter_begin(doorward *connection, const char *subject, const char *door,
                         enum doorward_code code)
{
        return enter_begin(connection, subject, NULL, door, code);
}

int doorward_enter_card_begin(doorward *connection, const char *card, const char *door,
                              enum doorward_code code)
{
        int r = door_check(connection);
        if (r == 0 && !word_is_card(card))
                r = -DOORWARD_ERROR_ARGUMENT;
        return r < 0 ? r : enter_begin(connection, NULL, card, door, code);
}

static int change_begin(doorward *door, const char *verb, const char *resource,
                        const char *const *roles, const struct doorward_change_options *options)
{
        MessageWriter writer;
        int r = door_write(door, MESSAGE_CHANGE, &writer);
        if (r < 0)
                return r;
        if (change_request_write(&writer, verb, resource, roles, options) < 0)
                return -DOORWARD_ERROR_ARGUMENT;
        return door_begin(door, &writer);
}

int doorward_ask(doorward *connection, const char *subject, const char *action,
                 const char *resource, const char *const *extra, doorward_answer **ret_answer)
{
        if (!ret_answer)
                return -DOORWARD_ERROR_ARGUMENT;
        int r = doorward_ask_begin(connection, subject, action, resource, extra);
        return door_finish(connection, r, ret_answer);
}

int doorward_explain(doorward *connection, const char *subject, const char *action,
                     const char *resource, const char *const *extra, doorward_answer **ret_answer)
{
        if (!ret_answer)
                return -DOORWARD_ERROR_ARGUMENT;
        int r = door_ask(connection, &(struct doorward_question){ subject, action, resource, extra,
                                                                  DOORWARD_QUESTION_EXPLAIN });
        return door_finish(connection, r, ret_answer);
}

int doorward_ask_many(doorward *connection, const struct doorward_question *questions, size_t count,
                      struct doorward_result *results)
{
        if (!results || count == 0 || count > DOORWARD_QUESTIONS_MAX)
                return -DOORWARD_ERROR_ARGUMENT;
        int r = doorward_ask_many_begin(connection, questions, count);
        for (size_t i = 0; i < count; i++) {
                results[i].answer = NULL;
                results[i].error = door_finish(connection, r, &results[i].answer);
        }
        return r;
}

int doorward_unlock(doorward *connection, const char *door, const char *why,
                    doorward_answer **ret_answer)
{
        if (!ret_answer)
                return -DOORWARD_ERROR_ARGUMENT;
        int r = doorward_unlock_begin(connection, door, why);
        return door_finish(connection, r, ret_answer);
}

int doorward_enter(doorward *connection, const char *subject, const char *door,
                   enum doorward_code code, doorward_answer **ret_answer)
{
        if (!ret_answer)
                return -DOORWARD_ERROR_ARGUMENT;
        int r = doorward_enter_begin(connection, subject, door, code);
        return door_finish(connection, r, ret_answer);
}

int doorward_enter_card(doorward *connection, const char *card, const char *door,
                        enum doorward_code code, doorward_answer **ret_answer)
{
        if (!ret_answer)
                return -DOORWARD_ERROR_ARGUMENT;
        int r = doorward_enter_card_begin(connection, card, door, code);
        return door_finish(connection, r, ret_answer);
}

int doorward_change(doorward *connection, const char *verb, const char *resource,
                    const char *const *roles, const struct doorward_change_options *options,
                    doorward_answer **ret_answer)
{
        if (!ret_answer)
                return -DOORWARD_ERROR_ARGUMENT;
        int r = change_begin(connection, verb, resource, roles, options);
        return door_finish(connection, r, ret_answer);
}
