/* SPDX-License-Identifier: MIT */
/*
 * Matrix
 *
 * The cells of data/access-matrix.tsv, and how one is tried: "yes" allows with every condition
 * false, "no" denies with every condition true, a list of conditions allows when these hold and no
 * other, and denies when any one of them does not hold though all others do.
 *
 * One policy serves all cells. It has the sites of data/positions.tsv, each with a door, a template
 * and a floorplan, and a person for every role at every place, with and without access to the
 * doors, kept by a directory or not, with a legacy role or not, with a second role or not: a
 * question chooses the person for whom its conditions are as wanted.
 */
#pragma once

#include "asker.h"
#include "table.h"

enum { MATRIX_ROLES = 12 };

/* Conditions, as bits of policy/vocabulary.h, and one more. */
#define MATRIX_ALSO (1u << CONDITION_COUNT) /* the second role is held too */
#define MATRIX_ALL  ((MATRIX_ALSO << 1) - 1)

typedef struct Cell {
        bool given;          /* not "no" */
        uint32_t conditions; /* bits; 0: unconditional */
        char also[64];       /* the second role; "" without one */
} Cell;

typedef struct Matrix {
        Table table;
        const char *const *columns; /* MATRIX_ROLES names, as they stand in the table */
        const TableRow *rows;
        size_t row_count;
} Matrix;

/* Where a cell is tried. */
typedef struct MatrixPlace {
        const char *given_at; /* site path; NULL: on the organization */
        const char *asked_at; /* site path; not used for what is asked on the organization */
} MatrixPlace;

/* Reads the table. Fails the running test for a word that is no condition. */
Matrix matrix_read(const char *folder);
void matrix_free(Matrix *matrix);

const char *matrix_permission(const TableRow *row);
const char *matrix_asked_on(const TableRow *row);
Cell matrix_cell(const TableRow *row, size_t column);

/* Is the column a role that is given at a site? */
bool matrix_is_site_role(const Matrix *matrix, size_t column);

/* The role that somebody holds whom the column is about: without "+implied". */
void matrix_role_name(const Matrix *matrix, size_t column, char *buffer, size_t size);

/* States the world in which all cells can be tried. */
void matrix_state_world(const Matrix *matrix, Facts *facts);

/*
 * Tries a cell at a place; what is wrong is printed with its explanation.
 * Return: how many answers were wrong.
 */
size_t matrix_try(const Matrix *matrix, Asker *asker, const TableRow *row, size_t column,
                  Cell expected, MatrixPlace place);
