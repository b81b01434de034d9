/* SPDX-License-Identifier: MIT */
/* Tests of request_table.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/request_table.h"

static const MessageType requests[] = {
        MESSAGE_ASK,     MESSAGE_SESSION, MESSAGE_UNLOCK,    MESSAGE_WHAT_CAN, MESSAGE_WHO_CAN,
        MESSAGE_STATUS,  MESSAGE_RELOAD,  MESSAGE_EVENTS,    MESSAGE_SESSIONS, MESSAGE_CHANGE,
        MESSAGE_ENTER,   MESSAGE_DOOR,    MESSAGE_LOCKDOWNS, MESSAGE_REPORT,   MESSAGE_MAINTAIN,
        MESSAGE_WATCH,   MESSAGE_CALLERS, MESSAGE_TURN_AWAY, MESSAGE_TAKE,     MESSAGE_CONSUME,
        MESSAGE_COMMAND, MESSAGE_OBSERVE, MESSAGE_SEARCH,
};
enum { REQUESTS = sizeof(requests) / sizeof(*requests) };

static bool is_request(int type)
{
        for (size_t i = 0; i < REQUESTS; i++)
                if (requests[i] == (MessageType)type)
                        return true;
        return false;
}

static void every_request_of_the_protocol_has_a_rule(void **state)
{
        for (size_t i = 0; i < REQUESTS; i++) {
                const RequestRule *rule = request_table_find(requests[i]);
                assert_non_null(rule);
                assert_int_equal(rule->type, requests[i]);
                assert_non_null(rule->handler);
                assert_true(rule->who != 0);
        }
}

static void nothing_else_has_one(void **state)
{
        for (int type = 0; type < 256; type++)
                if (!is_request(type))
                        assert_null(request_table_find((MessageType)type));
}

static void nobody_may_ask_anything(void **state)
{
        for (size_t i = 0; i < REQUESTS; i++)
                assert_false(request_table_find(requests[i])->who & IDENTITY_NOBODY);
}

/* What readers and gateways do, only they do. */
static bool is_of_callers(MessageType type)
{
        return type == MESSAGE_ENTER || type == MESSAGE_TAKE || type == MESSAGE_OBSERVE;
}

static void root_may_ask_everything_but_what_readers_and_gateways_say(void **state)
{
        for (size_t i = 0; i < REQUESTS; i++)
                if (!is_of_callers(requests[i]))
                        assert_true(request_table_find(requests[i])->who & IDENTITY_ROOT);
        assert_int_equal(request_table_find(MESSAGE_ENTER)->who, IDENTITY_CALLER);
        assert_int_equal(request_table_find(MESSAGE_TAKE)->who, IDENTITY_CALLER);
        assert_int_equal(request_table_find(MESSAGE_OBSERVE)->who, IDENTITY_CALLER);
}

static void no_caller_changes_anything(void **state)
{
        static const MessageType types[] = { MESSAGE_CHANGE, MESSAGE_DOOR, MESSAGE_LOCKDOWNS,
                                             MESSAGE_REPORT };
        for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
                assert_int_equal(request_table_find(types[i])->who,
                                 IDENTITY_ROOT | IDENTITY_PERSON);
}

static void only_root_reloads_maintains_and_lists_sessions(void **state)
{
        static const MessageType types[] = { MESSAGE_RELOAD, MESSAGE_SESSIONS, MESSAGE_MAINTAIN };
        for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
                assert_int_equal(request_table_find(types[i])->who, IDENTITY_ROOT);
}

/* Whatever else a front wants, it wants it for a certificate, and then it is not the front that
 * asks. */
static void a_front_may_only_look_after_itself(void **state)
{
        for (int type = 0; type < 256; type++) {
                const RequestRule *rule = request_table_find((MessageType)type);
                bool is_its_own = type == MESSAGE_STATUS || type == MESSAGE_WATCH ||
                                  type == MESSAGE_CALLERS || type == MESSAGE_TURN_AWAY;
                assert_int_equal(rule && (rule->who & IDENTITY_FRONT), is_its_own);
                assert_int_equal(rule && (rule->needs & REQUEST_TELLS_OF_CERTIFICATE),
                                 type == MESSAGE_TURN_AWAY);
        }
}

static void who_has_no_name_yet_is_named_before_he_is_answered(void **state)
{
        for (size_t i = 0; i < REQUESTS; i++) {
                const RequestRule *rule = request_table_find(requests[i]);
                if (rule->who & IDENTITY_PERSON)
                        assert_true((rule->needs & REQUEST_NEEDS_NAME) ||
                                    (rule->who & IDENTITY_UNNAMED));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_request_of_the_protocol_has_a_rule),
                cmocka_unit_test(nothing_else_has_one),
                cmocka_unit_test(nobody_may_ask_anything),
                cmocka_unit_test(root_may_ask_everything_but_what_readers_and_gateways_say),
                cmocka_unit_test(no_caller_changes_anything),
                cmocka_unit_test(only_root_reloads_maintains_and_lists_sessions),
                cmocka_unit_test(a_front_may_only_look_after_itself),
                cmocka_unit_test(who_has_no_name_yet_is_named_before_he_is_answered),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
