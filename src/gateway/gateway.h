/* SPDX-License-Identifier: MIT */
/*
 * Gateway
 *
 * The program as a whole: everything is made in one order, runs on one event loop, and is taken
 * apart in the opposite order.
 */
#pragma once

#include "gateway/log.h"
#include "gateway/settings.h"

typedef struct Gateway Gateway;

/* Makes a gateway by its settings (borrowed); what is wrong was logged. Return: 0 and it (owned by
 * the caller), -errno. */
int gateway_new(const GatewaySettings *settings, Log log, Gateway **ret_gateway);

/* Serves until it is told to end (SIGTERM, SIGINT). Return: 0 or -errno. */
int gateway_run(Gateway *gateway);

/* Stops the drivers, which secure what they hold, and frees. Return: NULL. */
Gateway *gateway_free(Gateway *gateway);
DEFINE_CLEANUP(Gateway *, gateway_free);
