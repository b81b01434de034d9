/* SPDX-License-Identifier: MIT */
/* Routes: see routes.h. Paths are compared byte by byte, as they came. */
#include "http/routes.h"

#include <string.h>

#include "http/authzen.h"
#include "http/messages.h"

static const HttpRoute own_routes[] = {
        { "POST", "/doorward/v1/messages", "application/octet-stream", messages_serve },
};

static const HttpRoute *find(const HttpRoute *routes, size_t count, const char *method,
                             const char *path, const char **ret_allowed_method)
{
        for (size_t i = 0; i < count; i++) {
                if (strcmp(routes[i].path, path) != 0)
                        continue;
                if (strcmp(routes[i].method, method) == 0)
                        return &routes[i];
                *ret_allowed_method = routes[i].method;
        }
        return NULL;
}

const HttpRoute *http_route_find(const char *method, const char *path,
                                 const char **ret_allowed_method)
{
        size_t count;
        const HttpRoute *standard = authzen_routes(&count);
        *ret_allowed_method = NULL;
        const HttpRoute *found = find(standard, count, method, path, ret_allowed_method);
        return found ? found
                     : find(own_routes, sizeof(own_routes) / sizeof(*own_routes), method, path,
                            ret_allowed_method);
}
