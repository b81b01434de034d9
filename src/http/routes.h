/* SPDX-License-Identifier: MIT */
/* Routes: what this server serves. */
#pragma once

#include "http/call.h"

/* The route of a path and method. Return: NULL, and whether the path has another method. */
const HttpRoute *http_route_find(const char *method, const char *path,
                                 const char **ret_allowed_method);
