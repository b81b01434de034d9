/* SPDX-License-Identifier: MIT */
/* Query of a message: what an ASK or a CHANGE asks, in the grammar that the command line and policy
 * tests have too (query.h). */
#pragma once

#include "policy/query.h"
#include "wire/message.h"

typedef struct MessageQuery {
        Query query; /* borrows from the message, the user and `member` */
        bool has_properties;
        char member[sizeof("with=") + RESOURCE_SIZE_MAX];
} MessageQuery;

/*
 * Reads a request as a query of `user`. Roles belong to questions about granting only, a
 * customization to customize only, properties to permissions only; whatever else stands there makes
 * it malformed. A CHANGE is never a question about a permission. ret_query must not move: parts of
 * the query lie in it.
 * Return: 0, or QUERY_MALFORMED.
 */
int query_from_message(const Message *message, Text user, MessageQuery *ret_query);
