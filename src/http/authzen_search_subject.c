/* SPDX-License-Identifier: MIT */
/*
 * Subject Search: who may do this here (AuthZEN 1.0, section 8.4)
 *
 * Whoever may only through Unix groups is no subject with a name: such answers are told in the
 * context, so that the list does not look complete when it is not. No name of a user holds a colon,
 * and all of those answers do.
 */
#include <string.h>

#include "http/authzen.h"
#include "http/authzen_search.h"

static json_t *entity(Text value)
{
        if (memchr(value.data, ':', value.size))
                return NULL;
        return json_pack("{s:s, s:s%}", "type", "user", "id", value.data, value.size);
}

void authzen_search_subject(HttpCall *call)
{
        static const AuthzenSearchKind KIND = { AUTHZEN_SUBJECTS, MESSAGE_WHO_CAN, "user", entity,
                                                "through_unix_groups" };
        authzen_search(call, &KIND);
}
