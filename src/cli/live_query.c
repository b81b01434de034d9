/* SPDX-License-Identifier: MIT */
/* Live query: what each kind of query is on the wire. */
#include "cli/live_query.h"

#include <stdio.h>

#include "util/name.h"

Text live_query_action(const Query *query)
{
        const char *verb = query_kind_name(query->kind);
        return verb ? text_from(verb) : query->permission;
}

void live_query_write_object(MessageWriter *writer, const Query *query)
{
        message_write_text(writer, FIELD_ACTION, live_query_action(query));
        message_write_text(writer, FIELD_RESOURCE, query->resource.whole);
        for (size_t i = 0; i < query->with_count; i++)
                message_write_text(writer, FIELD_WITH, query->with[i].whole);
}

static void write_customization(MessageWriter *writer, const Query *query)
{
        char text[NAME_SIZE_MAX + 2] = "default"; /* a sign and a NUL */
        if (query->verb != CUSTOMIZE_DEFAULT)
                snprintf(text, sizeof(text), "%c%.*s", query->verb == CUSTOMIZE_ADD ? '+' : '-',
                         (int)query->permission.size, query->permission.data);
        message_write_text(writer, FIELD_CUSTOMIZE, text_from(text));
}

void live_query_write_roles(MessageWriter *writer, const Query *query)
{
        for (size_t i = 0; i < query->role_count; i++)
                message_write_text(writer, FIELD_ROLE, query->roles[i].whole);
        if (query->kind == QUERY_CUSTOMIZE)
                write_customization(writer, query);
}

bool live_query_is_answered(const Query *query, const Message *answer)
{
        Text action, resource;
        return message_text(answer, FIELD_ACTION, &action) &&
               text_equal(action, live_query_action(query)) &&
               message_text(answer, FIELD_RESOURCE, &resource) &&
               text_equal(resource, query->resource.whole);
}
