/* SPDX-License-Identifier: MIT */
/*
 * Server
 *
 * All state of the daemon in one place, and its life: start in order, serve, end. One thread owns
 * everything here (the journal's thread owns only what journal_writer.h says).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "daemon/alerts.h"
#include "daemon/change_queue.h"
#include "daemon/client.h"
#include "daemon/command.h"
#include "daemon/compilation.h"
#include "daemon/door_observed.h"
#include "daemon/door_release.h"
#include "daemon/gateway_progress.h"
#include "daemon/journal.h"
#include "daemon/listen.h"
#include "daemon/live_queue.h"
#include "daemon/live_state.h"
#include "daemon/live_sweep.h"
#include "daemon/log.h"
#include "daemon/options.h"
#include "daemon/policy_holder.h"
#include "daemon/reload.h"
#include "daemon/resolver.h"
#include "daemon/saved_reports.h"
#include "daemon/server_clock.h"
#include "daemon/session_end.h"
#include "daemon/status.h"
#include "daemon/text_stream.h"
#include "wire/message.h"

#define SERVER_ROOT_RESERVE     64 /* connections and requests beyond the limits, for root */
#define SERVER_REPORTS_MAX      8  /* children that answer long requests, at once */
#define SERVER_FOLLOWERS_MAX    36 /* children that follow events, at once */
#define SERVER_REPORTS_RESERVE  4  /* of each, for root */
#define SERVER_REPORTS_PER_USER 2  /* of each, for one uid that is not root's */
#define SERVER_GROUPS_MAX       (MESSAGE_SIZE_MAX / 4)

typedef struct Counters {
        uint64_t allowed, denied, undecided; /* decisions by outcome */
        uint64_t recorded;                   /* answers that waited for the journal */
        uint64_t refused;                    /* requests refused: not allowed */
        uint64_t rate_limited, busy;
        uint64_t malformed;        /* frames that did not parse */
        uint64_t turned_away;      /* connections closed because there were too many */
        uint64_t slow_clients;     /* connections closed because they did not read */
        uint64_t journal_failures; /* answers given while the journal could not be written */
} Counters;

struct Server {
        sd_event *event;
        Options options;
        Log log;
        uint32_t own_uid;
        uint64_t started_ms;
        int state_fd;      /* the state folder, locked */
        char *assignments; /* path of the folder of managed assignments in it */

        Listener listener;
        sd_event_source *listen_source, *tick_source, *defer_source;
        sd_event_source *following_timer, *retention_timer;
        bool ticking, told_ready, ending;
        RateLimits limits;
        RateTable *rates;
        Client *clients;
        uint32_t client_count, in_flight, reports, followers;

        ServerClock clock;
        PolicyHolder policy;
        LiveHolder live;
        SavedReports saved_reports;
        Journal *journal;
        Resolver *resolver;
        Compilation compilation;
        Reload reload;
        ChangeQueue changes;
        LiveQueue live_queue;
        LiveSweep live_sweep;
        EndingSession *ending_sessions;
        DoorReleases releases;
        Commands commands;
        DoorsObserved *doors_observed;
        Gateways gateways;
        StatusCheck status_check;
        bool maintaining; /* for the clients that wait for it */
        Alerts alerts;
        Counters counters;

        TextStream describe, explain;
        uint32_t user_groups[SERVER_GROUPS_MAX], caller_groups[SERVER_GROUPS_MAX];
        uint8_t receive_buffer[MESSAGE_SIZE_MAX + 1];
        uint8_t send_buffer[2 * MESSAGE_SIZE_MAX];
};

/* Starts: state folder, last image, live state, journal, socket, in that order; then reloads the
 * text. What is wrong has been logged. Return: 0 and the server (owned by the caller), -errno. */
int server_new(const Options *options, Server **ret_server);

/* Serves until SIGTERM or SIGINT. Return: 0 or -errno. */
int server_run(Server *server);

/* Ends cleanly: what waits for the journal is written and answered. Return: NULL. */
Server *server_free(Server *server);
DEFINE_CLEANUP(Server *, server_free);

/* A reload or a change has ended: says READY to systemd, once, and what is served to whoever waits
 * for that (request_watch.h). */
void server_tell_ready(Server *server);

/* The policy has changed: its limits hold from now on, and live state is bound to it. To be called
 * in the turn of the swap, before anything is decided. */
void server_apply_settings(Server *server);

/* Time as of this turn of the loop, by the server's clock. */
int64_t server_now_s(Server *server);   /* UTC */
uint64_t server_now_ms(Server *server); /* monotonic */

/* What decides besides policy and query: the time, and live state bound to the image in force,
 * which must be the one that is asked. No Unix groups. */
DecisionContext server_context(Server *server);

/* Until when a request that begins now may take: monotonic milliseconds; somebody will look. The
 * second, when that is not what the limits say. */
uint64_t server_deadline(Server *server);
uint64_t server_deadline_in(Server *server, uint64_t timeout_ms);

/* Serves the client again in the next turn of the loop. */
void server_defer(Client *client);

/* Counts a decision by its outcome. */
void server_count(Server *server, Outcome outcome);

/* Whether a uid is root here: 0, or the daemon's own. */
bool server_is_root(const Server *server, uint32_t uid);
