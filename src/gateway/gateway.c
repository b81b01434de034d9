/* SPDX-License-Identifier: MIT */
/* Gateway: see gateway.h. */
#include "gateway/gateway.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "doorward-config.h"
#include "gateway/forward.h"
#include "gateway/swipe.h"
#include "gateway/take.h"
#include "util/deadline.h"

#define TICK_US          UINT64_C(1000000)
#define TICKS_OF_PRUNING 600               /* ids are forgotten so often */
#define DRAIN_US         UINT64_C(3000000) /* that drivers have to say what became of commands */
#define NS_PER_S         UINT64_C(1000000000)
#define CONNECTIONS_MAX  8 /* TAKE, OBSERVE, and cards */
#define ERROR_SIZE       256

struct Gateway {
        const GatewaySettings *settings;
        Log log;
        sd_event *event;
        Store *store;
        Events *events;
        Doors *doors;
        Passage *passage;
        Executor *executor;
        Hold *hold;
        Link *link;
        Take *take;
        Forward *forward;
        Swipe *swipe;
        sd_event_source *tick;
        uint64_t ticks;
        bool away;
        bool ending;
};

/* ---- Who hears what ---- */

static void on_stored(void *data)
{
        const Gateway *gateway = data;
        if (gateway->forward)
                forward_kick(gateway->forward);
}

static void on_failing(void *data, bool failing)
{
        const Gateway *gateway = data;
        if (!gateway->take || gateway->ending)
                return;
        if (failing)
                take_leave(gateway->take);
        else
                take_start(gateway->take);
}

static void on_done(void *data, unsigned door, const char *command_id, DriverResult result,
                    const char *detail)
{
        const Gateway *gateway = data;
        executor_done(gateway->executor, command_id, result, detail);
}

static void on_observed(void *data, unsigned door, const GatewayEvent *event)
{
        const Gateway *gateway = data;
        events_add(gateway->events, doors_door(gateway->doors, door)->path, event);
        passage_observed(gateway->passage, door, event, deadline_clock_ns());
}

static void on_swiped(void *data, unsigned door, uint64_t card)
{
        const Gateway *gateway = data;
        if (gateway->swipe) /* else it ends: the door stays shut */
                swipe_ask(gateway->swipe, door, card);
}

static bool on_still_valid(void *data, const char *command_id)
{
        const Gateway *gateway = data;
        return executor_is_valid(gateway->executor, command_id);
}

/* ---- Time ---- */

/* doorwardd has gone, or has come back. */
static void note_away(Gateway *gateway, uint64_t now_ns)
{
        uint64_t limit_ns = gateway->settings->offline_seconds * NS_PER_S;
        bool away = now_ns - take_heard_ns(gateway->take) >= limit_ns;
        if (away == gateway->away)
                return;
        gateway->away = away;
        doors_decide(gateway->doors, !away);
        if (!away)
                return;
        log_write(gateway->log, LOG_WARNING,
                  "doorwardd is away for %u s: no door is held unlocked any more",
                  gateway->settings->offline_seconds);
        hold_away(gateway->hold);
}

static int on_tick(sd_event_source *source, uint64_t usec, void *data)
{
        Gateway *gateway = data;
        uint64_t now_ns = deadline_clock_ns();
        note_away(gateway, now_ns);
        hold_tick(gateway->hold);
        passage_tick(gateway->passage, now_ns);
        if (gateway->ticks++ % TICKS_OF_PRUNING == 0)
                executor_prune(gateway->executor);
        int r = sd_event_source_set_time_relative(source, TICK_US);
        return r < 0 ? r : sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

/* ---- The end ---- */

static int on_drained(sd_event_source *source, uint64_t usec, void *data)
{
        return sd_event_exit(sd_event_source_get_event(source), 0);
}

/* Ends as soon as drivers have nothing in hand. */
static int on_turn(sd_event_source *source, void *data)
{
        const Gateway *gateway = data;
        return gateway->ending && executor_is_idle(gateway->executor)
                       ? sd_event_exit(gateway->event, 0)
                       : 0;
}

/* Nothing new is begun; what drivers have in hand may end. */
static int on_end(sd_event_source *source, const struct signalfd_siginfo *info, void *data)
{
        Gateway *gateway = data;
        if (gateway->ending)
                return sd_event_exit(gateway->event, 0);
        gateway->ending = true;
        (void)sd_notify(0, "STOPPING=1");
        take_stop(gateway->take);
        gateway->swipe = swipe_free(gateway->swipe);
        return sd_event_add_time_relative(gateway->event, NULL, CLOCK_MONOTONIC, DRAIN_US, 0,
                                          on_drained, gateway);
}

/* ---- Life ---- */

static int fail(const Gateway *gateway, const char *what, int r)
{
        log_write(gateway->log, LOG_ERR, "%s: %s", what, strerror(-r));
        return r;
}

static int open_store(Gateway *gateway)
{
        char error[ERROR_SIZE] = "";
        int r = store_open(gateway->settings->state, error, sizeof(error), &gateway->store);
        if (r < 0)
                log_write(gateway->log, LOG_ERR, "The state folder %s cannot be used: %s",
                          gateway->settings->state, error);
        return r;
}

static int make_link(Gateway *gateway)
{
        const SettingsDaemon *daemon = &gateway->settings->daemon;
        ConnectionOptions local = { .socket_path = daemon->socket,
                                    .server_uid_stated = daemon->server_uid_stated,
                                    .server_uid = daemon->server_uid };
        LinkHttpsOptions https = { .url = daemon->url,
                                   .authority = daemon->authority,
                                   .certificate = daemon->certificate,
                                   .key = daemon->key };
        int r = daemon->url
                        ? link_https_new(gateway->event, &https, CONNECTIONS_MAX, &gateway->link)
                        : link_local_new(gateway->event, &local, CONNECTIONS_MAX, &gateway->link);
        return r < 0 ? fail(gateway, "doorwardd cannot be asked", r) : 0;
}

static int make_sources(Gateway *gateway)
{
        sd_event *event = gateway->event;
        int r = sd_event_add_time_relative(event, &gateway->tick, CLOCK_MONOTONIC, TICK_US, 0,
                                           on_tick, gateway);
        if (r >= 0)
                r = sd_event_add_signal(event, NULL, SIGTERM, on_end, gateway);
        if (r >= 0)
                r = sd_event_add_signal(event, NULL, SIGINT, on_end, gateway);
        if (r >= 0)
                r = sd_event_add_post(event, NULL, on_turn, gateway);
        if (r >= 0)
                r = sd_event_set_watchdog(event, true);
        return r < 0 ? r : 0;
}

/* What stands on what: see the order. */
static int make_parts(Gateway *gateway)
{
        sd_event *event = gateway->event;
        Log log = gateway->log;
        int r = events_new(event, gateway->store, log, gateway->settings->events_max,
                           &gateway->events);
        if (r >= 0)
                r = doors_new(event, gateway->settings, gateway->store, gateway->events, log,
                              &gateway->doors);
        if (r >= 0)
                r = passage_new(gateway->doors, gateway->events, &gateway->passage);
        if (r >= 0)
                r = executor_new(event, gateway->store, gateway->events, gateway->doors,
                                 gateway->passage, log, &gateway->executor);
        if (r >= 0)
                r = hold_new(gateway->doors, log, &gateway->hold);
        if (r >= 0)
                r = take_new(event, gateway->link, gateway->doors, gateway->executor, gateway->hold,
                             gateway->events, log, &gateway->take);
        if (r >= 0)
                r = forward_new(event, gateway->link, gateway->store, gateway->events, log,
                                &gateway->forward);
        if (r >= 0)
                r = swipe_new(gateway->link, gateway->doors, gateway->executor, gateway->events,
                              log, &gateway->swipe);
        return r;
}

int gateway_new(const GatewaySettings *settings, Log log, Gateway **ret_gateway)
{
        _cleanup_(gateway_freep) Gateway *gateway = calloc(1, sizeof(*gateway));
        if (!gateway)
                return -ENOMEM;
        gateway->settings = settings;
        gateway->log = log;
        int r = sd_event_new(&gateway->event);
        if (r < 0)
                return fail(gateway, "cannot start", r);
        if ((r = open_store(gateway)) < 0 || (r = make_link(gateway)) < 0)
                return r;
        r = make_parts(gateway);
        if (r >= 0)
                r = make_sources(gateway);
        if (r < 0)
                return fail(gateway, "cannot start", r);
        events_listen(gateway->events, (EventsListener){ gateway, on_stored, on_failing });
        *ret_gateway = gateway;
        gateway = NULL;
        return 0;
}

int gateway_run(Gateway *gateway)
{
        events_add(gateway->events, NULL,
                   &(GatewayEvent){ .kind = GATEWAY_STARTED,
                                    .detail = "doorward-gateway " DOORWARD_VERSION });
        doors_start(gateway->doors, (DoorsListener){ .data = gateway,
                                                     .done = on_done,
                                                     .observed = on_observed,
                                                     .swiped = on_swiped,
                                                     .still_valid = on_still_valid });
        take_start(gateway->take);
        forward_kick(gateway->forward);
        log_write(gateway->log, LOG_INFO, "%u doors are served", doors_count(gateway->doors));
        (void)sd_notifyf(0, "READY=1\nSTATUS=%u doors are served", doors_count(gateway->doors));
        int r = sd_event_loop(gateway->event);
        return r < 0 ? fail(gateway, "the event loop has ended", r) : 0;
}

Gateway *gateway_free(Gateway *gateway)
{
        if (!gateway)
                return NULL;
        gateway->ending = true;
        if (gateway->events)
                events_listen(gateway->events, (EventsListener){ 0 });
        swipe_free(gateway->swipe);
        take_free(gateway->take);
        forward_free(gateway->forward);
        executor_free(gateway->executor);
        doors_free(gateway->doors); /* secures what is held */
        hold_free(gateway->hold);
        passage_free(gateway->passage);
        events_free(gateway->events);
        link_free(gateway->link);
        store_close(gateway->store);
        sd_event_source_disable_unref(gateway->tick);
        sd_event_unref(gateway->event);
        free(gateway);
        return NULL;
}
