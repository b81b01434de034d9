/* SPDX-License-Identifier: MIT */
/*
 * Keeps doc/PROTOCOL.md and the code together: its tables have a row for every type and every
 * field, with the number, the kind and the fields that the code knows, and no row more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "shapes.h"

enum { DOCUMENT_SIZE_MAX = 1 << 20 };

static char document[DOCUMENT_SIZE_MAX];

static int read_document(void **state)
{
        FILE *file = fopen(PROTOCOL_DOCUMENT, "re");
        if (!file)
                return -1;
        size_t size = fread(document, 1, sizeof(document) - 1, file);
        document[size] = '\0';
        fclose(file);
        return size > 0 ? 0 : -1;
}

/* How many lines of the document begin with a text. */
static unsigned lines_beginning(const char *beginning)
{
        unsigned count = 0;
        for (const char *line = document; line; line = strchr(line, '\n')) {
                line += *line == '\n';
                count += strncmp(line, beginning, strlen(beginning)) == 0;
        }
        return count;
}

static const char *name_of(uint16_t tag)
{
        for (size_t i = 0; i < SHAPE_FIELD_COUNT; i++)
                if (SHAPE_FIELDS[i].tag == tag)
                        return SHAPE_FIELDS[i].name;
        return NULL;
}

/* Adds the names of fields with commas between them. */
static void add_names(char *text, size_t size, const uint16_t *tags)
{
        for (size_t i = 0; i < SHAPE_FIELDS_MAX && tags[i]; i++) {
                size_t used = strlen(text);
                snprintf(text + used, size - used, "%s%s", i ? ", " : "", name_of(tags[i]));
        }
}

static void every_type_has_its_number(void **state)
{
        char row[64];
        for (size_t i = 0; i < SHAPE_TYPE_COUNT; i++) {
                snprintf(row, sizeof(row), "| %d | %s |", (int)SHAPE_TYPES[i].type,
                         SHAPE_TYPES[i].name);
                assert_int_equal(lines_beginning(row), 1);
        }
}

static void every_type_has_its_fields(void **state)
{
        for (size_t i = 0; i < SHAPE_TYPE_COUNT; i++) {
                const ShapeOfType *shape = &SHAPE_TYPES[i];
                char row[1024];
                snprintf(row, sizeof(row), "| %s |%s", shape->name, shape->required[0] ? " " : "");
                add_names(row, sizeof(row), shape->required);
                size_t used = strlen(row);
                snprintf(row + used, sizeof(row) - used, " |%s", shape->optional[0] ? " " : "");
                add_names(row, sizeof(row), shape->optional);
                used = strlen(row);
                snprintf(row + used, sizeof(row) - used, " |\n");
                if (lines_beginning(row) != 1)
                        fail_msg("no row: %s", row);
        }
}

static void every_field_has_its_row(void **state)
{
        for (size_t i = 0; i < SHAPE_FIELD_COUNT; i++) {
                char row[128];
                snprintf(row, sizeof(row), "| %u | %s | %s%s |", (unsigned)SHAPE_FIELDS[i].tag,
                         SHAPE_FIELDS[i].name, SHAPE_FIELDS[i].kind,
                         SHAPE_FIELDS[i].repeated ? ", repeated" : "");
                if (lines_beginning(row) != 1)
                        fail_msg("no row: %s", row);
        }
}

static void there_are_no_other_rows(void **state)
{
        unsigned count = 0;
        char row[16];
        for (unsigned number = 1; number < 256; number++) {
                snprintf(row, sizeof(row), "| %u | ", number);
                count += lines_beginning(row);
        }
        /* Rows of the two tables of offsets begin with numbers too. */
        static const unsigned OFFSETS[] = { 4, 5, 6, 8, 16, 20, 2, 4, 8 };
        assert_int_equal(count, SHAPE_TYPE_COUNT + SHAPE_FIELD_COUNT +
                                        sizeof(OFFSETS) / sizeof(OFFSETS[0]));
}

static void limits_are_stated(void **state)
{
        char text[64];
        snprintf(text, sizeof(text), "at most %d bytes", MESSAGE_SIZE_MAX);
        assert_non_null(strstr(document, text));
        snprintf(text, sizeof(text), "at most %d |", MESSAGE_FIELDS_MAX);
        assert_non_null(strstr(document, text));
        snprintf(text, sizeof(text), "`0x%08x`", MESSAGE_MAGIC);
        assert_non_null(strstr(document, text));
        snprintf(text, sizeof(text), "a header of %d bytes", MESSAGE_HEADER_SIZE);
        assert_non_null(strstr(document, text));
        snprintf(text, sizeof(text), "The local protocol, version %d\n", MESSAGE_VERSION);
        assert_non_null(strstr(document, text));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_type_has_its_number),
                cmocka_unit_test(every_type_has_its_fields),
                cmocka_unit_test(every_field_has_its_row),
                cmocka_unit_test(there_are_no_other_rows),
                cmocka_unit_test(limits_are_stated),
        };
        return cmocka_run_group_tests(tests, read_document, NULL) ? 1 : 0;
}
