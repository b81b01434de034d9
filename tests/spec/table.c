/* SPDX-License-Identifier: MIT */
/* The tables of tests/spec/data. */
#include "table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cleanup.h"

enum { TABLE_SIZE_MAX = 1 << 20, ROWS_MAX = 4096 };

static char *read_text(const char *folder, const char *name)
{
        _cleanup_free_ char *path = NULL;
        struct stat status;
        assert_true(asprintf(&path, "%s/%s", folder, name) > 0);
        _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0 || fstat(fd, &status) < 0 || status.st_size > TABLE_SIZE_MAX)
                fail_msg("cannot read %s", path);
        char *text = calloc(1, (size_t)status.st_size + 1);
        assert_non_null(text);
        assert_int_equal(read(fd, text, (size_t)status.st_size), status.st_size);
        return text;
}

/* Divides a line at its tabs. No column may be empty, nor begin or end with a space. */
static void read_row(char *line, unsigned number, TableRow *row)
{
        row->line = number;
        for (char *column = line; column; row->count++) {
                char *tab = strchr(column, '\t');
                if (tab)
                        *tab = '\0';
                size_t size = strlen(column);
                if (size == 0 || column[0] == ' ' || column[size - 1] == ' ' ||
                    row->count == TABLE_COLUMNS_MAX)
                        fail_msg("line %u: column %zu is odd", number, row->count + 1);
                row->columns[row->count] = column;
                column = tab ? tab + 1 : NULL;
        }
}

Table table_read(const char *folder, const char *name, size_t columns)
{
        Table table = { .text = read_text(folder, name) };
        unsigned number = 0;
        table.rows = calloc(ROWS_MAX, sizeof(*table.rows));
        assert_non_null(table.rows);
        char *rest = table.text;
        for (char *line; (line = strsep(&rest, "\n"));) {
                number++;
                if (*line == '\0' || *line == '#')
                        continue;
                assert_true(table.count < ROWS_MAX);
                TableRow *row = &table.rows[table.count++];
                read_row(line, number, row);
                columns = columns > 0 ? columns : row->count;
                if (row->count != columns)
                        fail_msg("%s:%u: %zu columns, expected %zu", name, number, row->count,
                                 columns);
        }
        assert_true(table.count > 0);
        return table;
}

void table_free(Table *table)
{
        free(table->rows);
        free(table->text);
        *table = (Table){ 0 };
}
