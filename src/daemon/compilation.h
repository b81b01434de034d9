/* SPDX-License-Identifier: MIT */
/*
 * Compilation
 *
 * One compiler runs at a time, for whoever comes next: a reload or a batch of changes. Who holds
 * the compilation keeps it until what the compiler wrote is served or dropped. Neither starves the
 * other: after a reload changes come first, after changes a reload.
 */
#pragma once

#include <stddef.h>

#include "daemon/task.h"
#include "util/text.h"

typedef struct Server Server;

#define COMPILE_TIMEOUT_MS 600000 /* a million users take some ten seconds */

typedef enum CompilationHolder {
        COMPILATION_FREE,
        COMPILATION_OF_RELOAD,
        COMPILATION_OF_CHANGES,
} CompilationHolder;

typedef struct Compilation {
        CompilationHolder holder, last_holder;
        Task *task;   /* NULL: no compiler runs */
        int image_fd; /* what it writes to; -1: none */
} Compilation;

typedef struct CompilationOptions {
        CompilationHolder holder;
        bool skip_tests;
        int changes_fd; /* list of changes to apply (change.h), borrowed; -1: none */
} CompilationOptions;

/* Takes the free compilation and starts a compiler. done is called, with the server as its data,
 * when it has ended, or at once when none could be started; it ends in compilation_end(). */
void compilation_start(Server *server, const CompilationOptions *options, TaskDone done);

/* The compilation is free again, and what was not kept of it is dropped. */
void compilation_end(Server *server);

/* Starts what waits, if the compilation is free. Frees no client. */
void compilation_next(Server *server);

/* Ends a compiler that runs, without calling back. */
void compilation_stop(Server *server);

/* The first line of a compiler's output that says what is wrong, escaped; or why it has none.
 * Return: buffer. */
char *compilation_error(const TaskResult *result, char *buffer, size_t buffer_size);

/* The first line of a text; moves behind it. Return: false at the end. */
bool compilation_next_line(Text *rest, Text *ret_line);
