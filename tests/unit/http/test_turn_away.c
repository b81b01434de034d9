/* SPDX-License-Identifier: MIT */
/* Tests of turn_away.c, on a link that keeps what is sent and replies when the test says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "http/turn_away.h"

#define CALLS_MAX   64
#define CERTIFICATE "sha256:1111111111111111111111111111111111111111111111111111111111111111"

int __wrap_link_call(Link *link, const void *frame, size_t size, uint64_t timeout_ms,
                     LinkReply reply, void *data, LinkCall **ret_call);
void __wrap_link_cancel(LinkCall *call);

typedef struct Kept {
        LinkReply reply;
        void *data;
        uint8_t frame[1024];
        Message message;
        bool cancelled;
} Kept;

static TurnAway *turn_away;
static Kept kept[CALLS_MAX];
static size_t sent;
static bool answers; /* at once */
static int fails;

int __wrap_link_call(Link *link, const void *frame, size_t size, uint64_t timeout_ms,
                     LinkReply reply, void *data, LinkCall **ret_call)
{
        if (fails)
                return fails;
        Kept *call = &kept[sent++ % CALLS_MAX];
        *call = (Kept){ .reply = reply, .data = data };
        assert_true(size <= sizeof(call->frame));
        memcpy(call->frame, frame, size);
        assert_int_equal(message_decode(call->frame, size, &call->message), 0);
        assert_int_equal(call->message.type, MESSAGE_TURN_AWAY);
        *ret_call = (LinkCall *)(void *)call;
        return 0;
}

void __wrap_link_cancel(LinkCall *call)
{
        if (call)
                ((Kept *)(void *)call)->cancelled = true;
}

static int set_up(void **state)
{
        sent = 0;
        fails = 0;
        answers = true;
        turn_away = turn_away_new(NULL);
        return turn_away ? 0 : -1;
}

static int tear_down(void **state)
{
        turn_away = turn_away_free(turn_away);
        return 0;
}

/* The text of what was sent last; "": none. */
static const char *last(FieldTag tag)
{
        static char copy[1024];
        Text text = TEXT_NULL;
        (void)message_text(&kept[(sent - 1) % CALLS_MAX].message, tag, &text);
        (void)snprintf(copy, sizeof(copy), "%.*s", (int)text.size, text.size ? text.data : "");
        return copy;
}

static bool tell(const char *host, const char *code, uint64_t now_ms)
{
        bool told = turn_away_tell(turn_away, host, code, "a test", "", now_ms);
        if (told && answers) {
                const Message end = { .type = MESSAGE_END };
                Kept *call = &kept[(sent - 1) % CALLS_MAX];
                call->reply(call->data, 0, &end);
        }
        return told;
}

static void one_a_second_of_an_address_and_code(void **state)
{
        assert_true(tell("192.0.2.1", "too-large", 1000));
        assert_false(tell("192.0.2.1", "too-large", 1000));
        assert_false(tell("192.0.2.1", "too-large", 1999));
        assert_true(tell("192.0.2.1", "too-slow", 1999));
        assert_true(tell("192.0.2.2", "too-large", 1999));
        assert_true(tell("192.0.2.1", "too-large", 2000));
}

static void in_all_a_burst_and_then_a_rate(void **state)
{
        char host[32];
        unsigned told = 0;
        for (int i = 0; i < 200; i++) {
                (void)snprintf(host, sizeof(host), "192.0.2.%d", i);
                told += tell(host, "too-large", 5000);
        }
        assert_in_range(told, TURN_AWAY_BURST - 10, TURN_AWAY_BURST); /* some share a slot */
        assert_false(tell("198.51.100.1", "too-large", 5000));
        assert_true(tell("198.51.100.2", "too-large", 5000 + 1000 / TURN_AWAY_PER_SECOND));
}

static void what_does_not_fit_is_cut_and_control_characters_are_escaped(void **state)
{
        char text[4096];
        for (size_t i = 0; i < sizeof(text) - 1; i++)
                text[i] = (char)(1 + i % 30);
        text[sizeof(text) - 1] = '\0';
        assert_true(turn_away_tell(turn_away, "192.0.2.1", "too-large", text, NULL, 1000));
        assert_int_equal(strncmp(last(FIELD_WHY), "too-large \\x01\\x02", 18), 0);
        assert_true(strlen(last(FIELD_WHY)) < 256);
}

static void what_is_told_is_who_and_why(void **state)
{
        assert_true(turn_away_tell(turn_away, "192.0.2.1", "unknown-caller", "Not listed.",
                                   CERTIFICATE, 0));
        assert_string_equal(last(FIELD_REMOTE_HOST), "192.0.2.1");
        assert_string_equal(last(FIELD_WHY), "unknown-caller Not listed.");
        assert_string_equal(last(FIELD_CERTIFICATE), CERTIFICATE);
        assert_true(tell("192.0.2.1", "too-slow", 0)); /* "" is no certificate */
        assert_string_equal(last(FIELD_CERTIFICATE), "");
        assert_false(tell("192.0.2.1", "too-slow", 1));
        assert_false(tell("192.0.2.1", "too-slow", 2));
        assert_true(tell("192.0.2.1", "too-slow", 1000));
        assert_string_equal(last(FIELD_WHY), "too-slow a test (and 2 more before)");
        assert_true(tell("192.0.2.1", "too-slow", 2000));
        assert_string_equal(last(FIELD_WHY), "too-slow a test");
}

/* The link is there for requests. */
static void only_so_many_are_under_way(void **state)
{
        enum { UNDER_WAY = 32 };
        const Message end = { .type = MESSAGE_END }, record = { .type = MESSAGE_RECORD };
        answers = false;
        for (uint64_t i = 0; i < UNDER_WAY; i++)
                assert_true(tell("192.0.2.1", "too-large", i * 10000));
        assert_false(tell("192.0.2.1", "too-large", 1000000));
        kept[5].reply(kept[5].data, 0, &record); /* not its end */
        assert_false(tell("192.0.2.1", "too-large", 1001000));
        kept[5].reply(kept[5].data, 0, &end);
        assert_true(tell("192.0.2.1", "too-large", 1002000));
        kept[7].reply(kept[7].data, LINK_LATE, NULL);
        fails = -ENOBUFS;
        assert_false(tell("192.0.2.1", "too-large", 1004000));
        fails = 0;
        assert_true(tell("192.0.2.1", "too-large", 1004000));
        assert_string_equal(last(FIELD_WHY), "too-large a test (and 1 more before)");
        turn_away = turn_away_free(turn_away);
        assert_true(kept[0].cancelled);
        assert_true(kept[31].cancelled);
        assert_true(kept[33].cancelled);
        assert_false(kept[5].cancelled);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(one_a_second_of_an_address_and_code, set_up,
                                                tear_down),
                cmocka_unit_test_setup_teardown(in_all_a_burst_and_then_a_rate, set_up, tear_down),
                cmocka_unit_test_setup_teardown(
                        what_does_not_fit_is_cut_and_control_characters_are_escaped, set_up,
                        tear_down),
                cmocka_unit_test_setup_teardown(what_is_told_is_who_and_why, set_up, tear_down),
                cmocka_unit_test_setup_teardown(only_so_many_are_under_way, set_up, tear_down),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
