/* SPDX-License-Identifier: MIT */
/*
 * Tests of pam/visit.h without memory: whichever allocation fails, nobody gets in. The linker puts
 * the functions below in the place of malloc() and its kin (--wrap).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <doorward/doorward.h>

#include "fake_server.h"
#include "host.h"
#include "pam/visit.h"

enum { ALLOCATIONS_MAX = 100 };

static unsigned allocations;   /* so far */
static unsigned failing_first; /* from this one on (counting from 1) … */
static unsigned failing_count; /* … so many fail; 0: none */

static bool fails(void)
{
        allocations++;
        return allocations >= failing_first && allocations - failing_first < failing_count;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);

void *__wrap_malloc(size_t size)
{
        if (fails()) {
                errno = ENOMEM;
                return NULL;
        }
        return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
        if (fails()) {
                errno = ENOMEM;
                return NULL;
        }
        return __real_calloc(count, size);
}

static FakeServer server;
static Host host;

static int set_up(void **state)
{
        fake_server_prepare(&server);
        host_prepare(&host);
        host_stack(&host, "");
        fake_server_start(&server, &(FakeBehaviour){ .outcome = DOORWARD_ALLOW });
        return 0;
}

static int tear_down(void **state)
{
        host_clean(&host);
        fake_server_clean(&server);
        return 0;
}

/* One call while `count` allocations from the first-th on fail. Return: its code. */
static int decide(SessionPhase phase, unsigned first, unsigned count)
{
        char argument[128];
        const char *arguments[] = { argument, "minimum_uid=0" };
        snprintf(argument, sizeof(argument), "socket=%s", server.socket);
        pam_handle_t *handle = host_start(&host, "root");
        allocations = 0;
        failing_first = first;
        failing_count = count;
        int code = visit_decide(handle, PAM_SILENT, phase, 2, arguments);
        failing_count = 0;
        pam_end(handle, code);
        return code;
}

static void without_memory_nobody_gets_in(void **state)
{
        static const SessionPhase PHASES[] = { SESSION_PHASE_ACCOUNT, SESSION_PHASE_OPEN };
        for (size_t i = 0; i < 2; i++) {
                assert_int_equal(decide(PHASES[i], 0, 0), PAM_SUCCESS);
                unsigned needed = allocations;
                assert_in_range(needed, 4, ALLOCATIONS_MAX);
                for (unsigned first = 1; first <= needed; first++) {
                        assert_int_equal(decide(PHASES[i], first, 1), PAM_AUTHINFO_UNAVAIL);
                        assert_int_equal(decide(PHASES[i], first, ALLOCATIONS_MAX),
                                         PAM_AUTHINFO_UNAVAIL);
                }
                assert_int_equal(decide(PHASES[i], needed + 1, 1), PAM_SUCCESS);
        }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(without_memory_nobody_gets_in),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
