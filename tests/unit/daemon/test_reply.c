/* SPDX-License-Identifier: MIT */
/* Tests of reply.c: what an answer becomes on the wire. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "daemon/reply.h"

static uint8_t frame[MESSAGE_SIZE_MAX];
static Message message;

static void encode(const Answer *answer)
{
        size_t size;
        assert_int_equal(answer_encode(answer, frame, sizeof(frame), &size), 0);
        assert_int_equal(message_decode(frame, size, &message), 0);
        assert_int_equal(message.type, MESSAGE_ANSWER);
}

static void an_answer_repeats_the_question(void **state)
{
        Answer answer = {
                .request_id = 77,
                .user = TEXT_LITERAL("frank"),
                .action = TEXT_LITERAL("access.door.unlock"),
                .resource = TEXT_LITERAL("door:acme/HQ/D1"),
                .outcome = OUTCOME_ALLOW,
                .reason = TEXT_LITERAL("granted-by-role"),
                .decision_id = TEXT_LITERAL("0123"),
                .not_after_s = 99,
                .subject = TEXT_LITERAL("frank"),
                .door = TEXT_LITERAL("acme/HQ/D1"),
        };
        uint32_t outcome;
        int64_t not_after_s;
        Text text;
        encode(&answer);
        assert_int_equal(message.request_id, 77);
        assert_true(message_text(&message, FIELD_USER, &text) && text_is(text, "frank"));
        assert_true(message_text(&message, FIELD_ACTION, &text) &&
                    text_is(text, "access.door.unlock"));
        assert_true(message_text(&message, FIELD_RESOURCE, &text) &&
                    text_is(text, "door:acme/HQ/D1"));
        assert_true(message_number(&message, FIELD_OUTCOME, &outcome));
        assert_int_equal(outcome, OUTCOME_ALLOW);
        assert_true(message_time(&message, FIELD_NOT_AFTER, &not_after_s));
        assert_int_equal(not_after_s, 99);
        assert_true(message_text(&message, FIELD_DOOR, &text) && text_is(text, "acme/HQ/D1"));
}

static void what_is_not_known_is_left_out(void **state)
{
        static const FieldTag optional[] = { FIELD_DETAIL,   FIELD_EXPLANATION, FIELD_DECISION_ID,
                                             FIELD_REVISION, FIELD_NOT_AFTER,   FIELD_SUBJECT,
                                             FIELD_DOOR };
        Answer answer = { .outcome = OUTCOME_DENY, .reason = TEXT_LITERAL("not-permitted") };
        Text text;
        encode(&answer);
        for (size_t i = 0; i < sizeof(optional) / sizeof(*optional); i++)
                assert_false(message_text(&message, optional[i], &text));
}

static void a_subject_that_is_no_name_is_left_out(void **state)
{
        static char name[40000];
        memset(name, 'a', sizeof(name));
        Answer answer = {
                .user = { name, sizeof(name) },
                .subject = { name, sizeof(name) },
                .outcome = OUTCOME_DENY,
                .reason = TEXT_LITERAL("unknown-subject"),
        };
        Text text;
        encode(&answer);
        assert_false(message_text(&message, FIELD_SUBJECT, &text));
        assert_true(message_text(&message, FIELD_USER, &text));
        assert_int_equal(text.size, sizeof(name));
}

static void what_does_not_fit_is_an_error(void **state)
{
        static char text[MESSAGE_SIZE_MAX];
        size_t size;
        memset(text, 'a', sizeof(text));
        Answer answer = { .user = { text, sizeof(text) }, .outcome = OUTCOME_DENY };
        assert_int_equal(answer_encode(&answer, frame, sizeof(frame), &size), -EMSGSIZE);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_answer_repeats_the_question),
                cmocka_unit_test(what_is_not_known_is_left_out),
                cmocka_unit_test(a_subject_that_is_no_name_is_left_out),
                cmocka_unit_test(what_does_not_fit_is_an_error),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
