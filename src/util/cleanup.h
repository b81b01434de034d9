/* SPDX-License-Identifier: MIT */
/*
 * Cleanup
 *
 * A variable marked _cleanup_(f) is passed to f when it goes out of scope, so that every way out
 * of a function releases what it holds. Ownership is handed over by setting the variable to its
 * empty value after copying it to the output.
 */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(function) __attribute__((__cleanup__(function)))

/* Defines NAMEp() for use with _cleanup_ from a destructor NAME() that takes and accepts NULL. */
#define DEFINE_CLEANUP(type, name)                                                                 \
        static inline void name##p(type *object)                                                   \
        {                                                                                          \
                if (*object)                                                                       \
                        name(*object);                                                             \
        }                                                                                          \
        struct cleanup_needs_a_semicolon_##name

static inline void cleanup_free(void *pointer)
{
        free(*(void **)pointer);
}

static inline void cleanup_close(int *descriptor)
{
        if (*descriptor >= 0)
                close(*descriptor);
}

static inline void cleanup_fclose(FILE **file)
{
        if (*file)
                fclose(*file);
}

#define _cleanup_free_   _cleanup_(cleanup_free)
#define _cleanup_close_  _cleanup_(cleanup_close)
#define _cleanup_fclose_ _cleanup_(cleanup_fclose)
