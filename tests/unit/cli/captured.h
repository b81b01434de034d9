/* SPDX-License-Identifier: MIT */
/* What tests of the command line share: what a function writes to a standard stream. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* A standard stream that goes into memory for a while. */
typedef struct Captured {
        FILE *stream;
        int kept; /* the descriptor that it has otherwise */
} Captured;

static inline Captured captured_begin(FILE *stream)
{
        Captured captured = { stream, -1 };
        int memory = memfd_create("captured", MFD_CLOEXEC);
        fflush(stream);
        captured.kept = dup(fileno(stream));
        assert_true(memory >= 0 && captured.kept >= 0);
        assert_true(dup2(memory, fileno(stream)) >= 0);
        close(memory);
        return captured;
}

/* Ends it. Return: what was written, owned by the caller. */
static inline char *captured_end(Captured *captured)
{
        fflush(captured->stream);
        off_t size = lseek(fileno(captured->stream), 0, SEEK_END);
        assert_true(size >= 0);
        char *text = calloc(1, (size_t)size + 1);
        assert_non_null(text);
        assert_int_equal(pread(fileno(captured->stream), text, (size_t)size, 0), size);
        dup2(captured->kept, fileno(captured->stream));
        close(captured->kept);
        return text;
}
