/* SPDX-License-Identifier: MIT */
/* Tests of report_format.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>
#include <unistd.h>

#include "cli/report_format.h"

typedef struct Row {
        const char *name, *value;
} Row;

/* What printing these rows, each one pair, writes to standard output. */
static void print_rows(OutputFormat format, const Row *rows, size_t count, char *text, size_t size)
{
        ReportPrinter printer = { .format = format };
        FILE *file = tmpfile();
        assert_non_null(file);
        (void)fflush(stdout);
        int kept = dup(STDOUT_FILENO);
        assert_true(dup2(fileno(file), STDOUT_FILENO) >= 0);
        report_format_begin(&printer);
        for (size_t i = 0; i < count; i++) {
                uint8_t frame[8192];
                size_t frame_size;
                MessageWriter writer;
                Message record;
                message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_RECORD, 1, 0);
                message_write_pair(&writer, text_from(rows[i].name), text_from(rows[i].value));
                if (message_writer_end(&writer, &frame_size) != 0 ||
                    message_decode(frame, frame_size, &record) != 0 ||
                    report_format_row(&printer, &record) != 0)
                        abort();
        }
        int r = report_format_end(&printer);
        (void)fflush(stdout);
        (void)dup2(kept, STDOUT_FILENO);
        (void)close(kept);
        rewind(file);
        size_t read = fread(text, 1, size - 1, file);
        text[read] = '\0';
        (void)fclose(file);
        assert_int_equal(r, 0);
}

static void csv_has_a_heading_and_the_same_columns_in_every_row(void **state)
{
        char text[4096];
        static const Row rows[] = { { "kind", "unlock" }, { "unknown", "left out" } };
        print_rows(FORMAT_CSV, rows, 2, text, sizeof(text));
        assert_string_equal(text,
                            "id,time,kind,user,subject,service,resource,action,decision,reason,"
                            "observed,would_deny,decision_id\r\n"
                            "\"\",\"\",\"unlock\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\""
                            "\r\n"
                            "\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\"\r\n");
        print_rows(FORMAT_CSV, NULL, 0, text, sizeof(text));
        assert_non_null(strstr(text, "id,time"));
}

static void a_cell_that_a_spreadsheet_would_run_is_guarded(void **state)
{
        static const struct {
                const char *value, *cell;
        } cases[] = {
                { "=1+1", "\"'=1+1\"" },         { "+1", "\"'+1\"" },  { "-1", "\"'-1\"" },
                { "@SUM(A1)", "\"'@SUM(A1)\"" }, { "a=1", "\"a=1\"" }, { "a\"b,c", "\"a\"\"b,c\"" },
                { "\t=1", "\"\\x09=1\"" },
        };
        for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
                char text[4096];
                Row row = { "id", cases[i].value };
                print_rows(FORMAT_CSV, &row, 1, text, sizeof(text));
                const char *second = strchr(text, '\n') + 1;
                if (strncmp(second, cases[i].cell, strlen(cases[i].cell)) != 0)
                        fail_msg("%s became %s", cases[i].value, second);
        }
}

static void json_is_one_array_whatever_the_names_are(void **state)
{
        char text[4096];
        static const Row rows[] = { { "subject", "a\"\\b" }, { "subject", "\xff" } };
        json_error_t error;
        for (size_t count = 0; count <= 2; count++) {
                print_rows(FORMAT_JSON, rows, count, text, sizeof(text));
                json_t *array = json_loads(text, 0, &error);
                assert_non_null(array);
                assert_int_equal(json_array_size(array), count);
                if (count > 0)
                        assert_string_equal(json_string_value(json_object_get(
                                                    json_array_get(array, 0), "subject")),
                                            "a\"\\b");
                json_decref(array);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(csv_has_a_heading_and_the_same_columns_in_every_row),
                cmocka_unit_test(a_cell_that_a_spreadsheet_would_run_is_guarded),
                cmocka_unit_test(json_is_one_array_whatever_the_names_are),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
