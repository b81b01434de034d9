/* SPDX-License-Identifier: MIT */
/*
 * Tests of the module in a program with threads: many transactions at once, and a thread that is
 * cancelled while the daemon keeps it waiting.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include <doorward/doorward.h>

#include "fake_server.h"
#include "host.h"
#include "util/deadline.h"

enum { THREADS = 16, ROUNDS = 10, TIMEOUT_MS = 20000, SHORT_MS = 400, SLACK_MS = 2000 };

typedef int Phase(pam_handle_t *handle, int flags, int argc, const char **argv);

static FakeServer server;
static Host host;
static char socket_argument[128], timeout_argument[32];

static int set_up(void **state)
{
        char arguments[256];
        fake_server_prepare(&server);
        host_prepare(&host);
        snprintf(arguments, sizeof(arguments), "socket=%s timeout=%d", server.socket, TIMEOUT_MS);
        host_stack(&host, arguments);
        snprintf(socket_argument, sizeof(socket_argument), "socket=%s", server.socket);
        snprintf(timeout_argument, sizeof(timeout_argument), "timeout=%d", SHORT_MS);
        host_log_off = true; /* log and screen are not made for several threads */
        return 0;
}

static int tear_down(void **state)
{
        host_log_off = false;
        host_clean(&host);
        fake_server_clean(&server);
        return 0;
}

static void *log_in_again_and_again(void *data)
{
        atomic_uint *successes = data;
        for (int i = 0; i < ROUNDS; i++) {
                pam_handle_t *handle = host_start(&host, "no-such-alice");
                if (host_account(handle, 0) == PAM_SUCCESS && host_open(handle, 0) == PAM_SUCCESS &&
                    host_close(handle, 0) == PAM_SUCCESS)
                        atomic_fetch_add(successes, 1);
                pam_end(handle, 0);
        }
        return NULL;
}

static void threads_do_not_disturb_each_other(void **state)
{
        pthread_t threads[THREADS];
        atomic_uint successes = 0;
        fake_server_start(&server, &(FakeBehaviour){ .outcome = DOORWARD_ALLOW });
        for (size_t i = 0; i < THREADS; i++)
                assert_int_equal(
                        pthread_create(&threads[i], NULL, log_in_again_and_again, &successes), 0);
        for (size_t i = 0; i < THREADS; i++)
                assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(successes, THREADS * ROUNDS);
        assert_int_equal(fake_server_request_count(&server), 3 * THREADS * ROUNDS);
}

typedef struct Victim {
        Phase *phase;
        pam_handle_t *handle;
        atomic_bool waits;
        atomic_int code;
} Victim;

/* Calls the module itself: what libpam does when it is cancelled is its own affair. */
static void *wait_for_daemon(void *data)
{
        Victim *victim = data;
        const char *arguments[] = { socket_argument, timeout_argument };
        atomic_store(&victim->waits, true);
        atomic_store(&victim->code, victim->phase(victim->handle, PAM_SILENT, 2, arguments));
        pthread_testcancel();
        return NULL;
}

static unsigned open_descriptors(void)
{
        unsigned count = 0;
        for (int fd = 0; fd < 256; fd++)
                count += fcntl(fd, F_GETFD) >= 0;
        return count;
}

static void a_cancelled_thread_ends_after_the_call_and_leaves_nothing(void **state)
{
        static const char *const PHASES[] = { "pam_sm_acct_mgmt", "pam_sm_open_session",
                                              "pam_sm_close_session" };
        void *module = dlopen(PAM_DOORWARD, RTLD_NOW | RTLD_LOCAL);
        assert_non_null(module);
        fake_server_start(&server, &(FakeBehaviour){ .kind = FAKE_SILENT });
        for (size_t i = 0; i < 3; i++) {
                Victim victim = { .handle = host_start(&host, "no-such-alice") };
                void *symbol = dlsym(module, PHASES[i]), *result;
                pthread_t thread;
                memcpy(&victim.phase, &symbol, sizeof(symbol));
                victim.code = -1;
                unsigned before = open_descriptors();
                uint64_t began_ns = deadline_clock_ns();
                assert_int_equal(pthread_create(&thread, NULL, wait_for_daemon, &victim), 0);
                while (!atomic_load(&victim.waits) || open_descriptors() == before)
                        (void)poll(NULL, 0, 1);
                assert_int_equal(pthread_cancel(thread), 0);
                assert_int_equal(pthread_join(thread, &result), 0);
                assert_ptr_equal(result, PTHREAD_CANCELED);
                assert_true((deadline_clock_ns() - began_ns) / 1000000 < SHORT_MS + SLACK_MS);
                assert_int_equal(atomic_load(&victim.code),
                                 i < 2 ? PAM_AUTHINFO_UNAVAIL : PAM_SUCCESS);
                assert_int_equal(open_descriptors(), before);
                pam_end(victim.handle, 0);
        }
        dlclose(module);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(threads_do_not_disturb_each_other),
                TEST(a_cancelled_thread_ends_after_the_call_and_leaves_nothing),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
