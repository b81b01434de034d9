/* SPDX-License-Identifier: MIT */
/* Reload: see reload.h. */
#include "daemon/reload.h"

#include "daemon/compiler.h"
#include "daemon/server.h"
#include "util/file.h"

#define LINES_MAX 2048 /* records sent to one client */

/* Lets every client that waits for `from` go on as `to`, where its wish about tests fits. */
static bool move_waiting(Server *server, ClientState from, ClientState to, bool with_tests)
{
        bool any = false;
        for (Client *client = server->clients; client; client = client->next)
                if (client->state == from && client->skip_tests == !with_tests) {
                        client->state = to;
                        any = true;
                }
        return any;
}

static int send_diagnostic(Client *client, uint32_t sequence, Text line)
{
        uint8_t *buffer = client->server->send_buffer;
        MessageWriter writer;
        size_t size;
        message_writer_begin(&writer, buffer, MESSAGE_SIZE_MAX, MESSAGE_RECORD, client->request_id,
                             sequence);
        message_write_pair(&writer, TEXT_LITERAL("diagnostic"), line);
        int r = message_writer_end(&writer, &size);
        return r < 0 ? r : client_send(client, buffer, size);
}

/* Answers a client that waited: diagnostics, then how it ended. */
static int answer(Client *client, Text output, bool truncated, const char *summary)
{
        uint32_t count = 0;
        Text line;
        int r = 0;
        while (r == 0 && count < LINES_MAX && compilation_next_line(&output, &line))
                if (line.size > 0)
                        r = send_diagnostic(client, count++, line);
        if (r == 0 && (truncated || output.size > 0))
                r = send_diagnostic(client, count++,
                                    TEXT_LITERAL("more was left out; see doorward validate"));
        const Reload *reload = &client->server->reload;
        return r < 0 ? r
                     : reply_end(client, client->request_id, count, reload->last_ok ? 0 : 3,
                                 text_from(summary));
}

static void answer_all(Server *server, const TaskResult *result, const char *summary)
{
        Text output = { result->output, result->output_size };
        for (Client *client = server->clients; client; client = client->next) {
                if (client->state != CLIENT_WAITS_RELOAD)
                        continue;
                if (answer(client, output, result->truncated, summary) < 0)
                        client_break(client);
                client_resume_later(client);
        }
}

static void record(Server *server, const char *reason)
{
        const Reload *reload = &server->reload;
        JournalRow row = { .time_s = server_now_s(server), .caller_uid = server->own_uid };
        row.texts[JOURNAL_KIND] = TEXT_LITERAL("reload");
        row.texts[JOURNAL_DECISION] =
                reload->last_ok ? TEXT_LITERAL("done") : TEXT_LITERAL("refused");
        row.texts[JOURNAL_REASON] = text_from(reason);
        row.texts[JOURNAL_REVISION] = text_from(server->policy.revision);
        row.texts[JOURNAL_WHY] = text_from(reload->last_error);
        (void)journal_append(server->journal, &row, NULL, NULL);
}

/* Serves what the compiler wrote. Return: what became of it, a stable code. */
static const char *adopt(Server *server)
{
        Reload *reload = &server->reload;
        bool changed;
        int r = policy_holder_adopt(&server->policy, server->compilation.image_fd, &changed);
        if (r != 0) {
                (void)snprintf(reload->last_error, sizeof(reload->last_error),
                               "the compiled policy cannot be used: %s",
                               r < 0     ? strerror(-r)
                               : r > 100 ? file_problem_text(r - 100)
                                         : image_problem_text(r));
                return "refused";
        }
        reload->last_ok = true;
        reload->last_error[0] = '\0';
        if (!changed)
                return "unchanged";
        server_apply_settings(server);
        return "reloaded";
}

static void note_skipped_tests(Server *server)
{
        Reload *reload = &server->reload;
        if (!reload->last_ok)
                return;
        if (!reload->with_tests)
                alerts_event(server, "tests-skipped",
                             "policy %s is served without having been tested",
                             server->policy.revision);
        reload->tests_skipped = !reload->with_tests;
}

static void update_alerts(Server *server)
{
        const Reload *reload = &server->reload;
        bool has_policy = server->policy.image != NULL;
        alerts_set(server, ALERT_NO_POLICY, !has_policy, reload->last_error);
        alerts_set(server, ALERT_POLICY_REFUSED, has_policy && !reload->last_ok,
                   reload->last_error);
        if (reload->last_ok)
                alerts_set(server, ALERT_IMAGE_DAMAGED, false, NULL);
}

void reload_note_served(Server *server)
{
        Reload *reload = &server->reload;
        reload->last_ok = true;
        reload->tests_skipped = false;
        reload->last_error[0] = '\0';
        update_alerts(server);
}

static void on_done(void *data, const TaskResult *result)
{
        Server *server = data;
        Reload *reload = &server->reload;
        const char *outcome = "refused";
        reload->last_ok = false;
        reload->last_s = server_now_s(server);
        if (result->status == COMPILER_DONE)
                outcome = adopt(server);
        else
                (void)compilation_error(result, reload->last_error, sizeof(reload->last_error));

        char summary[600];
        (void)snprintf(summary, sizeof(summary), "%s: revision %s%s%s", outcome,
                       *server->policy.revision ? server->policy.revision : "none",
                       *reload->last_error ? ": " : "", reload->last_error);
        log_write(server->log, reload->last_ok ? LOG_PRIORITY_NOTICE : LOG_PRIORITY_ERROR,
                  "policy %s", summary);
        record(server, outcome);
        note_skipped_tests(server);
        update_alerts(server);
        answer_all(server, result, summary);
        compilation_end(server);
        server_tell_ready(server);
        compilation_next(server);
}

void reload_begin(Server *server)
{
        Reload *reload = &server->reload;
        bool any = move_waiting(server, CLIENT_WAITS_QUEUE, CLIENT_WAITS_RELOAD, true);
        reload->with_tests = any || reload->wanted;
        reload->wanted = false;
        if (!reload->with_tests &&
            !move_waiting(server, CLIENT_WAITS_QUEUE, CLIENT_WAITS_RELOAD, false))
                return;
        CompilationOptions options = {
                .holder = COMPILATION_OF_RELOAD,
                .skip_tests = !reload->with_tests,
                .changes_fd = -1,
        };
        compilation_start(server, &options, on_done);
}

void reload_start(Server *server)
{
        server->reload.wanted = true;
        compilation_next(server);
}

int request_reload(const Request *request)
{
        Client *client = request->client;
        client->skip_tests = message_flag(request->message, FIELD_SKIP_TESTS);
        client_wait(client, CLIENT_WAITS_QUEUE, request->message->request_id, 0);
        compilation_next(request->server);
        return 0;
}
