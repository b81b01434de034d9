/* SPDX-License-Identifier: MIT */
/* Record: see record.h. */
#include "gateway/record.h"

#include "util/number.h"

bool record_text(const Message *record, const char *name, Text *ret_text)
{
        Text found;
        for (size_t i = 0; message_text_at(record, FIELD_NAME, i, &found); i++)
                if (text_is(found, name))
                        return message_text_at(record, FIELD_VALUE, i, ret_text);
        return false;
}

bool record_number(const Message *record, const char *name, uint64_t maximum, uint64_t *ret_number)
{
        Text text;
        return record_text(record, name, &text) && number_parse(text, maximum, ret_number) == 0;
}
