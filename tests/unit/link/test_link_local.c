/* SPDX-License-Identifier: MIT */
/* Tests of link.c and link_local.c, against a daemon that does what it is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "fake_server.h"
#include "link/link.h"
#include "util/deadline.h"

#define CALLS_MAX 40

/* What came of one call. */
typedef struct Heard {
        unsigned answers, refusals, records, problems;
        int problem;
        char reason[64];
        LinkCall *call;
} Heard;

typedef struct World {
        FakeServer server;
        sd_event *event;
        Link *link;
        Heard heard[CALLS_MAX];
        unsigned ended;
} World;

static World world;

static void on_reply(void *data, int problem, const Message *message)
{
        Heard *heard = data;
        Text reason;
        if (problem) {
                assert_null(message);
                heard->problems++;
                heard->problem = problem;
        } else if (message->type == MESSAGE_RECORD) {
                heard->records++;
                return;
        } else {
                heard->answers += message->type == MESSAGE_ANSWER;
                heard->refusals += message->type == MESSAGE_REFUSAL;
                assert_true(message_text(message, FIELD_REASON, &reason));
                assert_true(reason.size < sizeof(heard->reason));
                memcpy(heard->reason, reason.data, reason.size);
        }
        world.ended++;
}

static int set_up(void **state)
{
        memset(&world, 0, sizeof(world));
        fake_server_prepare(&world.server);
        assert_true(sd_event_new(&world.event) >= 0);
        return 0;
}

static int tear_down(void **state)
{
        world.link = link_free(world.link);
        world.event = sd_event_unref(world.event);
        fake_server_clean(&world.server);
        return 0;
}

static void open_link(unsigned connections)
{
        ConnectionOptions options = { .socket_path = world.server.socket };
        assert_int_equal(link_local_new(world.event, &options, connections, &world.link), 0);
}

static void start(const FakeBehaviour *behaviour)
{
        fake_server_start(&world.server, behaviour);
}

static int ask(unsigned index, uint64_t timeout_ms)
{
        uint8_t frame[512];
        MessageWriter writer;
        size_t size;
        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_ASK,
                             link_request_id(world.link), 0);
        message_write_text(&writer, FIELD_USER, TEXT_LITERAL("alice"));
        message_write_text(&writer, FIELD_ACTION, TEXT_LITERAL("access.door.unlock"));
        message_write_text(&writer, FIELD_RESOURCE, TEXT_LITERAL("door:acme/HQ/D1"));
        assert_int_equal(message_writer_end(&writer, &size), 0);
        return link_call(world.link, frame, size, timeout_ms, on_reply, &world.heard[index],
                         &world.heard[index].call);
}

/* Runs the loop until so many calls have ended. */
static void run_until(unsigned ended)
{
        for (unsigned i = 0; world.ended < ended && i < 2000; i++)
                assert_true(sd_event_run(world.event, 10000) >= 0);
        assert_int_equal(world.ended, ended);
}

static void run_for(unsigned milliseconds)
{
        Deadline deadline = deadline_after_ms(milliseconds);
        while (deadline_left_ms(deadline) > 0)
                assert_true(sd_event_run(world.event, 1000) >= 0);
}

static void an_answer_is_heard_once_and_never_from_within(void **state)
{
        start(&(FakeBehaviour){ .kind = FAKE_ANSWER, .outcome = 0xca });
        open_link(1);
        assert_int_equal(ask(0, 2000), 0);
        assert_int_equal(world.heard[0].answers, 0);
        run_until(1);
        assert_int_equal(world.heard[0].answers, 1);
        assert_string_equal(world.heard[0].reason, "granted-by-role");
        run_for(20);
        assert_int_equal(world.heard[0].answers + world.heard[0].problems, 1);
}

static void more_calls_than_connections_wait_for_their_turn(void **state)
{
        start(&(FakeBehaviour){ .kind = FAKE_ANSWER, .outcome = 0xca });
        open_link(1);
        for (unsigned i = 0; i < CALLS_MAX; i++)
                assert_int_equal(ask(i, 5000), 0);
        run_until(CALLS_MAX);
        for (unsigned i = 0; i < CALLS_MAX; i++)
                assert_int_equal(world.heard[i].answers, 1);
}

static void a_refusal_is_a_reply(void **state)
{
        start(&(FakeBehaviour){ .kind = FAKE_REFUSAL, .reason = "busy" });
        open_link(1);
        assert_int_equal(ask(0, 2000), 0);
        run_until(1);
        assert_int_equal(world.heard[0].refusals, 1);
        assert_string_equal(world.heard[0].reason, "busy");
}

static void what_goes_wrong_ends_the_call(void **state)
{
        static const struct {
                FakeBehaviour behaviour;
                int problem;
        } cases[] = {
                { { .kind = FAKE_SILENT }, LINK_LATE },
                { { .kind = FAKE_LISTEN_ONLY }, LINK_LATE },
                { { .kind = FAKE_CLOSE }, LINK_UNREACHABLE },
                { { .kind = FAKE_READ_CLOSE }, LINK_UNREACHABLE },
                { { .kind = FAKE_GARBAGE }, LINK_PROTOCOL },
                { { .kind = FAKE_HUGE }, LINK_PROTOCOL },
                { { .kind = FAKE_ANSWER, .outcome = 0xca, .lie = FAKE_LIE_REQUEST_ID },
                  LINK_PROTOCOL },
                { { .kind = FAKE_ANSWER, .outcome = 0xca, .folder_mode = 0777 }, LINK_UNTRUSTED },
        };
        for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
                start(&cases[i].behaviour);
                open_link(1);
                assert_int_equal(ask((unsigned)i, 60), 0);
                run_until((unsigned)i + 1);
                assert_int_equal(world.heard[i].problems, 1);
                assert_int_equal(world.heard[i].answers, 0);
                assert_int_equal(world.heard[i].problem, cases[i].problem);
                world.link = link_free(world.link);
        }
}

static void nobody_listens_at_first_and_somebody_does_later(void **state)
{
        open_link(1);
        assert_int_equal(ask(0, 1000), 0);
        run_until(1);
        assert_int_equal(world.heard[0].problem, LINK_UNREACHABLE);
        start(&(FakeBehaviour){ .kind = FAKE_ANSWER, .outcome = 0xca });
        assert_int_equal(ask(1, 1000), 0);
        run_until(2);
        assert_int_equal(world.heard[1].answers, 1);
}

static void a_kept_connection_that_was_closed_is_made_anew(void **state)
{
        start(&(FakeBehaviour){ .kind = FAKE_ANSWER_CLOSE, .outcome = 0xca });
        open_link(1);
        for (unsigned i = 0; i < 3; i++) {
                assert_int_equal(ask(i, 1000), 0);
                run_until(i + 1);
                run_for(20);
                assert_int_equal(world.heard[i].answers, 1);
        }
}

static void a_second_answer_is_nobodys(void **state)
{
        start(&(FakeBehaviour){ .kind = FAKE_ANSWER_TWICE, .outcome = 0xca });
        open_link(1);
        for (unsigned i = 0; i < 3; i++) {
                assert_int_equal(ask(i, 1000), 0);
                run_until(i + 1);
                run_for(10);
        }
        for (unsigned i = 0; i < 3; i++)
                assert_int_equal(world.heard[i].answers, 1);
}

static void a_cancelled_call_hears_nothing_and_frees_its_connection(void **state)
{
        start(&(FakeBehaviour){ .kind = FAKE_LATE, .outcome = 0xca, .delay_ms = 40 });
        open_link(1);
        assert_int_equal(ask(0, 1000), 0);
        assert_int_equal(ask(1, 1000), 0);
        run_for(5);
        link_cancel(world.heard[0].call);
        run_until(1);
        assert_int_equal(world.heard[0].answers + world.heard[0].problems, 0);
        assert_int_equal(world.heard[1].answers, 1);
}

static void a_link_that_goes_away_tells_nobody(void **state)
{
        start(&(FakeBehaviour){ .kind = FAKE_SILENT });
        open_link(1);
        assert_int_equal(ask(0, 1000), 0);
        assert_int_equal(ask(1, 1000), 0);
        run_for(5);
        world.link = link_free(world.link);
        run_for(5);
        assert_int_equal(world.ended, 0);
}

static void there_is_a_limit_and_a_check(void **state)
{
        ConnectionOptions options = { .socket_path = world.server.socket };
        Link *none = NULL;
        assert_int_equal(link_local_new(world.event, &options, 0, &none), -EINVAL);
        assert_int_equal(link_local_new(world.event, &options, LINK_CALLS_MAX + 1, &none), -EINVAL);
        start(&(FakeBehaviour){ .kind = FAKE_SILENT });
        open_link(1);
        assert_int_equal(link_call(world.link, "no frame", 8, 1000, on_reply, NULL, NULL),
                         -EMSGSIZE);
        for (unsigned i = 0; i < LINK_CALLS_MAX; i++)
                assert_int_equal(ask(0, 60000), 0);
        assert_int_equal(ask(0, 60000), -ENOBUFS);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
                TEST(an_answer_is_heard_once_and_never_from_within),
                TEST(more_calls_than_connections_wait_for_their_turn),
                TEST(a_refusal_is_a_reply),
                TEST(what_goes_wrong_ends_the_call),
                TEST(nobody_listens_at_first_and_somebody_does_later),
                TEST(a_kept_connection_that_was_closed_is_made_anew),
                TEST(a_second_answer_is_nobodys),
                TEST(a_cancelled_call_hears_nothing_and_frees_its_connection),
                TEST(a_link_that_goes_away_tells_nobody),
                TEST(there_is_a_limit_and_a_check),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
