/* SPDX-License-Identifier: MIT */
/*
 * Reads one JSON document a line from standard input and prints of each the values of the keys
 * named as arguments, separated by tabs: strings as they are, others as JSON, "-" for none. Ends
 * with status 1 at a line that is no JSON object, or that says a key twice.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_value(const json_t *value)
{
        if (json_is_string(value)) {
                fwrite(json_string_value(value), 1, json_string_length(value), stdout);
                return;
        }
        char *text = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : strdup("-");
        fputs(text ? text : "?", stdout);
        free(text);
}

int main(int argc, char **argv)
{
        char *line = NULL;
        size_t capacity = 0;
        ssize_t size;
        while ((size = getline(&line, &capacity, stdin)) > 0) {
                json_error_t error;
                json_t *object = json_loadb(line, (size_t)size,
                                            JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
                if (!json_is_object(object) || line[size - 1] != '\n') {
                        fprintf(stderr, "no JSON line: %s: %s", error.text, line);
                        return 1;
                }
                for (int i = 1; i < argc; i++) {
                        if (i > 1)
                                putchar('\t');
                        print_value(json_object_get(object, argv[i]));
                }
                putchar('\n');
                json_decref(object);
        }
        free(line);
        return fflush(stdout) == 0 ? 0 : 1;
}
