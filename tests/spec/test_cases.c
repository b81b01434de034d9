/* SPDX-License-Identifier: MIT */
/*
 * Every case of data/cases.tsv, in a policy of its own. Arguments: the folder of the tables, the
 * folder of the vendor's catalogues.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "asker.h"
#include "table.h"

enum { CASES = 400, REFUSED = 2, COLUMNS = 4, LINE_SIZE = 1024 };

static const char *tables, *roles;

/* Return: whether the case holds. */
static bool try_question(Asker *asker, const TableRow *row)
{
        const char *expected = row->columns[1], *question = row->columns[3];
        Facts facts = facts_new();
        facts_add_line(&facts, row->columns[2]);
        asker_build(asker, &facts);
        facts_free(&facts);
        Outcome outcome = asker_ask(asker, question, ASKER_NOW_S);
        if (strcmp(outcome_name(outcome), expected) == 0)
                return true;
        print_error("%s (line %u): %s, expected %s\n", row->columns[0], row->line,
                    outcome_name(outcome), expected);
        asker_explain(asker, question, ASKER_NOW_S);
        return false;
}

/* The last word of a fact "role HOLDER ROLE[@PATH]" as diagnostics quote it. */
static void quote_role(const char *fact, char *buffer)
{
        const char *role = strrchr(fact, ' ') + 1;
        assert_int_equal(strncmp(fact, "role ", 5), 0);
        snprintf(buffer, LINE_SIZE, "\"%.*s\"", (int)strcspn(role, "@"), role);
}

static bool is_refused(Asker *asker, const char *line, char **ret_text)
{
        Facts facts = facts_new();
        facts_add_line(&facts, line);
        bool taken = asker_try(asker, &facts, ret_text);
        facts_free(&facts);
        return !taken;
}

/*
 * The policy of a case that no policy can hold is refused for the fact in the last column, the last
 * one stated: an error names the role, and without that fact the policy is taken.
 */
static bool try_refusal(Asker *asker, const TableRow *row)
{
        char line[LINE_SIZE], quoted[LINE_SIZE], *with = NULL, *without = NULL;
        const char *fact = row->columns[3];
        int size = snprintf(line, sizeof(line), "%s", row->columns[2]);
        assert_in_range(size, strlen(fact) + 2, sizeof(line) - 1);
        char *end = line + size - strlen(fact);
        assert_string_equal(end, fact);
        quote_role(fact, quoted);
        bool refused = is_refused(asker, line, &with);
        end[-2] = '\0'; /* the "; " before the fact */
        bool taken = !is_refused(asker, line, &without);
        const char *problem = strstr(with, ": error: ");
        bool named = problem && strstr(problem, quoted);
        if (!refused || !taken || !named)
                print_error("%s (line %u): refused %d, named %d, taken without it %d\n%s%s",
                            row->columns[0], row->line, refused, named, taken, with, without);
        free(with);
        free(without);
        return refused && taken && named;
}

static void every_case_is_decided_as_the_documents_say(void **state)
{
        Table table = table_read(tables, "cases.tsv", COLUMNS);
        Asker asker = asker_open(roles);
        size_t wrong = 0, allowed = 0, refused = 0;
        for (size_t i = 0; i < table.count; i++) {
                const TableRow *row = &table.rows[i];
                bool refusal = strcmp(row->columns[1], "refused") == 0;
                wrong += refusal ? !try_refusal(&asker, row) : !try_question(&asker, row);
                refused += refusal;
                allowed += strcmp(row->columns[1], "allow") == 0;
        }
        asker_close(&asker);
        assert_int_equal(wrong, 0);
        assert_int_equal(table.count, CASES);
        assert_int_equal(refused, REFUSED);
        assert_in_range(allowed, table.count / 4, table.count - table.count / 4);
        table_free(&table);
}

int main(int argc, char **argv)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_case_is_decided_as_the_documents_say),
        };
        if (argc != 3)
                return 2;
        tables = argv[1];
        roles = argv[2];
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
