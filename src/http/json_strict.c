/* SPDX-License-Identifier: MIT */
/* Strict JSON: see json_strict.h. */
#include "http/json_strict.h"

#include <errno.h>
#include <stdio.h>

/* What jansson found, said in the words of this program. */
static const struct {
        enum json_error_code code;
        const char *text;
} problems[] = {
        { json_error_invalid_utf8, "this is not UTF-8" },
        { json_error_premature_end_of_input, "the document ends here, but is not complete" },
        { json_error_end_of_input_expected, "something stands behind the document" },
        { json_error_duplicate_key, "a key stands twice in this object" },
        { json_error_null_character, "a string holds NUL" },
        { json_error_null_byte_in_key, "a key holds NUL" },
        { json_error_numeric_overflow, "this number is too large" },
        { json_error_stack_overflow, "objects and arrays are nested too deeply" },
};

static const char *problem_text(enum json_error_code code)
{
        for (size_t i = 0; i < sizeof(problems) / sizeof(*problems); i++)
                if (problems[i].code == code)
                        return problems[i].text;
        return "this is not JSON";
}

static int refuse(char *problem, int result, int line, int column, const char *text)
{
        (void)snprintf(problem, JSON_STRICT_PROBLEM_SIZE, "Line %d, column %d: %s.", line, column,
                       text);
        return result;
}

/* Where the scan of the brackets stands. */
typedef struct Scan {
        int line, column;
        uint32_t depth;
        bool in_string, escaped;
} Scan;

/* Counts one byte. Brackets count outside of strings only; whether they match is not looked at. */
static void scan_byte(Scan *scan, char byte)
{
        scan->column++;
        if (byte == '\n') {
                scan->line++;
                scan->column = 0;
        }
        if (scan->in_string) {
                scan->in_string = scan->escaped || byte != '"';
                scan->escaped = !scan->escaped && byte == '\\';
        } else if (byte == '"') {
                scan->in_string = true;
        } else if (byte == '[' || byte == '{') {
                scan->depth++;
        } else if ((byte == ']' || byte == '}') && scan->depth > 0) {
                scan->depth--;
        }
}

/* Looks at nesting and NUL before anything is made of the text. */
static int scan_text(Text text, uint32_t depth_max, char *problem)
{
        Scan scan = { .line = 1 };
        for (size_t i = 0; i < text.size; i++) {
                scan_byte(&scan, text.data[i]);
                if (text.data[i] == '\0')
                        return refuse(problem, JSON_STRICT_MALFORMED, scan.line, scan.column,
                                      "the document holds NUL");
                if (scan.depth > depth_max)
                        return refuse(problem, JSON_STRICT_TOO_DEEP, scan.line, scan.column,
                                      problem_text(json_error_stack_overflow));
        }
        return 0;
}

int json_strict_parse(Text text, uint32_t depth_max, json_t **ret_document,
                      char problem[static JSON_STRICT_PROBLEM_SIZE])
{
        json_error_t error;
        if (depth_max > JSON_STRICT_DEPTH_MAX)
                depth_max = JSON_STRICT_DEPTH_MAX;
        int r = scan_text(text, depth_max, problem);
        if (r != 0)
                return r;
        json_t *document = json_loadb(text.size > 0 ? text.data : "", text.size,
                                      JSON_REJECT_DUPLICATES, &error);
        if (document) {
                *ret_document = document;
                return 0;
        }
        enum json_error_code code = json_error_code(&error);
        if (code == json_error_out_of_memory)
                return -ENOMEM;
        return refuse(problem, JSON_STRICT_MALFORMED, error.line, error.column, problem_text(code));
}
