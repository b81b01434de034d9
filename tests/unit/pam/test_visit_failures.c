/* SPDX-License-Identifier: MIT */
/*
 * Tests of the module against servers that hang, vanish and are not whom they should be: the code,
 * the time it takes, and that the host program is left as it was.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <doorward/doorward.h>

#include "fake_server.h"
#include "host.h"
#include "util/deadline.h"

enum { TIMEOUT_MS = 300, SLACK_MS = 500, CPU_MS = 150 };

static FakeServer server;
static Host host;

static int set_up(void **state)
{
        char arguments[256];
        fake_server_prepare(&server);
        host_prepare(&host);
        snprintf(arguments, sizeof(arguments), "socket=%s timeout=%d", server.socket, TIMEOUT_MS);
        host_stack(&host, arguments);
        return 0;
}

static int tear_down(void **state)
{
        host_clean(&host);
        fake_server_clean(&server);
        return 0;
}

/* What a call must leave as it was. */
typedef struct Surroundings {
        char descriptors[1024];
        bool blocked[65];
        void (*handlers[32])(int);
        int flags[32];
        mode_t umask;
        char directory[256];
        char locale[256];
} Surroundings;

static void look_around(Surroundings *around)
{
        memset(around, 0, sizeof(*around));
        for (int fd = 0; fd < 1024; fd++)
                around->descriptors[fd] = fcntl(fd, F_GETFD) >= 0;
        sigset_t mask;
        sigprocmask(SIG_SETMASK, NULL, &mask);
        for (int number = 1; number < 65; number++)
                around->blocked[number] = sigismember(&mask, number) > 0;
        for (int number = 1; number < 32; number++) {
                struct sigaction action;
                sigaction(number, NULL, &action);
                around->handlers[number] = action.sa_handler;
                around->flags[number] = action.sa_flags;
        }
        around->umask = umask(022);
        umask(around->umask);
        assert_non_null(getcwd(around->directory, sizeof(around->directory)));
        snprintf(around->locale, sizeof(around->locale), "%s", setlocale(LC_ALL, NULL));
}

static uint64_t cpu_ms(void)
{
        struct rusage usage;
        getrusage(RUSAGE_SELF, &usage);
        return (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
               (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
}

/* One phase in a transaction whose module is loaded already, since loading is libpam's. */
static int phase_checked(int (*phase)(pam_handle_t *, int))
{
        static Surroundings before, after;
        pam_handle_t *handle = host_start(&host, "no-such-alice");
        (void)pam_authenticate(handle, 0);
        look_around(&before);
        uint64_t began_ns = deadline_clock_ns(), cpu_began_ms = cpu_ms();
        int code = phase(handle, PAM_SILENT);
        uint64_t took_ms = (deadline_clock_ns() - began_ns) / 1000000;
        uint64_t cpu_took_ms = cpu_ms() - cpu_began_ms;
        look_around(&after);
        assert_memory_equal(before.descriptors, after.descriptors, sizeof(before.descriptors));
        assert_memory_equal(&before, &after, sizeof(before));
        assert_true(took_ms < TIMEOUT_MS + SLACK_MS);
        assert_true(cpu_took_ms < CPU_MS); /* it waits, it does not spin */
        pam_end(handle, code);
        return code;
}

static void check(int code)
{
        assert_int_equal(phase_checked(host_account), code);
        assert_int_equal(phase_checked(host_open), code);
        assert_int_equal(phase_checked(host_close), PAM_SUCCESS);
}

static void every_failing_server_is_unavailable_in_time(void **state)
{
        static const FakeBehaviour CASES[] = {
                { .kind = FAKE_LISTEN_ONLY },
                { .kind = FAKE_SILENT },
                { .kind = FAKE_CLOSE },
                { .kind = FAKE_READ_CLOSE },
                { .kind = FAKE_DRIP, .outcome = DOORWARD_ALLOW },
                { .kind = FAKE_EMPTY, .outcome = DOORWARD_ALLOW },
                { .kind = FAKE_HUGE, .outcome = DOORWARD_ALLOW },
                { .kind = FAKE_GARBAGE, .outcome = DOORWARD_ALLOW },
                { .kind = FAKE_RECORD },
                { .kind = FAKE_LATE, .outcome = DOORWARD_ALLOW, .delay_ms = 2 * TIMEOUT_MS },
                { .outcome = DOORWARD_ALLOW, .folder_mode = 0777 },
                { .outcome = DOORWARD_ALLOW, .folder_mode = 0775 },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
                fake_server_start(&server, &CASES[i]);
                check(PAM_AUTHINFO_UNAVAIL);
        }
        fake_server_start(&server,
                          &(FakeBehaviour){ .kind = FAKE_PASS, .outcome = DOORWARD_ALLOW });
        check(PAM_SUCCESS); /* and the descriptor it passes is not taken */
}

static void nobody_there_is_unavailable(void **state)
{
        check(PAM_AUTHINFO_UNAVAIL); /* no socket */
        fake_server_start(&server, &(FakeBehaviour){ 0 });
        fake_server_stop(&server);
        check(PAM_AUTHINFO_UNAVAIL); /* nobody listens */
        host_stack(&host, "socket=/nonexistent/folder/socket");
        check(PAM_AUTHINFO_UNAVAIL);
}

static void a_stopped_server_is_unavailable_in_time(void **state)
{
        fake_server_start(&server, &(FakeBehaviour){ .outcome = DOORWARD_ALLOW });
        kill(server.process, SIGSTOP);
        check(PAM_AUTHINFO_UNAVAIL);
}

static void a_full_queue_is_unavailable_in_time(void **state)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        int files[16], count = 0, r = 0;
        fake_server_start(&server, &(FakeBehaviour){ .kind = FAKE_LISTEN_ONLY, .backlog = 2 });
        snprintf(address.sun_path, sizeof(address.sun_path), "%s", server.socket);
        while (r == 0 && count < 16) {
                files[count] = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
                r = connect(files[count++], (struct sockaddr *)&address, sizeof(address));
        }
        assert_true(r < 0 && errno == EAGAIN);
        check(PAM_AUTHINFO_UNAVAIL);
        while (count > 0)
                close(files[--count]);
}

static void ignore_alarm(int number)
{
        (void)number;
}

static void a_storm_of_signals_changes_nothing(void **state)
{
        struct sigaction action = { .sa_handler = ignore_alarm }, old;
        struct itimerval storm = { { 0, 2000 }, { 0, 2000 } }, calm = { 0 };
        fake_server_start(&server, &(FakeBehaviour){ .kind = FAKE_SILENT });
        sigaction(SIGALRM, &action, &old);
        setitimer(ITIMER_REAL, &storm, NULL);
        int late = phase_checked(host_account);
        setitimer(ITIMER_REAL, &calm, NULL);
        fake_server_start(
                &server,
                &(FakeBehaviour){ .kind = FAKE_LATE, .outcome = DOORWARD_ALLOW, .delay_ms = 100 });
        setitimer(ITIMER_REAL, &storm, NULL);
        int answered = phase_checked(host_account);
        setitimer(ITIMER_REAL, &calm, NULL);
        sigaction(SIGALRM, &old, NULL);
        assert_int_equal(late, PAM_AUTHINFO_UNAVAIL);
        assert_int_equal(answered, PAM_SUCCESS);
}

/* In a child: standard streams closed, and the module must not put anything in their place. */
static void standard_streams_stay_closed(void **state)
{
        int status;
        fake_server_start(&server, &(FakeBehaviour){ .outcome = DOORWARD_ALLOW });
        fflush(NULL);
        pid_t child = fork();
        if (child == 0) {
                pam_handle_t *handle = host_start(&host, "no-such-alice");
                bool good = host_account(handle, PAM_SILENT) == PAM_SUCCESS;
                close(0);
                close(1);
                close(2);
                good = good && host_account(handle, PAM_SILENT) == PAM_SUCCESS;
                for (int fd = 0; fd < 3; fd++)
                        good = good && fcntl(fd, F_GETFD) < 0;
                _exit(good ? 0 : 1);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
        assert_int_equal(fake_server_request_count(&server), 2);
}

/* The server looks at its client's descriptors while that waits. */
static void sockets_lie_above_the_standard_streams_and_close_on_exec(void **state)
{
        int status;
        fake_server_start(&server, &(FakeBehaviour){ .outcome = DOORWARD_ALLOW });
        fflush(NULL);
        pid_t child = fork();
        if (child == 0) {
                pam_handle_t *handle = host_start(&host, "no-such-alice");
                close(0);
                close(1);
                close(2);
                _exit(host_account(handle, PAM_SILENT) == PAM_SUCCESS ? 0 : 1);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
        FakeSeen seen = fake_server_seen(&server);
        assert_true(seen.any);
        assert_false(seen.standard);
        assert_false(seen.inheritable);
}

static void without_descriptors_it_is_unavailable(void **state)
{
        struct rlimit limit, none;
        fake_server_start(&server, &(FakeBehaviour){ .outcome = DOORWARD_ALLOW });
        pam_handle_t *handle = host_start(&host, "no-such-alice");
        assert_int_equal(host_account(handle, PAM_SILENT), PAM_SUCCESS);
        getrlimit(RLIMIT_NOFILE, &limit);
        none = (struct rlimit){ 3, limit.rlim_max };
        setrlimit(RLIMIT_NOFILE, &none);
        host_forget(&host);
        int code = host_account(handle, PAM_SILENT);
        setrlimit(RLIMIT_NOFILE, &limit);
        /* libpam's audit has no descriptor either, and then says so in our stead. */
        assert_true(code == PAM_AUTHINFO_UNAVAIL || code == PAM_SYSTEM_ERR);
        assert_non_null(strstr(host_log, "no-such-alice not decided"));
        assert_int_equal(host_account(handle, PAM_SILENT), PAM_SUCCESS);
        pam_end(handle, 0);
}

/* Before and after a fork, in parent and child, at the same time. */
static void forks_share_nothing(void **state)
{
        int status;
        fake_server_start(&server, &(FakeBehaviour){ .outcome = DOORWARD_ALLOW });
        pam_handle_t *handle = host_start(&host, "no-such-alice");
        assert_int_equal(host_account(handle, PAM_SILENT), PAM_SUCCESS);
        fflush(NULL);
        pid_t child = fork();
        bool good = true;
        for (int i = 0; i < 50; i++)
                good = host_account(handle, PAM_SILENT) == PAM_SUCCESS && good;
        if (child == 0)
                _exit(good ? 0 : 1);
        assert_true(good);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
        pam_end(handle, 0);
        assert_int_equal(fake_server_request_count(&server), 101);
}

static void a_stated_server_uid_is_trusted_and_no_other(void **state)
{
        char arguments[256];
        fake_server_start(
                &server,
                &(FakeBehaviour){ .outcome = DOORWARD_ALLOW, .own_uid = true, .uid = 23456 });
        check(PAM_AUTHINFO_UNAVAIL);
        snprintf(arguments, sizeof(arguments), "socket=%s server_uid=23456", server.socket);
        host_stack(&host, arguments);
        check(PAM_SUCCESS);
        snprintf(arguments, sizeof(arguments), "socket=%s server_uid=23457", server.socket);
        host_stack(&host, arguments);
        check(PAM_AUTHINFO_UNAVAIL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(every_failing_server_is_unavailable_in_time),
                TEST(nobody_there_is_unavailable),
                TEST(a_stopped_server_is_unavailable_in_time),
                TEST(a_full_queue_is_unavailable_in_time),
                TEST(a_storm_of_signals_changes_nothing),
                TEST(standard_streams_stay_closed),
                TEST(sockets_lie_above_the_standard_streams_and_close_on_exec),
                TEST(without_descriptors_it_is_unavailable),
                TEST(forks_share_nothing),
        };
        const struct CMUnitTest tests_of_root[] = {
                TEST(a_stated_server_uid_is_trusted_and_no_other),
        };
        int failed = cmocka_run_group_tests(tests, NULL, NULL);
        if (geteuid() == 0)
                failed += cmocka_run_group_tests(tests_of_root, NULL, NULL);
        return failed ? 1 : 0;
}
