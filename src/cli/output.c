/* SPDX-License-Identifier: MIT */
/* Output: one place for the forms that scripts rely on. */
#include "cli/output.h"

#include <stdio.h>
#include <string.h>

#include "cli/command.h"

#define ESCAPED_SIZE_MAX 65536

int output_out_of_memory(void)
{
        fputs("doorward: out of memory\n", stderr);
        return EXIT_UNABLE;
}

int output_json(json_t *value)
{
        if (!value)
                return output_out_of_memory();
        int r = json_dumpf(value, stdout, JSON_COMPACT);
        json_decref(value);
        if (r < 0)
                return output_out_of_memory();
        putchar('\n');
        return 0;
}

json_t *output_json_text(Text text)
{
        if (text.size == 0)
                return json_string("");
        json_t *string = json_stringn(text.data, text.size);
        if (string)
                return string;
        _cleanup_free_ char *escaped = malloc(ESCAPED_SIZE_MAX);
        return escaped ? json_string(text_escape(text, escaped, ESCAPED_SIZE_MAX)) : NULL;
}

/* Adds a text that may be missing. Return: 0 or -1. */
static int add_text(json_t *object, const char *name, const char *text)
{
        return text ? json_object_set_new(object, name, json_string(text)) : 0;
}

static json_t *verdict_json(const Verdict *verdict, const Text *words, size_t count)
{
        json_t *query = json_array();
        for (size_t i = 0; query && i < count; i++)
                if (json_array_append_new(query, output_json_text(words[i])) < 0) {
                        json_decref(query);
                        return NULL;
                }
        json_t *object =
                json_pack("{s:s, s:s, s:s, s:o}", "decision", outcome_name(verdict->outcome),
                          "reason", verdict->reason, "detail", verdict->detail, "query", query);
        if (object && (add_text(object, "explanation", verdict->explanation) < 0 ||
                       add_text(object, "decision_id", verdict->decision_id) < 0)) {
                json_decref(object);
                return NULL;
        }
        return object;
}

/* Prints whole lines: what comes from the daemon does not end in a line end. */
static void print_lines(const char *text)
{
        size_t size = strlen(text);
        fputs(text, stdout);
        if (size > 0 && text[size - 1] != '\n')
                putchar('\n');
}

int output_verdict(const Verdict *verdict, const Text *words, size_t count, bool json)
{
        if (json)
                return output_json(verdict_json(verdict, words, count));
        printf("%s\t%s\t%s\n", outcome_name(verdict->outcome), verdict->reason, verdict->detail);
        if (verdict->explanation)
                print_lines(verdict->explanation);
        return 0;
}
