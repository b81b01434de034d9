/* SPDX-License-Identifier: MIT */
/* Records: printed so that a person can read them and awk can split them. */
#include "cli/records.h"

#include <stdio.h>
#include <string.h>

#define VALUE_SHOWN_SIZE 8192

static void print_value(const char *value)
{
        if (!strpbrk(value, " \"")) {
                fputs(value, stdout);
                return;
        }
        putchar('"');
        for (; *value; value++) {
                if (*value == '"')
                        putchar('\\');
                putchar(*value);
        }
        putchar('"');
}

int records_print_line(void *data, const Message *record)
{
        const bool *json = data;
        if (*json)
                return live_print_record(data, record);
        Text name, value;
        bool first = true;
        for (size_t i = 0; message_text_at(record, FIELD_NAME, i, &name) &&
                           message_text_at(record, FIELD_VALUE, i, &value);
             i++) {
                char key[128], shown[VALUE_SHOWN_SIZE];
                if (value.size == 0)
                        continue;
                printf("%s%s=", first ? "" : " ", text_escape(name, key, sizeof(key)));
                print_value(text_escape(value, shown, sizeof(shown)));
                first = false;
        }
        putchar('\n');
        return 0;
}
