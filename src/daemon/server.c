/* SPDX-License-Identifier: MIT */
/* Server: see server.h. */
#include "daemon/server.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "daemon/following.h"
#include "daemon/request_watch.h"
#include "daemon/retention.h"
#include "daemon/take.h"
#include "util/file.h"
#include "util/timestamp.h"

#define ACCEPT_TURN_MAX      32   /* connections accepted before others get their turn */
#define TICK_MS              500  /* how exact deadlines of clients are */
#define DESCRIPTORS_RESERVED 256  /* for everything but clients */
#define DESCRIBE_SIZE_MAX    8192 /* bytes of a description in an answer */
#define EXPLAIN_SIZE_MAX     32768
#define ACCEPT_PAUSE_MS      100 /* when the system has no descriptor left */

int64_t server_now_s(Server *server)
{
        return server_clock_moment(server).now_s;
}

DecisionContext server_context(Server *server)
{
        ClockMoment moment = server_clock_moment(server);
        return (DecisionContext){ .now_s = moment.now_s,
                                  .live = live_state_context(server),
                                  .clock_untrusted = moment.trust != CLOCK_TRUSTED };
}

uint64_t server_now_ms(Server *server)
{
        uint64_t now_us = 0;
        (void)sd_event_now(server->event, CLOCK_MONOTONIC, &now_us);
        return now_us / 1000;
}

bool server_is_root(const Server *server, uint32_t uid)
{
        return uid == 0 || uid == server->own_uid;
}

/* Gives up whoever has passed his deadline; goes on as long as anybody has one. */
static int on_tick(sd_event_source *source, uint64_t usec, void *userdata)
{
        Server *server = userdata;
        uint64_t now_ms = server_now_ms(server);
        Client *next;
        bool any = false;
        /* Who is given up may begin another request, with a deadline of its own. */
        server->ticking = false;
        for (Client *client = server->clients; client; client = next) {
                next = client->next;
                any = any || client->deadline_ms > now_ms;
                if (client->deadline_ms != 0 && client->deadline_ms <= now_ms)
                        client_expire(client);
        }
        server->ticking = server->ticking || any;
        (void)sd_event_source_set_time_relative(source, TICK_MS * 1000);
        return sd_event_source_set_enabled(source,
                                           server->ticking ? SD_EVENT_ONESHOT : SD_EVENT_OFF);
}

uint64_t server_deadline_in(Server *server, uint64_t timeout_ms)
{
        if (!server->ticking) {
                (void)sd_event_source_set_time_relative(server->tick_source, TICK_MS * 1000);
                (void)sd_event_source_set_enabled(server->tick_source, SD_EVENT_ONESHOT);
                server->ticking = true;
        }
        return server_now_ms(server) + timeout_ms;
}

uint64_t server_deadline(Server *server)
{
        return server_deadline_in(server, server->policy.settings.request_seconds * 1000ull);
}

static int on_deferred(sd_event_source *source, void *userdata)
{
        Server *server = userdata;
        /* Serving may defer a client again, or free it, so the list is looked through anew until
         * nobody is left of those who were deferred before. */
        Client *next;
        for (Client *client = server->clients; client; client = next) {
                next = client->next;
                if (!client->is_deferred)
                        continue;
                client->is_deferred = false;
                client_serve(client);
        }
        return 0;
}

void server_defer(Client *client)
{
        client->is_deferred = true;
        (void)sd_event_source_set_enabled(client->server->defer_source, SD_EVENT_ONESHOT);
}

/* Whether one more connection of that uid may be had; root has a reserve. */
static bool has_room(const Server *server, uint32_t uid)
{
        uint32_t limit = server->policy.settings.clients;
        if (server_is_root(server, uid))
                limit += SERVER_ROOT_RESERVE;
        return server->client_count < limit;
}

static void take_connection(Server *server, int fd)
{
        struct ucred peer;
        socklen_t size = sizeof(peer);
        if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 || size != sizeof(peer) ||
            !has_room(server, peer.uid)) {
                server->counters.turned_away++;
                close(fd);
                return;
        }
        if (client_accept(server, fd, &peer) < 0)
                server->counters.turned_away++;
}

static int on_accept_again(sd_event_source *source, uint64_t usec, void *userdata)
{
        Server *server = userdata;
        sd_event_source_unref(source);
        return sd_event_source_set_enabled(server->listen_source, SD_EVENT_ON);
}

/* Without a descriptor left, accepting would fail in a busy loop. */
static void pause_accepting(Server *server)
{
        sd_event_source *timer = NULL;
        log_write(server->log, LOG_PRIORITY_ERROR, "no connection can be accepted: %s",
                  strerror(errno));
        if (sd_event_add_time_relative(server->event, &timer, CLOCK_MONOTONIC,
                                       ACCEPT_PAUSE_MS * 1000, 0, on_accept_again, server) >= 0)
                (void)sd_event_source_set_enabled(server->listen_source, SD_EVENT_OFF);
}

static int on_connection(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
        Server *server = userdata;
        for (unsigned n = 0; n < ACCEPT_TURN_MAX; n++) {
                int connection = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
                if (connection >= 0) {
                        take_connection(server, connection);
                        continue;
                }
                if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
                        pause_accepting(server);
                if (errno != EINTR && errno != ECONNABORTED)
                        break;
        }
        return 0;
}

static int on_hangup(sd_event_source *source, const struct signalfd_siginfo *information,
                     void *userdata)
{
        reload_start(userdata);
        return 0;
}

/* A uid has been resolved: whoever waited for its name is served, or told that it failed. */
static void on_name(void *data, uint32_t uid, bool found)
{
        Server *server = data;
        Client *next;
        for (Client *client = server->clients; client; client = next) {
                next = client->next;
                if (client->state != CLIENT_WAITS_NAME || client->peer.uid != uid)
                        continue;
                client_serve_held(client, found ? NULL : &refusal_name_unknown);
        }
}

static void on_journal_changed(void *data)
{
        Server *server = data;
        JournalStatus journal;
        char lost[64];
        journal_status(server->journal, &journal);
        alerts_set(server, ALERT_JOURNAL_FAILING, journal.failing, journal.error);
        alerts_set(server, ALERT_JOURNAL_NEARLY_FULL, journal.size >= journal.size_max / 5 * 4,
                   NULL);
        alerts_set(server, ALERT_JOURNAL_REPLACED, journal.replaced, NULL);
        alerts_set(server, ALERT_STATE_FAILING, journal.state_failing, journal.state_error);
        alerts_set(server, ALERT_STATE_DAMAGED, journal.state_damaged, journal.state_error);
        (void)snprintf(lost, sizeof(lost), "%llu since the start",
                       (unsigned long long)journal.lost);
        alerts_set(server, ALERT_ROWS_LOST, journal.lost > 0, lost);
}

/* Every client may need a descriptor. */
static void raise_descriptor_limit(const Server *server)
{
        struct rlimit limit;
        rlim_t wanted =
                server->policy.settings.clients + SERVER_ROOT_RESERVE + DESCRIPTORS_RESERVED;
        if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= wanted)
                return;
        /* Beyond the hard limit only with a capability, which the daemon need not have. */
        struct rlimit raised = { wanted, limit.rlim_max > wanted ? limit.rlim_max : wanted };
        if (setrlimit(RLIMIT_NOFILE, &raised) == 0)
                return;
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
}

void server_apply_settings(Server *server)
{
        const DaemonSettings *settings = &server->policy.settings;
        server->limits = (RateLimits){
                .clients_per_user = settings->clients_per_user,
                .clients_per_front = settings->clients / 2 > settings->clients_per_user
                                             ? settings->clients / 2
                                             : settings->clients_per_user,
                .requests_per_second = settings->requests_per_second,
                .requests_burst = settings->requests_burst,
        };
        raise_descriptor_limit(server);
        if (server->journal)
                journal_set_size_max(server->journal, settings->journal_mebibytes);
        server_clock_apply_settings(server);
        live_state_bind(server);
        takes_check(server);
        following_check(server);
        retention_soon(server);
}

void server_tell_ready(Server *server)
{
        (void)sd_notifyf(0, "%sSTATUS=Policy %s", server->told_ready ? "" : "READY=1\n",
                         *server->policy.revision ? server->policy.revision : "none");
        server->told_ready = true;
        request_watch_changed(server);
}

static int fail(const Server *server, const char *what, int error)
{
        log_write(server->log, LOG_PRIORITY_ERROR, "%s: %s", what, strerror(-error));
        return error;
}

/* Opens and locks the state folder, so that no two daemons write to it. */
static int open_state(Server *server)
{
        const char *state = server->options.state;
        if (mkdir(state, 0700) < 0 && errno != EEXIST)
                return fail(server, state, -errno);
        int r = file_open_directory(AT_FDCWD, state, &server->state_fd);
        if (r > 0) {
                log_write(server->log, LOG_PRIORITY_ERROR, "%s: %s", state, file_problem_text(r));
                return -EPERM;
        }
        if (r < 0)
                return fail(server, state, r);
        if (flock(server->state_fd, LOCK_EX | LOCK_NB) < 0) {
                log_write(server->log, LOG_PRIORITY_ERROR,
                          "%s: another daemon uses this state folder", state);
                return -EBUSY;
        }
        return 0;
}

static int open_journal(Server *server)
{
        JournalOptions options = {
                .directory = server->options.state,
                .state = live_state_store(server),
                .mebibytes_max = server->policy.settings.journal_mebibytes,
                .changed = on_journal_changed,
                .data = server,
        };
        int r = journal_open(server->event, &options, &server->journal);
        if (r == JOURNAL_NEWER) {
                log_write(server->log, LOG_PRIORITY_ERROR,
                          "%s/%s was written by a later version of doorwardd; move it aside or "
                          "install that version",
                          server->options.state, JOURNAL_FILE);
                return -EPROTONOSUPPORT;
        }
        if (r < 0)
                return fail(server, "the journal cannot be opened", r);
        server->live.store = NULL; /* the journal's */
        /* Before the first row: what is not believed must not be the newest. */
        r = server_clock_start(server, server->live.highest_s, journal_newest_s(server->journal));
        if (r < 0)
                return fail(server, "the clock cannot be started", r);
        if (server->live.was_absent && journal_newest_s(server->journal) != TIMESTAMP_MIN)
                alerts_event(server, "live-state-begun",
                             "there is a journal and no live state: suspensions, overrides, blocks "
                             "and lockdowns, if there were any, are no longer in force");
        on_journal_changed(server);
        commands_start(server);
        return 0;
}

static void on_bad_image(void *data, uint32_t number, const char *why)
{
        Server *server = data;
        char detail[128];
        (void)snprintf(detail, sizeof(detail), "image %u: %s", number, why);
        alerts_set(server, ALERT_IMAGE_DAMAGED, true, detail);
}

/* The last good policy, if there is one. */
static int open_policy(Server *server)
{
        int r = policy_holder_open(server->state_fd, &server->policy);
        if (r != 0) {
                log_write(server->log, LOG_PRIORITY_ERROR, "%s/images: %s", server->options.state,
                          r > 0 ? file_problem_text(r) : strerror(-r));
                return r > 0 ? -EPERM : r;
        }
        r = policy_holder_load_newest(&server->policy, on_bad_image, server);
        if (r < 0 && r != -ENOENT)
                return fail(server, "the compiled policies cannot be read", r);
        return 0;
}

static int add_sources(Server *server)
{
        int r = sd_event_add_io(server->event, &server->listen_source, server->listener.fd, EPOLLIN,
                                on_connection, server);
        if (r >= 0)
                r = sd_event_add_time_relative(server->event, &server->tick_source, CLOCK_MONOTONIC,
                                               0, 0, on_tick, server);
        if (r >= 0)
                r = sd_event_source_set_enabled(server->tick_source, SD_EVENT_OFF);
        if (r >= 0)
                r = sd_event_add_defer(server->event, &server->defer_source, on_deferred, server);
        if (r >= 0)
                r = sd_event_source_set_enabled(server->defer_source, SD_EVENT_OFF);
        if (r >= 0)
                r = sd_event_add_signal(server->event, NULL, SIGHUP, on_hangup, server);
        if (r >= 0)
                r = sd_event_add_signal(server->event, NULL, SIGTERM, NULL, NULL);
        if (r >= 0)
                r = sd_event_add_signal(server->event, NULL, SIGINT, NULL, NULL);
        if (r >= 0)
                r = sd_event_set_watchdog(server->event, true);
        if (r >= 0)
                r = following_start(server);
        if (r >= 0)
                r = retention_start(server);
        return r >= 0 ? alerts_start(server) : r;
}

/* What needs nothing but memory. */
static int prepare(Server *server)
{
        int r = sd_event_new(&server->event);
        if (r >= 0)
                r = text_stream_open(DESCRIBE_SIZE_MAX, &server->describe);
        if (r >= 0)
                r = text_stream_open(EXPLAIN_SIZE_MAX, &server->explain);
        if (r >= 0)
                r = resolver_new(server->event, on_name, server, &server->resolver);
        if (r >= 0)
                r = commands_open(server);
        server->rates = rate_table_new();
        server->doors_observed = doors_observed_new();
        return r < 0 ? r : server->rates && server->doors_observed ? 0 : -ENOMEM;
}

int server_new(const Options *options, Server **ret_server)
{
        _cleanup_(server_freep) Server *server = calloc(1, sizeof(*server));
        if (!server)
                return -ENOMEM;
        server->options = *options;
        server->log = log_for_environment();
        server->own_uid = (uint32_t)geteuid();
        server->state_fd = server->listener.fd = server->compilation.image_fd = -1;
        server->changes.batch = CHANGE_BATCH_NONE;
        server->policy = (PolicyHolder){ .store.directory_fd = -1, .image_fd = -1 };
        int r = prepare(server);
        if (r < 0)
                return fail(server, "cannot start", r);
        if ((r = server_clock_open(server)) < 0 || (r = open_state(server)) < 0 ||
            (r = change_batch_open(server)) < 0 || (r = open_policy(server)) < 0 ||
            (r = live_state_open(server)) < 0 || (r = open_journal(server)) < 0 ||
            (r = listen_open(options->socket, server->log, &server->listener)) < 0)
                return r;
        r = add_sources(server);
        if (r < 0)
                return fail(server, "cannot start", r);
        server->started_ms = server_now_ms(server);
        server_apply_settings(server);
        *ret_server = server;
        server = NULL;
        return 0;
}

int server_run(Server *server)
{
        if (server->policy.image)
                server_tell_ready(server);
        live_sweep_arm(server);
        reload_start(server);
        int r = sd_event_loop(server->event);
        (void)sd_notify(0, "STOPPING=1");
        return r < 0 ? r : 0;
}

Server *server_free(Server *server)
{
        if (!server)
                return NULL;
        server->ending = true;
        compilation_stop(server);
        change_batch_stop(server);
        status_stop(server);
        live_sweep_stop(server);
        session_end_stop(server);
        following_stop(server);
        retention_stop(server);
        server->listen_source = sd_event_source_disable_unref(server->listen_source);
        listen_close(&server->listener);
        server_clock_stop(server);
        /* Writes what is queued and answers those who wait for it. */
        server->journal = journal_close(server->journal);
        while (server->clients)
                client_free(server->clients);
        commands_stop(server);
        server->resolver = resolver_free(server->resolver);
        server->rates = rate_table_free(server->rates);
        live_state_close(server);
        policy_holder_close(&server->policy);
        text_stream_close(&server->describe);
        text_stream_close(&server->explain);
        alerts_stop(server);
        sd_event_source_disable_unref(server->tick_source);
        sd_event_source_disable_unref(server->defer_source);
        sd_event_unref(server->event);
        changes_close(server);
        live_queue_close(&server->live_queue);
        door_releases_clear(&server->releases);
        (void)doors_observed_free(server->doors_observed);
        gateways_close(&server->gateways);
        cleanup_close(&server->state_fd);
        free(server->assignments);
        free(server);
        return NULL;
}

void server_count(Server *server, Outcome outcome)
{
        Counters *counters = &server->counters;
        if (outcome == OUTCOME_ALLOW)
                counters->allowed++;
        else if (outcome == OUTCOME_DENY)
                counters->denied++;
        else
                counters->undecided++;
}
