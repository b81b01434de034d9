/* SPDX-License-Identifier: MIT */
/*
 * Watch
 *
 * A request that waits for another policy than the one its client knows. A waiting watcher is no
 * request in flight: it costs a place in the list of clients, and nothing else.
 */
#pragma once

#include "daemon/request.h"

#define WATCH_SECONDS_DEFAULT 30
#define WATCH_SECONDS_MAX     60
#define WATCH_PER_USER_MAX    32 /* of one uid, waiting at once */

/* MESSAGE_WATCH: what is served, at once when that is not the revision stated, else when it
 * changes or the time has passed. Return: as a RequestHandler. */
int request_watch(const Request *request);

/* Another policy is served: whoever waits for it is answered. Frees nobody. */
void request_watch_changed(Server *server);

/* The time of a client that waits has passed: it is told what is served all the same. May free the
 * client. */
void request_watch_expire(Client *client);
