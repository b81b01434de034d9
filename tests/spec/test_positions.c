/* SPDX-License-Identifier: MIT */
/*
 * Every position of data/positions.tsv with every permission of a system's matrix that is asked on
 * a site or a door and every role of that level. Arguments: the folder of the tables, the folder of
 * the vendor's catalogues, the system.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "matrix.h"

enum { POSITIONS_MIN = 24, COLUMNS = 5 };

static const char *tables, *roles, *name_of_system;

static bool is_located(const TableRow *row)
{
        return strcmp(matrix_asked_on(row), "site") == 0 ||
               strcmp(matrix_asked_on(row), "door") == 0;
}

/* Tries one column at one position. Return: how many answers were wrong. */
static size_t try_column(const Matrix *matrix, Asker *asker, size_t column, MatrixPlace place,
                         bool expected)
{
        size_t wrong = 0;
        for (size_t i = 0; i < matrix->row_count; i++) {
                const TableRow *row = &matrix->rows[i];
                Cell cell = expected ? matrix_cell(matrix, row, column) : (Cell){ .count = 0 };
                if (is_located(row))
                        wrong += matrix_try(matrix, asker, row, column, cell, place);
        }
        return wrong;
}

/* Tries one position. Return: how many answers were wrong. */
static size_t try_position(const Matrix *matrix, Asker *asker, const TableRow *position)
{
        bool site_level = strcmp(position->columns[0], "site") == 0;
        const char *given_at = position->columns[2];
        const MatrixPlace place = { site_level ? given_at : NULL, position->columns[3] };
        bool expected = strcmp(position->columns[4], "matrix") == 0;
        size_t wrong = 0;
        assert_true(site_level || strcmp(given_at, "-") == 0);
        assert_true(expected || strcmp(position->columns[4], "no") == 0);
        for (size_t i = 0; i < matrix->column_count; i++) {
                char role[MATRIX_NAME_SIZE];
                matrix_role_name(matrix, i, role);
                if (matrix_is_site_role(matrix, role) == site_level &&
                    !matrix_is_undecidable(matrix, i))
                        wrong += try_column(matrix, asker, i, place, expected);
        }
        if (wrong > 0)
                print_error("%s: %zu wrong answers\n", position->columns[1], wrong);
        return wrong;
}

static void roles_hold_where_the_document_says(void **state)
{
        Matrix matrix = matrix_read(tables, name_of_system);
        Table positions = table_read(tables, "positions.tsv", COLUMNS);
        Asker asker = asker_open(roles);
        Facts facts = facts_new();
        size_t wrong = 0;
        matrix_state_world(&matrix, &facts);
        asker_build(&asker, &facts);
        facts_free(&facts);
        for (size_t i = 0; i < positions.count; i++)
                wrong += try_position(&matrix, &asker, &positions.rows[i]);
        assert_true(asker.asked > 0);
        asker_close(&asker);
        assert_int_equal(wrong, 0);
        assert_true(positions.count >= POSITIONS_MIN);
        table_free(&positions);
        matrix_free(&matrix);
}

int main(int argc, char **argv)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(roles_hold_where_the_document_says),
        };
        if (argc != 4)
                return 2;
        tables = argv[1];
        roles = argv[2];
        name_of_system = argv[3];
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
