/* SPDX-License-Identifier: MIT */
/* Query of a message: see query_message.h. The fields are put into the order of the words on a
 * command line, so that there is one reader for both. */
#include "daemon/query_message.h"

#include <stdio.h>

#define PROPERTIES_MAX 8
#define WORDS_MAX      (3 + PROPERTIES_MAX)

/* The words of one query. */
typedef struct Words {
        const Message *message;
        Text words[WORDS_MAX];
        size_t count;
} Words;

static Text text_of(const Message *message, FieldTag tag)
{
        Text text = TEXT_NULL;
        (void)message_text(message, tag, &text);
        return text;
}

static size_t count_of(const Message *message, FieldTag tag)
{
        size_t count = 0;
        Text ignored;
        while (message_text_at(message, tag, count, &ignored))
                count++;
        return count;
}

static void add(Words *words, Text word)
{
        words->words[words->count++] = word;
}

/* Says whether the fields that not every kind of query has occur as often as this kind wants. */
static bool has_fields(const Message *message, QueryKind kind)
{
        static const struct Fields {
                size_t roles_min, roles_max, with_min, with_max, customize, properties_max;
        } FIELDS[QUERY_KIND_COUNT] = {
                [QUERY_PERMISSION] = { 0, 0, 0, QUERY_WITH_MAX, 0, PROPERTIES_MAX },
                [QUERY_GRANT] = { 1, 1, 0, 0, 0, 0 },
                [QUERY_REVOKE] = { 1, 1, 0, 0, 0, 0 },
                [QUERY_MIGRATE] = { 0, QUERY_ROLES_MAX, 0, 0, 0, 0 },
                [QUERY_ADD_MEMBER] = { 0, 0, 1, 1, 0, 0 },
                [QUERY_REMOVE_MEMBER] = { 0, 0, 1, 1, 0, 0 },
                [QUERY_CUSTOMIZE] = { 1, 1, 0, 0, 1, 0 },
        };
        const struct Fields *fields = &FIELDS[kind];
        size_t roles = count_of(message, FIELD_ROLE), with = count_of(message, FIELD_WITH);
        return roles >= fields->roles_min && roles <= fields->roles_max &&
               with >= fields->with_min && with <= fields->with_max &&
               count_of(message, FIELD_CUSTOMIZE) == fields->customize &&
               count_of(message, FIELD_PROPERTY) <= fields->properties_max;
}

/* The second objects of a permission. */
static int read_objects(const Message *message, Query *query)
{
        Text text;
        for (size_t i = 0; message_text_at(message, FIELD_WITH, i, &text); i++) {
                Resource *object = &query->with[query->with_count++];
                if (resource_parse(text, object, NULL) != 0 ||
                    !text_equal(object->organization, query->resource.organization))
                        return QUERY_MALFORMED;
        }
        return 0;
}

/* The roles that a migrated user shall have. */
static int read_roles(const Message *message, Query *query)
{
        Text text;
        for (size_t i = 0; message_text_at(message, FIELD_ROLE, i, &text); i++) {
                RoleAt *role = &query->roles[query->role_count++];
                if (role_at_parse(text, role, NULL) != 0 ||
                    (role->at_site &&
                     !text_equal(role->site.organization, query->resource.organization)))
                        return QUERY_MALFORMED;
        }
        return 0;
}

/* "with=GROUP", the only word that is not a field as it is. */
static int add_member(Words *words, char *buffer, size_t size)
{
        Text group = text_of(words->message, FIELD_WITH);
        if (group.size > RESOURCE_SIZE_MAX)
                return QUERY_MALFORMED;
        (void)snprintf(buffer, size, "with=%.*s", (int)group.size, group.data);
        add(words, text_from(buffer));
        return 0;
}

int query_from_message(const Message *message, Text user, MessageQuery *ret_query)
{
        Words words = { .message = message };
        Text action = text_of(message, FIELD_ACTION), property;
        QueryKind kind = query_kind_from_name(action);
        if (!has_fields(message, kind) ||
            (message->type == MESSAGE_CHANGE && kind == QUERY_PERMISSION))
                return QUERY_MALFORMED;
        add(&words, user);
        add(&words, action);
        if (kind == QUERY_GRANT || kind == QUERY_REVOKE || kind == QUERY_CUSTOMIZE)
                add(&words, text_of(message, FIELD_ROLE));
        if (kind == QUERY_CUSTOMIZE)
                add(&words, text_of(message, FIELD_CUSTOMIZE));
        add(&words, text_of(message, FIELD_RESOURCE));
        if ((kind == QUERY_ADD_MEMBER || kind == QUERY_REMOVE_MEMBER) &&
            add_member(&words, ret_query->member, sizeof(ret_query->member)) != 0)
                return QUERY_MALFORMED;
        for (size_t i = 0; message_text_at(message, FIELD_PROPERTY, i, &property); i++)
                add(&words, property);
        ret_query->has_properties = count_of(message, FIELD_PROPERTY) > 0;
        Query *query = &ret_query->query;
        int r = query_parse(words.words, words.count, query, NULL);
        if (r == 0 && kind == QUERY_PERMISSION)
                r = read_objects(message, query);
        if (r == 0 && kind == QUERY_MIGRATE)
                r = read_roles(message, query);
        return r;
}
