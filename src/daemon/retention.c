/* SPDX-License-Identifier: MIT */
/* Retention: see retention.h. */
#include "daemon/retention.h"

#include "daemon/server.h"

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        Server *server = userdata;
        /* Without a policy nobody has said how long anything is kept. */
        if (server->policy.image && server_clock_is_settled(server))
                journal_sweep(server->journal, server_now_s(server),
                              server->policy.settings.retention_days);
        (void)sd_event_source_set_time_relative(source, RETENTION_SECONDS * 1000000ull);
        return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

int retention_start(Server *server)
{
        return sd_event_add_time_relative(server->event, &server->retention_timer, CLOCK_MONOTONIC,
                                          RETENTION_FIRST_SECONDS * 1000000ull, 0, on_timer,
                                          server);
}

void retention_stop(Server *server)
{
        server->retention_timer = sd_event_source_disable_unref(server->retention_timer);
}

void retention_soon(Server *server)
{
        if (!server->retention_timer)
                return;
        (void)sd_event_source_set_time_relative(server->retention_timer,
                                                RETENTION_FIRST_SECONDS * 1000000ull);
        (void)sd_event_source_set_enabled(server->retention_timer, SD_EVENT_ONESHOT);
}
