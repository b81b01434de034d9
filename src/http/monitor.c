/* SPDX-License-Identifier: MIT */
/* Monitor: see monitor.h. */
#include "http/monitor.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

#include "http/daemon_source.h"
#include "http/log.h"

#define CONNECTIONS_MAX 32u
#define MEMORY          8192u
#define IDLE_SECONDS    5u
#define ASK_TIMEOUT_MS  2000
#define FRAME_SIZE      64

/* A question for doorwardd's health that waits. */
typedef struct Probe {
        struct Probe *previous, *next;
        Monitor *monitor;
        struct MHD_Connection *connection;
        LinkCall *call;
        bool suspended;
        bool asked;
        bool serving;
        char why[128]; /* not; "" */
} Probe;

struct Monitor {
        struct MHD_Daemon *daemon;
        DaemonSource *source;
        Link *link;
        const Callers *callers;
        const Metrics *metrics;
        Probe *probes;
};

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned status, char *text,
                              size_t size, enum MHD_ResponseMemoryMode mode)
{
        struct MHD_Response *response = MHD_create_response_from_buffer(size, text, mode);
        if (!response)
                return MHD_NO;
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
                                      "text/plain; version=0.0.4; charset=utf-8");
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
        enum MHD_Result result = MHD_queue_response(connection, status, response);
        MHD_destroy_response(response);
        return result;
}

static enum MHD_Result answer_line(struct MHD_Connection *connection, unsigned status,
                                   const char *line)
{
        return answer(connection, status, (char *)line, strlen(line), MHD_RESPMEM_MUST_COPY);
}

static enum MHD_Result answer_metrics(const Monitor *monitor, struct MHD_Connection *connection)
{
        char *text = NULL;
        size_t size = 0;
        FILE *stream = open_memstream(&text, &size);
        if (!stream)
                return MHD_NO;
        metrics_print(monitor->metrics, stream);
        if (fclose(stream) != 0) {
                free(text);
                return MHD_NO;
        }
        return answer(connection, MHD_HTTP_OK, text, size, MHD_RESPMEM_MUST_FREE);
}

/* ---- Health ---- */

static void finish(Probe *probe)
{
        probe->call = NULL;
        if (!probe->suspended)
                return;
        probe->suspended = false;
        MHD_resume_connection(probe->connection);
        daemon_source_run_soon(probe->monitor->source);
}

static void say_why(Probe *probe, const char *why)
{
        (void)snprintf(probe->why, sizeof(probe->why), "%s\n", why);
}

/* doorwardd says its state in one record (doc/PROTOCOL.md, WATCH). */
static void take_record(Probe *probe, const Message *message)
{
        Text name, value;
        char state[64];
        for (size_t n = 0; message_text_at(message, FIELD_NAME, n, &name); n++) {
                if (!text_is(name, "state") || !message_text_at(message, FIELD_VALUE, n, &value))
                        continue;
                probe->serving = text_is(value, "serving");
                say_why(probe, text_escape(value, state, sizeof(state)));
        }
}

static void on_reply(void *data, int problem, const Message *message)
{
        Probe *probe = data;
        if (problem != 0) {
                probe->serving = false;
                say_why(probe, link_problem_text(problem));
        } else if (message->type == MESSAGE_RECORD) {
                take_record(probe, message);
                return;
        } else if (message->type != MESSAGE_END) {
                probe->serving = false;
                say_why(probe, "doorwardd refused to say how it is");
        }
        finish(probe);
}

static int ask(Probe *probe)
{
        uint8_t frame[FRAME_SIZE];
        MessageWriter writer;
        size_t size;
        Link *link = probe->monitor->link;
        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_WATCH, link_request_id(link),
                             0);
        int r = message_writer_end(&writer, &size);
        return r < 0 ? r
                     : link_call(link, frame, size, ASK_TIMEOUT_MS, on_reply, probe, &probe->call);
}

static enum MHD_Result answer_health(Probe *probe)
{
        if (!probe->asked) {
                probe->asked = true;
                say_why(probe, "doorwardd said nothing");
                if (ask(probe) < 0)
                        return answer_line(probe->connection, MHD_HTTP_SERVICE_UNAVAILABLE,
                                           "doorwardd cannot be asked\n");
                probe->suspended = true;
                MHD_suspend_connection(probe->connection);
                return MHD_YES;
        }
        if (probe->call)
                return MHD_YES;
        if (!probe->serving)
                return answer_line(probe->connection, MHD_HTTP_SERVICE_UNAVAILABLE, probe->why);
        if (!callers_are_known(probe->monitor->callers))
                return answer_line(probe->connection, MHD_HTTP_SERVICE_UNAVAILABLE,
                                   "the callers are not known yet\n");
        return answer_line(probe->connection, MHD_HTTP_OK, "ok\n");
}

static Probe *probe_new(Monitor *monitor, struct MHD_Connection *connection)
{
        Probe *probe = calloc(1, sizeof(*probe));
        if (!probe)
                return NULL;
        *probe = (Probe){ .monitor = monitor, .connection = connection, .next = monitor->probes };
        if (probe->next)
                probe->next->previous = probe;
        monitor->probes = probe;
        return probe;
}

static void probe_free(Probe *probe)
{
        link_cancel(probe->call);
        *(probe->previous ? &probe->previous->next : &probe->monitor->probes) = probe->next;
        if (probe->next)
                probe->next->previous = probe->previous;
        free(probe);
}

/* ---- Requests ---- */

static enum MHD_Result on_request(void *data, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **request)
{
        Monitor *monitor = data;
        if (!*request) {
                *request = probe_new(monitor, connection);
                return *request ? MHD_YES : MHD_NO;
        }
        if (*upload_size > 0)
                return MHD_NO;
        if (strcmp(method, MHD_HTTP_METHOD_GET) != 0)
                return answer_line(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "GET only\n");
        if (strcmp(url, "/metrics") == 0)
                return answer_metrics(monitor, connection);
        if (strcmp(url, "/healthz") == 0)
                return answer_health(*request);
        return answer_line(connection, MHD_HTTP_NOT_FOUND, "/metrics or /healthz\n");
}

static void on_completed(void *data, struct MHD_Connection *connection, void **request,
                         enum MHD_RequestTerminationCode code)
{
        if (*request)
                probe_free(*request);
        *request = NULL;
}

int monitor_new(sd_event *event, const Address *address, Link *link, const Callers *callers,
                const Metrics *metrics, Monitor **ret_monitor)
{
        _cleanup_(monitor_freep) Monitor *monitor = calloc(1, sizeof(*monitor));
        char text[ADDRESS_TEXT_SIZE];
        int fd = monitor ? address_listen(address) : -ENOMEM;
        if (fd < 0) {
                log_write(LOG_PRIORITY_ERROR, "%s: %s", address_text(address, text, sizeof(text)),
                          strerror(-fd));
                return fd;
        }
        *monitor = (Monitor){ .link = link, .callers = callers, .metrics = metrics };
        monitor->daemon = MHD_start_daemon(
                MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, monitor,
                MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_NOTIFY_COMPLETED, on_completed, monitor,
                MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                (size_t)MEMORY, MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS,
                MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
        if (!monitor->daemon) {
                log_write(LOG_PRIORITY_ERROR, "the monitor cannot be started");
                return -ENOMEM;
        }
        int r = daemon_source_new(event, monitor->daemon, &monitor->source);
        if (r < 0)
                return r;
        *ret_monitor = monitor;
        monitor = NULL;
        return 0;
}

Monitor *monitor_free(Monitor *monitor)
{
        if (!monitor)
                return NULL;
        for (Probe *probe = monitor->probes; probe; probe = probe->next) {
                link_cancel(probe->call);
                probe->call = NULL;
                if (probe->suspended)
                        MHD_resume_connection(probe->connection);
                probe->suspended = false;
        }
        daemon_source_free(monitor->source);
        if (monitor->daemon)
                MHD_stop_daemon(monitor->daemon);
        free(monitor);
        return NULL;
}
