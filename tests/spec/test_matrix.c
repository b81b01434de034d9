/* SPDX-License-Identifier: MIT */
/*
 * Every cell of a system's matrix, and that what has no row is given to nobody: by decisions, and
 * by what the compiled catalogue says. Arguments: the folder of the tables, the folder of the
 * vendor's catalogues, the system.
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

enum { QUESTION_SIZE = 512, TEXT_SIZE = 256 };

/* How large each table is. */
static const struct {
        const char *system;
        size_t rows;
} systems[] = {
        { "access", 100 },        { "access-legacy", 69 }, { "command-org", 29 },
        { "command-camera", 37 }, { "rekor", 11 },
};

/* What it is asked on, and the scope that this is. */
static const struct Asked {
        const char *on;
        Scope scope;
        const char *resource;
} asked[] = {
        { "organization", SCOPE_ORGANIZATION, "organization:acme" },
        { "site", SCOPE_SITE, "site:acme/HQ" },
        { "door", SCOPE_DOOR, "door:acme/HQ/D" },
        { "entity", SCOPE_ENTITY, "entity:acme/plates" },
        { "user", SCOPE_USER, "user:acme/" MATRIX_TARGET },
        { "access-group", SCOPE_GROUP, "access-group:acme/free" },
        { "account", SCOPE_ACCOUNT, "organization:acme" },
};

#define ASKED_COUNT (sizeof(asked) / sizeof(*asked))

static const char *tables, *roles, *name_of_system;

typedef struct Fixture {
        Matrix matrix;
        Matrix organization; /* of the roles that every member has besides */
        Asker asker;
} Fixture;

static int fixture_make(void **state)
{
        Fixture *fixture = calloc(1, sizeof(*fixture));
        Facts facts = facts_new();
        fixture->matrix = matrix_read(tables, name_of_system);
        fixture->organization = matrix_read(tables, "command-org");
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
        if (!fixture)
                return 0;
        asker_close(&fixture->asker);
        matrix_free(&fixture->matrix);
        matrix_free(&fixture->organization);
        free(fixture);
        return 0;
}

static size_t try_column(Fixture *fixture, size_t column)
{
        const Matrix *matrix = &fixture->matrix;
        char role[MATRIX_NAME_SIZE];
        size_t wrong = 0;
        matrix_role_name(matrix, column, role);
        const MatrixPlace place = { matrix_is_site_role(matrix, role) ? "HQ" : NULL, "HQ" };
        for (size_t i = 0; i < matrix->row_count; i++)
                wrong += matrix_try(matrix, &fixture->asker, &matrix->rows[i], column,
                                    matrix_cell(matrix, &matrix->rows[i], column), place);
        return wrong;
}

static void every_cell_is_decided_as_the_document_says(void **state)
{
        Fixture *fixture = *state;
        const Matrix *matrix = &fixture->matrix;
        size_t wrong = 0, columns = 0, rows = 0;
        for (size_t i = 0; i < matrix->column_count; i++) {
                if (matrix_is_undecidable(matrix, i))
                        continue;
                wrong += try_column(fixture, i);
                columns++;
        }
        assert_int_equal(wrong, 0);
        for (size_t i = 0; i < sizeof(systems) / sizeof(*systems); i++)
                if (strcmp(systems[i].system, matrix->system) == 0)
                        rows = systems[i].rows;
        assert_int_equal(matrix->row_count, rows);
        assert_true(fixture->asker.asked >= 4 * matrix->row_count * columns);
}

/* Asks for a cell without naming an object. Return: whether the answer is right. */
static bool try_without_object(Fixture *fixture, const TableRow *row, size_t column)
{
        const Matrix *matrix = &fixture->matrix;
        char person[MATRIX_NAME_SIZE], question[QUESTION_SIZE];
        Cell cell = matrix_cell(matrix, row, column);
        if (cell.also)
                return true; /* what it takes besides is no condition on the object */
        matrix_plain_person(matrix, column, person);
        snprintf(question, sizeof(question), "%s %s organization:acme", person,
                 matrix_permission(row));
        if (asker_ask(&fixture->asker, question, ASKER_NOW_S) ==
            (cell.count > 0 ? OUTCOME_ALLOW : OUTCOME_DENY))
                return true;
        asker_explain(&fixture->asker, question, ASKER_NOW_S);
        return false;
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
        for (size_t i = 0; i < matrix->row_count; i++) {
                const char *on = matrix_asked_on(&matrix->rows[i]);
                if (strcmp(on, "user") != 0 && strcmp(on, "access-group") != 0)
                        continue;
                for (size_t column = 0; column < matrix->column_count; column++)
                        if (!matrix_is_undecidable(matrix, column))
                                wrong += !try_without_object(fixture, &matrix->rows[i], column);
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

/* Does every member have it, whatever else he is? */
static bool is_everybodys(const Fixture *fixture, const char *permission)
{
        const Matrix *matrix = &fixture->organization;
        assert_string_equal(matrix->columns[0], "org-member");
        for (size_t i = 0; i < matrix->row_count; i++)
                if (strcmp(matrix_permission(&matrix->rows[i]), permission) == 0 &&
                    matrix_cell(matrix, &matrix->rows[i], 0).count > 0)
                        return true;
        return false;
}

/* Asks a permission in one scope for every role, at HQ where it is given at a site, without access
 * to any door. Return: how many got it. */
static size_t ask_for_nobody(Fixture *fixture, const char *permission, const struct Asked *scope)
{
        size_t wrong = 0;
        for (size_t column = 0; column < fixture->matrix.column_count; column++) {
                char person[MATRIX_NAME_SIZE], question[QUESTION_SIZE];
                matrix_plain_person(&fixture->matrix, column, person);
                snprintf(question, sizeof(question), "%s %s %s", person, permission,
                         scope->resource);
                if (asker_ask(&fixture->asker, question, ASKER_NOW_S) == OUTCOME_DENY)
                        continue;
                asker_explain(&fixture->asker, question, ASKER_NOW_S);
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
                if (has_row(&fixture->matrix, name, NULL) || is_everybodys(fixture, name))
                        continue;
                without_row++;
                for (size_t j = 0; j < ASKED_COUNT; j++)
                        if (permission->scopes & asked[j].scope)
                                wrong += ask_for_nobody(fixture, name, &asked[j]);
        }
        assert_int_equal(wrong, 0);
        assert_true(without_row > 50);
}

static const ImageRole *find_role(const Image *image, const char *name)
{
        const ImageRole *role =
                image_role(image, image_find_role(image, IMAGE_NONE, text_from(name)));
        if (!role)
                fail_msg("there is no role %s", name);
        return role;
}

/* Whatever a role of the matrix gives, included roles in it, has a row. */
static void the_compiled_roles_give_nothing_without_a_row(void **state)
{
        const Fixture *fixture = *state;
        const Image *image = fixture->asker.image;
        for (size_t column = 0; column < fixture->matrix.column_count; column++) {
                char name[MATRIX_NAME_SIZE];
                uint32_t count = 0;
                matrix_role_name(&fixture->matrix, column, name);
                const ImageEntry *entries =
                        image_entries(image, find_role(image, name)->entries, &count);
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

/* The conditions of an entry as the tables have them. */
static uint32_t entry_conditions(const Image *image, const ImageEntry *entry, const char *also)
{
        uint32_t holds = 0, count = 0;
        for (uint32_t i = 0; i < CONDITION_COUNT; i++)
                if (entry->conditions & 1u << i)
                        holds |= matrix_condition(condition_name((Condition)(1u << i)));
        const uint32_t *others = image_numbers(image, entry->also, &count);
        assert_in_range(count, 0, 1);
        if (count == 0)
                return holds;
        if (!also || !text_is(image_string(image, image_role(image, others[0])->name), also))
                return UINT32_MAX;
        return holds | HOLDS_ALSO;
}

/* Which of the cell's alternatives an entry is: a bit, or 0. */
static unsigned alternative_of(const Image *image, const ImageEntry *entry, const Cell *cell)
{
        uint32_t holds = entry_conditions(image, entry, cell->also);
        for (size_t i = 0; i < cell->count; i++)
                if (cell->alternatives[i] == holds)
                        return 1u << i;
        return 0;
}

/* Compares what the compiled role says, its included roles in it, with a cell. */
static size_t compare_entries(const Matrix *matrix, const Image *image, const TableRow *row,
                              size_t column)
{
        const ImageRole *role = find_role(image, matrix->columns[column]);
        uint32_t permission = image_find_permission(image, text_from(matrix_permission(row)));
        uint32_t scope = scope_of(matrix_asked_on(row)), count = 0;
        Cell cell = matrix_cell(matrix, row, column);
        assert_true(permission != IMAGE_NONE);
        const ImageEntry *entries = image_entries(image, role->entries, &count);
        unsigned found = 0;
        size_t other = 0;
        for (uint32_t i = 0; i < count; i++) {
                const ImageEntry *entry = &entries[i];
                bool reaches = role->level != ROLE_LEVEL_SITE || scope != SCOPE_ORGANIZATION ||
                               entry->any_site;
                if (entry->permission != permission || !(entry->scopes & scope) || !reaches)
                        continue;
                unsigned alternative = alternative_of(image, entry, &cell);
                found |= alternative;
                other += alternative == 0;
        }
        /* what is given without conditions may be given with some by an included role as well */
        bool unconditional = cell.count > 0 && cell.alternatives[0] == 0;
        if (found == (1u << cell.count) - 1 && (other == 0 || unconditional))
                return 0;
        print_error("%s x %s (line %u): entries %x as stated, %zu others\n", matrix_permission(row),
                    matrix->columns[column], row->line, found, other);
        return 1;
}

static void the_compiled_roles_say_what_the_table_says(void **state)
{
        const Fixture *fixture = *state;
        const Matrix *matrix = &fixture->matrix;
        size_t wrong = 0;
        for (size_t i = 0; i < matrix->row_count; i++)
                for (size_t column = 0; column < matrix->column_count; column++)
                        if (!strchr(matrix->columns[column], '+'))
                                wrong += compare_entries(matrix, fixture->asker.image,
                                                         &matrix->rows[i], column);
        assert_int_equal(wrong, 0);
}

/* Writes the names of roles, divided by commas, or "-". */
static void list_roles(const Image *image, ImageRange range, char *buffer)
{
        uint32_t count = 0;
        size_t used = 0;
        const uint32_t *roles_listed = image_numbers(image, range, &count);
        snprintf(buffer, TEXT_SIZE, "-");
        for (uint32_t i = 0; i < count && used < TEXT_SIZE; i++)
                used += (size_t)snprintf(
                        buffer + used, TEXT_SIZE - used, "%s%s", i > 0 ? "," : "",
                        image_string(image, image_role(image, roles_listed[i])->name).data);
}

/* Level, holders, included and required roles, as roles.tsv has them. */
static void check_role(const Image *image, const TableRow *row)
{
        const ImageRole *role = find_role(image, row->columns[1]);
        char includes[TEXT_SIZE], requires[TEXT_SIZE];
        bool groups = strcmp(row->columns[3], "user,group") == 0;
        list_roles(image, role->includes, includes);
        list_roles(image, role->requires, requires);
        assert_string_equal(role_level_name((RoleLevel)role->level), row->columns[2]);
        assert_true(role->flags & IMAGE_ROLE_USER);
        assert_int_equal(!!(role->flags & IMAGE_ROLE_GROUP), groups);
        assert_string_equal(includes, row->columns[4]);
        assert_string_equal(requires, row->columns[5]);
}

static void the_compiled_roles_are_what_the_documents_say(void **state)
{
        const Fixture *fixture = *state;
        const Matrix *matrix = &fixture->matrix;
        size_t checked = 0, columns = 0;
        for (size_t i = 0; i < matrix->roles.count; i++) {
                if (strcmp(matrix->roles.rows[i].columns[0], matrix->system) != 0)
                        continue;
                check_role(fixture->asker.image, &matrix->roles.rows[i]);
                checked++;
        }
        for (size_t i = 0; i < matrix->column_count; i++)
                columns += !matrix_is_undecidable(matrix, i);
        assert_int_equal(checked, columns);
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
                cmocka_unit_test(the_compiled_roles_are_what_the_documents_say),
        };
        if (argc != 4)
                return 2;
        tables = argv[1];
        roles = argv[2];
        name_of_system = argv[3];
        return cmocka_run_group_tests(tests, fixture_make, fixture_free) ? 1 : 0;
}
