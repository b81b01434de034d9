/* SPDX-License-Identifier: MIT */
/* Action Search: what somebody may do there (AuthZEN 1.0, section 8.6). */
#include "http/authzen.h"
#include "http/authzen_search.h"

static json_t *entity(Text value)
{
        return json_pack("{s:s%}", "name", value.data, value.size);
}

void authzen_search_action(HttpCall *call)
{
        static const AuthzenSearchKind KIND = { AUTHZEN_ACTIONS, MESSAGE_WHAT_CAN, "permission",
                                                entity, NULL };
        authzen_search(call, &KIND);
}
