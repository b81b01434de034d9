/* SPDX-License-Identifier: MIT */
/* What tests of live commands share: a daemon that answers what it is told, and exact comparison of
 * what a command sends, prints and returns. */
#pragma once

#include "captured.h"

#include <string.h>

#include "cli/command.h"
#include "fake_server.h"

enum { ARGUMENTS_MAX = 80 };

static FakeServer server;

static inline int set_up(void **state)
{
        fake_server_prepare(&server);
        return 0;
}

static inline int tear_down(void **state)
{
        fake_server_clean(&server);
        return 0;
}

/* What a command did. */
typedef struct Run {
        int status;
        char *output, *errors; /* owned */
} Run;

/* Runs a command with its words and options, up to a NULL, against the server. */
static inline Run run(const Command *command, const char *const *arguments)
{
        static char *argv[ARGUMENTS_MAX + 4];
        int argc = 0;
        argv[argc++] = (char *)(uintptr_t)command->name;
        argv[argc++] = (char *)(uintptr_t) "--socket";
        argv[argc++] = server.socket;
        while (*arguments)
                argv[argc++] = (char *)(uintptr_t)*arguments++;
        argv[argc] = NULL;
        Captured errors = captured_begin(stderr), output = captured_begin(stdout);
        Options options;
        int status = options_read(command->name, command->options, argc, argv, &options);
        if (status == 0)
                status = command->run(&options);
        Run done = { .status = status };
        done.output = captured_end(&output);
        done.errors = captured_end(&errors);
        return done;
}

#define WORDS(...) ((const char *[]){ __VA_ARGS__, NULL })

static inline void prints(const Command *command, const char *const *arguments, int status,
                          const char *output)
{
        Run done = run(command, arguments);
        assert_string_equal(done.errors, "");
        assert_string_equal(done.output, output);
        assert_int_equal(done.status, status);
        free(done.output);
        free(done.errors);
}

static inline void complains(const Command *command, const char *const *arguments, int status,
                             const char *errors)
{
        Run done = run(command, arguments);
        assert_string_equal(done.errors, errors);
        assert_string_equal(done.output, "");
        assert_int_equal(done.status, status);
        free(done.output);
        free(done.errors);
}

static inline void answer_with(uint32_t outcome, const char *reason)
{
        fake_server_start(
                &server,
                &(FakeBehaviour){ .outcome = outcome, .reason = reason, .decision_id = FAKE_ID });
}

static inline void assert_text(const Message *message, FieldTag tag, size_t n, const char *expected)
{
        Text text;
        assert_int_equal(message_text_at(message, tag, n, &text), expected != NULL);
        if (expected)
                assert_true(text_is(text, expected));
}
