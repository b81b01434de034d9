/* SPDX-License-Identifier: MIT */
/*
 * Tests of the public headers as programs that were built earlier know them: what they wrote down
 * of the library must not move. The structs below are copies of what was published, and are never
 * changed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <doorward/doorward.h>

/* Of DOORWARD_0 */
struct change_options_0 {
        uint32_t size;
        uint32_t flags;
        const char *group;
        const char *customization;
        const char *reason;
        int64_t from_s, until_s;
        const char *state;
        uint32_t seconds;
};

/* Of DOORWARD_0.1 */
struct question_1 {
        const char *subject, *action, *resource;
        const char *const *extra;
        uint32_t flags;
};

struct result_1 {
        int error;
        doorward_answer *answer;
};

struct event_1 {
        const char *event;
        uint64_t sequence;
        int64_t time_s;
        const char *door;
        const char *command;
        const char *card, *user;
        const char *detail;
};

#define assert_member(now, then, member)                                                           \
        assert_int_equal(offsetof(struct now, member), offsetof(struct then, member))

static void members_stay_where_they_were(void **state)
{
        assert_true(sizeof(struct doorward_change_options) >= sizeof(struct change_options_0));
        assert_member(doorward_change_options, change_options_0, size);
        assert_member(doorward_change_options, change_options_0, flags);
        assert_member(doorward_change_options, change_options_0, group);
        assert_member(doorward_change_options, change_options_0, customization);
        assert_member(doorward_change_options, change_options_0, reason);
        assert_member(doorward_change_options, change_options_0, from_s);
        assert_member(doorward_change_options, change_options_0, until_s);
        assert_member(doorward_change_options, change_options_0, state);
        assert_member(doorward_change_options, change_options_0, seconds);
}

static void what_stands_in_arrays_keeps_its_size(void **state)
{
        assert_int_equal(sizeof(struct doorward_question), sizeof(struct question_1));
        assert_member(doorward_question, question_1, subject);
        assert_member(doorward_question, question_1, action);
        assert_member(doorward_question, question_1, resource);
        assert_member(doorward_question, question_1, extra);
        assert_member(doorward_question, question_1, flags);
        assert_int_equal(sizeof(struct doorward_result), sizeof(struct result_1));
        assert_member(doorward_result, result_1, error);
        assert_member(doorward_result, result_1, answer);
        assert_int_equal(sizeof(struct doorward_event), sizeof(struct event_1));
        assert_member(doorward_event, event_1, event);
        assert_member(doorward_event, event_1, sequence);
        assert_member(doorward_event, event_1, time_s);
        assert_member(doorward_event, event_1, door);
        assert_member(doorward_event, event_1, command);
        assert_member(doorward_event, event_1, card);
        assert_member(doorward_event, event_1, user);
        assert_member(doorward_event, event_1, detail);
}

static void numbers_mean_what_they_meant(void **state)
{
        static const int NUMBERS[][2] = {
                { DOORWARD_CANNOT_DECIDE, 0x2d }, { DOORWARD_DENY, 0x53 },
                { DOORWARD_ALLOW, 0xca },         { DOORWARD_ERROR_ARGUMENT, 1 },
                { DOORWARD_ERROR_MEMORY, 2 },     { DOORWARD_ERROR_UNREACHABLE, 3 },
                { DOORWARD_ERROR_UNTRUSTED, 4 },  { DOORWARD_ERROR_TIMEOUT, 5 },
                { DOORWARD_ERROR_PROTOCOL, 6 },   { DOORWARD_ERROR_REFUSED, 7 },
                { DOORWARD_ERROR_FORKED, 8 },     { DOORWARD_ERROR_BUSY, 9 },
                { DOORWARD_CHANGE_DRY_RUN, 1 },   { DOORWARD_CHANGE_END_SESSIONS, 2 },
                { DOORWARD_CODE_NONE, 0 },        { DOORWARD_CODE_RIGHT, 1 },
                { DOORWARD_CODE_WRONG, 2 },       { DOORWARD_QUESTION_EXPLAIN, 1 },
                { DOORWARD_EVENTS, 1 },           { DOORWARD_COMMANDS, 2 },
                { DOORWARD_REVISIONS, 3 },
        };
        for (size_t i = 0; i < sizeof(NUMBERS) / sizeof(NUMBERS[0]); i++)
                assert_int_equal(NUMBERS[i][0], NUMBERS[i][1]);
        assert_int_equal(sizeof(enum doorward_outcome), sizeof(int));
        assert_int_equal(sizeof(enum doorward_code), sizeof(int));
        assert_int_equal(sizeof(enum doorward_subscription_kind), sizeof(int));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(members_stay_where_they_were),
                cmocka_unit_test(what_stands_in_arrays_keeps_its_size),
                cmocka_unit_test(numbers_mean_what_they_meant),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
