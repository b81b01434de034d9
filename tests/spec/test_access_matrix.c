/* SPDX-License-Identifier: MIT */
/*
 * Every cell of data/access-matrix.tsv, and that what has no row is given to nobody: by decisions,
 * and by what the compiled catalogue says. Arguments: the folder of the tables, the folder of the
 * vendor's catalogues.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "matrix.h"

enum { ROWS_MIN = 99, NAME_SIZE = 128, QUESTION_SIZE = 512 };

/* What it is asked on, and the scope that this is. */
static const struct Asked {
        const char *on;
        Scope scope;
        const char *resource;
} asked[] = {
        { "organization", SCOPE_ORGANIZATION, "organization:acme" },
        { "site", SCOPE_SITE, "site:acme/HQ" },
        { "door", SCOPE_DOOR, "door:acme/HQ/D" },
        { "user", SCOPE_USER, "user:acme/target@+" },
        { "access-group", SCOPE_GROUP, "access-group:acme/free" },
        { "account", SCOPE_ACCOUNT, "organization:acme" },
};

#define ASKED_COUNT (sizeof(asked) / sizeof(*asked))

static const char *tables, *roles;

typedef struct Fixture {
        Matrix matrix;
        Asker asker;
} Fixture;

static int fixture_make(void **state)
{
        Fixture *fixture = calloc(1, sizeof(*fixture));
        Facts facts = facts_new();
        fixture->matrix = matrix_read(tables);
        fixture->asker = asker_open(roles);
        matrix_state_world(&fixture->matrix, &facts);
        asker_build(&fixture->asker, &facts);
        facts_free(&facts);
        *state = fixture;
        return 0;
}

static int fixture_free(void **state)
{
        Fixture *fixture = *state;
        asker_close(&fixture->asker);
        matrix_free(&fixture->matrix);
        free(fixture);
        return 0;
}

/* The role by itself, which no decision shows: somebody who holds it has what it implies too. */
static bool is_undecidable(const Matrix *matrix, size_t column)
{
        return strcmp(matrix->columns[column], "access-system-admin") == 0;
}

static void every_cell_is_decided_as_the_document_says(void **state)
{
        Fixture *fixture = *state;
        const Matrix *matrix = &fixture->matrix;
        size_t wrong = 0;
        for (size_t i = 0; i < matrix->row_count; i++)
                for (size_t column = 0; column < MATRIX_ROLES; column++) {
                        const TableRow *row = &matrix->rows[i];
                        const char *site = matrix_is_site_role(matrix, column) ? "HQ" : NULL;
                        if (!is_undecidable(matrix, column))
                                wrong += matrix_try(matrix, &fixture->asker, row, column,
                                                    matrix_cell(row, column),
                                                    (MatrixPlace){ site, "HQ" });
                }
        assert_int_equal(wrong, 0);
        assert_true(matrix->row_count >= ROWS_MIN);
        assert_true(fixture->asker.asked >= 4 * matrix->row_count * (MATRIX_ROLES - 1));
}

/*
 * Where the organization stands for the object still to be made, or for all of them, conditions on
 * that object hold.
 */
static void without_an_object_conditions_on_it_hold(void **state)
{
        Fixture *fixture = *state;
        const Matrix *matrix = &fixture->matrix;
        size_t wrong = 0;
        for (size_t i = 0; i < matrix->row_count; i++)
                for (size_t column = 0; column < MATRIX_ROLES; column++) {
                        const TableRow *row = &matrix->rows[i];
                        const char *on = matrix_asked_on(row);
                        char role[NAME_SIZE], question[QUESTION_SIZE];
                        Cell cell = matrix_cell(row, column);
                        if ((strcmp(on, "user") != 0 && strcmp(on, "access-group") != 0) ||
                            is_undecidable(matrix, column) || *cell.also)
                                continue;
                        matrix_role_name(matrix, column, role, sizeof(role));
                        snprintf(question, sizeof(question), "%s@%s+ %s organization:acme", role,
                                 matrix_is_site_role(matrix, column) ? "HQ" : "",
                                 matrix_permission(row));
                        if (asker_ask(&fixture->asker, question) ==
                            (cell.given ? OUTCOME_ALLOW : OUTCOME_DENY))
                                continue;
                        asker_explain(&fixture->asker, question);
                        wrong++;
                }
        assert_int_equal(wrong, 0);
}

/* Has the matrix a row for a permission, asked on this (NULL: on anything)? */
static bool has_row(const Matrix *matrix, const char *permission, const char *on)
{
        for (size_t i = 0; i < matrix->row_count; i++)
                if (strcmp(matrix_permission(&matrix->rows[i]), permission) == 0 &&
                    (!on || strcmp(matrix_asked_on(&matrix->rows[i]), on) == 0))
                        return true;
        return false;
}

/* Asks a permission in one scope for every role at HQ, without access to any door.
 * Return: how many got it. */
static size_t ask_for_nobody(Fixture *fixture, const char *permission, const struct Asked *scope)
{
        size_t wrong = 0;
        for (size_t column = 0; column < MATRIX_ROLES; column++) {
                char role[NAME_SIZE], question[QUESTION_SIZE];
                matrix_role_name(&fixture->matrix, column, role, sizeof(role));
                snprintf(question, sizeof(question), "%s@%s+ %s %s", role,
                         matrix_is_site_role(&fixture->matrix, column) ? "HQ" : "", permission,
                         scope->resource);
                if (asker_ask(&fixture->asker, question) == OUTCOME_DENY)
                        continue;
                asker_explain(&fixture->asker, question);
                wrong++;
        }
        return wrong;
}

static void what_has_no_row_is_given_by_no_role(void **state)
{
        Fixture *fixture = *state;
        const Image *image = fixture->asker.image;
        size_t wrong = 0, without_row = 0;
        for (uint32_t i = 0; i < image_count(image, IMAGE_PERMISSIONS); i++) {
                const ImagePermission *permission = image_permission(image, i);
                const char *name = image_string(image, permission->name).data;
                if (has_row(&fixture->matrix, name, NULL))
                        continue;
                without_row++;
                for (size_t j = 0; j < ASKED_COUNT; j++)
                        if (permission->scopes & asked[j].scope)
                                wrong += ask_for_nobody(fixture, name, &asked[j]);
        }
        assert_int_equal(wrong, 0);
        assert_true(without_row > 50);
}

/* Whatever a role of the matrix gives, included roles in it, has a row. */
static void the_compiled_roles_give_nothing_without_a_row(void **state)
{
        const Fixture *fixture = *state;
        const Image *image = fixture->asker.image;
        for (size_t column = 0; column < MATRIX_ROLES; column++) {
                char name[NAME_SIZE];
                uint32_t count = 0;
                matrix_role_name(&fixture->matrix, column, name, sizeof(name));
                const ImageRole *role =
                        image_role(image, image_find_role(image, IMAGE_NONE, text_from(name)));
                assert_non_null(role);
                const ImageEntry *entries = image_entries(image, role->entries, &count);
                for (uint32_t i = 0; i < count; i++) {
                        const ImagePermission *given =
                                image_permission(image, entries[i].permission);
                        const char *permission = image_string(image, given->name).data;
                        if (!has_row(&fixture->matrix, permission, NULL))
                                fail_msg("%s gives %s, which has no row", name, permission);
                }
        }
}

/* Every permission has a row for everything that it is asked on, and every row a permission. */
static void rows_and_scopes_are_the_same(void **state)
{
        const Fixture *fixture = *state;
        const Image *image = fixture->asker.image;
        size_t rows = 0;
        for (uint32_t i = 0; i < image_count(image, IMAGE_PERMISSIONS); i++) {
                const ImagePermission *permission = image_permission(image, i);
                const char *name = image_string(image, permission->name).data;
                if (!has_row(&fixture->matrix, name, NULL))
                        continue;
                for (size_t j = 0; j < ASKED_COUNT; j++) {
                        bool stated = has_row(&fixture->matrix, name, asked[j].on);
                        rows += stated;
                        if (stated != !!(permission->scopes & asked[j].scope))
                                fail_msg("%s: asked on %s?", name, asked[j].on);
                }
        }
        assert_int_equal(rows, fixture->matrix.row_count);
}

static uint32_t scope_of(const char *on)
{
        for (size_t i = 0; i < ASKED_COUNT; i++)
                if (strcmp(asked[i].on, on) == 0)
                        return asked[i].scope;
        fail_msg("nothing is asked on '%s'", on);
        return 0;
}

/* Is an entry of a role what the cell says? */
static bool entry_is_cell(const Image *image, const ImageEntry *entry, const Cell *cell)
{
        uint32_t count;
        const uint32_t *also = image_numbers(image, entry->also, &count);
        if (entry->conditions != (cell->conditions & ~MATRIX_ALSO) || count != !!*cell->also)
                return false;
        return count == 0 ||
               text_is(image_string(image, image_role(image, also[0])->name), cell->also);
}

/* Compares what the compiled role says, its included roles in it, with a cell. */
static size_t compare_entries(const Matrix *matrix, const Image *image, const TableRow *row,
                              size_t column)
{
        Text name = text_from(matrix->columns[column]);
        const ImageRole *role = image_role(image, image_find_role(image, IMAGE_NONE, name));
        uint32_t permission = image_find_permission(image, text_from(matrix_permission(row)));
        uint32_t scope = scope_of(matrix_asked_on(row)), count = 0;
        Cell cell = matrix_cell(row, column);
        assert_true(role && permission != IMAGE_NONE);
        const ImageEntry *entries = image_entries(image, role->entries, &count);
        size_t same = 0, other = 0;
        for (uint32_t i = 0; i < count; i++) {
                const ImageEntry *entry = &entries[i];
                bool reaches = role->level != ROLE_LEVEL_SITE || scope != SCOPE_ORGANIZATION ||
                               entry->any_site;
                if (entry->permission != permission || !(entry->scopes & scope) || !reaches)
                        continue;
                same += entry_is_cell(image, entry, &cell);
                other += !entry_is_cell(image, entry, &cell);
        }
        /* what is given without conditions may be given with some by an included role as well */
        bool unconditional = cell.given && cell.conditions == 0;
        if ((cell.given ? same > 0 : same == 0) && (other == 0 || unconditional))
                return 0;
        print_error("%s x %s (line %u): the role has %zu entries as stated, %zu others\n",
                    matrix_permission(row), matrix->columns[column], row->line, same, other);
        return 1;
}

static void the_compiled_roles_say_what_the_table_says(void **state)
{
        const Fixture *fixture = *state;
        const Matrix *matrix = &fixture->matrix;
        size_t wrong = 0;
        for (size_t i = 0; i < matrix->row_count; i++)
                for (size_t column = 0; column < MATRIX_ROLES; column++)
                        if (!strchr(matrix->columns[column], '+'))
                                wrong += compare_entries(matrix, fixture->asker.image,
                                                         &matrix->rows[i], column);
        assert_int_equal(wrong, 0);
}

int main(int argc, char **argv)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_cell_is_decided_as_the_document_says),
                cmocka_unit_test(without_an_object_conditions_on_it_hold),
                cmocka_unit_test(what_has_no_row_is_given_by_no_role),
                cmocka_unit_test(the_compiled_roles_give_nothing_without_a_row),
                cmocka_unit_test(rows_and_scopes_are_the_same),
                cmocka_unit_test(the_compiled_roles_say_what_the_table_says),
        };
        if (argc != 3)
                return 2;
        tables = argv[1];
        roles = argv[2];
        return cmocka_run_group_tests(tests, fixture_make, fixture_free) ? 1 : 0;
}
