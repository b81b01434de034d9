/* SPDX-License-Identifier: MIT */
/*
 * Items
 *
 * One piece of memory an item: the struct, behind it name and value of every pair, and behind those
 * every text with a NUL.
 */
#include "client/item.h"

#include <errno.h>
#include <stdlib.h>

struct doorward_item {
        size_t count;        /* of pairs */
        const char *texts[]; /* name and value in turn */
};

/* The text of a record's n-th name (n even) or value. Return: false beyond the last. */
static bool text_at(const Message *message, size_t n, Text *ret_text)
{
        return message_text_at(message, n % 2 ? FIELD_VALUE : FIELD_NAME, n / 2, ret_text);
}

int item_from_message(const Message *message, doorward_item **ret_item)
{
        Text text;
        size_t count = 0, size = sizeof(doorward_item);
        while (count < MESSAGE_FIELDS_MAX && text_at(message, count, &text)) {
                size += sizeof(const char *) + text.size + 1;
                count++;
        }
        doorward_item *item = malloc(size);
        if (!item)
                return -ENOMEM;
        item->count = count / 2;
        char *end = (char *)&item->texts[count];
        for (size_t i = 0; i < count; i++) {
                (void)text_at(message, i, &text);
                item->texts[i] = end;
                if (text.size)
                        memcpy(end, text.data, text.size);
                end[text.size] = '\0';
                end += text.size + 1;
        }
        *ret_item = item;
        return 0;
}

Text item_value_in(const Message *message, const char *name)
{
        Text text;
        for (size_t i = 0; message_text_at(message, FIELD_NAME, i, &text); i++)
                if (text_is(text, name))
                        return message_text_at(message, FIELD_VALUE, i, &text) ? text : TEXT_NULL;
        return TEXT_NULL;
}

const char *doorward_item_name(const doorward_item *item, size_t n)
{
        return item && n < item->count ? item->texts[2 * n] : "";
}

const char *doorward_item_value(const doorward_item *item, size_t n)
{
        return item && n < item->count ? item->texts[2 * n + 1] : "";
}

const char *doorward_item_get(const doorward_item *item, const char *name)
{
        for (size_t i = 0; item && name && i < item->count; i++)
                if (strcmp(item->texts[2 * i], name) == 0)
                        return item->texts[2 * i + 1];
        return "";
}

doorward_item *doorward_item_free(doorward_item *item)
{
        free(item);
        return NULL;
}
