/* SPDX-License-Identifier: MIT */
/* Tests of link_https.c, against a front that does what it is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "https_server.h"
#include "link/link.h"
#include "util/deadline.h"

typedef struct Heard {
        unsigned records, ends, problems;
        int problem;
        LinkCall *call;
        bool cancels; /* at its first record */
} Heard;

typedef struct World {
        HttpsServer server;
        sd_event *event;
        Link *link;
        Heard heard[9];
        unsigned ended;
} World;

static World world;

static void on_reply(void *data, int problem, const Message *message)
{
        Heard *heard = data;
        if (problem) {
                heard->problems++;
                heard->problem = problem;
                world.ended++;
        } else if (message->type == MESSAGE_RECORD) {
                heard->records++;
                if (heard->cancels)
                        link_cancel(heard->call);
        } else {
                heard->ends++;
                world.ended++;
        }
}

static void open_link_to(const char *host, const char *authority, const char *client,
                         unsigned connections)
{
        char url[64], files[3][96];
        (void)snprintf(url, sizeof(url), "https://%s:%d/", host, world.server.port);
        (void)snprintf(files[0], sizeof(files[0]), "%s/%s.pem", world.server.folder, authority);
        (void)snprintf(files[1], sizeof(files[1]), "%s/%s.pem", world.server.folder, client);
        (void)snprintf(files[2], sizeof(files[2]), "%s/%s.key", world.server.folder, client);
        LinkHttpsOptions options = { url, files[0], files[1], files[2] };
        world.link = link_free(world.link);
        assert_int_equal(link_https_new(world.event, &options, connections, &world.link), 0);
}

static void open_link_as(const char *authority, const char *client, unsigned connections)
{
        open_link_to("127.0.0.1", authority, client, connections);
}

static int begin_world(void **state)
{
        https_server_start(&world.server);
        return 0;
}

static int end_world(void **state)
{
        https_server_stop(&world.server);
        return 0;
}

static int set_up(void **state)
{
        memset(world.heard, 0, sizeof(world.heard));
        world.ended = 0;
        world.server.kind = HTTPS_ANSWER;
        assert_true(sd_event_new(&world.event) >= 0);
        open_link_as("ca", "client", 1);
        return 0;
}

static int tear_down(void **state)
{
        world.link = link_free(world.link);
        world.event = sd_event_unref(world.event);
        return 0;
}

static void ask(unsigned index, uint64_t timeout_ms)
{
        uint8_t frame[512];
        MessageWriter writer;
        size_t size;
        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_TAKE,
                             link_request_id(world.link), 0);
        message_write_text(&writer, FIELD_WITH, TEXT_LITERAL("door:acme/HQ/D1"));
        assert_int_equal(message_writer_end(&writer, &size), 0);
        assert_int_equal(link_call(world.link, frame, size, timeout_ms, on_reply,
                                   &world.heard[index], &world.heard[index].call),
                         0);
}

static void run_until(unsigned ended)
{
        for (unsigned i = 0; world.ended < ended && i < 5000; i++)
                assert_true(sd_event_run(world.event, 1000) >= 0);
        assert_int_equal(world.ended, ended);
}

/* Of the last problem. */
static void assert_said(const char *part)
{
        const char *said = link_problem_say(world.link, world.heard[0].problem);
        if (!strstr(said, part))
                fail_msg("'%s' says nothing of '%s'", said, part);
}

static void assert_answered(const Heard *heard)
{
        assert_int_equal(heard->problem, 0);
        assert_int_equal(heard->records, 2);
        assert_int_equal(heard->ends, 1);
        assert_int_equal(heard->problems, 0);
}

static void all_replies_are_heard_over_one_kept_connection(void **state)
{
        int before = world.server.connections;
        for (unsigned i = 0; i < 4; i++)
                ask(i, 3000);
        run_until(4);
        for (unsigned i = 0; i < 4; i++)
                assert_answered(&world.heard[i]);
        assert_int_equal(world.server.connections, before + 1);
}

static void what_is_no_whole_answer_is_none(void **state)
{
        static const HttpsKind kinds[] = { HTTPS_CUT,     HTTPS_MORE,     HTTPS_NO_END,
                                           HTTPS_REQUEST, HTTPS_GARBAGE,  HTTPS_NOTHING,
                                           HTTPS_HUGE,    HTTPS_OTHER_ID, HTTPS_TWICE };
        for (unsigned i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
                world.server.kind = kinds[i];
                ask(i, 3000);
                run_until(i + 1);
                assert_int_equal(world.heard[i].records + world.heard[i].ends, 0);
                assert_int_equal(world.heard[i].problem, LINK_PROTOCOL);
        }
}

static void a_status_says_what_went_wrong(void **state)
{
        static const struct {
                int status, problem;
        } cases[] = { { 503, LINK_UNREACHABLE },
                      { 504, LINK_LATE },
                      { 403, LINK_REFUSED },
                      { 400, LINK_REFUSED },
                      { 500, LINK_REFUSED } };
        world.server.kind = HTTPS_STATUS;
        for (unsigned i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
                world.server.status = cases[i].status;
                ask(i, 3000);
                run_until(i + 1);
                assert_int_equal(world.heard[i].records + world.heard[i].ends, 0);
                assert_int_equal(world.heard[i].problem, cases[i].problem);
        }
        assert_said("HTTP status 500");
}

static void nobody_is_sent_elsewhere(void **state)
{
        int before = world.server.requests;
        world.server.kind = HTTPS_REDIRECT;
        ask(0, 3000);
        run_until(1);
        assert_int_equal(world.heard[0].problem, LINK_REFUSED);
        assert_int_equal(world.server.requests, before + 1);
}

static void silence_ends_with_the_time(void **state)
{
        world.server.kind = HTTPS_SILENT;
        ask(0, 100);
        run_until(1);
        assert_int_equal(world.heard[0].problem, LINK_LATE);
}

/* libcurl would send a POST again whose kept connection closed before any answer. */
static void nothing_is_sent_twice(void **state)
{
        world.server.kind = HTTPS_CLOSE_ON_REUSE;
        ask(0, 3000);
        run_until(1);
        assert_answered(&world.heard[0]);
        int before = world.server.requests;
        ask(1, 3000);
        run_until(2);
        assert_int_equal(world.heard[1].problem, LINK_UNREACHABLE);
        assert_int_equal(world.server.requests, before + 1);
}

static void another_authority_is_not_believed(void **state)
{
        int before = world.server.requests;
        open_link_as("other", "client", 1);
        ask(0, 3000);
        run_until(1);
        assert_int_equal(world.heard[0].problem, LINK_UNTRUSTED);
        assert_said("who answers there is not trusted (https://");
        assert_said("verification failed");
        assert_int_equal(world.server.requests, before);
}

/* One of the right authority, for another name. */
static void the_certificate_of_another_host_is_not_believed(void **state)
{
        int before = world.server.requests;
        open_link_to("localhost", "ca", "client", 1);
        ask(0, 3000);
        run_until(1);
        assert_int_equal(world.heard[0].problem, LINK_UNTRUSTED);
        assert_int_equal(world.server.requests, before);
}

/* One of the right authority and for this host, but a caller's. */
static void a_caller_s_certificate_is_no_server_s(void **state)
{
        int before = world.server.requests;
        world.server.is_caller = true;
        ask(0, 3000);
        run_until(1);
        world.server.is_caller = false;
        assert_int_equal(world.heard[0].problem, LINK_UNTRUSTED);
        assert_int_equal(world.server.requests, before);
}

static void a_stranger_is_not_served(void **state)
{
        int before = world.server.requests;
        open_link_as("ca", "stranger", 1);
        ask(0, 3000);
        run_until(1);
        assert_int_equal(world.heard[0].problems, 1);
        assert_said("it does not let in");
        assert_int_equal(world.server.requests, before);
}

static void a_proxy_of_the_environment_does_not_count(void **state)
{
        setenv("https_proxy", "http://127.0.0.1:1", 1);
        setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
        ask(0, 3000);
        run_until(1);
        unsetenv("https_proxy");
        unsetenv("ALL_PROXY");
        assert_answered(&world.heard[0]);
}

static void a_call_may_be_cancelled_between_its_replies(void **state)
{
        world.heard[0].cancels = true;
        ask(0, 3000);
        ask(1, 3000);
        run_until(1);
        assert_int_equal(world.heard[0].records, 1);
        assert_int_equal(world.heard[0].ends + world.heard[0].problems, 0);
        assert_answered(&world.heard[1]);
}

static void a_cancelled_call_lets_others_through(void **state)
{
        world.server.kind = HTTPS_SILENT;
        ask(0, 10000);
        ask(1, 10000);
        for (unsigned i = 0; i < 100 && world.server.requests == 0; i++)
                assert_true(sd_event_run(world.event, 10000) >= 0);
        world.server.kind = HTTPS_ANSWER;
        link_cancel(world.heard[0].call);
        run_until(1);
        assert_answered(&world.heard[1]);
        assert_int_equal(world.heard[0].ends + world.heard[0].problems, 0);
}

static void nobody_listens(void **state)
{
        LinkHttpsOptions options = { "https://127.0.0.1:1", "ca.pem", "client.pem", "client.key" };
        world.link = link_free(world.link);
        assert_int_equal(link_https_new(world.event, &options, 1, &world.link), 0);
        ask(0, 3000);
        run_until(1);
        assert_int_equal(world.heard[0].problems, 1);
}

static void there_are_so_many_connections(void **state)
{
        LinkHttpsOptions options = { "https://127.0.0.1:1", "ca.pem", "client.pem", "client.key" };
        Link *none = NULL;
        assert_int_equal(link_https_new(world.event, &options, 0, &none), -EINVAL);
        assert_int_equal(link_https_new(world.event, &options, LINK_CALLS_MAX + 1, &none), -EINVAL);
        assert_int_equal(link_https_new(world.event, &options, LINK_CALLS_MAX, &none), 0);
        link_free(none);
}

static void other_addresses_than_https_are_refused(void **state)
{
        static const char *const urls[] = { "http://127.0.0.1:1", "ftp://x",
                                            "pdp:8443",           "",
                                            "https://a@b",        "https://pdp/?x=y",
                                            "file:///x" };
        for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++) {
                LinkHttpsOptions options = { urls[i], "ca.pem", "client.pem", "client.key" };
                Link *none = NULL;
                assert_int_equal(link_https_new(world.event, &options, 1, &none), -EINVAL);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
                TEST(all_replies_are_heard_over_one_kept_connection),
                TEST(what_is_no_whole_answer_is_none),
                TEST(a_status_says_what_went_wrong),
                TEST(nobody_is_sent_elsewhere),
                TEST(silence_ends_with_the_time),
                TEST(nothing_is_sent_twice),
                TEST(another_authority_is_not_believed),
                TEST(the_certificate_of_another_host_is_not_believed),
                TEST(a_caller_s_certificate_is_no_server_s),
                TEST(a_stranger_is_not_served),
                TEST(a_proxy_of_the_environment_does_not_count),
                TEST(a_call_may_be_cancelled_between_its_replies),
                TEST(a_cancelled_call_lets_others_through),
                TEST(nobody_listens),
                TEST(there_are_so_many_connections),
                TEST(other_addresses_than_https_are_refused),
        };
        return cmocka_run_group_tests(tests, begin_world, end_world) ? 1 : 0;
}
