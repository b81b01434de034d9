/* SPDX-License-Identifier: MIT */
/* Metadata: what this server offers, and where (AuthZEN 1.0, section 9). */
#include <stdio.h>

#include "http/authzen.h"

#define URL_SIZE       1024
#define ENDPOINT_COUNT 5

/* The first ENDPOINT_COUNT are the endpoints of the API. */
static const HttpRoute routes[] = {
        { "POST", "/access/v1/evaluation", "application/json", authzen_evaluation },
        { "POST", "/access/v1/evaluations", "application/json", authzen_evaluations },
        { "POST", "/access/v1/search/subject", "application/json", authzen_search_subject },
        { "POST", "/access/v1/search/resource", "application/json", authzen_search_resource },
        { "POST", "/access/v1/search/action", "application/json", authzen_search_action },
        { "GET", "/.well-known/authzen-configuration", NULL, authzen_metadata },
};

/* What the metadata call each of them. */
static const char *const parameters[ENDPOINT_COUNT] = {
        "access_evaluation_endpoint", "access_evaluations_endpoint", "search_subject_endpoint",
        "search_resource_endpoint",   "search_action_endpoint",
};

const HttpRoute *authzen_routes(size_t *ret_count)
{
        *ret_count = sizeof(routes) / sizeof(*routes);
        return routes;
}

void authzen_metadata(HttpCall *call)
{
        char url[URL_SIZE];
        const char *base = http_call_base_url(call);
        json_t *metadata = json_pack("{s:s}", "policy_decision_point", base);
        for (size_t i = 0; i < ENDPOINT_COUNT && metadata; i++) {
                int size = snprintf(url, sizeof(url), "%s%s", base, routes[i].path);
                if (size < (int)sizeof(url) &&
                    json_object_set_new(metadata, parameters[i], json_string(url)) == 0)
                        continue;
                json_decref(metadata);
                metadata = NULL;
        }
        http_call_answer_json(call, 200, metadata);
}
