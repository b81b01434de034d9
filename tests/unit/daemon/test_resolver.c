/* SPDX-License-Identifier: MIT */
/* Tests of resolver.c and resolver_child.c. This program is its own child; some uids make it
 * misbehave. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pwd.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/child.h"
#include "daemon/resolver.h"

enum {
        UID_HANGS = 70001,
        UID_CRASHES = 70002,
        UID_ANSWERS_FOR_ANOTHER = 70003,
        UID_NSS_FAILS = 70004,
        UID_WITHOUT_NAME = 70005,
        UID_NAMED = 70006,
        UID_NAME_WITHOUT_END = 70007,
};

typedef struct Fixture {
        sd_event *event;
        Resolver *resolver;
        unsigned found, failed;
        uint32_t last_uid;
} Fixture;

static void on_done(void *data, uint32_t uid, bool found)
{
        Fixture *fixture = data;
        *(found ? &fixture->found : &fixture->failed) += 1;
        fixture->last_uid = uid;
}

static int setup(void **state)
{
        static Fixture fixture;
        fixture = (Fixture){ 0 };
        *state = &fixture;
        return sd_event_new(&fixture.event) >= 0 && resolver_new(fixture.event, on_done, &fixture,
                                                                 &fixture.resolver) == 0
                       ? 0
                       : -1;
}

static int teardown(void **state)
{
        Fixture *fixture = *state;
        fixture->resolver = resolver_free(fixture->resolver);
        sd_event_unref(fixture->event);
        return waitpid(-1, NULL, WNOHANG) == -1 ? 0 : -1; /* no child is left */
}

static uint64_t now_ms(Fixture *fixture)
{
        uint64_t now_us = 0;
        (void)sd_event_now(fixture->event, CLOCK_MONOTONIC, &now_us);
        return now_us / 1000;
}

static int find(Fixture *fixture, uint32_t uid, ResolvedName *name)
{
        return resolver_find(fixture->resolver, uid, now_ms(fixture), name);
}

static void run_until(Fixture *fixture, unsigned found, unsigned failed)
{
        for (int i = 0; i < 300 && (fixture->found < found || fixture->failed < failed); i++)
                (void)sd_event_run(fixture->event, 20000);
        assert_int_equal(fixture->found, found);
        assert_int_equal(fixture->failed, failed);
}

static void a_name_is_asked_once_and_then_known(void **state)
{
        Fixture *fixture = *state;
        ResolvedName name;
        assert_int_equal(find(fixture, UID_NAMED, &name), RESOLVER_WAIT);
        assert_int_equal(find(fixture, UID_NAMED, &name), RESOLVER_WAIT);
        run_until(fixture, 1, 0);
        assert_int_equal(fixture->last_uid, UID_NAMED);
        assert_int_equal(find(fixture, UID_NAMED, &name), 0);
        assert_string_equal(name.name, "somebody");
}

static void a_name_is_forgotten_after_a_while(void **state)
{
        Fixture *fixture = *state;
        ResolvedName name;
        assert_int_equal(find(fixture, UID_NAMED, &name), RESOLVER_WAIT);
        run_until(fixture, 1, 0);
        uint64_t later_ms = now_ms(fixture) + RESOLVER_KEEP_MS;
        assert_int_equal(resolver_find(fixture->resolver, UID_NAMED, later_ms - 1, &name), 0);
        assert_int_equal(resolver_find(fixture->resolver, UID_NAMED, later_ms, &name),
                         RESOLVER_WAIT);
        run_until(fixture, 2, 0);
}

static void that_there_is_no_name_is_known_more_briefly(void **state)
{
        Fixture *fixture = *state;
        ResolvedName name;
        assert_int_equal(find(fixture, UID_WITHOUT_NAME, &name), RESOLVER_WAIT);
        run_until(fixture, 1, 0);
        assert_int_equal(find(fixture, UID_WITHOUT_NAME, &name), 0);
        assert_string_equal(name.name, "");
        assert_int_equal(resolver_find(fixture->resolver, UID_WITHOUT_NAME,
                                       now_ms(fixture) + RESOLVER_KEEP_NONE_MS, &name),
                         RESOLVER_WAIT);
        run_until(fixture, 2, 0);
}

static void a_child_that_hangs_fails_in_time_and_is_replaced(void **state)
{
        Fixture *fixture = *state;
        ResolvedName name;
        assert_int_equal(find(fixture, UID_HANGS, &name), RESOLVER_WAIT);
        assert_int_equal(find(fixture, UID_NAMED, &name), RESOLVER_WAIT);
        uint64_t began_ms = now_ms(fixture);
        run_until(fixture, 0, 2);
        assert_in_range(now_ms(fixture) - began_ms, RESOLVER_DEADLINE_MS - 100,
                        RESOLVER_DEADLINE_MS + 1500);
        assert_int_equal(find(fixture, UID_NAMED, &name), RESOLVER_WAIT);
        run_until(fixture, 1, 2);
}

static void a_child_that_dies_fails_and_is_replaced(void **state)
{
        Fixture *fixture = *state;
        ResolvedName name;
        assert_int_equal(find(fixture, UID_CRASHES, &name), RESOLVER_WAIT);
        run_until(fixture, 0, 1);
        assert_int_equal(find(fixture, UID_NAMED, &name), RESOLVER_WAIT);
        run_until(fixture, 1, 1);
}

static void an_answer_that_was_not_asked_for_is_a_failure(void **state)
{
        Fixture *fixture = *state;
        ResolvedName name;
        assert_int_equal(find(fixture, UID_ANSWERS_FOR_ANOTHER, &name), RESOLVER_WAIT);
        run_until(fixture, 0, 1);
        assert_int_equal(find(fixture, UID_NAMED, &name), RESOLVER_WAIT);
        run_until(fixture, 1, 1);
}

static void a_name_without_end_is_a_failure(void **state)
{
        Fixture *fixture = *state;
        ResolvedName name;
        assert_int_equal(find(fixture, UID_NAME_WITHOUT_END, &name), RESOLVER_WAIT);
        run_until(fixture, 0, 1);
}

static void a_failure_of_nss_is_not_remembered(void **state)
{
        Fixture *fixture = *state;
        ResolvedName name;
        assert_int_equal(find(fixture, UID_NSS_FAILS, &name), RESOLVER_WAIT);
        run_until(fixture, 0, 1);
        assert_int_equal(find(fixture, UID_NSS_FAILS, &name), RESOLVER_WAIT);
        run_until(fixture, 0, 2);
}

static void only_so_many_are_asked_for_at_once(void **state)
{
        Fixture *fixture = *state;
        ResolvedName name;
        assert_int_equal(find(fixture, UID_HANGS, &name), RESOLVER_WAIT);
        for (uint32_t i = 1; i < RESOLVER_LOOKUPS_MAX; i++)
                assert_int_equal(find(fixture, 80000 + i, &name), RESOLVER_WAIT);
        assert_true(find(fixture, 90000, &name) < 0);
        run_until(fixture, 0, RESOLVER_LOOKUPS_MAX);
}

static void the_machine_s_own_names_are_found(void **state)
{
        ResolvedName name;
        assert_int_equal(resolver_ask(0, &name), 0);
        assert_string_equal(name.name, "root");
        assert_int_equal(resolver_ask(1, &name), 0);
        assert_string_equal(name.name, "daemon");
        assert_int_equal(resolver_ask(3999999999u, &name), 0);
        assert_string_equal(name.name, "");
}

/* The child: as resolver_main(), with some uids of its own. */
static int child(void)
{
        ResolverQuestion question;
        while (recv(CHILD_FIRST_FD, &question, sizeof(question), 0) == sizeof(question)) {
                ResolverAnswer answer = { .uid = question.uid };
                if (question.uid == UID_HANGS)
                        (void)pause();
                if (question.uid == UID_CRASHES)
                        return 1;
                if (question.uid == UID_ANSWERS_FOR_ANOTHER)
                        answer.uid = 0;
                answer.failed = question.uid == UID_NSS_FAILS;
                if (question.uid == UID_NAMED)
                        (void)snprintf(answer.name.name, sizeof(answer.name.name), "somebody");
                if (question.uid == UID_NAME_WITHOUT_END)
                        memset(answer.name.name, 'x', sizeof(answer.name.name));
                (void)send(CHILD_FIRST_FD, &answer, sizeof(answer), MSG_NOSIGNAL);
        }
        return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(int argument_count, char **arguments)
{
        if (argument_count > 1 && strcmp(arguments[1], CHILD_MODE_PREFIX RESOLVER_MODE) == 0)
                return child();
        const struct CMUnitTest tests[] = {
                TEST(a_name_is_asked_once_and_then_known),
                TEST(a_name_is_forgotten_after_a_while),
                TEST(that_there_is_no_name_is_known_more_briefly),
                TEST(a_child_that_hangs_fails_in_time_and_is_replaced),
                TEST(a_child_that_dies_fails_and_is_replaced),
                TEST(an_answer_that_was_not_asked_for_is_a_failure),
                TEST(a_name_without_end_is_a_failure),
                TEST(a_failure_of_nss_is_not_remembered),
                TEST(only_so_many_are_asked_for_at_once),
                cmocka_unit_test(the_machine_s_own_names_are_found),
        };
        sigset_t blocked;
        sigemptyset(&blocked);
        sigaddset(&blocked, SIGCHLD);
        (void)sigprocmask(SIG_BLOCK, &blocked, NULL);
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
