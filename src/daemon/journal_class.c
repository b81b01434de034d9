/* SPDX-License-Identifier: MIT */
/* Classes and sites of rows: see journal_class.h. */
#include "daemon/journal_class.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const struct Kind {
        const char *name;
        EventClass event_class;
} kinds[] = {
        { "unlock", EVENT_CLASS_MOVEMENT },
        { "enter", EVENT_CLASS_MOVEMENT },
        { "command", EVENT_CLASS_MOVEMENT },
        { "passage", EVENT_CLASS_MOVEMENT },
        { "door-state", EVENT_CLASS_MOVEMENT },
        { "account", EVENT_CLASS_SESSION },
        { "session-open", EVENT_CLASS_SESSION },
        { "session-close", EVENT_CLASS_SESSION },
        { "session-end", EVENT_CLASS_SESSION },
        { "change", EVENT_CLASS_ADMINISTRATION },
        { "reload", EVENT_CLASS_ADMINISTRATION },
        { "report", EVENT_CLASS_ADMINISTRATION },
        { "retention", EVENT_CLASS_ADMINISTRATION },
        { "gateway", EVENT_CLASS_ADMINISTRATION },
        { "door-alarm", EVENT_CLASS_ALARM },
        { "alarm", EVENT_CLASS_ALARM },
        { "ask", EVENT_CLASS_QUESTION },
        { "events", EVENT_CLASS_QUESTION },
        { "refusal", EVENT_CLASS_QUESTION },
};

#define KIND_COUNT (sizeof(kinds) / sizeof(*kinds))

/* Types of resources that lie at a site, and whether the site is the resource itself. */
static const struct Place {
        const char *prefix;
        bool is_site;
} places[] = {
        { "door:", false },    { "host:", false }, { "camera:", false },
        { "archive:", false }, { "site:", true },
};

#define PLACE_COUNT (sizeof(places) / sizeof(*places))

EventClass journal_class(Text kind)
{
        for (size_t i = 0; i < KIND_COUNT; i++)
                if (text_is(kind, kinds[i].name))
                        return kinds[i].event_class;
        return EVENT_CLASS_ADMINISTRATION;
}

void journal_class_sql(char *sql, size_t size)
{
        size_t used = (size_t)snprintf(sql, size, "CASE kind");
        for (size_t i = 0; i < KIND_COUNT && used < size; i++)
                used += (size_t)snprintf(sql + used, size - used, " WHEN '%s' THEN %d",
                                         kinds[i].name, (int)kinds[i].event_class);
        if (used < size)
                (void)snprintf(sql + used, size - used, " ELSE %d END",
                               (int)EVENT_CLASS_ADMINISTRATION);
}

/* The last "/" of a path with its organization. Return: 0 when there is none. */
static size_t end_of_site(Text path)
{
        for (size_t i = path.size; i > 0; i--)
                if (path.data[i - 1] == '/')
                        return i;
        return 0;
}

Text journal_site(Text resource, char *buffer)
{
        for (size_t i = 0; i < PLACE_COUNT; i++) {
                size_t prefix = strlen(places[i].prefix);
                if (resource.size <= prefix || memcmp(resource.data, places[i].prefix, prefix) != 0)
                        continue;
                Text path = { resource.data + prefix, resource.size - prefix };
                size_t end = places[i].is_site ? path.size : end_of_site(path);
                memcpy(buffer, path.data, end);
                if (places[i].is_site)
                        buffer[end++] = '/';
                return (Text){ buffer, end };
        }
        return TEXT_NULL;
}

void journal_site_sql(char *sql, size_t size, int low, int high)
{
        size_t used = (size_t)snprintf(sql, size, "(");
        for (size_t i = 0; i < PLACE_COUNT && used < size; i++)
                used += (size_t)snprintf(
                        sql + used, size - used,
                        "%s(resource%s >= '%s' || ?%d AND resource%s < '%s' || ?%d)",
                        i > 0 ? " OR " : "", places[i].is_site ? " || '/'" : "", places[i].prefix,
                        low, places[i].is_site ? " || '/'" : "", places[i].prefix, high);
        if (used < size)
                (void)snprintf(sql + used, size - used, ")");
}
