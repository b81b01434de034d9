/* SPDX-License-Identifier: MIT */
/*
 * Tests of the module in a real PAM transaction: the code of every answer and of every failure,
 * what it sends, logs and shows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include <security/pam_ext.h>

#include <doorward/doorward.h>

#include "fake_server.h"
#include "host.h"

static FakeServer server;
static Host host;

static void stack(const char *more)
{
        char arguments[512];
        snprintf(arguments, sizeof(arguments), "socket=%s timeout=300 groups=off %s", server.socket,
                 more);
        host_stack(&host, arguments);
}

static int set_up(void **state)
{
        fake_server_prepare(&server);
        host_prepare(&host);
        stack("");
        return 0;
}

static int tear_down(void **state)
{
        host_clean(&host);
        fake_server_clean(&server);
        return 0;
}

/* Runs a phase against a server and checks what must hold of every end: one line in the log, for
 * an error or a denial one for the person, and nothing to be wondered at in either. */
static void check_phase(int (*phase)(pam_handle_t *, int), const FakeBehaviour *behaviour, int code)
{
        fake_server_start(&server, behaviour);
        host_forget(&host);
        pam_handle_t *handle = host_start(&host, "no-such-alice");
        int answered = phase(handle, 0);
        pam_end(handle, answered);
        if (answered != code)
                fail_msg("%s with %s: %d, not %d\n%s", phase == host_open ? "open" : "account",
                         behaviour->reason, answered, code, host_log);
        unsigned lines = 0;
        for (const char *text = host_log; *text; text++)
                lines += *text == '\n';
        assert_int_equal(lines, code == PAM_IGNORE ? 0 : 1);
        bool silent = code == PAM_SUCCESS || code == PAM_IGNORE;
        assert_int_equal(strlen(host.shown) > 0, !silent);
        if (code == PAM_SUCCESS)
                assert_int_equal(host_log[0] - '0', LOG_INFO);
        for (const char *text = host.shown; *text; text++)
                assert_true(*text == '\n' || (*text >= ' ' && *text < 0x7f));
}

static void every_answer_has_its_code(void **state)
{
        static const struct {
                FakeBehaviour behaviour;
                int code;
        } CASES[] = {
                { { .outcome = DOORWARD_ALLOW, .reason = "granted-by-role" }, PAM_SUCCESS },
                { { .outcome = DOORWARD_ALLOW, .reason = "exempt" }, PAM_SUCCESS },
                { { .outcome = DOORWARD_ALLOW, .reason = "break-glass" }, PAM_SUCCESS },
                { { .outcome = DOORWARD_ALLOW, .reason = "observed" }, PAM_SUCCESS },
                { { .outcome = DOORWARD_DENY, .reason = "not-permitted" }, PAM_PERM_DENIED },
                { { .outcome = DOORWARD_DENY, .reason = "suspended" }, PAM_PERM_DENIED },
                { { .outcome = DOORWARD_DENY, .reason = "no-session-rule" }, PAM_PERM_DENIED },
                { { .outcome = DOORWARD_DENY, .reason = "granted-by-role" }, PAM_PERM_DENIED },
                { { .outcome = DOORWARD_DENY, .reason = "unknown-subject" }, PAM_USER_UNKNOWN },
                { { .outcome = DOORWARD_DENY, .reason = "journal-failed" }, PAM_AUTHINFO_UNAVAIL },
                { { .outcome = DOORWARD_CANNOT_DECIDE, .reason = "no-policy" },
                  PAM_AUTHINFO_UNAVAIL },
                { { .outcome = DOORWARD_CANNOT_DECIDE, .reason = "granted-by-role" },
                  PAM_AUTHINFO_UNAVAIL },
                { { .outcome = DOORWARD_CANNOT_DECIDE, .reason = "malformed-query" },
                  PAM_SERVICE_ERR },
                { { .outcome = DOORWARD_CANNOT_DECIDE, .reason = "unknown-resource" },
                  PAM_SERVICE_ERR },
                { { .outcome = 0, .reason = "granted-by-role" }, PAM_AUTHINFO_UNAVAIL },
                { { .outcome = 1, .reason = "granted-by-role" }, PAM_AUTHINFO_UNAVAIL },
                { { .outcome = 0xcb, .reason = "granted-by-role" }, PAM_AUTHINFO_UNAVAIL },
                { { .kind = FAKE_REFUSAL, .reason = "busy" }, PAM_AUTHINFO_UNAVAIL },
                { { .kind = FAKE_REFUSAL, .reason = "granted-by-role" }, PAM_AUTHINFO_UNAVAIL },
                { { .outcome = DOORWARD_ALLOW, .reason = "" }, PAM_AUTHINFO_UNAVAIL },
                { { .outcome = DOORWARD_ALLOW, .reason = "\033[2J" }, PAM_AUTHINFO_UNAVAIL },
                { { .outcome = DOORWARD_ALLOW, .decision_id = "short" }, PAM_AUTHINFO_UNAVAIL },
                { { .outcome = DOORWARD_ALLOW, .decision_id = FAKE_ID "0" }, PAM_AUTHINFO_UNAVAIL },
                { { .outcome = DOORWARD_ALLOW, .decision_id = FAKE_ID }, PAM_SUCCESS },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
                check_phase(host_account, &CASES[i].behaviour, CASES[i].code);
                check_phase(host_open, &CASES[i].behaviour, CASES[i].code);
        }
}

static void every_echo_is_checked(void **state)
{
        static const FakeLie LIES[] = {
                FAKE_LIE_REQUEST_ID, FAKE_LIE_VERSION,  FAKE_LIE_USER,
                FAKE_LIE_ACTION,     FAKE_LIE_RESOURCE, FAKE_LIE_TRUNCATED
        };
        for (size_t i = 0; i < sizeof(LIES) / sizeof(LIES[0]); i++) {
                FakeBehaviour behaviour = { .outcome = DOORWARD_ALLOW, .lie = LIES[i] };
                check_phase(host_account, &behaviour, PAM_AUTHINFO_UNAVAIL);
                check_phase(host_open, &behaviour, PAM_AUTHINFO_UNAVAIL);
        }
}

static void the_daemon_cannot_exempt_whom_it_likes(void **state)
{
        static const uint32_t OUTCOMES[] = { DOORWARD_DENY, DOORWARD_ALLOW };
        for (size_t i = 0; i < 2; i++) {
                FakeBehaviour behaviour = { .outcome = OUTCOMES[i], .reason = "below-minimum-uid" };
                /* The caller may be a system account here (root), or nobody is. */
                stack("minimum_uid=0");
                check_phase(host_account, &behaviour, PAM_AUTHINFO_UNAVAIL);
                stack("minimum_uid=2147483647");
                struct passwd *caller = getpwuid(getuid());
                assert_non_null(caller);
                check_phase(host_account, &behaviour, PAM_IGNORE);
                check_phase(host_open, &behaviour, PAM_IGNORE);
        }
}

static void system_accounts_need_no_daemon(void **state)
{
        stack("minimum_uid=2147483647");
        assert_int_equal(host_account_once(&host, "root"), PAM_IGNORE);
        pam_handle_t *handle = host_start(&host, "root");
        assert_int_equal(host_open(handle, 0), PAM_IGNORE);
        pam_end(handle, 0);
        assert_string_equal(host_log, "");
        /* Somebody else, or a door: the daemon is asked, and is not there. */
        assert_int_equal(host_account_once(&host, "no-such-alice"), PAM_AUTHINFO_UNAVAIL);
        stack("minimum_uid=2147483647 door=acme/HQ/D1");
        assert_int_equal(host_account_once(&host, "root"), PAM_AUTHINFO_UNAVAIL);
        stack("minimum_uid=0");
        assert_int_equal(host_account_once(&host, "root"), PAM_AUTHINFO_UNAVAIL);
        stack("minimum_uid=2147483647");
        handle = host_start(&host, "root");
        pam_putenv(handle, "DOORWARD_DOOR=acme/HQ/D1");
        assert_int_equal(host_account(handle, 0), PAM_AUTHINFO_UNAVAIL);
        pam_end(handle, 0);
}

static uint32_t number_of(const Message *message, FieldTag tag)
{
        uint32_t number;
        assert_true(message_number(message, tag, &number));
        return number;
}

static void check_text(const Message *message, FieldTag tag, const char *expected)
{
        Text text;
        bool found = message_text(message, tag, &text);
        assert_int_equal(found, expected != NULL);
        if (expected)
                assert_true(text_is(text, expected));
}

static void check_groups(const Message *message, FieldTag tag, const char *user)
{
        static uint32_t sent[4096];
        static gid_t groups[4096];
        int count = 4096;
        size_t sent_count;
        const struct passwd *person = getpwnam(user);
        assert_true(getgrouplist(user, person->pw_gid, groups, &count) > 0);
        assert_int_equal(message_numbers(message, tag, sent, 4096, &sent_count), 0);
        assert_true(sent_count > 0 && sent_count <= (size_t)count);
        for (int i = 0; i < count; i++) {
                size_t n = 0;
                while (n < sent_count && sent[n] != groups[i])
                        n++;
                assert_true(n < sent_count);
        }
}

static void the_request_holds_the_facts(void **state)
{
        static uint8_t frame[MESSAGE_SIZE_MAX];
        char caller[256], arguments[200];
        Message request;
        const struct passwd *person = getpwuid(getuid());
        assert_non_null(person);
        snprintf(caller, sizeof(caller), "%s", person->pw_name);
        snprintf(arguments, sizeof(arguments), "socket=%s minimum_uid=0", server.socket);
        host_stack(&host, arguments);
        fake_server_start(&server, &(FakeBehaviour){ .outcome = DOORWARD_ALLOW });
        pam_handle_t *handle = host_start(&host, "root");
        pam_set_item(handle, PAM_RUSER, "eve");
        pam_set_item(handle, PAM_RHOST, "host.example");
        pam_set_item(handle, PAM_TTY, "/dev/pts/7");
        assert_int_equal(host_account(handle, 0), PAM_SUCCESS);
        assert_int_equal(host_open(handle, 0), PAM_SUCCESS);
        assert_int_equal(host_close(handle, 0), PAM_SUCCESS);
        pam_end(handle, 0);
        assert_int_equal(fake_server_request_count(&server), 3);
        for (uint32_t i = 0; i < 3; i++) {
                assert_true(fake_server_request(&server, i, frame, &request));
                assert_int_equal(request.type, MESSAGE_SESSION);
                assert_int_not_equal(request.request_id, 0);
                assert_int_equal(number_of(&request, FIELD_PHASE), i + 1);
                check_text(&request, FIELD_USER, "root");
                check_text(&request, FIELD_ACTION, "session");
                check_text(&request, FIELD_RESOURCE, "");
                check_text(&request, FIELD_SERVICE, "demo");
                check_text(&request, FIELD_CALLER_NAME, caller);
                check_text(&request, FIELD_REMOTE_USER, "eve");
                check_text(&request, FIELD_REMOTE_HOST, "host.example");
                check_text(&request, FIELD_TERMINAL, "/dev/pts/7");
                assert_int_equal(number_of(&request, FIELD_CALLER_UID), getuid());
                assert_int_equal(number_of(&request, FIELD_USER_UID), 0);
                assert_int_equal(number_of(&request, FIELD_USER_LOCAL_UID), 0);
                assert_int_equal(number_of(&request, FIELD_MINIMUM_UID), 0);
                if (i < 2)
                        check_groups(&request, FIELD_USER_GROUPS, "root");
                else
                        assert_false(message_flag(&request, FIELD_USER_GROUPS));
        }
}

static void what_is_not_known_is_not_sent(void **state)
{
        static uint8_t frame[MESSAGE_SIZE_MAX];
        Message request;
        fake_server_start(&server, &(FakeBehaviour){ .outcome = DOORWARD_DENY });
        assert_int_equal(host_account_once(&host, "no-such-person-1"), PAM_PERM_DENIED);
        assert_true(fake_server_request(&server, 0, frame, &request));
        assert_int_equal(number_of(&request, FIELD_MINIMUM_UID), 1000);
        check_text(&request, FIELD_REMOTE_USER, NULL);
        check_text(&request, FIELD_REMOTE_HOST, NULL);
        check_text(&request, FIELD_TERMINAL, NULL);
        static const FieldTag ABSENT[] = { FIELD_USER_UID, FIELD_USER_LOCAL_UID, FIELD_USER_GROUPS,
                                           FIELD_CALLER_GROUPS };
        for (size_t i = 0; i < sizeof(ABSENT) / sizeof(ABSENT[0]); i++)
                assert_false(message_flag(&request, ABSENT[i]));
}

static char huge[(16 << 20) + 1]; /* 16 MiB of 'a', more than a stack has */
static char longer[1024 + 1 + 1]; /* one byte too long */

static void hostile_names_are_denied_and_escaped(void **state)
{
        static const struct {
                int item;
                const char *value;
                int code;
        } CASES[] = {
                { PAM_USER, "", PAM_USER_UNKNOWN },
                { PAM_USER, "al\nice", PAM_USER_UNKNOWN },
                { PAM_USER, "\033[31malice", PAM_USER_UNKNOWN },
                { PAM_USER, "al\xff\xfeice", PAM_USER_UNKNOWN },
                { PAM_USER, "al\xc2\x9bice", PAM_USER_UNKNOWN },
                { PAM_USER, longer, PAM_USER_UNKNOWN },
                { PAM_USER, huge, PAM_USER_UNKNOWN },
                { PAM_SERVICE, "sshd\t", PAM_SERVICE_ERR },
                { PAM_RUSER, "a\177b", PAM_SERVICE_ERR },
                { PAM_RUSER, longer, PAM_SERVICE_ERR },
                { PAM_RUSER, huge, PAM_SERVICE_ERR },
                { PAM_RHOST, "\xc3(", PAM_SERVICE_ERR },
                { PAM_RHOST, longer, PAM_SERVICE_ERR },
                { PAM_RHOST, huge, PAM_SERVICE_ERR },
                { PAM_TTY, "\001", PAM_SERVICE_ERR },
                { PAM_TTY, longer, PAM_SERVICE_ERR },
                { PAM_TTY, huge, PAM_SERVICE_ERR },
        };
        memset(huge, 'a', sizeof(huge) - 1);
        memset(longer, 'a', sizeof(longer) - 1);
        fake_server_start(&server, &(FakeBehaviour){ .outcome = DOORWARD_ALLOW });
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
                int (*const phases[])(pam_handle_t *, int) = { host_account, host_open };
                for (size_t n = 0; n < 2; n++) {
                        pam_handle_t *handle = host_start(&host, "no-such-alice");
                        host_forget(&host);
                        assert_int_equal(pam_set_item(handle, CASES[i].item, CASES[i].value),
                                         PAM_SUCCESS);
                        int code = phases[n](handle, 0);
                        /* libpam's audit may not like so much either; then it says so. */
                        if (CASES[i].value != huge || code != PAM_SYSTEM_ERR)
                                assert_int_equal(code, CASES[i].code);
                        pam_end(handle, 0);
                        assert_true(strlen(host_log) > 0 && strlen(host_log) < 1024);
                        for (const char *text = host_log; *text; text++)
                                assert_true(*text == '\n' || (*text >= ' ' && *text < 0x7f));
                }
        }
        assert_int_equal(fake_server_request_count(&server), 0);
}

static void a_missing_user_is_not_asked_for(void **state)
{
        fake_server_start(&server, &(FakeBehaviour){ .outcome = DOORWARD_ALLOW });
        assert_int_equal(host_account_once(&host, NULL), PAM_USER_UNKNOWN);
        assert_int_equal(fake_server_request_count(&server), 0);
}

static void bad_arguments_deny_in_both_phases_and_never_close(void **state)
{
        fake_server_start(&server, &(FakeBehaviour){ .outcome = DOORWARD_ALLOW });
        stack("tiemout=5");
        pam_handle_t *handle = host_start(&host, "no-such-alice");
        assert_int_equal(host_account(handle, 0), PAM_SERVICE_ERR);
        assert_non_null(strstr(host_log, "tiemout=5"));
        assert_int_equal(host_open(handle, 0), PAM_SERVICE_ERR);
        pam_end(handle, 0);
        handle = host_start(&host, "no-such-alice");
        assert_int_equal(host_close(handle, 0), PAM_SUCCESS);
        pam_end(handle, 0);
        assert_int_equal(fake_server_request_count(&server), 0);
}

static void closing_a_session_never_fails(void **state)
{
        static const FakeBehaviour CASES[] = {
                { .outcome = DOORWARD_ALLOW },
                { .outcome = DOORWARD_DENY },
                { .outcome = DOORWARD_CANNOT_DECIDE },
                { .kind = FAKE_CLOSE },
                { .kind = FAKE_SILENT },
                { .kind = FAKE_REFUSAL, .reason = "busy" },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
                fake_server_start(&server, &CASES[i]);
                pam_handle_t *handle = host_start(&host, "no-such-alice");
                host_forget(&host);
                assert_int_equal(host_close(handle, 0), PAM_SUCCESS);
                pam_end(handle, 0);
                assert_string_equal(host.shown, "");
        }
}

static void the_person_is_shown_the_id_unless_it_should_be_quiet(void **state)
{
        fake_server_start(&server,
                          &(FakeBehaviour){ .outcome = DOORWARD_DENY, .decision_id = FAKE_ID });
        pam_handle_t *handle = host_start(&host, "no-such-alice");
        assert_int_equal(host_account(handle, 0), PAM_PERM_DENIED);
        assert_string_equal(host.shown, "Access denied (00112233)\n");
        assert_non_null(strstr(host_log, "decision " FAKE_ID));
        host_forget(&host);
        assert_int_equal(host_account(handle, PAM_SILENT), PAM_PERM_DENIED);
        assert_string_equal(host.shown, "");
        pam_end(handle, 0);
        stack("quiet");
        assert_int_equal(host_account_once(&host, "no-such-alice"), PAM_PERM_DENIED);
        assert_string_equal(host.shown, "");
        fake_server_stop(&server);
        stack("");
        assert_int_equal(host_account_once(&host, "no-such-alice"), PAM_AUTHINFO_UNAVAIL);
        char request[32] = "", *at = strstr(host_log, "request ");
        assert_non_null(at);
        snprintf(request, sizeof(request), "(%.8s)", at + strlen("request "));
        assert_non_null(strstr(host.shown, request)); /* the id in the log */
}

static void phases_do_not_depend_on_each_other(void **state)
{
        int status;
        fake_server_start(&server, &(FakeBehaviour){ .outcome = DOORWARD_ALLOW });
        pam_handle_t *handle = host_start(&host, "no-such-alice");
        assert_int_equal(host_open(handle, 0), PAM_SUCCESS); /* without account phase */
        fake_server_start(&server, &(FakeBehaviour){ .outcome = DOORWARD_DENY });
        assert_int_equal(host_account(handle, 0), PAM_PERM_DENIED);
        assert_int_equal(host_open(handle, 0), PAM_PERM_DENIED);
        fflush(NULL);
        pid_t child = fork(); /* as sshd does */
        if (child == 0)
                _exit(host_open(handle, 0) == PAM_PERM_DENIED &&
                                      host_account(handle, 0) == PAM_PERM_DENIED
                              ? 0
                              : 1);
        assert_int_equal(host_account(handle, 0), PAM_PERM_DENIED);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
        pam_end(handle, 0);
}

static void the_argument_debug_tells_more(void **state)
{
        stack("minimum_uid=2147483647 debug");
        fake_server_start(&server, &(FakeBehaviour){ .outcome = DOORWARD_ALLOW });
        assert_int_equal(host_account_once(&host, "root"), PAM_IGNORE);
        assert_int_equal(host_log[0] - '0', LOG_DEBUG);
        assert_non_null(strstr(host_log, "account: root: below minimum_uid"));
        host_forget(&host);
        assert_int_equal(host_account_once(&host, "no-such-alice"), PAM_SUCCESS);
        assert_int_equal(host_log[0] - '0', LOG_DEBUG);
        assert_non_null(strstr(host_log, "account: no-such-alice: asking"));
        assert_non_null(strstr(host_log, "account: no-such-alice allowed: granted-by-role ("));
        assert_string_equal(host.shown, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(every_answer_has_its_code),
                TEST(every_echo_is_checked),
                TEST(the_daemon_cannot_exempt_whom_it_likes),
                TEST(system_accounts_need_no_daemon),
                TEST(the_request_holds_the_facts),
                TEST(what_is_not_known_is_not_sent),
                TEST(hostile_names_are_denied_and_escaped),
                TEST(a_missing_user_is_not_asked_for),
                TEST(bad_arguments_deny_in_both_phases_and_never_close),
                TEST(closing_a_session_never_fails),
                TEST(the_person_is_shown_the_id_unless_it_should_be_quiet),
                TEST(phases_do_not_depend_on_each_other),
                TEST(the_argument_debug_tells_more),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
