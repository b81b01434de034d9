/* SPDX-License-Identifier: MIT */
/* Take: a gateway asks what it is to do at its doors. */
#include <errno.h>

#include "daemon/request.h"
#include "daemon/server.h"
#include "daemon/take.h"

#define SECONDS_DEFAULT 30
#define SECONDS_MAX     60

static const Refusal malformed = { "malformed-query", 3,
                                   "A TAKE names 1 to 200 doors, each once, and 1 to 60 seconds." };

int request_take(const Request *request)
{
        uint32_t seconds = SECONDS_DEFAULT;
        Take *take;
        (void)message_number(request->message, FIELD_SECONDS, &seconds);
        if (seconds < 1 || seconds > SECONDS_MAX)
                return request_refuse(request, &malformed);
        int r = take_new(request, &take);
        if (r < 0)
                return request_refuse(request, r == -EINVAL ? &malformed : &refusal_busy);
        if (take_bind(take) == 0) {
                take_free(take);
                return request_refuse(request, &refusal_not_allowed);
        }
        return take_begin(take, seconds);
}
