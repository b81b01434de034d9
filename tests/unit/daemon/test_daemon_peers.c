/* SPDX-License-Identifier: MIT */
/*
 * Peers that nobody would wish for, to the real daemon: uids that are no person's, peers that are
 * killed while they ask, ten thousand that only connect, and a directory server that hangs. Needs
 * root, to be somebody else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon_fixture.h"
#include "policy/vocabulary.h"
#include "util/deadline.h"

#define SKIPPED      77
#define IDLE_PEERS   10000
#define IDLE_UIDS    20
#define IDLE_UID     5000
#define STRANGER_UID 4999
#define UNLOCK       "access.door.unlock"
#define FRANKS_ASK                                                                                 \
        { FIELD_USER, "frank", 0 }, { FIELD_ACTION, UNLOCK, 0 },                                   \
        {                                                                                          \
                FIELD_RESOURCE, "door:acme/HQ/D1", 0                                               \
        }

static Reply reply;

static uint64_t now_ms(void)
{
        return deadline_clock_ns() / 1000000;
}

/* Everything that could be of use to somebody. Return: how many of it were refused. */
static int ask_for_everything(const DaemonFixture *fixture, void *data)
{
        int fd = fixture_connect(fixture), refused = 0;
        fixture_ask(fd, &reply, MESSAGE_ASK, FRANKS_ASK);
        refused += reply.type == MESSAGE_REFUSAL;
        fixture_ask(fd, &reply, MESSAGE_UNLOCK, { FIELD_RESOURCE, "door:acme/HQ/D1", 0 });
        refused += reply.type == MESSAGE_REFUSAL;
        fixture_ask(fd, &reply, MESSAGE_UNLOCK, { FIELD_RESOURCE, "door:acme/HQ/D1", 0 },
                    { FIELD_WHY, "fire", 0 });
        refused += reply.type == MESSAGE_REFUSAL;
        fixture_ask_plain(fd, &reply, MESSAGE_RELOAD);
        refused += reply.type == MESSAGE_REFUSAL;
        fixture_ask_plain(fd, &reply, MESSAGE_STATUS);
        return refused + (reply.type == MESSAGE_REFUSAL);
}

static const uint32_t SPECIAL_UIDS[] = { 2147483648u, 2147483649u, 3000000000u, 4294967293u,
                                         4294967294u, 61184,       65519,       65534 };

/* Above INT32_MAX, where a signed comparison goes wrong, up to (uid_t)-2; users of systemd's
 * DynamicUser=, which come and go; and nobody, who stands for many: even if the policy names
 * them. */
static void uids_of_no_person_are_refused_everything(void **state)
{
        for (size_t i = 0; i < sizeof(SPECIAL_UIDS) / sizeof(SPECIAL_UIDS[0]); i++)
                assert_int_equal(fixture_as(SPECIAL_UIDS[i], 100, ask_for_everything, *state, NULL),
                                 5);
        /* The same questions are answered to those who may ask some of them. */
        assert_int_equal(fixture_as(FRANK_UID, 100, ask_for_everything, *state, NULL), 2);
        assert_int_equal(fixture_as(0, 0, ask_for_everything, *state, NULL), 1);
}

/* Asks and is gone before anybody can look at him. */
static int ask_and_die(const DaemonFixture *fixture, void *data)
{
        int fd = fixture_connect(fixture);
        TestField fire[] = { { FIELD_RESOURCE, "door:acme/HQ/D2", 0 }, { FIELD_WHY, "fire", 0 } };
        TestField unlock[] = { { FIELD_RESOURCE, "door:acme/HQ/D1", 0 } };
        (void)fixture_send(fd, MESSAGE_UNLOCK, fire, 2);
        (void)fixture_send(fd, MESSAGE_UNLOCK, unlock, 1);
        (void)fixture_send(fd, MESSAGE_RELOAD, NULL, 0);
        return raise(SIGKILL);
}

static unsigned count_lines(const char *text, const char *line)
{
        unsigned count = 0;
        for (const char *at = text; (at = strstr(at, line)); at++)
                count++;
        return count;
}

/* Who is gone is still who he was: no failure to look at him makes him root. */
static void a_peer_that_is_killed_while_asking_stays_who_he_was(void **state)
{
        const DaemonFixture *fixture = *state;
        int fd = fixture_connect(fixture);
        char before[sizeof("reloaded=") + 64];
        fixture_ask_plain(fd, &reply, MESSAGE_STATUS);
        const char *found = strstr(reply.pairs, "loaded=");
        (void)snprintf(before, sizeof(before), "%.40s", found ? found : "");
        for (int i = 0; i < 20; i++)
                assert_int_equal(fixture_as(HELEN_UID, 100, ask_and_die, fixture, NULL), 127);
        (void)usleep(200000);
        fixture_ask_plain(fd, &reply, MESSAGE_EVENTS);
        assert_int_equal(reply.type, MESSAGE_END);
        assert_int_equal(count_lines(reply.pairs, "reason=break-glass\n"), 0);
        assert_int_equal(count_lines(reply.pairs, "decision=allow\n"), 0);
        assert_true(count_lines(reply.pairs, "caller_uid=4712\n") >= 20);
        fixture_ask_plain(fd, &reply, MESSAGE_STATUS);
        assert_non_null(strstr(reply.pairs, before));
        (void)close(fd);
}

static pid_t resolver_of(const DaemonFixture *fixture)
{
        char path[64], command[256];
        int child, found = 0;
        (void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children", fixture->pid, fixture->pid);
        FILE *children = fopen(path, "re");
        assert_non_null(children);
        while (!found && fscanf(children, "%d", &child) == 1) {
                (void)snprintf(path, sizeof(path), "/proc/%d/cmdline", child);
                FILE *file = fopen(path, "re");
                size_t size = file ? fread(command, 1, sizeof(command) - 1, file) : 0;
                for (size_t i = 0; i < size; i++)
                        command[i] = command[i] ? command[i] : ' ';
                command[size] = '\0';
                if (strstr(command, "resolver"))
                        found = child;
                if (file)
                        (void)fclose(file);
        }
        (void)fclose(children);
        return found;
}

static int ask_as_stranger(const DaemonFixture *fixture, void *data)
{
        int fd = fixture_connect(fixture);
        uint64_t began_ms = now_ms();
        fixture_ask(fd, &reply, MESSAGE_ASK, FRANKS_ASK);
        return (reply.type == MESSAGE_REFUSAL ? 100 : 0) + (int)((now_ms() - began_ms) / 1000);
}

/* NSS hangs, as it does when a directory server is gone: who needs no name waits for nothing, and
 * who needs one is refused in time. */
static void a_resolver_that_hangs_keeps_nobody_else_waiting(void **state)
{
        const DaemonFixture *fixture = *state;
        assert_int_equal(fixture_as(STRANGER_UID, 100, ask_as_stranger, fixture, NULL), 100);
        pid_t resolver = resolver_of(fixture);
        assert_true(resolver > 0);
        assert_int_equal(kill(resolver, SIGSTOP), 0);
        pid_t stranger = fork();
        assert_true(stranger >= 0);
        if (stranger == 0)
                _exit(fixture_as(STRANGER_UID + 1, 100, ask_as_stranger, fixture, NULL));
        (void)usleep(100000);
        uint64_t began_ms = now_ms();
        int fd = fixture_connect(fixture);
        fixture_ask(fd, &reply, MESSAGE_ASK, FRANKS_ASK);
        assert_int_equal(reply.outcome, OUTCOME_ALLOW);
        assert_in_range(now_ms() - began_ms, 0, 500);
        (void)close(fd);
        int status = 0;
        assert_int_equal(waitpid(stranger, &status, 0), stranger);
        /* Refused, after one to three seconds. */
        assert_in_range(WEXITSTATUS(status), 101, 103);
        /* The next one is named again, by another child. */
        assert_int_equal(fixture_as(STRANGER_UID + 2, 100, ask_as_stranger, fixture, NULL), 100);
        assert_int_not_equal(resolver_of(fixture), resolver);
}

/* Connects, and waits while the daemon's queue is full. Return: the descriptor, -1 if refused. */
static int connect_idle(const DaemonFixture *fixture)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
        memcpy(address.sun_path, fixture->socket, strlen(fixture->socket) + 1);
        assert_true(fd >= 0);
        if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
                return fd;
        (void)close(fd);
        return -1;
}

static unsigned count_open(const int *fds)
{
        unsigned open = 0;
        for (int i = 0; i < IDLE_PEERS; i++) {
                struct pollfd poller = { .fd = fds[i] };
                open += fds[i] >= 0 && poll(&poller, 1, 0) == 0;
        }
        return open;
}

static void ten_thousand_idle_peers_do_not_keep_root_out(void **state)
{
        const DaemonFixture *fixture = *state;
        static int idle[IDLE_PEERS];
        struct rlimit limit = { IDLE_PEERS + 200, IDLE_PEERS + 200 };
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
        for (int i = 0; i < IDLE_PEERS; i++) {
                assert_int_equal(seteuid((uid_t)(IDLE_UID + i % IDLE_UIDS)), 0);
                idle[i] = connect_idle(fixture);
                assert_int_equal(seteuid(0), 0);
        }
        uint64_t began_ms = now_ms();
        int fd = fixture_connect(fixture);
        fixture_ask(fd, &reply, MESSAGE_ASK, FRANKS_ASK);
        assert_int_equal(reply.outcome, OUTCOME_ALLOW);
        fixture_ask_plain(fd, &reply, MESSAGE_STATUS);
        assert_int_equal(reply.type, MESSAGE_END);
        assert_non_null(strstr(reply.pairs, "state=ready\n"));
        assert_in_range(now_ms() - began_ms, 0, 2000);
        assert_int_equal(count_open(idle), IDLE_PEERS);
        for (int i = 0; i < IDLE_PEERS; i++)
                (void)close(idle[i]);
        (void)close(fd);
}

/* A manager for each of these uids. */
static void write_special_users(const DaemonFixture *fixture)
{
        char text[4096] = "users = (", folder[160];
        (void)snprintf(folder, sizeof(folder), "%s/organizations.d/acme.d", fixture->policy);
        assert_int_equal(mkdir(folder, 0755), 0);
        for (size_t i = 0; i < sizeof(SPECIAL_UIDS) / sizeof(SPECIAL_UIDS[0]); i++) {
                size_t used = strlen(text);
                (void)snprintf(text + used, sizeof(text) - used,
                               "%s\n  { name = \"special-%zu\"; uid = %uL;\n    roles = ( { role = "
                               "\"access-site-manager\"; site = \"HQ\"; } ); }",
                               i > 0 ? "," : "", i, SPECIAL_UIDS[i]);
        }
        strcat(text, " );\n");
        fixture_write(fixture, "organizations.d/acme.d/special.conf", text);
}

static int setup(void **state)
{
        static DaemonFixture fixture;
        struct rlimit limit; /* as it is without systemd: the daemon raises it itself */
        if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
                return -1;
        limit.rlim_cur = 1024;
        if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
                return -1;
        fixture_set_up(&fixture);
        write_special_users(&fixture);
        fixture_append(&fixture, "doorward.conf",
                       "limits = { clients = 10000; clients_per_user = 1000; };\n");
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
        if (geteuid() != 0)
                return SKIPPED;
        const struct CMUnitTest tests[] = {
                TEST(uids_of_no_person_are_refused_everything),
                TEST(a_peer_that_is_killed_while_asking_stays_who_he_was),
                TEST(a_resolver_that_hangs_keeps_nobody_else_waiting),
                TEST(ten_thousand_idle_peers_do_not_keep_root_out),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
