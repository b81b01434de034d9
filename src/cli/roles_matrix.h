/* SPDX-License-Identifier: MIT */
/*
 * Roles: matrix
 *
 * The table of one role system, that is of one catalogue file: roles are columns in the order of
 * the file, permissions rows in the order in which the roles of the file first name them, which is
 * that of the documents. Custom roles, which organizations make, are one more column where the
 * catalogue says what they can hold.
 */
#pragma once

#include "cli/offline.h"
#include "util/arena.h"

/* The column of the custom roles, which no role can be named like. */
#define ROLES_MATRIX_CUSTOM      "(custom role)"
#define ROLES_MATRIX_CONFIGURED  "as configured"                     /* for people */
#define ROLES_MATRIX_CUSTOM_CELL "allow-if:as-configured-per-entity" /* for programs */

/* Lives in an arena. */
typedef struct RolesMatrix {
        const Image *image;
        const char *system;    /* the catalogue's file name without folder and .conf */
        uint32_t *roles;       /* indices */
        size_t role_count;     /* the column of custom roles aside */
        uint32_t *permissions; /* indices */
        size_t permission_count;
        bool has_custom; /* the last column is that of custom roles */
        bool *custom;    /* by permission index: a custom role can hold it */
} RolesMatrix;

/* Prints the systems that the words name, or all, in the format or as JSON that the options name.
 * Return: the exit status. */
int roles_matrix_run(const Offline *offline, const Options *options);

/* The number of columns. */
size_t roles_matrix_columns(const RolesMatrix *matrix);

/* A column's name. Borrowed. */
const char *roles_matrix_column(const RolesMatrix *matrix, size_t column);

/* A permission's name by its row. Borrowed. */
const char *roles_matrix_row(const RolesMatrix *matrix, size_t row);

/* A cell. Return: a text in the arena, "" for nothing; NULL without memory. */
const char *roles_matrix_cell(const RolesMatrix *matrix, Arena *arena, size_t row, size_t column,
                              bool for_programs);

/* Prints one matrix (roles_matrix_print.c). Return: 0, or EXIT_UNABLE. */
int roles_matrix_print_text(const RolesMatrix *matrix, Arena *arena);
int roles_matrix_print_csv(const RolesMatrix *matrix, Arena *arena);
int roles_matrix_print_markdown(const RolesMatrix *matrix, Arena *arena);
int roles_matrix_print_json(const RolesMatrix *matrix, Arena *arena);

/* The first record of the CSV, before all matrices. */
void roles_matrix_print_csv_header(void);
