/* SPDX-License-Identifier: MIT */
/* Routes: see routes.h. One row each; paths are compared byte by byte, as they came. */
#include "http/routes.h"

#include <string.h>

#include "http/messages.h"

static const HttpRoute routes[] = {
        { "POST", "/doorward/v1/messages", "application/octet-stream", messages_serve },
};

const HttpRoute *http_route_find(const char *method, const char *path,
                                 const char **ret_allowed_method)
{
        *ret_allowed_method = NULL;
        for (size_t i = 0; i < sizeof(routes) / sizeof(*routes); i++) {
                if (strcmp(routes[i].path, path) != 0)
                        continue;
                if (strcmp(routes[i].method, method) == 0)
                        return &routes[i];
                *ret_allowed_method = routes[i].method;
        }
        return NULL;
}
