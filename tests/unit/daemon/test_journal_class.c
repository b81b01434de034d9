/* SPDX-License-Identifier: MIT */
/* Tests of journal_class.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sqlite3.h>

#include "daemon/journal_class.h"

static const struct {
        const char *kind, *resource;
        EventClass event_class;
        const char *site;
} cases[] = {
        { "unlock", "door:acme/HQ/Tower/D1", EVENT_CLASS_MOVEMENT, "acme/HQ/Tower/" },
        { "enter", "door:acme/HQ/D1", EVENT_CLASS_MOVEMENT, "acme/HQ/" },
        { "account", "host:acme/HQ/gw-1", EVENT_CLASS_SESSION, "acme/HQ/" },
        { "session-open", "", EVENT_CLASS_SESSION, "" },
        { "session-close", "host:acme/HQ/gw-1", EVENT_CLASS_SESSION, "acme/HQ/" },
        { "session-end", "host:acme/HQ/gw-1", EVENT_CLASS_SESSION, "acme/HQ/" },
        { "change", "user:acme/bob", EVENT_CLASS_ADMINISTRATION, "" },
        { "reload", "", EVENT_CLASS_ADMINISTRATION, "" },
        { "retention", "", EVENT_CLASS_ADMINISTRATION, "" },
        { "command", "door:acme/HQ/D1", EVENT_CLASS_MOVEMENT, "acme/HQ/" },
        { "passage", "door:acme/HQ/D1", EVENT_CLASS_MOVEMENT, "acme/HQ/" },
        { "door-state", "door:acme/HQ/D1", EVENT_CLASS_MOVEMENT, "acme/HQ/" },
        { "door", "door:acme/HQ/D1", EVENT_CLASS_ADMINISTRATION, "acme/HQ/" },
        { "door-alarm", "door:acme/HQ/D1", EVENT_CLASS_ALARM, "acme/HQ/" },
        { "gateway", "door:acme/HQ/D1", EVENT_CLASS_ADMINISTRATION, "acme/HQ/" },
        { "something new", "door:", EVENT_CLASS_ADMINISTRATION, "" },
        { "something new", "site:", EVENT_CLASS_ADMINISTRATION, "" },
        { "alarm", "door:acme/HQ/D1", EVENT_CLASS_ALARM, "acme/HQ/" },
        { "ask", "site:acme/HQ", EVENT_CLASS_QUESTION, "acme/HQ/" },
        { "refusal", "door:x", EVENT_CLASS_QUESTION, "" },
        { "events", "site:acme/HQ/Tower", EVENT_CLASS_QUESTION, "acme/HQ/Tower/" },
};

#define CASE_COUNT (sizeof(cases) / sizeof(*cases))

static void rows_know_their_class_and_site(void **state)
{
        char buffer[64];
        for (size_t i = 0; i < CASE_COUNT; i++) {
                assert_int_equal(journal_class(text_from(cases[i].kind)), cases[i].event_class);
                Text site = journal_site(text_from(cases[i].resource), buffer);
                if (!text_is(site, cases[i].site))
                        fail_msg("%s lies at %.*s", cases[i].resource, (int)site.size, site.data);
        }
}

/* One number that a statement gives for a row of the cases. */
static int evaluate(const char *expression, size_t at, const char *low, const char *high)
{
        sqlite3 *connection;
        sqlite3_stmt *statement;
        char sql[4096];
        (void)snprintf(sql, sizeof(sql), "SELECT %s FROM (SELECT ?1 AS kind, ?2 AS resource)",
                       expression);
        assert_int_equal(sqlite3_open(":memory:", &connection), SQLITE_OK);
        assert_int_equal(sqlite3_prepare_v2(connection, sql, -1, &statement, NULL), SQLITE_OK);
        sqlite3_bind_text(statement, 1, cases[at].kind, -1, SQLITE_STATIC);
        sqlite3_bind_text(statement, 2, cases[at].resource, -1, SQLITE_STATIC);
        sqlite3_bind_text(statement, 3, low, -1, SQLITE_STATIC);
        sqlite3_bind_text(statement, 4, high, -1, SQLITE_STATIC);
        assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
        int number = sqlite3_column_int(statement, 0);
        sqlite3_finalize(statement);
        sqlite3_close(connection);
        return number;
}

static void sql_says_the_same_of_rows_without(void **state)
{
        char classes[1024], places[2048];
        journal_class_sql(classes, sizeof(classes));
        journal_site_sql(places, sizeof(places), 3, 4);
        for (size_t i = 0; i < CASE_COUNT; i++) {
                bool below = strncmp(cases[i].site, "acme/HQ/", 8) == 0;
                assert_int_equal(evaluate(classes, i, "", ""), cases[i].event_class);
                assert_int_equal(evaluate(places, i, "acme/HQ/", "acme/HQ0"), below);
                assert_int_equal(evaluate(places, i, "acme/H/", "acme/H0"), 0);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(rows_know_their_class_and_site),
                cmocka_unit_test(sql_says_the_same_of_rows_without),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
