/* SPDX-License-Identifier: MIT */
/* Tests of cli/change.h, through the commands: what is asked, what is printed, how it ends. */
#include "against_server.h"

#include <string.h>

#include "policy/vocabulary.h"

#define DONE "allow\tgranted-by-role\ta detail\n"

static void what_was_done_is_said_with_the_revision(void **state)
{
        const struct {
                const Command *command;
                const char *const *words;
                const char *sentence;
        } CASES[] = {
                { &command_grant, WORDS("access-system-admin", "group:acme/desk"),
                  "access-system-admin is granted to group:acme/desk" },
                { &command_grant,
                  WORDS("access-site-viewer@acme/HQ", "user:acme/bob", "--from",
                        "2026-06-01T09:00:00+02:00", "--until", "9999-01-01T00:00:00Z"),
                  "access-site-viewer@acme/HQ is granted to user:acme/bob from "
                  "2026-06-01T07:00:00Z until 9999-01-01T00:00:00Z" },
                { &command_revoke, WORDS("access-site-viewer@acme/HQ", "user:acme/bob"),
                  "access-site-viewer@acme/HQ is no longer granted to user:acme/bob" },
                { &command_migrate, WORDS("user:acme/bob"),
                  "the legacy roles of user:acme/bob have no effect any more" },
                { &command_migrate,
                  WORDS("user:acme/bob", "--role", "access-user-manager", "--role",
                        "access-site-admin@acme/HQ"),
                  "the legacy roles of user:acme/bob have no effect any more; granted instead: "
                  "access-user-manager, access-site-admin@acme/HQ" },
                { &command_member, WORDS("add", "user:acme/bob", "group:acme/desk"),
                  "user:acme/bob is in group:acme/desk" },
                { &command_member, WORDS("remove", "user:acme/bob", "access-group:acme/staff"),
                  "user:acme/bob is no longer in access-group:acme/staff" },
                { &command_customize,
                  WORDS("camera-site-viewer", "+camera.live-link.share", "organization:acme"),
                  "camera-site-viewer has camera.live-link.share in organization:acme" },
                { &command_customize,
                  WORDS("camera-site-viewer", "-camera.archive.create", "organization:acme"),
                  "camera-site-viewer no longer has camera.archive.create in organization:acme" },
                { &command_customize, WORDS("camera-site-viewer", "default", "organization:acme"),
                  "camera-site-viewer is as the catalogue has it in organization:acme" },
        };
        answer_with(OUTCOME_ALLOW, NULL);
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
                char expected[512];
                snprintf(expected, sizeof(expected), DONE "%s; policy revision r1\n",
                         CASES[i].sentence);
                prints(CASES[i].command, CASES[i].words, EXIT_ALLOWED, expected);
        }
}

static void a_denial_and_an_error_have_their_id_and_status(void **state)
{
        answer_with(OUTCOME_DENY, "self-grant");
        prints(&command_grant, WORDS("access-system-admin", "user:acme/bob"), EXIT_DENIED,
               "deny\tself-grant\ta detail\ndecision " FAKE_ID "\n");
        answer_with(OUTCOME_ERROR, "written-by-hand");
        prints(&command_revoke, WORDS("access-system-admin", "user:acme/bob"), EXIT_UNABLE,
               "error\twritten-by-hand\ta detail\ndecision " FAKE_ID "\n");
        answer_with(0, "granted-by-role");
        prints(&command_revoke, WORDS("access-system-admin", "user:acme/bob"), EXIT_UNABLE,
               "error\tgranted-by-role\ta detail\ndecision " FAKE_ID "\n");
}

static void a_dry_run_says_that_nothing_was_changed(void **state)
{
        const char *const *words = WORDS("access-system-admin", "user:acme/bob", "--dry-run");
        answer_with(OUTCOME_ALLOW, NULL);
        prints(&command_grant, words, EXIT_ALLOWED, DONE "a dry run: nothing was changed\n");
        answer_with(OUTCOME_DENY, "self-grant");
        prints(&command_grant, words, EXIT_DENIED,
               "deny\tself-grant\ta detail\ndecision " FAKE_ID
               "\na dry run: nothing was changed\n");
}

static void json_has_all_of_it(void **state)
{
        answer_with(OUTCOME_ALLOW, NULL);
        prints(&command_member, WORDS("add", "user:acme/bob", "group:acme/desk", "--json"),
               EXIT_ALLOWED,
               "{\"decision\":\"allow\",\"reason\":\"granted-by-role\",\"detail\":\"a detail\","
               "\"change\":\"add-member\",\"resource\":\"user:acme/bob\",\"changed\":true,"
               "\"now\":\"user:acme/bob is in group:acme/desk\",\"id\":\"" FAKE_ID
               "\",\"revision\":\"r1\"}\n");
        prints(&command_grant, WORDS("access-system-admin", "user:acme/bob", "--json", "--dry-run"),
               EXIT_ALLOWED,
               "{\"decision\":\"allow\",\"reason\":\"granted-by-role\",\"detail\":\"a detail\","
               "\"change\":\"grant\",\"resource\":\"user:acme/bob\",\"changed\":false,"
               "\"now\":null,\"id\":\"" FAKE_ID "\",\"revision\":\"r1\"}\n");
}

static const Message *request(size_t n)
{
        static uint8_t frame[MESSAGE_SIZE_MAX];
        static Message message;
        assert_true(fake_server_request(&server, n, frame, &message));
        assert_int_equal(message.type, MESSAGE_CHANGE);
        return &message;
}

static void ask(const Command *command, const char *const *words)
{
        Run done = run(command, words);
        assert_int_equal(done.status, EXIT_ALLOWED);
        free(done.output);
        free(done.errors);
}

static void every_word_reaches_the_daemon_in_its_field(void **state)
{
        int64_t time_s;
        answer_with(OUTCOME_ALLOW, NULL);
        ask(&command_grant, WORDS("access-site-viewer@acme/HQ", "user:acme/bob", "--reason",
                                  "new here", "--until", "9999-01-01T00:00:00Z"));
        assert_text(request(0), FIELD_ACTION, 0, "grant");
        assert_text(request(0), FIELD_RESOURCE, 0, "user:acme/bob");
        assert_text(request(0), FIELD_ROLE, 0, "access-site-viewer@acme/HQ");
        assert_text(request(0), FIELD_WHY, 0, "new here");
        assert_text(request(0), FIELD_USER, 0, NULL);
        assert_false(message_time(request(0), FIELD_FROM, &time_s));
        assert_true(message_time(request(0), FIELD_UNTIL, &time_s));
        assert_int_equal(time_s, INT64_C(253370764800));
        assert_false(message_flag(request(0), FIELD_DRY_RUN));
        ask(&command_migrate, WORDS("user:acme/bob", "--dry-run", "--role", "a", "--role", "b"));
        assert_text(request(1), FIELD_ACTION, 0, "migrate");
        assert_text(request(1), FIELD_ROLE, 0, "a");
        assert_text(request(1), FIELD_ROLE, 1, "b");
        assert_text(request(1), FIELD_WITH, 0, NULL);
        assert_true(message_flag(request(1), FIELD_DRY_RUN));
        ask(&command_member, WORDS("remove", "user:acme/bob", "group:acme/desk"));
        assert_text(request(2), FIELD_ACTION, 0, "remove-member");
        assert_text(request(2), FIELD_WITH, 0, "group:acme/desk");
        ask(&command_customize,
            WORDS("camera-site-viewer", "-camera.archive.create", "organization:acme"));
        assert_text(request(3), FIELD_ROLE, 0, "camera-site-viewer");
        assert_text(request(3), FIELD_CUSTOMIZE, 0, "-camera.archive.create");
}

static void an_answer_to_something_else_is_none(void **state)
{
        static const FakeLie LIES[] = { FAKE_LIE_ACTION, FAKE_LIE_RESOURCE };
        for (size_t i = 0; i < sizeof(LIES) / sizeof(LIES[0]); i++) {
                fake_server_start(&server,
                                  &(FakeBehaviour){ .outcome = OUTCOME_ALLOW, .lie = LIES[i] });
                complains(&command_grant, WORDS("access-system-admin", "user:acme/bob"),
                          EXIT_UNABLE, "doorward grant: the answer is not one to this request\n");
        }
}

static void a_refusal_is_printed_with_its_code(void **state)
{
        fake_server_start(&server,
                          &(FakeBehaviour){ .kind = FAKE_REFUSAL, .reason = "unknown-caller" });
        complains(&command_grant, WORDS("access-system-admin", "user:acme/bob"), EXIT_DENIED,
                  "doorward grant: No. (unknown-caller)\n");
}

static void words_of_a_wrong_form_are_not_sent(void **state)
{
        static char reason[1026];
        memset(reason, 'x', sizeof(reason) - 1);
        answer_with(OUTCOME_ALLOW, NULL);
        const struct {
                const Command *command;
                const char *const *words;
                const char *errors;
        } CASES[] = {
                { &command_grant, WORDS("access-site-viewer@acme/HQ", "user:other/bob"),
                  "doorward grant: the site is of another organization\n" },
                { &command_grant, WORDS("access-system-admin", "door:acme/HQ/D1"),
                  "doorward grant: a role is granted to user:... or group:...\n" },
                { &command_grant, WORDS("-r", "user:acme/bob"),
                  "doorward grant: unknown option -r\n" },
                { &command_grant,
                  WORDS("access-system-admin", "user:acme/bob", "--until", "2020-01-01T00:00:00Z"),
                  "doorward grant: --until has passed already\n" },
                { &command_grant,
                  WORDS("a", "user:acme/bob", "--from", "2126-01-02T00:00:00Z", "--until",
                        "2126-01-02T00:00:00Z"),
                  "doorward grant: --from must lie before --until\n" },
                { &command_revoke, WORDS("a", "user:acme/bob", "--reason", reason),
                  "doorward revoke: the --reason is too long: at most 1024 bytes\n" },
                { &command_migrate, WORDS("group:acme/desk"),
                  "doorward migrate: user:... is expected\n" },
                { &command_member, WORDS("add", "user:acme/bob", "door:acme/HQ/D1"),
                  "doorward member: a group is group:... or access-group:...\n" },
                { &command_member, WORDS("join", "user:acme/bob", "group:acme/desk"),
                  "doorward member: add or remove is expected, not 'join'\n" },
                { &command_customize, WORDS("a@acme/HQ", "default", "organization:acme"),
                  "doorward customize: a role is customized for the whole organization\n" },
                { &command_customize, WORDS("a", "--dry-run", "organization:acme"),
                  "doorward customize: the permission's name has a wrong form\n" },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
                complains(CASES[i].command, CASES[i].words, EXIT_USAGE, CASES[i].errors);
        assert_int_equal(fake_server_request_count(&server), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(what_was_done_is_said_with_the_revision),
                TEST(a_denial_and_an_error_have_their_id_and_status),
                TEST(a_dry_run_says_that_nothing_was_changed),
                TEST(json_has_all_of_it),
                TEST(every_word_reaches_the_daemon_in_its_field),
                TEST(an_answer_to_something_else_is_none),
                TEST(a_refusal_is_printed_with_its_code),
                TEST(words_of_a_wrong_form_are_not_sent),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
