/* SPDX-License-Identifier: MIT */
/* Tests of cli/live_change.h, through the commands: what is asked, what is printed, how it ends. */
#include "against_server.h"

#include <stdio.h>

#include "policy/vocabulary.h"
#include "util/timestamp.h"

#define DONE "allow\tgranted-by-role\ta detail\n"
#define D1   "door:acme/HQ/D1"
#define BOB  "user:acme/bob"

static const Message *request(size_t n)
{
        static uint8_t frame[MESSAGE_SIZE_MAX];
        static Message message;
        assert_true(fake_server_request(&server, n, frame, &message));
        assert_int_equal(message.type, MESSAGE_CHANGE);
        return &message;
}

/* Runs a command that is allowed, whatever it prints. */
static void sends(const Command *command, const char *const *words)
{
        Run done = run(command, words);
        assert_int_equal(done.status, EXIT_ALLOWED);
        free(done.output);
        free(done.errors);
}

static void what_was_done_is_said_of_what_it_was_done_to(void **state)
{
        const struct {
                const Command *command;
                const char *const *words;
                const char *action, *sentence;
        } CASES[] = {
                { &command_suspend, WORDS(BOB), "suspend", BOB " is suspended" },
                { &command_resume, WORDS(BOB), "resume", BOB " is no longer suspended" },
                { &command_dates, WORDS(BOB, "--until", "2090-01-01T00:00:00Z"), "dates",
                  BOB " has new dates of access" },
                { &command_dates, WORDS(BOB, "--clear"), "clear-dates",
                  BOB " has no dates of access" },
                { &command_door, WORDS("override", D1, "locked", "--for", "10m"), "override",
                  D1 " is overridden: locked" },
                { &command_door, WORDS("block", D1), "block", D1 " is blocked" },
                { &command_door, WORDS("release", D1), "release", D1 " is as its schedule says" },
                { &command_lockdown, WORDS("start", "lockdown:acme/fire"), "start-lockdown",
                  "lockdown:acme/fire is on" },
                { &command_lockdown, WORDS("end", "lockdown:acme/fire"), "end-lockdown",
                  "lockdown:acme/fire is no longer on" },
        };
        answer_with(OUTCOME_ALLOW, NULL);
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
                char expected[512];
                (void)snprintf(expected, sizeof(expected), DONE "%s\ndecision " FAKE_ID "\n",
                               CASES[i].sentence);
                prints(CASES[i].command, CASES[i].words, EXIT_ALLOWED, expected);
                assert_text(request(i), FIELD_ACTION, 0, CASES[i].action);
        }
}

static void every_word_reaches_the_daemon_in_its_field(void **state)
{
        uint32_t seconds;
        int64_t time_s;
        answer_with(OUTCOME_ALLOW, NULL);
        sends(&command_door,
              WORDS("override", D1, "card-and-code", "--for", "2h", "--reason", "wet floor"));
        const Message *sent = request(0);
        assert_text(sent, FIELD_RESOURCE, 0, D1);
        assert_text(sent, FIELD_STATE, 0, "card-and-code");
        assert_text(sent, FIELD_WHY, 0, "wet floor");
        assert_true(message_number(sent, FIELD_SECONDS, &seconds));
        assert_int_equal(seconds, 7200);
        assert_false(message_time(sent, FIELD_UNTIL, &time_s));
        assert_false(message_flag(sent, FIELD_DRY_RUN));
        sends(&command_dates,
              WORDS(BOB, "--from", "2030-01-01T00:00:00+01:00", "--until", "2031-01-01T00:00:00Z"));
        sent = request(1);
        assert_text(sent, FIELD_WHY, 0, NULL);
        assert_text(sent, FIELD_STATE, 0, NULL);
        assert_true(message_time(sent, FIELD_FROM, &time_s));
        assert_int_equal(time_s, 1893452400);
        assert_true(message_time(sent, FIELD_UNTIL, &time_s));
        assert_int_equal(time_s, 1924992000);
        assert_false(message_number(sent, FIELD_SECONDS, &seconds));
        sends(&command_suspend, WORDS(BOB, "--end-sessions", "--dry-run"));
        assert_true(message_flag(request(2), FIELD_END_SESSIONS));
        assert_true(message_flag(request(2), FIELD_DRY_RUN));
        sends(&command_door, WORDS("block", D1));
        assert_false(message_number(request(3), FIELD_SECONDS, &seconds));
        assert_false(message_flag(request(3), FIELD_END_SESSIONS));
}

static void until_is_sent_as_how_long_that_is(void **state)
{
        char until[TIMESTAMP_TEXT_SIZE];
        uint32_t seconds;
        answer_with(OUTCOME_ALLOW, NULL);
        (void)timestamp_format(timestamp_now() + 3600, until);
        sends(&command_door, WORDS("block", D1, "--until", until));
        assert_true(message_number(request(0), FIELD_SECONDS, &seconds));
        assert_in_range(seconds, 3600 - 30, 3600);
}

static void what_cannot_be_is_not_sent(void **state)
{
        char late[TIMESTAMP_TEXT_SIZE], reason[1200];
        (void)timestamp_format(timestamp_now() + 32 * 86400, late);
        memset(reason, 'x', sizeof(reason));
        reason[1025] = '\0';
        const struct {
                const Command *command;
                const char *const *words;
                const char *error;
        } CASES[] = {
                { &command_door, WORDS("block", D1, "--until", "2020-01-01T00:00:00Z"),
                  "door: --until has passed already" },
                { &command_door,
                  WORDS("block", D1, "--until", "2090-01-01T00:00:00Z", "--for", "1h"),
                  "door: --for and --until say the same: give one of them" },
                { &command_door, WORDS("block", D1, "--until", late),
                  "door: that is too long: at most 31 days" },
                { &command_suspend, WORDS(BOB, "--reason", reason),
                  "suspend: the --reason is too long: at most 1024 bytes" },
                { &command_suspend, WORDS(BOB, "--reason", "a\nb"),
                  "suspend: the --reason is not one line of printable UTF-8" },
        };
        answer_with(OUTCOME_ALLOW, NULL);
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
                Run done = run(CASES[i].command, CASES[i].words);
                assert_int_equal(done.status, EXIT_USAGE);
                assert_string_equal(done.output, "");
                assert_non_null(strstr(done.errors, CASES[i].error));
                free(done.output);
                free(done.errors);
        }
        assert_int_equal(fake_server_request_count(&server), 0);
        /* To the byte and to the second */
        reason[1024] = '\0';
        prints(&command_suspend, WORDS(BOB, "--reason", reason), EXIT_ALLOWED,
               DONE BOB " is suspended\ndecision " FAKE_ID "\n");
        prints(&command_door, WORDS("block", D1, "--for", "31d"), EXIT_ALLOWED,
               DONE D1 " is blocked\ndecision " FAKE_ID "\n");
}

static void a_denial_and_an_error_have_their_id_and_status(void **state)
{
        answer_with(OUTCOME_DENY, "no-change");
        prints(&command_resume, WORDS(BOB), EXIT_DENIED,
               "deny\tno-change\ta detail\ndecision " FAKE_ID "\n");
        prints(&command_suspend, WORDS(BOB, "--end-sessions", "--dry-run"), EXIT_DENIED,
               "deny\tno-change\ta detail\ndecision " FAKE_ID "\na dry run: nothing was changed\n");
        answer_with(OUTCOME_ERROR, "written-by-hand");
        prints(&command_resume, WORDS(BOB), EXIT_UNABLE,
               "error\twritten-by-hand\ta detail\ndecision " FAKE_ID "\n");
        answer_with(0, "granted-by-role");
        prints(&command_resume, WORDS(BOB), EXIT_UNABLE,
               "error\tgranted-by-role\ta detail\ndecision " FAKE_ID "\n");
}

static void a_dry_run_says_that_nothing_was_changed(void **state)
{
        answer_with(OUTCOME_ALLOW, NULL);
        prints(&command_suspend, WORDS(BOB, "--dry-run", "--end-sessions"), EXIT_ALLOWED,
               DONE "a dry run: nothing was changed\n");
}

static void sessions_are_counted_where_they_were_to_end(void **state)
{
        answer_with(OUTCOME_ALLOW, NULL);
        prints(&command_suspend, WORDS(BOB, "--end-sessions"), EXIT_ALLOWED,
               DONE BOB " is suspended\n0 sessions were told to end\ndecision " FAKE_ID "\n");
        prints(&command_suspend, WORDS(BOB, "--end-sessions", "--json"), EXIT_ALLOWED,
               "{\"decision\":\"allow\",\"reason\":\"granted-by-role\",\"detail\":\"a detail\","
               "\"change\":\"suspend\",\"resource\":\"" BOB "\",\"changed\":true,\"id\":\"" FAKE_ID
               "\",\"revision\":\"r1\",\"sessions_ended\":0}\n");
        prints(&command_suspend, WORDS(BOB, "--json", "--dry-run"), EXIT_ALLOWED,
               "{\"decision\":\"allow\",\"reason\":\"granted-by-role\",\"detail\":\"a detail\","
               "\"change\":\"suspend\",\"resource\":\"" BOB "\",\"changed\":false,\"id\":\"" FAKE_ID
               "\",\"revision\":\"r1\"}\n");
}

static void an_answer_to_something_else_is_none(void **state)
{
        static const FakeLie LIES[] = { FAKE_LIE_ACTION, FAKE_LIE_RESOURCE };
        for (size_t i = 0; i < sizeof(LIES) / sizeof(LIES[0]); i++) {
                fake_server_start(&server,
                                  &(FakeBehaviour){ .outcome = OUTCOME_ALLOW, .lie = LIES[i] });
                complains(&command_suspend, WORDS(BOB), EXIT_UNABLE,
                          "doorward suspend: the answer is not one to this request\n");
        }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(what_was_done_is_said_of_what_it_was_done_to),
                TEST(every_word_reaches_the_daemon_in_its_field),
                TEST(until_is_sent_as_how_long_that_is),
                TEST(what_cannot_be_is_not_sent),
                TEST(a_denial_and_an_error_have_their_id_and_status),
                TEST(a_dry_run_says_that_nothing_was_changed),
                TEST(sessions_are_counted_where_they_were_to_end),
                TEST(an_answer_to_something_else_is_none),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
