/* SPDX-License-Identifier: MIT */
/* Matrix: reading the tables. */
#include "matrix.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

enum { COLUMNS_BEFORE = 2, ROLE_COLUMNS = 6, TEXT_SIZE = 256 };

static const char *const conditions[] = {
        "door-access-now",   "target-not-synced",     "target-not-self",
        "schedule-exists",   "door-exception-exists", "template-exists",
        "roll-call-active",  "floorplan-shows-site",  "target-has-legacy-role",
        "target-is-self",    "target-is-member",      "archive-not-private",
        "before-2024-11-14", "site-visible",          "customization-possible",
};

const char *matrix_permission(const TableRow *row)
{
        return row->columns[0];
}

const char *matrix_asked_on(const TableRow *row)
{
        return row->columns[1];
}

uint32_t matrix_condition(const char *name)
{
        for (size_t i = 0; i < sizeof(conditions) / sizeof(*conditions); i++)
                if (strcmp(conditions[i], name) == 0)
                        return 1u << i;
        return 0;
}

const char *matrix_condition_name(uint32_t bit)
{
        for (size_t i = 0; i < sizeof(conditions) / sizeof(*conditions); i++)
                if (bit == 1u << i)
                        return conditions[i];
        fail_msg("%x is no condition", bit);
        return NULL;
}

const TableRow *matrix_role_row(const Matrix *matrix, const char *role)
{
        for (size_t i = 0; i < matrix->roles.count; i++)
                if (strcmp(matrix->roles.rows[i].columns[1], role) == 0)
                        return &matrix->roles.rows[i];
        fail_msg("'%s' is no role of roles.tsv", role);
        return NULL;
}

bool matrix_is_site_role(const Matrix *matrix, const char *role)
{
        return strcmp(matrix_role_row(matrix, role)->columns[2], "site") == 0;
}

void matrix_role_name(const Matrix *matrix, size_t column, char *buffer)
{
        const char *name = matrix->columns[column];
        snprintf(buffer, MATRIX_NAME_SIZE, "%.*s", (int)strcspn(name, "+"), name);
}

bool matrix_is_undecidable(const Matrix *matrix, size_t column)
{
        char whole[MATRIX_NAME_SIZE];
        snprintf(whole, sizeof(whole), "%s+implied", matrix->columns[column]);
        for (size_t i = 0; i < matrix->column_count; i++)
                if (strcmp(matrix->columns[i], whole) == 0)
                        return true;
        return false;
}

/* Reads one word of a cell. The second role is kept once, in the table of the roles. */
static uint32_t read_word(const Matrix *matrix, const char *word, const char **also)
{
        uint32_t bit = matrix_condition(word);
        if (bit != 0)
                return bit;
        if (strncmp(word, "also:", 5) != 0)
                fail_msg("'%s' is no condition", word);
        const char *role = matrix_role_row(matrix, word + 5)->columns[1];
        if (*also && *also != role)
                fail_msg("a cell with two second roles: %s, %s", *also, role);
        *also = role;
        return HOLDS_ALSO;
}

Cell matrix_cell(const Matrix *matrix, const TableRow *row, size_t column)
{
        char text[TEXT_SIZE];
        Cell cell = { .count = 0 };
        int size = snprintf(text, sizeof(text), "%s", row->columns[COLUMNS_BEFORE + column]);
        assert_in_range(size, 1, sizeof(text) - 1);
        if (strcmp(text, "no") == 0)
                return cell;
        char *rest = text;
        for (char *alternative; (alternative = strsep(&rest, "|"));) {
                assert_in_range(cell.count, 0, MATRIX_ALTERNATIVES_MAX - 1);
                uint32_t *bits = &cell.alternatives[cell.count++];
                if (strcmp(text, "yes") == 0)
                        break;
                for (char *word; (word = strsep(&alternative, ","));)
                        *bits |= read_word(matrix, word, &cell.also);
        }
        return cell;
}

static void read_cells(Matrix *matrix)
{
        char role[MATRIX_NAME_SIZE];
        for (size_t column = 0; column < matrix->column_count; column++) {
                matrix_role_name(matrix, column, role);
                assert_string_equal(matrix_role_row(matrix, role)->columns[0], matrix->system);
                for (size_t i = 0; i < matrix->row_count; i++) {
                        Cell cell = matrix_cell(matrix, &matrix->rows[i], column);
                        for (size_t j = 0; j < cell.count; j++)
                                matrix->used |= cell.alternatives[j];
                }
        }
        /* a question names one target only */
        assert_true((matrix->used & (HOLDS_TARGET_IS_SELF | HOLDS_TARGET_NOT_SELF)) !=
                    (HOLDS_TARGET_IS_SELF | HOLDS_TARGET_NOT_SELF));
}

Matrix matrix_read(const char *folder, const char *system)
{
        char name[MATRIX_NAME_SIZE];
        snprintf(name, sizeof(name), "%s-matrix.tsv", system);
        Matrix matrix = { .table = table_read(folder, name, 0),
                          .roles = table_read(folder, "roles.tsv", ROLE_COLUMNS),
                          .system = system };
        const TableRow *head = &matrix.table.rows[0];
        assert_string_equal(head->columns[0], "permission");
        assert_in_range(head->count, COLUMNS_BEFORE + 1, COLUMNS_BEFORE + MATRIX_COLUMNS_MAX);
        matrix.columns = (const char *const *)head->columns + COLUMNS_BEFORE;
        matrix.column_count = head->count - COLUMNS_BEFORE;
        matrix.rows = matrix.table.rows + 1;
        matrix.row_count = matrix.table.count - 1;
        read_cells(&matrix);
        return matrix;
}

void matrix_free(Matrix *matrix)
{
        table_free(&matrix->table);
        table_free(&matrix->roles);
}
