/* SPDX-License-Identifier: MIT */
/*
 * Reloading under load: two policies that say the opposite of each other take turns while several
 * peers ask, and every answer has to be that of the one revision it names, whether it is given at
 * once or has waited for the journal.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon_fixture.h"
#include "policy/vocabulary.h"

#define GENERATIONS 24
#define ASKERS      3

#define POLICY(manager, other)                                                                     \
        "organization = { name = \"acme\"; };\n"                                                   \
        "sites = ( { name = \"HQ\"; doors = ( { name = \"D1\"; } );\n"                             \
        "            hosts = ( { name = \"gw-1\"; } ); } );\n"                                     \
        "users = ( { name = \"" manager "\";\n"                                                    \
        "  roles = ( { role = \"access-site-manager\"; site = \"HQ\"; } ); },\n"                   \
        "  { name = \"" other "\"; } );\n"

static const char *const POLICIES[] = { POLICY("frank", "helen"), POLICY("helen", "frank") };

/* What askers and reloader share. */
typedef struct Shared {
        char revisions[2][64]; /* frank manages in the first, helen in the second */
        unsigned answers[2];
        unsigned wrong;
        bool enough;
} Shared;

static Shared *shared;
static Reply reply;

/* Asks about one person. Return: whether the answer is right for the revision it names. */
static bool is_right(int fd, bool session, const char *user)
{
        bool is_frank = strcmp(user, "frank") == 0;
        if (session)
                fixture_ask(fd, &reply, MESSAGE_SESSION, { FIELD_USER, user, 0 },
                            { FIELD_ACTION, "session", 0 }, { FIELD_RESOURCE, "", 0 },
                            { FIELD_SERVICE, "sshd", 0 },
                            { FIELD_PHASE, NULL, SESSION_PHASE_ACCOUNT },
                            { FIELD_CALLER_UID, NULL, 0 }, { FIELD_MINIMUM_UID, NULL, 1000 });
        else
                fixture_ask(fd, &reply, MESSAGE_ASK, { FIELD_USER, user, 0 },
                            { FIELD_ACTION, "access.door.unlock", 0 },
                            { FIELD_RESOURCE, "door:acme/HQ/D1", 0 });
        bool first = strcmp(reply.revision, shared->revisions[0]) == 0;
        if (reply.type != MESSAGE_ANSWER ||
            (!first && strcmp(reply.revision, shared->revisions[1]) != 0))
                return false;
        __atomic_add_fetch(&shared->answers[first ? 0 : 1], 1, __ATOMIC_RELAXED);
        return reply.outcome == (is_frank == first ? OUTCOME_ALLOW : OUTCOME_DENY);
}

static void ask_until_enough(const DaemonFixture *fixture)
{
        int fd = fixture_connect(fixture);
        (void)alarm(60); /* should the test fail meanwhile */
        for (unsigned i = 0; !__atomic_load_n(&shared->enough, __ATOMIC_RELAXED); i++)
                if (!is_right(fd, i % 3 == 0, i % 2 ? "frank" : "helen"))
                        __atomic_add_fetch(&shared->wrong, 1, __ATOMIC_RELAXED);
        (void)close(fd);
}

/* Serves a policy and notes its revision. */
static void serve(const DaemonFixture *fixture, int fd, unsigned policy)
{
        fixture_write(fixture, "organizations.d/acme.conf", POLICIES[policy]);
        fixture_ask_plain(fd, &reply, MESSAGE_RELOAD);
        assert_int_equal(reply.status, 0);
        fixture_ask_plain(fd, &reply, MESSAGE_STATUS);
        const char *found = strstr(reply.pairs, "revision=");
        assert_non_null(found);
        assert_int_equal(sscanf(found, "revision=%63s", shared->revisions[policy]), 1);
}

static void every_answer_is_that_of_the_revision_it_names(void **state)
{
        const DaemonFixture *fixture = *state;
        pid_t askers[ASKERS];
        int fd = fixture_connect(fixture);
        serve(fixture, fd, 1);
        serve(fixture, fd, 0);
        assert_string_not_equal(shared->revisions[0], shared->revisions[1]);
        for (int i = 0; i < ASKERS; i++) {
                askers[i] = fork();
                assert_true(askers[i] >= 0);
                if (askers[i] == 0) {
                        ask_until_enough(fixture);
                        _exit(0);
                }
        }
        char revisions[2][64];
        memcpy(revisions, shared->revisions, sizeof(revisions));
        for (unsigned i = 1; i <= GENERATIONS; i++) {
                serve(fixture, fd, i % 2);
                assert_memory_equal(revisions, shared->revisions, sizeof(revisions));
        }
        __atomic_store_n(&shared->enough, true, __ATOMIC_RELAXED);
        for (int i = 0; i < ASKERS; i++) {
                int status;
                assert_int_equal(waitpid(askers[i], &status, 0), askers[i]);
                assert_int_equal(status, 0);
        }
        assert_int_equal(shared->wrong, 0);
        assert_true(shared->answers[0] > 100 && shared->answers[1] > 100);
        (void)close(fd);
}

static int setup(void **state)
{
        static DaemonFixture fixture;
        shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                      0);
        if (shared == MAP_FAILED)
                return -1;
        fixture_set_up(&fixture);
        fixture_write(&fixture, "organizations.d/acme.conf", POLICIES[0]);
        *state = &fixture;
        return fixture_start(&fixture) ? 0 : -1;
}

static int teardown(void **state)
{
        DaemonFixture *fixture = *state;
        int status = fixture_stop(fixture, SIGTERM);
        fixture_tear_down(fixture);
        return status;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_answer_is_that_of_the_revision_it_names),
        };
        return cmocka_run_group_tests(tests, setup, teardown) ? 1 : 0;
}
