/* SPDX-License-Identifier: MIT */
/* Status: state and revision for everybody, everything for root. See status.h. */
#include <inttypes.h>
#include <stdio.h>

#include "daemon/compiler.h"
#include "daemon/request.h"
#include "daemon/server.h"
#include "util/timestamp.h"

#define CHECK_TIMEOUT_MS 2000
#define STATUS_DEGRADED  3

static const char *state_of(const Server *server)
{
        if (!server->policy.image)
                return "no-policy";
        return alerts_degraded(&server->alerts) ? "degraded" : "ready";
}

static void add_text(MessageWriter *writer, const char *name, const char *value)
{
        if (*value)
                message_write_pair(writer, text_from(name), text_from(value));
}

static void add_number(MessageWriter *writer, const char *name, uint64_t number)
{
        char digits[24];
        (void)snprintf(digits, sizeof(digits), "%" PRIu64, number);
        add_text(writer, name, digits);
}

static void add_time(MessageWriter *writer, const char *name, int64_t time_s)
{
        char text[TIMESTAMP_TEXT_SIZE];
        if (time_s != 0)
                add_text(writer, name, timestamp_format(time_s, text));
}

static void add_policy(MessageWriter *writer, Server *server, const char *text_state)
{
        const Reload *reload = &server->reload;
        const Image *image = server->policy.image;
        if (image) {
                const ImageHeader *header = image_header(image);
                add_time(writer, "compiled_at", header->compiled_at_s);
                add_number(writer, "image_bytes", header->size);
                add_text(writer, "enforcement", header->settings.observe ? "observe" : "enforce");
                if (header->settings.observe)
                        add_time(writer, "observe_until", header->settings.observe_until_s);
        }
        add_text(writer, "text", text_state);
        add_text(writer, "tests", reload->tests_skipped ? "skipped" : "");
        add_time(writer, "last_reload_at", reload->last_s);
        add_text(writer, "last_reload",
                 server->compilation.holder == COMPILATION_OF_RELOAD ? "running"
                 : reload->last_s == 0                               ? "none"
                 : reload->last_ok                                   ? "done"
                                                                     : "refused");
        add_text(writer, "last_error", reload->last_error);
}

static void add_changes(MessageWriter *writer, const Server *server)
{
        const ChangeQueue *changes = &server->changes;
        add_number(writer, "changes_waiting", changes->count);
        add_number(writer, "changes_made", changes->batch.made);
        add_time(writer, "last_change_at", changes->batch.last_s);
        add_text(writer, "last_change",
                 server->compilation.holder == COMPILATION_OF_CHANGES ? "running"
                 : changes->batch.last_s == 0                         ? "none"
                 : changes->batch.last_made                           ? "done"
                                                                      : "refused");
}

static void add_counters(MessageWriter *writer, const Server *server)
{
        const Counters *counters = &server->counters;
        const struct {
                const char *name;
                uint64_t value;
        } rows[] = {
                { "clients", server->client_count },
                { "requests_in_flight", server->in_flight },
                { "allowed", counters->allowed },
                { "denied", counters->denied },
                { "undecided", counters->undecided },
                { "recorded", counters->recorded },
                { "refused", counters->refused },
                { "rate_limited", counters->rate_limited },
                { "busy", counters->busy },
                { "malformed", counters->malformed },
                { "turned_away", counters->turned_away },
                { "slow_clients", counters->slow_clients },
                { "journal_failures", counters->journal_failures },
        };
        for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
                add_number(writer, rows[i].name, rows[i].value);
}

static void add_commands(MessageWriter *writer, Server *server)
{
        const Commands *commands = &server->commands;
        const CommandCounters *counters = &commands->counters;
        GatewayTotals doors = gateway_presence_totals(commands->presence, server_now_ms(server));
        const struct {
                const char *name;
                uint64_t value;
        } rows[] = {
                { "gateway_doors", doors.served },
                { "gateway_doors_present", doors.present },
                { "commands_open", command_table_count_open(commands->table) },
                { "commands_made", counters->made },
                { "commands_not_made_gateway_away", counters->away },
                { "commands_taken", counters->taken },
                { "commands_commanded", counters->commanded },
                { "commands_failed", counters->failed },
                { "commands_expired", counters->expired },
                { "commands_unknown", counters->unknown },
        };
        for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
                add_number(writer, rows[i].name, rows[i].value);
}

static void add_journal(MessageWriter *writer, Server *server)
{
        JournalStatus journal;
        journal_status(server->journal, &journal);
        add_text(writer, "journal", journal.failing ? "failing" : "ready");
        add_text(writer, "journal_error", journal.error);
        add_number(writer, "journal_bytes", journal.size);
        add_number(writer, "journal_bytes_max", journal.size_max);
        add_number(writer, "journal_queued", journal.queued);
        add_number(writer, "journal_written", journal.written);
        add_number(writer, "journal_lost", journal.lost);
        for (int i = 0; i < EVENT_CLASS_COUNT; i++) {
                char name[64];
                (void)snprintf(name, sizeof(name), "journal_deleted_%s",
                               event_class_name((EventClass)i));
                add_number(writer, name, journal.deleted[i]);
        }
        add_time(writer, "journal_swept_at", journal.swept_s);
}

static void add_clock(MessageWriter *writer, Server *server)
{
        int64_t highest_s = server->clock.clock.highest_s;
        add_text(writer, "clock", server_clock_state(server));
        add_time(writer, "now", server_now_s(server));
        if (highest_s != TIMESTAMP_MIN)
                add_time(writer, "highest_time", highest_s);
}

static void add_live_state(MessageWriter *writer, Server *server)
{
        static const char *const NAMES[LIVE_KIND_COUNT] = {
                [LIVE_SUSPENSION] = "suspensions", [LIVE_DATES] = "dates",
                [LIVE_OVERRIDE] = "overrides",     [LIVE_BLOCK] = "blocks",
                [LIVE_LOCKDOWN] = "lockdowns",
        };
        const LiveRecords *records = live_state_records(server);
        JournalStatus journal;
        journal_status(server->journal, &journal);
        bool failing = journal.state_failing || journal.state_damaged;
        add_text(writer, "live_state", !records ? "unknown" : failing ? "failing" : "ready");
        add_text(writer, "live_state_error", journal.state_error);
        for (size_t i = 0; i < LIVE_KIND_COUNT && records; i++)
                add_number(writer, NAMES[i], live_records_count_kind(records, (LiveKind)i));
}

static void add_alerts(MessageWriter *writer, const Server *server)
{
        for (size_t i = 0; i < ALERT_STATE_COUNT; i++)
                if (server->alerts.on[i])
                        add_text(writer, "alert", alerts_name((AlertState)i));
}

/* Which permissions the requests UNLOCK and ENTER ask for: a front has no policy to read that in.
 */
static void add_permissions(MessageWriter *writer, const Image *image)
{
        static const struct {
                const char *name;
                PermissionCommand command;
        } ROWS[] = {
                { "unlock-permission", PERMISSION_COMMAND_UNLOCK },
                { "enter-permission", PERMISSION_COMMAND_ENTER },
        };
        for (size_t i = 0; i < sizeof(ROWS) / sizeof(*ROWS); i++) {
                const ImagePermission *permission =
                        image_permission(image, image_header(image)->commands[ROWS[i].command]);
                if (permission)
                        message_write_pair(writer, text_from(ROWS[i].name),
                                           image_string(image, permission->name));
        }
}

/* Sends the record and the end. text_state NULL: for everybody. */
static int answer(Client *client, const char *text_state)
{
        Server *server = client->server;
        MessageWriter writer;
        size_t size;
        uint64_t request_id = client->request_id;
        const char *state = state_of(server);
        message_writer_begin(&writer, server->send_buffer, MESSAGE_SIZE_MAX, MESSAGE_RECORD,
                             request_id, 0);
        add_text(&writer, "state", state);
        add_text(&writer, "revision", server->policy.revision);
        if (server->policy.image && (client->identity.kinds & (IDENTITY_ROOT | IDENTITY_FRONT)))
                add_permissions(&writer, server->policy.image);
        if (text_state) {
                add_policy(&writer, server, text_state);
                add_changes(&writer, server);
                add_counters(&writer, server);
                add_commands(&writer, server);
                add_journal(&writer, server);
                add_clock(&writer, server);
                add_live_state(&writer, server);
                add_alerts(&writer, server);
                add_number(&writer, "uptime_seconds",
                           (server_now_ms(server) - server->started_ms) / 1000);
        }
        int r = message_writer_end(&writer, &size);
        if (r == 0)
                r = client_send(client, server->send_buffer, size);
        if (r < 0)
                return r;
        return reply_end(client, request_id, 1,
                         text_is(text_from(state), "ready") ? 0 : STATUS_DEGRADED, TEXT_NULL);
}

/* What the fingerprint says about the text. */
static const char *compare(const Server *server, const TaskResult *result)
{
        char served[17];
        if (result->status != COMPILER_DONE || result->output_size != sizeof(served) - 1)
                return "unreadable";
        if (!server->policy.image)
                return "not-served";
        (void)snprintf(served, sizeof(served), "%016" PRIx64,
                       image_header(server->policy.image)->fingerprint);
        return memcmp(served, result->output, sizeof(served) - 1) == 0 ? "served" : "differs";
}

static void on_fingerprint(void *data, const TaskResult *result)
{
        Server *server = data;
        const char *text_state = compare(server, result);
        for (Client *client = server->clients; client; client = client->next) {
                if (client->state != CLIENT_WAITS_STATUS)
                        continue;
                if (answer(client, text_state) < 0)
                        client_break(client);
                client_resume_later(client);
        }
        server->status_check.task = task_free(server->status_check.task);
}

static int start_check(Server *server)
{
        const char *arguments[] = { server->options.policy, server->options.roles,
                                    server->assignments };
        TaskOptions options = {
                .mode = FINGERPRINT_MODE,
                .arguments = arguments,
                .argument_count = sizeof(arguments) / sizeof(*arguments),
                .timeout_ms = CHECK_TIMEOUT_MS,
                .output_max = 64,
        };
        return task_start(server->event, &options, on_fingerprint, server,
                          &server->status_check.task);
}

void status_stop(Server *server)
{
        server->status_check.task = task_free(server->status_check.task);
}

int request_status(const Request *request)
{
        Server *server = request->server;
        Client *client = request->client;
        client->request_id = request->message->request_id;
        if (!(request->identity->kinds & IDENTITY_ROOT))
                return answer(client, NULL);
        if (!server->status_check.task && start_check(server) < 0)
                return answer(client, "unknown");
        client_wait(client, CLIENT_WAITS_STATUS, client->request_id, 0);
        return 0;
}
