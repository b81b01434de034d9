/* SPDX-License-Identifier: MIT */
/* Tests of doorward/subscription.h: items one after the other, polls that go on where the last one
 * ended, and ends that cannot be taken for silence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <doorward/doorward.h>

#include "fake_server.h"
#include "util/deadline.h"

enum { TIMEOUT_MS = 300, SOON_MS = 5000, SLACK_MS = 400 };

static FakeServer server;
static doorward *door;
static doorward_subscription *subscription;
static doorward_item *item;
static Message request;

static int set_up(void **state)
{
        fake_server_prepare(&server);
        if (doorward_new(&door, server.socket) < 0)
                return -1;
        return doorward_set_timeout(door, TIMEOUT_MS);
}

static int tear_down(void **state)
{
        item = doorward_item_free(item);
        subscription = doorward_subscription_free(subscription);
        door = doorward_free(door);
        fake_server_clean(&server);
        return 0;
}

static const char *const doors[] = { "with=door:acme/HQ/D1", "with=door:acme/HQ/D2", NULL };

static void subscribe(enum doorward_subscription_kind kind, const char *const *words)
{
        subscription = doorward_subscription_free(subscription);
        assert_int_equal(doorward_subscribe(door, kind, words, &subscription), 0);
}

static void start(const FakeList *lists, size_t count)
{
        fake_server_start(
                &server,
                &(FakeBehaviour){ .kind = FAKE_LISTS, .lists = lists, .list_count = count });
}

static int next(void)
{
        item = doorward_item_free(item);
        return doorward_subscription_next(subscription, SOON_MS, &item);
}

/* The n-th request the server was sent. */
static void asked(size_t n, MessageType type)
{
        static uint8_t buffer[MESSAGE_SIZE_MAX];
        assert_true(fake_server_request(&server, n, buffer, &request));
        assert_int_equal(request.type, type);
}

static void assert_field(FieldTag tag, const char *expected)
{
        Text text;
        assert_int_equal(message_text(&request, tag, &text), expected != NULL);
        if (expected)
                assert_true(text_is(text, expected));
}

static void events_come_one_after_the_other(void **state)
{
        static const char *const WORDS[] = {
                "denied",   "since=1700000000", "with=door:acme/HQ/D1",
                "user=bob", "would-deny",       "resource=site:acme/HQ",
                NULL
        };
        static const FakeList LIST = {
                .records = { "kind=unlock\ndecision=deny\nreason=not-permitted",
                             "kind=enter\nempty=" },
                .end = FAKE_END_MISSING
        };
        int64_t since_s;
        start(&LIST, 1);
        subscribe(DOORWARD_EVENTS, WORDS);
        assert_int_equal(next(), 0);
        assert_string_equal(doorward_item_get(item, "kind"), "unlock");
        assert_string_equal(doorward_item_get(item, "reason"), "not-permitted");
        assert_string_equal(doorward_item_get(item, "reasons"), "");
        assert_string_equal(doorward_item_get(item, NULL), "");
        assert_string_equal(doorward_item_name(item, 1), "decision");
        assert_string_equal(doorward_item_value(item, 1), "deny");
        assert_string_equal(doorward_item_name(item, 3), "");
        assert_string_equal(doorward_item_value(item, 3), "");
        assert_int_equal(next(), 0);
        assert_string_equal(doorward_item_get(item, "kind"), "enter");
        assert_string_equal(doorward_item_name(item, 1), "empty");
        assert_string_equal(doorward_item_value(item, 1), "");
        /* Silence is nothing, however long. */
        assert_int_equal(doorward_subscription_get_timeout(subscription), -1);
        item = doorward_item_free(item);
        assert_int_equal(doorward_subscription_next(subscription, 50, &item), 0);
        assert_null(item);
        asked(0, MESSAGE_EVENTS);
        assert_field(FIELD_USER, "bob");
        assert_field(FIELD_RESOURCE, "site:acme/HQ");
        assert_field(FIELD_WITH, "door:acme/HQ/D1");
        assert_true(message_flag(&request, FIELD_FOLLOW));
        assert_true(message_flag(&request, FIELD_DENIED));
        assert_true(message_flag(&request, FIELD_WOULD_DENY));
        assert_true(message_time(&request, FIELD_SINCE, &since_s) && since_s == 1700000000);
}

static void commands_are_polled_for_again_after_the_last(void **state)
{
        static const FakeList LISTS[] = {
                { .records = { "kind=door\ndoor=acme/HQ/D1\nhold=controlled", "kind=time\nnow=1" },
                  .after = "t1" },
                { .after = "t2" },
                { .records = { "kind=command\nid=" FAKE_ID "\ndoor=acme/HQ/D1\nseconds=5" } },
                { .end = FAKE_END_MISSING },
        };
        uint32_t seconds;
        Text text;
        start(LISTS, 4);
        subscribe(DOORWARD_COMMANDS, doors);
        assert_int_equal(next(), 0);
        assert_string_equal(doorward_item_get(item, "hold"), "controlled");
        assert_int_equal(next(), 0);
        assert_string_equal(doorward_item_get(item, "kind"), "time");
        assert_int_equal(next(), 0);
        assert_string_equal(doorward_item_get(item, "id"), FAKE_ID);
        item = doorward_item_free(item);
        assert_int_equal(doorward_subscription_next(subscription, 50, &item), 0);
        assert_null(item);
        for (size_t i = 0; i < 4; i++) {
                static const char *const AFTER[] = { NULL, "t1", "t2", "t2" };
                asked(i, MESSAGE_TAKE);
                assert_field(FIELD_AFTER, AFTER[i]);
                assert_true(message_text_at(&request, FIELD_WITH, 1, &text));
                assert_true(text_is(text, "door:acme/HQ/D2"));
                assert_true(message_number(&request, FIELD_SECONDS, &seconds));
                assert_in_range(seconds, 1, 60);
        }
        assert_in_range(doorward_subscription_get_timeout(subscription), seconds * 1000 - 5000,
                        seconds * 1000 + TIMEOUT_MS);
}

static void only_another_revision_or_state_is_news(void **state)
{
        static const FakeList LISTS[] = {
                { .records = { "state=serving\nrevision=r1" } },
                { .records = { "state=serving\nrevision=r1" } },
                { .records = { "state=degraded\nrevision=r1" }, .status = 3 },
                { .records = { "state=degraded\nrevision=r1" }, .status = 3 },
                { .records = { "state=serving\nrevision=r2" } },
                { .end = FAKE_END_MISSING },
        };
        static const char *const KNOWN[] = { NULL, "r1", "r1", "r1", "r1", "r2" };
        static const char *const NEWS[][2] = { { "serving", "r1" },
                                               { "degraded", "r1" },
                                               { "serving", "r2" } };
        start(LISTS, 6);
        subscribe(DOORWARD_REVISIONS, NULL);
        for (size_t i = 0; i < 3; i++) {
                assert_int_equal(next(), 0);
                assert_string_equal(doorward_item_get(item, "state"), NEWS[i][0]);
                assert_string_equal(doorward_item_get(item, "revision"), NEWS[i][1]);
        }
        item = doorward_item_free(item);
        assert_int_equal(doorward_subscription_next(subscription, 50, &item), 0);
        assert_null(item);
        for (size_t i = 0; i < 6; i++) {
                asked(i, MESSAGE_WATCH);
                assert_field(FIELD_REVISION, KNOWN[i]);
        }
}

static void who_knows_a_revision_hears_of_others_only(void **state)
{
        static const char *const WORDS[] = { "revision=r1", NULL };
        static const FakeList LISTS[] = {
                { .records = { "state=serving\nrevision=r1" } },
                { .records = { "state=no-policy\nrevision=" }, .status = 3 },
                { .end = FAKE_END_MISSING },
        };
        start(LISTS, 3);
        subscribe(DOORWARD_REVISIONS, WORDS);
        assert_int_equal(next(), 0);
        assert_string_equal(doorward_item_get(item, "state"), "no-policy");
        assert_string_equal(doorward_item_get(item, "revision"), "");
        item = doorward_item_free(item);
        assert_int_equal(doorward_subscription_next(subscription, 50, &item), 0);
        asked(0, MESSAGE_WATCH);
        assert_field(FIELD_REVISION, "r1");
        asked(2, MESSAGE_WATCH);
        assert_field(FIELD_REVISION, "");
}

static void an_end_says_why(void **state)
{
        static const FakeList ENDED = { .records = { "kind=unlock" },
                                        .status = 1,
                                        .message = "No longer permitted" };
        static const FakeList REFUSED = { .end = FAKE_END_REFUSAL, .message = "not-allowed" };
        start(&ENDED, 1);
        subscribe(DOORWARD_EVENTS, NULL);
        assert_int_equal(next(), 0);
        assert_string_equal(doorward_subscription_reason(subscription), "");
        for (int i = 0; i < 2; i++) { /* and goes on saying it */
                assert_int_equal(next(), -DOORWARD_ERROR_REFUSED);
                assert_null(item);
        }
        assert_string_equal(doorward_subscription_reason(subscription), "ended");
        assert_string_equal(doorward_subscription_message(subscription), "No longer permitted");
        assert_int_equal(doorward_subscription_get_fd(subscription), -1);
        assert_int_equal(doorward_subscription_get_events(subscription), 0);
        assert_int_equal(doorward_subscription_get_timeout(subscription), -1);
        for (int kind = DOORWARD_EVENTS; kind <= DOORWARD_REVISIONS; kind++) {
                start(&REFUSED, 1);
                subscribe((enum doorward_subscription_kind)kind,
                          kind == DOORWARD_COMMANDS ? doors : NULL);
                assert_int_equal(next(), -DOORWARD_ERROR_REFUSED);
                assert_string_equal(doorward_subscription_reason(subscription), "not-allowed");
                assert_string_equal(doorward_subscription_message(subscription), "No.");
        }
}

/* What a server does that is no server. Return: the error that ends the subscription. */
static int end_of(FakeBehaviour behaviour, enum doorward_subscription_kind kind)
{
        int r;
        fake_server_start(&server, &behaviour);
        subscribe(kind, kind == DOORWARD_COMMANDS ? doors : NULL);
        while ((r = next()) == 0)
                assert_non_null(item);
        assert_int_equal(next(), r);
        return r;
}

static void what_may_be_missing_ends_it(void **state)
{
        static const FakeEnd ENDS[] = { FAKE_END_COUNT, FAKE_END_GAP, FAKE_END_ANSWER };
        static const FakeKind KINDS[] = { FAKE_GARBAGE, FAKE_HUGE, FAKE_DRIP, FAKE_ANSWER };
        for (int kind = DOORWARD_EVENTS; kind <= DOORWARD_REVISIONS; kind++) {
                for (size_t i = 0; i < sizeof(ENDS) / sizeof(ENDS[0]); i++) {
                        FakeList list = { .records = { "state=a\nrevision=1", "state=b" },
                                          .end = ENDS[i] };
                        assert_int_equal(end_of((FakeBehaviour){ .kind = FAKE_LISTS,
                                                                 .lists = &list,
                                                                 .list_count = 1 },
                                                (enum doorward_subscription_kind)kind),
                                         -DOORWARD_ERROR_PROTOCOL);
                }
                for (size_t i = 0; i < sizeof(KINDS) / sizeof(KINDS[0]); i++)
                        assert_int_equal(end_of((FakeBehaviour){ .kind = KINDS[i] },
                                                (enum doorward_subscription_kind)kind),
                                         -DOORWARD_ERROR_PROTOCOL);
                FakeList closed = { .records = { "state=a\nrevision=1" }, .end = FAKE_END_CLOSE };
                assert_int_equal(end_of((FakeBehaviour){ .kind = FAKE_LISTS,
                                                         .lists = &closed,
                                                         .list_count = 1 },
                                        (enum doorward_subscription_kind)kind),
                                 -DOORWARD_ERROR_UNREACHABLE);
                assert_int_equal(end_of((FakeBehaviour){ .kind = FAKE_CLOSE },
                                        (enum doorward_subscription_kind)kind),
                                 -DOORWARD_ERROR_UNREACHABLE);
        }
}

static void words_too_long_to_go_on_with_end_it(void **state)
{
        static char after[2000], record[2100];
        memset(after, 'a', sizeof(after) - 1);
        (void)snprintf(record, sizeof(record), "revision=%s", after);
        const FakeList list = { .after = after }, other = { .records = { record } };
        assert_int_equal(
                end_of((FakeBehaviour){ .kind = FAKE_LISTS, .lists = &list, .list_count = 1 },
                       DOORWARD_COMMANDS),
                -DOORWARD_ERROR_PROTOCOL);
        assert_int_equal(
                end_of((FakeBehaviour){ .kind = FAKE_LISTS, .lists = &other, .list_count = 1 },
                       DOORWARD_REVISIONS),
                -DOORWARD_ERROR_PROTOCOL);
}

static void nobody_there_and_nobody_trusted_end_it(void **state)
{
        fake_server_start(&server, &(FakeBehaviour){ .folder_mode = 0777 });
        subscribe(DOORWARD_EVENTS, NULL);
        assert_int_equal(next(), -DOORWARD_ERROR_UNTRUSTED);
        fake_server_stop(&server);
        assert_int_equal(chmod(server.folder, 0755), 0);
        subscribe(DOORWARD_EVENTS, NULL);
        assert_int_equal(next(), -DOORWARD_ERROR_UNREACHABLE);
}

static void a_full_queue_is_late(void **state)
{
        fake_server_start(&server, &(FakeBehaviour){ .kind = FAKE_LISTEN_ONLY, .backlog = 1 });
        doorward_subscription *others[3] = { NULL };
        int r = 0;
        uint64_t began_ns = deadline_clock_ns();
        for (size_t i = 0; i < 3; i++) { /* who is queued waits for ever */
                assert_int_equal(doorward_subscribe(door, DOORWARD_EVENTS, NULL, &others[i]), 0);
                r = doorward_subscription_next(others[i], i < 2 ? 0 : SOON_MS, &item);
                assert_null(item);
        }
        assert_int_equal(r, -DOORWARD_ERROR_TIMEOUT);
        assert_in_range((deadline_clock_ns() - began_ns) / 1000000, TIMEOUT_MS - 10,
                        TIMEOUT_MS + SLACK_MS);
        for (size_t i = 0; i < 3; i++)
                doorward_subscription_free(others[i]);
}

static void the_callers_loop_is_told_what_to_wait_for(void **state)
{
        static const FakeList LISTS[] = { { .records = { "state=serving\nrevision=r1" } },
                                          { .records = { "state=serving\nrevision=r2" } },
                                          { .end = FAKE_END_MISSING } };
        unsigned items = 0;
        start(LISTS, 3);
        subscribe(DOORWARD_REVISIONS, NULL);
        assert_int_equal(doorward_subscription_get_fd(subscription), -1);
        assert_in_range(doorward_subscription_get_timeout(subscription), 0, 10);
        for (int turns = 0; items < 2 && turns < 100; turns++) {
                struct pollfd file = { .fd = doorward_subscription_get_fd(subscription),
                                       .events = doorward_subscription_get_events(subscription) };
                assert_true(poll(&file, 1, doorward_subscription_get_timeout(subscription)) >= 0);
                assert_int_equal(doorward_subscription_process(subscription, &item), 0);
                items += item != NULL;
                item = doorward_item_free(item);
        }
        assert_int_equal(items, 2);
}

static void a_daemon_that_never_waits_does_not_keep_the_program(void **state)
{
        FakeList lists[40];
        for (size_t i = 0; i < 40; i++)
                lists[i] = (FakeList){ .records = { "state=serving\nrevision=r1" } };
        start(lists, 40);
        subscribe(DOORWARD_REVISIONS, NULL);
        assert_int_equal(next(), 0);
        for (int i = 0; i < 3; i++) {
                item = doorward_item_free(item);
                assert_int_equal(doorward_subscription_process(subscription, &item), 0);
                assert_null(item);
        }
        assert_in_range(fake_server_request_count(&server), 1, 4);
}

static void nothing_is_nothing(void **state)
{
        assert_int_equal(doorward_subscription_process(NULL, &item), -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_subscription_next(NULL, 0, &item), -DOORWARD_ERROR_ARGUMENT);
        subscribe(DOORWARD_EVENTS, NULL);
        assert_int_equal(doorward_subscription_process(subscription, NULL),
                         -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_subscription_next(subscription, 0, NULL),
                         -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_subscription_get_fd(NULL), -1);
        assert_int_equal(doorward_subscription_get_events(NULL), 0);
        assert_int_equal(doorward_subscription_get_timeout(NULL), -1);
        assert_string_equal(doorward_subscription_reason(NULL), "");
        assert_string_equal(doorward_subscription_message(NULL), "");
        assert_null(doorward_subscription_free(NULL));
        assert_string_equal(doorward_item_get(NULL, "kind"), "");
        assert_string_equal(doorward_item_name(NULL, 0), "");
        assert_string_equal(doorward_item_value(NULL, 0), "");
        assert_null(doorward_item_free(NULL));
}

static void a_child_must_subscribe_itself(void **state)
{
        int status;
        subscribe(DOORWARD_EVENTS, NULL);
        pid_t child = fork();
        if (child == 0) {
                doorward_subscription *own = NULL;
                bool good = doorward_subscription_process(subscription, &item) ==
                                    -DOORWARD_ERROR_FORKED &&
                            doorward_subscribe(door, DOORWARD_EVENTS, NULL, &own) ==
                                    -DOORWARD_ERROR_FORKED;
                _exit(good ? 0 : 1);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
}

static void a_connection_asks_while_its_subscription_waits(void **state)
{
        doorward_answer *answer = NULL;
        fake_server_start(&server, &(FakeBehaviour){ .outcome = DOORWARD_ALLOW });
        subscribe(DOORWARD_EVENTS, NULL);
        assert_int_equal(doorward_ask(door, "a", "b", "c:d", NULL, &answer), 0);
        answer = doorward_answer_free(answer);
        door = doorward_free(door); /* and may go before it */
        assert_int_equal(next(), -DOORWARD_ERROR_PROTOCOL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(events_come_one_after_the_other),
                TEST(commands_are_polled_for_again_after_the_last),
                TEST(only_another_revision_or_state_is_news),
                TEST(who_knows_a_revision_hears_of_others_only),
                TEST(an_end_says_why),
                TEST(what_may_be_missing_ends_it),
                TEST(words_too_long_to_go_on_with_end_it),
                TEST(nobody_there_and_nobody_trusted_end_it),
                TEST(a_full_queue_is_late),
                TEST(the_callers_loop_is_told_what_to_wait_for),
                TEST(a_daemon_that_never_waits_does_not_keep_the_program),
                TEST(nothing_is_nothing),
                TEST(a_child_must_subscribe_itself),
                TEST(a_connection_asks_while_its_subscription_waits),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
