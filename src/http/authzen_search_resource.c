/* SPDX-License-Identifier: MIT */
/* Resource Search: where somebody may do this (AuthZEN 1.0, section 8.5). */
#include "http/authzen.h"
#include "http/authzen_search.h"

static json_t *entity(Text value)
{
        Text type, id;
        if (!text_split_first(value, ':', &type, &id))
                return NULL;
        return json_pack("{s:s%, s:s%}", "type", type.data, type.size, "id", id.data, id.size);
}

void authzen_search_resource(HttpCall *call)
{
        static const AuthzenSearchKind KIND = { AUTHZEN_RESOURCES, MESSAGE_SEARCH, "resource",
                                                entity, NULL };
        authzen_search(call, &KIND);
}
