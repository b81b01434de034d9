/* SPDX-License-Identifier: MIT */
/*
 * Matrix
 *
 * The cells of data/SYSTEM-matrix.tsv, and how one is tried: with no condition true, with exactly
 * those of each alternative, with every one that the table knows, and with all of these but one or
 * two. The answer must be an allow where all conditions of an alternative are true, and a deny
 * everywhere else; "no" is a deny throughout.
 *
 * One policy serves all cells. It has the sites of data/positions.tsv, each with a door, a template
 * and a floorplan, and a person for every role at every place, with and without access to the
 * doors, kept by a directory or not, with a legacy role or not, with a second role or not: a
 * question chooses the person for whom its conditions are as wanted.
 */
#pragma once

#include "asker.h"
#include "table.h"

enum { MATRIX_COLUMNS_MAX = 14, MATRIX_ALTERNATIVES_MAX = 2, MATRIX_NAME_SIZE = 128 };

/* The conditions of the tables. Bits. */
typedef enum Holds {
        HOLDS_DOOR_ACCESS_NOW = 1 << 0,
        HOLDS_TARGET_NOT_SYNCED = 1 << 1,
        HOLDS_TARGET_NOT_SELF = 1 << 2,
        HOLDS_SCHEDULE_EXISTS = 1 << 3,
        HOLDS_DOOR_EXCEPTION_EXISTS = 1 << 4,
        HOLDS_TEMPLATE_EXISTS = 1 << 5,
        HOLDS_ROLL_CALL_ACTIVE = 1 << 6,
        HOLDS_FLOORPLAN_SHOWS_SITE = 1 << 7,
        HOLDS_TARGET_HAS_LEGACY_ROLE = 1 << 8,
        HOLDS_TARGET_IS_SELF = 1 << 9,
        HOLDS_TARGET_IS_MEMBER = 1 << 10,
        HOLDS_ARCHIVE_NOT_PRIVATE = 1 << 11,
        HOLDS_BEFORE_2024_11_14 = 1 << 12,
        HOLDS_SITE_VISIBLE = 1 << 13,
        HOLDS_CUSTOMIZATION_POSSIBLE = 1 << 14, /* always true in these questions */
        HOLDS_ALSO = 1 << 15,                   /* the second role is held too */
        HOLDS_END = 1 << 16,
} Holds;

typedef struct Cell {
        uint32_t alternatives[MATRIX_ALTERNATIVES_MAX]; /* bits of Holds; 0: unconditional */
        size_t count;                                   /* 0: "no" */
        const char *also;                               /* the second role; NULL without one */
} Cell;

typedef struct Matrix {
        Table table;
        Table roles; /* data/roles.tsv */
        const char *system;
        const char *const *columns; /* names, as they stand in the table */
        size_t column_count;
        const TableRow *rows;
        size_t row_count;
        uint32_t used; /* every condition of the table */
} Matrix;

/* Where a cell is tried. */
typedef struct MatrixPlace {
        const char *given_at; /* site path; NULL: on the organization */
        const char *asked_at; /* site path; not used for what is asked on the organization */
} MatrixPlace;

/* Reads the table of a system, e.g. "access". Fails the running test for a word that is no
 * condition and a role that roles.tsv does not have. */
Matrix matrix_read(const char *folder, const char *system);
void matrix_free(Matrix *matrix);

const char *matrix_permission(const TableRow *row);
const char *matrix_asked_on(const TableRow *row);
Cell matrix_cell(const Matrix *matrix, const TableRow *row, size_t column);

/* The bit of a condition's name, or 0. */
uint32_t matrix_condition(const char *name);

/* The name of a condition's bit, as the engine's vocabulary has it. */
const char *matrix_condition_name(uint32_t bit);

/* The row of a role in roles.tsv. */
const TableRow *matrix_role_row(const Matrix *matrix, const char *role);

/* Is it a role that is given at a site? */
bool matrix_is_site_role(const Matrix *matrix, const char *role);

/* The role that somebody holds whom the column is about: without "+implied". */
void matrix_role_name(const Matrix *matrix, size_t column, char *buffer);

/* Is the column a role by itself, beside one with what it implies? No decision shows it: somebody
 * who holds it has what it implies too. */
bool matrix_is_undecidable(const Matrix *matrix, size_t column);

/* States the world in which all cells can be tried. */
void matrix_state_world(const Matrix *matrix, Facts *facts);

/* The person who holds the role of the column, at HQ if it is given at a site, and is nothing
 * besides. */
void matrix_plain_person(const Matrix *matrix, size_t column, char *buffer);

/* Somebody without a role, to be acted on. */
#define MATRIX_TARGET "target@+"

/*
 * Tries a cell at a place; what is wrong is printed with its explanation.
 * Return: how many answers were wrong.
 */
size_t matrix_try(const Matrix *matrix, Asker *asker, const TableRow *row, size_t column,
                  Cell expected, MatrixPlace place);
