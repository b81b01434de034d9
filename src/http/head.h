/* SPDX-License-Identifier: MIT */
/*
 * HTTP head
 *
 * What may be refused before a body is read: how the message is framed, where it goes, what it
 * brings, and whether this caller has asked too much.
 */
#pragma once

#include "http/request.h"

/*
 * Looks at the head of a request and finds its route.
 * Return: NULL: it may be served; else why not, and whether that must be answered at once because
 * its body cannot be read safely.
 */
const HttpRefusal *http_head_check(HttpCall *call, struct MHD_Connection *mhd, const char *method,
                                   const char *path, const char *version, bool *ret_at_once);
