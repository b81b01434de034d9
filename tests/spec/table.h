/* SPDX-License-Identifier: MIT */
/* The tables of tests/spec/data, whose grammar is in its README.md: rows of columns. */
#pragma once

#include <stddef.h>

enum { TABLE_COLUMNS_MAX = 16 };

typedef struct TableRow {
        unsigned line;
        char *columns[TABLE_COLUMNS_MAX];
        size_t count;
} TableRow;

typedef struct Table {
        char *text; /* what the columns point into */
        TableRow *rows;
        size_t count;
} Table;

/* Reads a table whose rows all have as many columns (0: as many as the first); an odd row fails the
 * running test. */
Table table_read(const char *folder, const char *name, size_t columns);
void table_free(Table *table);
