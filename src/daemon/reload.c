/* SPDX-License-Identifier: MIT */
/* Reload: see reload.h. */
#include "daemon/reload.h"

#include <systemd/sd-daemon.h>

#include "daemon/compiler.h"
#include "daemon/server.h"
#include "util/file.h"

#define COMPILE_TIMEOUT_MS 600000 /* a million users take some ten seconds */
#define OUTPUT_MAX         (64u << 10)
#define LINES_MAX          2048 /* records sent to one client */

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

/* The first line of a text; moves behind it. Return: false at the end. */
static bool next_line(Text *rest, Text *ret_line)
{
        if (rest->size == 0)
                return false;
        Text behind = TEXT_NULL;
        if (!text_split_first(*rest, '\n', ret_line, &behind))
                *ret_line = *rest;
        *rest = behind;
        return true;
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
        while (r == 0 && count < LINES_MAX && next_line(&output, &line))
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

/* Keeps the first line that says what is wrong. */
static void keep_first_error(Reload *reload, const TaskResult *result)
{
        Text rest = { result->output, result->output_size }, line, first = TEXT_NULL;
        while (next_line(&rest, &line)) {
                if (first.size == 0)
                        first = line;
                if (memmem(line.data, line.size, ": error: ", 9) ||
                    memmem(line.data, line.size, ": failed: ", 10)) {
                        first = line;
                        break;
                }
        }
        if (result->timed_out)
                first = TEXT_LITERAL("compiling took too long");
        else if (first.size == 0)
                first = TEXT_LITERAL("the compiler ended without a word");
        (void)text_escape(first, reload->last_error, sizeof(reload->last_error));
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
        int r = policy_holder_adopt(&server->policy, reload->image_fd, &changed);
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
                keep_first_error(reload, result);
        if (!reload->last_ok)
                image_store_drop(&server->policy.store);
        cleanup_close(&reload->image_fd);
        reload->image_fd = -1;

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
        reload->task = task_free(reload->task);
        server_tell_ready(server);
        reload_begin(server);
}

static int start_compiler(Server *server)
{
        Reload *reload = &server->reload;
        int r = image_store_begin(&server->policy.store, &reload->image_fd);
        if (r < 0)
                return r;
        const char *arguments[] = { server->options.policy, server->options.roles,
                                    reload->with_tests ? "test" : "skip" };
        TaskOptions options = {
                .mode = COMPILER_MODE,
                .arguments = arguments,
                .argument_count = sizeof(arguments) / sizeof(*arguments),
                .fds = &reload->image_fd,
                .fd_count = 1,
                .timeout_ms = COMPILE_TIMEOUT_MS,
                .output_max = OUTPUT_MAX,
        };
        return task_start(server->event, &options, on_done, server, &reload->task);
}

/* No child could be started: that is how this reload ends. */
static void fail_to_start(Server *server, int error)
{
        TaskResult result = { .status = COMPILER_FAILED, .output = "" };
        char text[128];
        result.output_size = (size_t)snprintf(text, sizeof(text), "no compiler was started: %s",
                                              strerror(-error));
        result.output = text;
        on_done(server, &result);
}

void reload_begin(Server *server)
{
        Reload *reload = &server->reload;
        if (reload->task)
                return;
        bool any = move_waiting(server, CLIENT_WAITS_QUEUE, CLIENT_WAITS_RELOAD, true);
        reload->with_tests = any || reload->wanted;
        reload->wanted = false;
        if (!reload->with_tests &&
            !move_waiting(server, CLIENT_WAITS_QUEUE, CLIENT_WAITS_RELOAD, false))
                return;
        (void)sd_notify(0, "STATUS=Compiling the policy");
        int r = start_compiler(server);
        if (r < 0)
                fail_to_start(server, r);
}

void reload_start(Server *server)
{
        server->reload.wanted = true;
        reload_begin(server);
}

void reload_stop(Server *server)
{
        Reload *reload = &server->reload;
        if (!reload->task)
                return;
        reload->task = task_free(reload->task);
        image_store_drop(&server->policy.store);
        cleanup_close(&reload->image_fd);
        reload->image_fd = -1;
}

int request_reload(const Request *request)
{
        Client *client = request->client;
        client->skip_tests = message_flag(request->message, FIELD_SKIP_TESTS);
        client_wait(client, CLIENT_WAITS_QUEUE, request->message->request_id, 0);
        reload_begin(request->server);
        return 0;
}
