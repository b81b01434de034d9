/* SPDX-License-Identifier: MIT */
/* Answers that wait for the journal, with a journal that answers when the test says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sys/socket.h>
#include <unistd.h>

#include "daemon/pending.h"
#include "daemon/server.h"

#define ID "0123456789abcdef0123456789abcdef"

int __wrap_journal_append(Journal *journal, const JournalRow *row, JournalDone done, void *data);
uint64_t __wrap_server_deadline(Server *server);
void __wrap_alerts_set(Server *server, AlertState state, bool on, const char *detail);

/* What the journal was given: the row that waits, and the one that came last. */
static JournalDone waiting;
static void *waiting_data;
static unsigned rows;
static bool is_failing;
static char last_kind[32], last_id[64], last_decision[32];

static void keep(char *buffer, size_t size, Text text)
{
        assert_true(text.size < size);
        if (text.size > 0)
                memcpy(buffer, text.data, text.size);
        buffer[text.size] = '\0';
}

int __wrap_journal_append(Journal *journal, const JournalRow *row, JournalDone done, void *data)
{
        rows++;
        keep(last_kind, sizeof(last_kind), row->texts[JOURNAL_KIND]);
        keep(last_id, sizeof(last_id), row->texts[JOURNAL_DECISION_ID]);
        keep(last_decision, sizeof(last_decision), row->texts[JOURNAL_DECISION]);
        if (done) {
                waiting = done;
                waiting_data = data;
        }
        return 0;
}

uint64_t __wrap_server_deadline(Server *server)
{
        return 1;
}

void __wrap_alerts_set(Server *server, AlertState state, bool on, const char *detail)
{
        assert_int_equal(state, ALERT_JOURNAL_FAILING);
        is_failing = on;
}

typedef struct Fixture {
        Server *server;
        Client client;
        int peer;
} Fixture;

static void begin(Fixture *fixture, bool need_journal)
{
        int pair[2];
        rows = 0;
        assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
        fixture->server = calloc(1, sizeof(*fixture->server));
        assert_non_null(fixture->server);
        assert_int_equal(server_clock_open(fixture->server), 0);
        fixture->client = (Client){ .server = fixture->server, .fd = pair[0] };
        fixture->peer = pair[1];
        JournalRow row = { 0 };
        row.texts[JOURNAL_KIND] = TEXT_LITERAL("unlock");
        row.texts[JOURNAL_DECISION] = TEXT_LITERAL("allow");
        Answer answer = {
                .request_id = 7,
                .user = TEXT_LITERAL("alice"),
                .action = TEXT_LITERAL("unlock"),
                .resource = TEXT_LITERAL("door:acme/HQ/D1"),
                .outcome = OUTCOME_ALLOW,
                .reason = TEXT_LITERAL("granted-by-role"),
                .decision_id = TEXT_LITERAL(ID),
        };
        assert_int_equal(pending_begin(&fixture->client, &row, &answer, need_journal, NULL, NULL),
                         0);
        assert_int_equal(rows, 1);
        assert_non_null(fixture->client.pending);
}

/* What the client was answered. Return: the outcome; 0: nothing yet. */
static uint32_t answered(const Fixture *fixture)
{
        uint8_t frame[4096];
        Message message;
        uint32_t outcome = 0;
        ssize_t size = recv(fixture->peer, frame, sizeof(frame), MSG_DONTWAIT);
        if (size <= 0)
                return 0;
        assert_int_equal(message_decode(frame, (size_t)size, &message), 0);
        assert_true(message_number(&message, FIELD_OUTCOME, &outcome));
        return outcome;
}

static void end(Fixture *fixture)
{
        (void)close(fixture->client.fd);
        (void)close(fixture->peer);
        free(fixture->server);
}

static void a_denial_answered_because_the_journal_is_late_takes_the_row_back(void **state)
{
        Fixture fixture;
        begin(&fixture, true);
        assert_int_equal(pending_expire(fixture.client.pending), 0);
        assert_int_equal(answered(&fixture), OUTCOME_DENY);
        assert_true(is_failing);
        assert_int_equal(rows, 2); /* behind the allow, whenever the journal gets to them */
        assert_string_equal(last_kind, "alarm");
        assert_string_equal(last_id, ID);
        assert_string_equal(last_decision, "deny");
        waiting(waiting_data, true);
        assert_false(is_failing);
        assert_int_equal(answered(&fixture), 0);
        end(&fixture);
}

static void an_allow_answered_without_the_journal_stands(void **state)
{
        Fixture fixture;
        begin(&fixture, false);
        assert_int_equal(pending_expire(fixture.client.pending), 0);
        assert_int_equal(answered(&fixture), OUTCOME_ALLOW);
        assert_int_equal(rows, 1);
        waiting(waiting_data, true);
        end(&fixture);
}

static void nobody_is_answered_who_is_gone(void **state)
{
        Fixture fixture;
        begin(&fixture, true);
        pending_forget(fixture.client.pending);
        waiting(waiting_data, true);
        assert_int_equal(answered(&fixture), 0);
        assert_int_equal(rows, 1);
        end(&fixture);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_denial_answered_because_the_journal_is_late_takes_the_row_back),
                cmocka_unit_test(an_allow_answered_without_the_journal_stands),
                cmocka_unit_test(nobody_is_answered_who_is_gone),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
