/* SPDX-License-Identifier: MIT */
/* Tests of cards that doorwardd decides. */
#include "gateway_fixture.h"

#include <errno.h>
#include <stdlib.h>

#include "fake_link.h"
#include "gateway/swipe.h"
#include "util/timestamp.h"

#define ALLOW         0xca
#define DENY          0x53
#define CANNOT_DECIDE 0x2d

static Swipe *swipe;

static int set_up(void **state)
{
        fixture_set_up_open(state);
        const Log log = { .silent = true };
        assert_int_equal(swipe_new(fake_link(), fixture.doors, fixture.executor, fixture.events,
                                   log, &swipe),
                         0);
        return 0;
}

static int tear_down(void **state)
{
        swipe = swipe_free(swipe);
        link_free(NULL);
        return fixture_tear_down(state);
}

static FakeCall *open_enter(void)
{
        FakeCall *call = fake_link_open_call(MESSAGE_ENTER);
        assert_non_null(call);
        return call;
}

static FakeAnswer good_answer(void)
{
        return (FakeAnswer){ .outcome = ALLOW,
                             .resource = "door:acme/HQ/D1",
                             .door = "acme/HQ/D1",
                             .id = ID_A,
                             .release_seconds = 4,
                             .not_after_s = timestamp_now() + 10 };
}

static void a_granted_card_opens_like_a_command(void **state)
{
        FakeAnswer answer = good_answer();
        Text text;
        swipe_ask(swipe, 0, 8165538);
        assert_true(message_text(&open_enter()->message, FIELD_RESOURCE, &text));
        assert_true(text_is(text, "door:acme/HQ/D1"));
        assert_true(message_text(&open_enter()->message, FIELD_CARD, &text));
        assert_true(text_is(text, "8165538"));
        assert_int_equal(open_enter()->timeout_ms, SWIPE_ANSWER_MS);
        fake_link_answer(open_enter(), &answer);
        assert_int_equal(fixture.open_count, 1);
        assert_int_equal(fixture.opens[0].seconds, 4);
        assert_string_equal(fixture.opens[0].id, ID_A);
        fixture.hosts[0]->done(fixture.hosts[0]->data, 0, ID_A, DRIVER_COMMANDED, NULL);
        assert_events("commanded acme/HQ/D1 0123 8165538 -\n");
        /* The same allow a second time: the id is used up. */
        swipe_ask(swipe, 0, 8165538);
        fake_link_answer(open_enter(), &answer);
        assert_int_equal(fixture.open_count, 1);
}

static void a_denied_card_opens_nothing(void **state)
{
        static const uint32_t OUTCOMES[] = { DENY, CANNOT_DECIDE, 0, 1, 0xffffffff };
        for (size_t i = 0; i < sizeof(OUTCOMES) / sizeof(OUTCOMES[0]); i++) {
                FakeAnswer answer = good_answer();
                answer.outcome = OUTCOMES[i];
                swipe_ask(swipe, 0, 1);
                fake_link_answer(open_enter(), &answer);
        }
        assert_int_equal(fixture.open_count, 0);
        assert_events("");
}

static void the_longest_release_time_is_taken(void **state)
{
        FakeAnswer answer = good_answer();
        answer.release_seconds = EXECUTOR_RELEASE_MAX;
        swipe_ask(swipe, 0, 1);
        fake_link_answer(open_enter(), &answer);
        assert_int_equal(fixture.opens[0].seconds, EXECUTOR_RELEASE_MAX);
}

static void an_allow_of_something_else_opens_nothing(void **state)
{
        enum { ANSWERS = 9 };
        FakeAnswer answers[ANSWERS];
        for (size_t i = 0; i < ANSWERS; i++)
                answers[i] = good_answer();
        answers[0].door = "acme/HQ/D2";
        answers[1].door = NULL;
        answers[2].resource = "door:acme/HQ/D2";
        answers[3].id = NULL;
        answers[4].id = "0123";
        answers[5].release_seconds = 0;
        answers[6].not_after_s = 0; /* absent */
        answers[7].release_seconds = EXECUTOR_RELEASE_MAX + 1;
        answers[8].no_release = true;
        for (size_t i = 0; i < ANSWERS; i++) {
                swipe_ask(swipe, 0, 5);
                fake_link_answer(open_enter(), &answers[i]);
                assert_events("controller-denied acme/HQ/D1 - 5 doorwardd gave no answer: an allow "
                              "of something else\n");
                assert_int_equal(store_forget_events(fixture.store, i + 1), 0);
        }
        assert_int_equal(fixture.open_count, 0);
}

static void a_late_allow_opens_nothing(void **state)
{
        FakeAnswer answer = good_answer();
        answer.not_after_s = timestamp_now();
        swipe_ask(swipe, 0, 5);
        fake_link_answer(open_enter(), &answer);
        assert_int_equal(fixture.open_count, 0);
        assert_events("command-late acme/HQ/D1 0123 5 it came too late\n");
}

static void without_an_answer_the_door_stays_shut(void **state)
{
        swipe_ask(swipe, 0, 5);
        fake_link_break(open_enter(), LINK_LATE);
        swipe_ask(swipe, 0, 6);
        fake_link_refuse(open_enter(), "not-allowed");
        swipe_ask(swipe, 0, 7);
        fake_link_end(open_enter(), 0, NULL);
        swipe_ask(swipe, 0, 8);
        fake_link_record(open_enter(), (const char *const[]){ "kind", "command", NULL });
        assert_null(fake_link_open_call(MESSAGE_ENTER));
        fake_link_fail(-ENOBUFS);
        swipe_ask(swipe, 0, 9);
        assert_int_equal(fixture.open_count, 0);
        assert_events(
                "controller-denied acme/HQ/D1 - 5 doorwardd gave no answer: late\n"
                "controller-denied acme/HQ/D1 - 6 doorwardd gave no answer: not-allowed\n"
                "controller-denied acme/HQ/D1 - 7 doorwardd gave no answer: no answer at all\n"
                "controller-denied acme/HQ/D1 - 8 doorwardd gave no answer: no answer at all\n"
                "controller-denied acme/HQ/D1 - 9 doorwardd gave no answer: No buffer space "
                "available\n");
}

static void too_many_cards_at_once_are_denied(void **state)
{
        for (unsigned i = 0; i < SWIPES_MAX; i++)
                swipe_ask(swipe, 1, 1);
        assert_events("");
        swipe_ask(swipe, 1, 2);
        assert_events(
                "controller-denied acme/HQ/D2 - 2 doorwardd gave no answer: too many cards at "
                "once\n");
        fake_link_break(open_enter(), LINK_LATE);
        assert_int_equal(store_forget_events(fixture.store, 2), 0);
        swipe_ask(swipe, 1, 3);
        open_enter();
}

#define SWIPE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                SWIPE_TEST(a_granted_card_opens_like_a_command),
                SWIPE_TEST(a_denied_card_opens_nothing),
                SWIPE_TEST(the_longest_release_time_is_taken),
                SWIPE_TEST(an_allow_of_something_else_opens_nothing),
                SWIPE_TEST(a_late_allow_opens_nothing),
                SWIPE_TEST(without_an_answer_the_door_stays_shut),
                SWIPE_TEST(too_many_cards_at_once_are_denied),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
