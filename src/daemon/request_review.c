/* SPDX-License-Identifier: MIT */
/* Review: what somebody can do. Root may ask about anyone, a person about himself; the answer can
 * be long, so a child gives it. */
#include "daemon/request.h"

int request_review_own(const Request *request)
{
        const Identity *identity = request->identity;
        bool own = (identity->kinds & IDENTITY_PERSON) &&
                   text_is(request_text(request, FIELD_USER), identity->name);
        if (!own && !(identity->kinds & IDENTITY_ROOT))
                return request_refuse(request, &refusal_not_allowed);
        return request_report(request);
}
