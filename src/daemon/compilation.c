/* SPDX-License-Identifier: MIT */
/* Compilation: see compilation.h. */
#include "daemon/compilation.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <systemd/sd-daemon.h>

#include "daemon/compiler.h"
#include "daemon/server.h"

#define OUTPUT_MAX (64u << 10)

bool compilation_next_line(Text *rest, Text *ret_line)
{
        if (rest->size == 0)
                return false;
        Text behind = TEXT_NULL;
        if (!text_split_first(*rest, '\n', ret_line, &behind))
                *ret_line = *rest;
        *rest = behind;
        return true;
}

static bool holds(Text line, const char *words)
{
        return memmem(line.data, line.size, words, strlen(words)) != NULL;
}

char *compilation_error(const TaskResult *result, char *buffer, size_t buffer_size)
{
        Text rest = { result->output, result->output_size }, line, first = TEXT_NULL;
        while (compilation_next_line(&rest, &line)) {
                if (first.size == 0 && !holds(line, ": warning: "))
                        first = line;
                if (holds(line, ": error: ") || holds(line, ": failed: ")) {
                        first = line;
                        break;
                }
        }
        if (result->timed_out)
                first = TEXT_LITERAL("compiling took too long");
        else if (first.size == 0)
                first = TEXT_LITERAL("the compiler ended without a word");
        return text_escape(first, buffer, buffer_size);
}

/* The compiler takes a folder of managed assignments that is not there for an empty one. Once there
 * was one, that would give back what had been taken from people; what else is wrong with it the
 * compiler says itself. */
static int follow_assignments(Server *server)
{
        int r = change_files_follow(server->assignments, &server->changes.batch.directory_fd);
        if (r == CHANGE_FILES_MOVED)
                log_write(server->log, LOG_PRIORITY_WARNING,
                          "%s: another folder has taken its place", server->assignments);
        return r < 0 ? r : 0;
}

static int start(Server *server, const CompilationOptions *options, TaskDone done)
{
        Compilation *compilation = &server->compilation;
        int r = follow_assignments(server);
        if (r < 0)
                return r;
        r = image_store_begin(&server->policy.store, &compilation->image_fd);
        if (r < 0)
                return r;
        char now[24];
        (void)snprintf(now, sizeof(now), "%" PRId64, server_now_s(server));
        const char *arguments[] = { server->options.policy, server->options.roles,
                                    server->assignments, now,
                                    options->skip_tests ? "skip" : "test" };
        int fds[] = { compilation->image_fd, options->changes_fd };
        TaskOptions task = {
                .mode = options->changes_fd >= 0 ? CHANGE_MODE : COMPILER_MODE,
                .arguments = arguments,
                .argument_count = sizeof(arguments) / sizeof(*arguments),
                .fds = fds,
                .fd_count = options->changes_fd >= 0 ? 2 : 1,
                .timeout_ms = COMPILE_TIMEOUT_MS,
                .output_max = OUTPUT_MAX,
        };
        return task_start(server->event, &task, done, server, &compilation->task);
}

void compilation_start(Server *server, const CompilationOptions *options, TaskDone done)
{
        server->compilation.holder = server->compilation.last_holder = options->holder;
        (void)sd_notify(0, "STATUS=Compiling the policy");
        int r = start(server, options, done);
        if (r == 0)
                return;
        char text[512];
        TaskResult result = { .status = COMPILER_FAILED, .output = text };
        int size = r == -ENOENT ? snprintf(text, sizeof(text),
                                           "%s: the managed assignments are gone; bring them back",
                                           server->assignments)
                                : snprintf(text, sizeof(text), "no compiler was started: %s",
                                           strerror(-r));
        result.output_size = (size_t)size < sizeof(text) ? (size_t)size : sizeof(text) - 1;
        done(server, &result);
}

void compilation_end(Server *server)
{
        Compilation *compilation = &server->compilation;
        compilation->task = task_free(compilation->task);
        if (compilation->image_fd >= 0)
                image_store_drop(&server->policy.store);
        cleanup_close(&compilation->image_fd);
        compilation->image_fd = -1;
        compilation->holder = COMPILATION_FREE;
}

void compilation_next(Server *server)
{
        Compilation *compilation = &server->compilation;
        bool reload_first = compilation->last_holder != COMPILATION_OF_RELOAD;
        if (server->ending || compilation->holder != COMPILATION_FREE)
                return;
        if (reload_first)
                reload_begin(server);
        if (compilation->holder == COMPILATION_FREE)
                changes_begin(server);
        if (compilation->holder == COMPILATION_FREE && !reload_first)
                reload_begin(server);
}

void compilation_stop(Server *server)
{
        if (server->compilation.task)
                compilation_end(server);
}
