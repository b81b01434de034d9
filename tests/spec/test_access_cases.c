/* SPDX-License-Identifier: MIT */
/*
 * Every case of data/access-cases.tsv, in a policy of its own. Arguments: the folder of the tables,
 * the folder of the vendor's catalogues.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "asker.h"
#include "table.h"

enum { CASES_MIN = 172, COLUMNS = 4 };

static const char *tables, *roles;

/* Return: whether the case holds. */
static bool try_case(Asker *asker, const TableRow *row)
{
        const char *name = row->columns[0], *expected = row->columns[1],
                   *question = row->columns[3];
        Facts facts = facts_new();
        facts_add_line(&facts, row->columns[2]);
        asker_build(asker, &facts);
        facts_free(&facts);
        Outcome outcome = asker_ask(asker, question);
        if (strcmp(outcome_name(outcome), expected) == 0)
                return true;
        print_error("%s (line %u): %s, expected %s\n", name, row->line, outcome_name(outcome),
                    expected);
        asker_explain(asker, question);
        return false;
}

static void every_case_is_decided_as_the_document_says(void **state)
{
        Table table = table_read(tables, "access-cases.tsv", COLUMNS);
        Asker asker = asker_open(roles);
        size_t wrong = 0, allowed = 0;
        for (size_t i = 0; i < table.count; i++) {
                wrong += !try_case(&asker, &table.rows[i]);
                allowed += strcmp(table.rows[i].columns[1], "allow") == 0;
        }
        asker_close(&asker);
        assert_int_equal(wrong, 0);
        assert_true(table.count >= CASES_MIN);
        assert_in_range(allowed, table.count / 4, table.count - table.count / 4);
        table_free(&table);
}

int main(int argc, char **argv)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_case_is_decided_as_the_document_says),
        };
        if (argc != 3)
                return 2;
        tables = argv[1];
        roles = argv[2];
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
