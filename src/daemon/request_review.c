/* SPDX-License-Identifier: MIT */
/* Review: who can do something, what somebody can do, and where. Root may ask about anyone, a
 * person about himself, a listed caller that may ask and vouch about anyone at its sites; the
 * answer can be long, so a child gives it. */
#include "daemon/request.h"
#include "daemon/server.h"

/* The entry by which a caller may review in an organization: about others if it may vouch, about
 * itself in any case. NULL: it may not. */
static const ImageCaller *reviewer(const Request *request, uint32_t organization)
{
        const Image *image = request->server->policy.image;
        const ImageCaller *caller =
                request->identity->kinds & IDENTITY_CALLER
                        ? identity_caller(image, request->identity, organization)
                        : NULL;
        if (!caller || !(caller->may & CALLER_MAY_ASK))
                return NULL;
        bool may = (caller->may & CALLER_MAY_VOUCH) ||
                   identity_is_own_subject(image, caller, request_text(request, FIELD_USER));
        return may ? caller : NULL;
}

/* Whether a caller may review the resource that is named. */
static bool caller_may_review(const Request *request)
{
        const Image *image = request->server->policy.image;
        Resource resource;
        Target target;
        if (resource_parse(request_text(request, FIELD_RESOURCE), &resource, NULL) != 0 ||
            policy_find_target(image, &resource, &target) != REASON_NONE)
                return false;
        const ImageCaller *caller = reviewer(request, target.organization);
        return caller && identity_caller_reaches(image, caller, &target);
}

/* Whether a caller may search: in the organization that is named, or in any where none is. What it
 * is told lies at its sites (report_review.c). */
static bool caller_may_search(const Request *request)
{
        const Image *image = request->server->policy.image;
        Text type, path, organization, rest;
        if (!text_split_first(request_text(request, FIELD_RESOURCE), ':', &type, &path))
                return false;
        if (path.size > 0) {
                if (!text_split_first(path, '/', &organization, &rest))
                        organization = path;
                return reviewer(request, image_find_organization(image, organization));
        }
        for (uint32_t i = 0; i < image_count(image, IMAGE_ORGANIZATIONS); i++)
                if (reviewer(request, i))
                        return true;
        return false;
}

/* Whether somebody asks about himself. */
static bool is_own(const Request *request)
{
        return (request->identity->kinds & IDENTITY_PERSON) &&
               text_is(request_text(request, FIELD_USER), request->identity->name);
}

static int serve(const Request *request, bool may)
{
        return may || (request->identity->kinds & IDENTITY_ROOT)
                       ? request_report(request)
                       : request_refuse(request, &refusal_not_allowed);
}

int request_what_can(const Request *request)
{
        return serve(request, is_own(request) || caller_may_review(request));
}

int request_who_can(const Request *request)
{
        return serve(request, caller_may_review(request));
}

int request_search(const Request *request)
{
        return serve(request, is_own(request) || caller_may_search(request));
}
