/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: a query in one line
 *
 * Checked besides memory: a line that is no query says why; everything in a query lies in the line
 * and has the form of a name; and writing a query down in one way gives the same query again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_target.h"
#include "policy/query.h"
#include "util/name.h"

static void promise(bool kept)
{
        if (!kept)
                abort();
}

static bool lies_in(Text part, Text whole)
{
        return part.size == 0 ||
               (part.data >= whole.data && part.data + part.size <= whole.data + whole.size);
}

static void resource_check(const Resource *resource, Text line)
{
        Resource again;
        promise(lies_in(resource->whole, line) && lies_in(resource->organization, line) &&
                lies_in(resource->path, line));
        promise(name_is_valid(resource->organization));
        promise(resource_type_name(resource->type) != NULL);
        promise(resource_parse(resource->whole, &again, NULL) == 0);
        promise(again.type == resource->type && text_equal(again.path, resource->path));
}

static const char *property_text(Property property, const char *name, char *buffer, size_t size)
{
        if (property == PROPERTY_UNSTATED)
                return "";
        snprintf(buffer, size, " %s=%s", name, property == PROPERTY_TRUE ? "true" : "false");
        return buffer;
}

/* Writes the query with single spaces, and reads that again. */
static void query_write_and_read(const Query *query)
{
        char first[32], second[32], *text = NULL;
        size_t size;
        FILE *stream = open_memstream(&text, &size);
        promise(stream != NULL);
        fprintf(stream, "%.*s %.*s %.*s", (int)query->user.size, query->user.data,
                (int)query->permission.size, query->permission.data,
                (int)query->resource.whole.size, query->resource.whole.data);
        for (size_t i = 0; i < query->with_count; i++)
                fprintf(stream, " with=%.*s", (int)query->with[i].whole.size,
                        query->with[i].whole.data);
        fprintf(stream, "%s%s", property_text(query->is_active, "active", first, sizeof(first)),
                property_text(query->is_private, "private", second, sizeof(second)));
        fclose(stream);
        Query again;
        promise(query_parse_line((Text){ text, size }, &again, NULL) == 0);
        promise(text_equal(again.user, query->user) &&
                text_equal(again.permission, query->permission) &&
                text_equal(again.resource.whole, query->resource.whole) &&
                again.with_count == query->with_count && again.is_active == query->is_active &&
                again.is_private == query->is_private);
        free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        Text line = { (const char *)data, size };
        const char *problem = NULL;
        Query query;
        int result = query_parse_line(line, &query, &problem);
        if (result != 0) {
                promise(result == QUERY_MALFORMED);
                promise(problem != NULL && problem[0] != '\0');
                return 0;
        }
        promise(lies_in(query.user, line) && name_is_valid_user(query.user));
        if (query.kind != QUERY_PERMISSION)
                return 0;
        promise(lies_in(query.permission, line) && name_is_valid(query.permission));
        resource_check(&query.resource, line);
        for (size_t i = 0; i < query.with_count; i++)
                resource_check(&query.with[i], line);
        query_write_and_read(&query);
        return 0;
}
