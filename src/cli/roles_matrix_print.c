/* SPDX-License-Identifier: MIT */
/*
 * Roles: matrix, printed. On a terminal there is no room for words in the cells: a letter stands in
 * the cell, and the words below the table.
 */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/roles_matrix.h"

#define COLUMN_WIDTH 5 /* "allow"; eleven roles are to fit into 100 columns */
#define LETTERS_SIZE 8

/* The different conditions of a table, in the order in which they occur. */
typedef struct Notes {
        const char **texts;
        size_t count;
} Notes;

/* a to z, then aa to zz and so on. */
static char *letters(size_t number, char buffer[static LETTERS_SIZE])
{
        char *at = buffer + LETTERS_SIZE - 1;
        *at = '\0';
        for (size_t rest = number + 1; rest > 0 && at > buffer; rest = (rest - 1) / 26)
                *--at = (char)('a' + (rest - 1) % 26);
        return at;
}

static size_t note(Notes *notes, const char *text)
{
        for (size_t i = 0; i < notes->count; i++)
                if (strcmp(notes->texts[i], text) == 0)
                        return i;
        notes->texts[notes->count] = text;
        return notes->count++;
}

static bool is_short(const char *cell)
{
        return strlen(cell) <= COLUMN_WIDTH;
}

static int row_width(const RolesMatrix *matrix)
{
        size_t width = strlen("PERMISSION");
        for (size_t row = 0; row < matrix->permission_count; row++)
                if (strlen(roles_matrix_row(matrix, row)) > width)
                        width = strlen(roles_matrix_row(matrix, row));
        return (int)width;
}

static void print_columns(const RolesMatrix *matrix)
{
        size_t columns = roles_matrix_columns(matrix);
        printf("%s\n\n", matrix->system);
        for (size_t i = 0; i < columns; i++) {
                const ImageRole *role =
                        i < matrix->role_count ? image_role(matrix->image, matrix->roles[i]) : NULL;
                printf("%4zu  %-30s %s\n", i + 1, roles_matrix_column(matrix, i),
                       role ? image_string(matrix->image, role->title).data
                            : "Role that an organization makes for itself");
        }
        printf("\n%-*s", row_width(matrix), "PERMISSION");
        for (size_t i = 0; i < columns; i++)
                printf(" %*zu", i + 1 < columns ? -COLUMN_WIDTH : 0, i + 1);
        putchar('\n');
}

/* One row without spaces at its end. Return: 0, or EXIT_UNABLE. */
static int print_row(const RolesMatrix *matrix, Arena *arena, size_t row, int width, Notes *notes)
{
        char buffer[LETTERS_SIZE], mark[LETTERS_SIZE + 2];
        int spaces = width - (int)strlen(roles_matrix_row(matrix, row)) + 1;
        fputs(roles_matrix_row(matrix, row), stdout);
        for (size_t column = 0; column < roles_matrix_columns(matrix); column++) {
                const char *cell = roles_matrix_cell(matrix, arena, row, column, false);
                if (!cell)
                        return output_out_of_memory();
                if (!is_short(cell)) {
                        snprintf(mark, sizeof(mark), "(%s)", letters(note(notes, cell), buffer));
                        cell = mark;
                }
                if (*cell) {
                        printf("%*s%s", spaces, "", cell);
                        spaces = 0;
                }
                spaces += COLUMN_WIDTH + 1 - (int)strlen(cell);
        }
        putchar('\n');
        return 0;
}

/* What a role brings with it is no row: it holds at every site. */
static void print_implied(const RolesMatrix *matrix)
{
        for (size_t i = 0; i < matrix->role_count; i++) {
                const ImageRole *role = image_role(matrix->image, matrix->roles[i]);
                uint32_t count = 0;
                const uint32_t *implied =
                        role ? image_numbers(matrix->image, role->implies, &count) : NULL;
                for (uint32_t k = 0; implied && k < count; k++) {
                        const ImageRole *other = image_role(matrix->image, implied[k]);
                        if (other)
                                printf("%s is %s at all sites, too\n",
                                       roles_matrix_column(matrix, i),
                                       image_string(matrix->image, other->name).data);
                }
        }
}

int roles_matrix_print_text(const RolesMatrix *matrix, Arena *arena)
{
        int width = row_width(matrix);
        size_t cells = matrix->permission_count * roles_matrix_columns(matrix);
        Notes notes = { .texts = arena_allocate(arena, (cells + 1) * sizeof(char *)) };
        char buffer[LETTERS_SIZE];
        if (!notes.texts)
                return output_out_of_memory();
        print_columns(matrix);
        for (size_t row = 0; row < matrix->permission_count; row++)
                if (print_row(matrix, arena, row, width, &notes) != 0)
                        return EXIT_UNABLE;
        if (notes.count > 0)
                putchar('\n');
        for (size_t i = 0; i < notes.count; i++)
                printf("(%s) %s\n", letters(i, buffer), notes.texts[i]);
        print_implied(matrix);
        return 0;
}

/* RFC 4180 ends records with CR LF. Names and expressions hold neither comma nor quote. */
void roles_matrix_print_csv_header(void)
{
        fputs("role,permission,effect\r\n", stdout);
}

int roles_matrix_print_csv(const RolesMatrix *matrix, Arena *arena)
{
        for (size_t column = 0; column < roles_matrix_columns(matrix); column++) {
                for (size_t row = 0; row < matrix->permission_count; row++) {
                        const char *cell = roles_matrix_cell(matrix, arena, row, column, true);
                        if (!cell)
                                return output_out_of_memory();
                        if (*cell)
                                printf("%s,%s,%s\r\n", roles_matrix_column(matrix, column),
                                       roles_matrix_row(matrix, row), cell);
                }
        }
        return 0;
}

int roles_matrix_print_markdown(const RolesMatrix *matrix, Arena *arena)
{
        size_t columns = roles_matrix_columns(matrix);
        printf("## %s\n\n| permission |", matrix->system);
        for (size_t column = 0; column < columns; column++)
                printf(" %s |", roles_matrix_column(matrix, column));
        fputs("\n|---|", stdout);
        for (size_t column = 0; column < columns; column++)
                fputs("---|", stdout);
        putchar('\n');
        for (size_t row = 0; row < matrix->permission_count; row++) {
                printf("| `%s` |", roles_matrix_row(matrix, row));
                for (size_t column = 0; column < columns; column++) {
                        const char *cell = roles_matrix_cell(matrix, arena, row, column, false);
                        if (!cell)
                                return output_out_of_memory();
                        printf(*cell ? " %s |" : "%s |", cell);
                }
                putchar('\n');
        }
        return 0;
}

/* {"permission": NAME, "roles": {ROLE: EFFECT, ...}} Return: NULL without memory. */
static json_t *row_json(const RolesMatrix *matrix, Arena *arena, size_t row)
{
        json_t *roles = json_object();
        for (size_t column = 0; roles && column < roles_matrix_columns(matrix); column++) {
                const char *cell = roles_matrix_cell(matrix, arena, row, column, true);
                if (cell && !*cell)
                        continue;
                if (!cell || json_object_set_new(roles, roles_matrix_column(matrix, column),
                                                 json_string(cell)) < 0) {
                        json_decref(roles);
                        return NULL;
                }
        }
        return roles ? json_pack("{s:s, s:o}", "permission", roles_matrix_row(matrix, row), "roles",
                                 roles)
                     : NULL;
}

static json_t *columns_json(const RolesMatrix *matrix)
{
        json_t *names = json_array();
        for (size_t column = 0; names && column < roles_matrix_columns(matrix); column++) {
                if (json_array_append_new(names, json_string(roles_matrix_column(matrix, column))) <
                    0) {
                        json_decref(names);
                        return NULL;
                }
        }
        return names;
}

int roles_matrix_print_json(const RolesMatrix *matrix, Arena *arena)
{
        json_t *rows = json_array();
        for (size_t row = 0; rows && row < matrix->permission_count; row++) {
                if (json_array_append_new(rows, row_json(matrix, arena, row)) < 0) {
                        json_decref(rows);
                        rows = NULL;
                }
        }
        json_t *columns = rows ? columns_json(matrix) : NULL;
        if (!columns) {
                json_decref(rows);
                return output_out_of_memory();
        }
        return output_json(json_pack("{s:s, s:o, s:o}", "system", matrix->system, "roles", columns,
                                     "permissions", rows));
}
