/* SPDX-License-Identifier: MIT */
/*
 * Live query
 *
 * A query as fields of a request: of a question (MESSAGE_ASK) or of a change (MESSAGE_CHANGE). Tags
 * ascend, so that what belongs to one of them only is written between the two halves.
 */
#pragma once

#include "policy/query.h"
#include "wire/message.h"

/* The action of a query: a permission, or the verb of a change. Borrows from the query. */
Text live_query_action(const Query *query);

/* Writes FIELD_ACTION, FIELD_RESOURCE and FIELD_WITH. */
void live_query_write_object(MessageWriter *writer, const Query *query);

/* Writes FIELD_ROLE and FIELD_CUSTOMIZE. */
void live_query_write_roles(MessageWriter *writer, const Query *query);

/* Says whether an answer repeats this action and resource. */
bool live_query_is_answered(const Query *query, const Message *answer);
