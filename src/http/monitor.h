/* SPDX-License-Identifier: MIT */
/*
 * Monitor
 *
 * A listener of its own, on loopback only and without TLS, for those who look after the machine:
 * GET /metrics is what the front counts, GET /healthz asks doorwardd and is good only when it
 * serves and nothing is wrong.
 */
#pragma once

#include <systemd/sd-event.h>

#include "http/callers.h"
#include "http/metrics.h"
#include "http/settings.h"
#include "link/link.h"

typedef struct Monitor Monitor;

/* Begins to listen; all but the address is borrowed as long as it lives. What is wrong is logged.
 * Return: 0 and owned by the caller, -errno. */
int monitor_new(sd_event *event, const Address *address, Link *link, const Callers *callers,
                const Metrics *metrics, Monitor **ret_monitor);
Monitor *monitor_free(Monitor *monitor);
DEFINE_CLEANUP(Monitor *, monitor_free);
