/* SPDX-License-Identifier: MIT */
/*
 * Tests of session_end.c, with sessions that the test says are open, in processes of its own, and
 * a journal that notes what it is told. Waiting is cut short.
 */
#include "decide_fixture.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/process.h"
#include "daemon/server.h"

enum { WAIT_MS = 200, SESSIONS = 2 };

static Server *server;
static JournalSessions open_sessions;
static int search_result;
static unsigned full_pages; /* that come before the open sessions: of processes that are gone */
static char searched[64];   /* for whom sessions were searched */
static char journal[2048];  /* "USER SERVICE DECISION REASON ID NAME WHY EFFECT;" of each row */
static unsigned waits, calls;
static uint32_t told;

int __wrap_journal_find_sessions(Journal *unused, Text subject, JournalSessions *ret_sessions,
                                 JournalDone done, void *data);
int __wrap_journal_find_sessions(Journal *unused, Text subject, JournalSessions *ret_sessions,
                                 JournalDone done, void *data)
{
        (void)text_escape(subject, searched, sizeof(searched));
        if (search_result < 0)
                return search_result;
        *ret_sessions = full_pages > 0 ? (JournalSessions){ .count = JOURNAL_SESSIONS_FOUND_MAX }
                                       : open_sessions;
        full_pages -= full_pages > 0;
        done(data, true);
        return 0;
}

int __wrap_journal_append(Journal *unused, const JournalRow *row, JournalDone done, void *data);
int __wrap_journal_append(Journal *unused, const JournalRow *row, JournalDone done, void *data)
{
        static const JournalText SHOWN[] = { JOURNAL_SUBJECT,     JOURNAL_USER,
                                             JOURNAL_SERVICE,     JOURNAL_DECISION,
                                             JOURNAL_REASON,      JOURNAL_DECISION_ID,
                                             JOURNAL_CALLER_NAME, JOURNAL_WHY };
        size_t used = strlen(journal);
        assert_true(text_is(row->texts[JOURNAL_KIND], "session-end"));
        /* So that a report of the site shows it */
        assert_int_equal(strncmp(row->texts[JOURNAL_RESOURCE].data, "host:acme/", 10), 0);
        assert_true(row->time_s == MONDAY_MORNING);
        for (size_t i = 0; i < sizeof(SHOWN) / sizeof(SHOWN[0]); i++)
                used += (size_t)snprintf(journal + used, sizeof(journal) - used, "%.*s ",
                                         (int)row->texts[SHOWN[i]].size, row->texts[SHOWN[i]].data);
        (void)snprintf(journal + used, sizeof(journal) - used, "%s;",
                       row->effect == JOURNAL_EFFECT_CLOSES_SESSION ? "closes" : "stays");
        return 0;
}

int __real_sd_event_add_time_relative(sd_event *event, sd_event_source **source, clockid_t clock,
                                      uint64_t usec, uint64_t accuracy,
                                      sd_event_time_handler_t callback, void *userdata);
int __wrap_sd_event_add_time_relative(sd_event *event, sd_event_source **source, clockid_t clock,
                                      uint64_t usec, uint64_t accuracy,
                                      sd_event_time_handler_t callback, void *userdata);
int __wrap_sd_event_add_time_relative(sd_event *event, sd_event_source **source, clockid_t clock,
                                      uint64_t usec, uint64_t accuracy,
                                      sd_event_time_handler_t callback, void *userdata)
{
        assert_int_equal(usec, SESSION_END_SECONDS * UINT64_C(1000000));
        waits++;
        return __real_sd_event_add_time_relative(event, source, clock, WAIT_MS * 1000, accuracy,
                                                 callback, userdata);
}

static int read_clock(void *data, ClockReading *ret_reading)
{
        *ret_reading = (ClockReading){ .realtime_s = MONDAY_MORNING };
        return 0;
}

static int setup(void **state)
{
        DecideFixture *policy = calloc(1, sizeof(*policy));
        assert_non_null(policy);
        decide_read_all(policy);
        decide_compile(policy);
        server = calloc(1, sizeof(*server));
        assert_non_null(server);
        assert_true(sd_event_new(&server->event) >= 0);
        server->policy.image = policy->image;
        server->clock.clock = clock_new(read_clock, NULL);
        open_sessions.count = 0;
        search_result = 0;
        full_pages = 0;
        searched[0] = journal[0] = '\0';
        waits = calls = 0;
        told = 99;
        *state = policy;
        return 0;
}

static int teardown(void **state)
{
        DecideFixture *policy = *state;
        session_end_stop(server);
        sd_event_unref(server->event);
        free(server);
        decide_fixture_done(policy);
        free(policy);
        return 0;
}

/* A process that lasts, and is an open session of acme's viewer. */
static pid_t open_session(const char *user, bool stubborn)
{
        JournalSession *session = &open_sessions.sessions[open_sessions.count++];
        int ready[2];
        char byte;
        assert_int_equal(pipe(ready), 0);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
                (void)signal(SIGTERM, stubborn ? SIG_IGN : SIG_DFL);
                (void)!write(ready[1], "", 1);
                (void)alarm(60);
                for (;;)
                        (void)pause();
        }
        assert_int_equal(read(ready[0], &byte, 1), 1);
        (void)close(ready[0]);
        (void)close(ready[1]);
        *session = (JournalSession){ .pid = pid, .service = "sshd", .decision_id = "d1" };
        (void)snprintf(session->user, sizeof(session->user), "%s", user);
        assert_int_equal(process_started(pid, &session->started), 0);
        return pid;
}

static void on_told(void *data, uint32_t ended)
{
        assert_ptr_equal(data, &calls);
        calls++;
        told = ended;
}

static int end(const char *organization)
{
        SessionEnd request = { .organization = text_from(organization),
                               .person = TEXT_LITERAL("viewer"),
                               .by = TEXT_LITERAL("uma"),
                               .why = TEXT_LITERAL("left"),
                               .decision_id = TEXT_LITERAL("d2") };
        return session_end_begin(server, &request, on_told, &calls);
}

static void run_until_ended(void)
{
        for (int i = 0; i < 500 && server->ending_sessions; i++)
                (void)sd_event_run(server->event, 20000);
        assert_null(server->ending_sessions);
}

static int signal_of(pid_t pid)
{
        int status;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static bool is_running(pid_t pid)
{
        return waitpid(pid, NULL, WNOHANG) == 0;
}

static void end_child(pid_t pid)
{
        assert_true(is_running(pid));
        (void)kill(pid, SIGKILL);
        (void)signal_of(pid);
}

static void a_session_is_asked_to_end_and_its_end_is_a_row(void **state)
{
        pid_t first = open_session("viewer", false), second = open_session("root", false);
        assert_int_equal(end("acme"), 0);
        assert_int_equal(calls, 1);
        assert_int_equal(told, SESSIONS);
        assert_string_equal(searched, "viewer");
        assert_string_equal(journal, "viewer viewer sshd done suspended d2 uma left stays;"
                                     "viewer root sshd done suspended d2 uma left stays;");
        run_until_ended();
        assert_int_equal(signal_of(first), SIGTERM);
        assert_int_equal(signal_of(second), SIGTERM);
        assert_non_null(strstr(journal, "viewer viewer sshd ended terminated d1   closes;"));
        assert_non_null(strstr(journal, "viewer root sshd ended terminated d1   closes;"));
        assert_int_equal(calls, 1);
}

static void all_sessions_are_found_however_many_there_are(void **state)
{
        pid_t pid = open_session("viewer", false);
        full_pages = 2;
        assert_int_equal(end("acme"), 0);
        assert_int_equal(calls, 1);
        assert_int_equal(told, 1);
        run_until_ended();
        assert_int_equal(signal_of(pid), SIGTERM);
}

static void one_that_does_not_end_is_killed(void **state)
{
        pid_t pid = open_session("viewer", true);
        assert_int_equal(end("acme"), 0);
        assert_int_equal(waits, 1);
        assert_non_null(server->ending_sessions);
        assert_true(is_running(pid));
        run_until_ended();
        assert_int_equal(signal_of(pid), SIGKILL);
        assert_non_null(strstr(journal, "viewer viewer sshd ended killed d1   closes;"));
}

static void a_later_process_of_the_same_number_is_left_alone(void **state)
{
        pid_t pid = open_session("viewer", false);
        open_sessions.sessions[0].started++;
        assert_int_equal(end("acme"), 0);
        assert_int_equal(told, 0);
        open_sessions.sessions[0].started = 0; /* not known */
        assert_int_equal(end("acme"), 0);
        assert_int_equal(told, 0);
        assert_string_equal(journal, "");
        end_child(pid);
}

static void what_has_ended_already_is_not_counted(void **state)
{
        end_child(open_session("viewer", false));
        pid_t pid = open_session("viewer", false);
        assert_int_equal(end("acme"), 0);
        assert_int_equal(told, 1);
        run_until_ended();
        assert_int_equal(signal_of(pid), SIGTERM);
}

static void another_organization_has_no_sessions_here(void **state)
{
        pid_t pid = open_session("viewer", false);
        assert_int_equal(end("beta"), 0);
        assert_int_equal(calls, 1);
        assert_int_equal(told, 0);
        server->policy.image = NULL;
        assert_int_equal(end("acme"), 0);
        assert_int_equal(calls, 2);
        assert_int_equal(told, 0);
        assert_string_equal(searched, "");
        end_child(pid);
}

static void a_search_that_fails_calls_nobody(void **state)
{
        search_result = -ENOBUFS;
        assert_int_equal(end("acme"), -ENOBUFS);
        assert_int_equal(calls, 0);
}

static void whoever_stops_waits_no_longer_and_kills_nobody(void **state)
{
        pid_t pid = open_session("viewer", true);
        assert_int_equal(end("acme"), 0);
        assert_non_null(server->ending_sessions);
        session_end_stop(server);
        assert_null(server->ending_sessions);
        (void)usleep(2 * WAIT_MS * 1000);
        (void)sd_event_run(server->event, 0);
        end_child(pid);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(a_session_is_asked_to_end_and_its_end_is_a_row),
                TEST(all_sessions_are_found_however_many_there_are),
                TEST(one_that_does_not_end_is_killed),
                TEST(a_later_process_of_the_same_number_is_left_alone),
                TEST(what_has_ended_already_is_not_counted),
                TEST(another_organization_has_no_sessions_here),
                TEST(a_search_that_fails_calls_nobody),
                TEST(whoever_stops_waits_no_longer_and_kills_nobody),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
