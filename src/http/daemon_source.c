/* SPDX-License-Identifier: MIT */
/* Daemon source: see daemon_source.h. */
#include "http/daemon_source.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>

struct DaemonSource {
        struct MHD_Daemon *daemon;
        sd_event_source *ready;
        sd_event_source *soon;
        sd_event_source *timeout;
};

void daemon_source_run_soon(DaemonSource *source)
{
        (void)sd_event_source_set_enabled(source->soon, SD_EVENT_ONESHOT);
}

static void run(DaemonSource *source)
{
        MHD_UNSIGNED_LONG_LONG timeout_ms;
        (void)MHD_run(source->daemon);
        if (MHD_get_timeout(source->daemon, &timeout_ms) != MHD_YES)
                return;
        if (timeout_ms == 0) {
                daemon_source_run_soon(source);
                return;
        }
        (void)sd_event_source_set_time_relative(source->timeout, timeout_ms * 1000);
        (void)sd_event_source_set_enabled(source->timeout, SD_EVENT_ONESHOT);
}

static int on_ready(sd_event_source *ready, int fd, uint32_t events, void *data)
{
        run(data);
        return 0;
}

static int on_soon(sd_event_source *soon, void *data)
{
        run(data);
        return 0;
}

static int on_timeout(sd_event_source *timeout, uint64_t now_us, void *data)
{
        run(data);
        return 0;
}

static int add_sources(sd_event *event, int epoll_fd, DaemonSource *source)
{
        int r = sd_event_add_io(event, &source->ready, epoll_fd, EPOLLIN, on_ready, source);
        if (r >= 0)
                r = sd_event_add_defer(event, &source->soon, on_soon, source);
        if (r >= 0)
                r = sd_event_add_time_relative(event, &source->timeout, CLOCK_MONOTONIC, 0, 1000,
                                               on_timeout, source);
        /* What else has happened goes first, so that the daemon works on all of it at once. */
        if (r >= 0)
                r = sd_event_source_set_priority(source->ready, SD_EVENT_PRIORITY_IDLE);
        if (r >= 0)
                r = sd_event_source_set_priority(source->soon, SD_EVENT_PRIORITY_IDLE);
        return r < 0 ? r : 0;
}

int daemon_source_new(sd_event *event, struct MHD_Daemon *daemon, DaemonSource **ret_source)
{
        const union MHD_DaemonInfo *information =
                MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
        if (!information)
                return -ENOTSUP;
        _cleanup_(daemon_source_freep) DaemonSource *source = calloc(1, sizeof(*source));
        if (!source)
                return -ENOMEM;
        source->daemon = daemon;
        int r = add_sources(event, information->epoll_fd, source);
        if (r < 0)
                return r;
        *ret_source = source;
        source = NULL;
        return 0;
}

DaemonSource *daemon_source_free(DaemonSource *source)
{
        if (!source)
                return NULL;
        sd_event_source_disable_unref(source->ready);
        sd_event_source_disable_unref(source->soon);
        sd_event_source_disable_unref(source->timeout);
        free(source);
        return NULL;
}
