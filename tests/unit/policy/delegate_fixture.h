/* SPDX-License-Identifier: MIT */
/* What tests of delegation share: the policy of the folder delegate/, asked like that of decide/.
 */
#pragma once

#include "decide_fixture.h"
#include "policy/delegation.h"

#define SOME_NOON MONDAY_MORNING

/* A question that is no text: read from a line, then changed by a test. */
static inline Query delegate_query(const char *line)
{
        Query query;
        assert_int_equal(query_parse_line(text_from(line), &query, NULL), 0);
        return query;
}

/* Opens a question. */
static inline Delegation delegate_open(void **state, const DecisionContext *context,
                                       const Query *query)
{
        Delegation delegation;
        assert_int_equal(delegation_open(decide_image(state), context, query, NULL, &delegation),
                         REASON_NONE);
        return delegation;
}
