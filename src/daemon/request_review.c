/* SPDX-License-Identifier: MIT */
/* Review: what somebody can do. Root may ask about anyone, a person about himself, a listed caller
 * that may vouch about anyone on a resource at its sites; the answer can be long, so a child gives
 * it. */
#include "daemon/request.h"
#include "daemon/server.h"

static bool caller_may_review(const Request *request)
{
        const unsigned rights = CALLER_MAY_ASK | CALLER_MAY_VOUCH;
        const Image *image = request->server->policy.image;
        Resource resource;
        Target target;
        if (!(request->identity->kinds & IDENTITY_CALLER) ||
            resource_parse(request_text(request, FIELD_RESOURCE), &resource, NULL) != 0 ||
            policy_find_target(image, &resource, &target) != REASON_NONE)
                return false;
        const ImageCaller *caller = identity_caller(image, request->identity, target.organization);
        return caller && (caller->may & rights) == rights &&
               identity_caller_reaches(image, caller, &target);
}

int request_what_can(const Request *request)
{
        const Identity *identity = request->identity;
        bool own = (identity->kinds & IDENTITY_PERSON) &&
                   text_is(request_text(request, FIELD_USER), identity->name);
        if (!own && !(identity->kinds & IDENTITY_ROOT) && !caller_may_review(request))
                return request_refuse(request, &refusal_not_allowed);
        return request_report(request);
}
