/* SPDX-License-Identifier: MIT */
/*
 * Diagnostics
 *
 * Everything that is wrong with a policy, collected over the whole run so that one run shows all of
 * it, and printed in the order of files and lines as "FILE:LINE: error: TEXT".
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "util/cleanup.h"

#define PLACE_NO_FILE UINT32_MAX

/* Where something stands. file is an index into the list of the diagnostics' files. */
typedef struct Place {
        uint32_t file;
        uint32_t line; /* 1 where a whole file or folder is meant */
} Place;

typedef enum Severity { SEVERITY_ERROR, SEVERITY_WARNING } Severity;

typedef struct Diagnostic {
        Place place;
        Severity severity;
        char *text; /* without a line end, no control characters */
} Diagnostic;

typedef struct Diagnostics Diagnostics;

/* Creates an empty collection. Return: owned by the caller, or NULL without memory. */
Diagnostics *diagnostics_new(void);
Diagnostics *diagnostics_free(Diagnostics *diagnostics);
DEFINE_CLEANUP(Diagnostics *, diagnostics_free);

/* Registers a file under the name that diagnostics print (as given, or relative to the policy
 * directory). The same name gets the same index. Return: its index, or PLACE_NO_FILE without
 * memory (and the collection then counts an error). */
uint32_t diagnostics_file(Diagnostics *diagnostics, const char *name);

/* The name of a file by its index. Borrowed from the collection; "?" for an unknown index. */
const char *diagnostics_file_name(const Diagnostics *diagnostics, uint32_t file);
size_t diagnostics_file_count(const Diagnostics *diagnostics);

/* Adds an error or a warning. What comes from outside in the text must have been escaped by
 * text_escape(). Past DIAGNOSTICS_MAX only the counters grow. Without memory the counter still
 * grows, so that a failed policy never looks clean. */
void diagnostics_error(Diagnostics *diagnostics, Place place, const char *format, ...)
        __attribute__((format(printf, 3, 4)));
void diagnostics_warning(Diagnostics *diagnostics, Place place, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* How far a collection has come. */
typedef struct DiagnosticsMark {
        size_t files, items, errors, warnings;
} DiagnosticsMark;

/* Forgets the files and everything that was added since the mark was taken. No place may name one
 * of those files any more. */
DiagnosticsMark diagnostics_mark(const Diagnostics *diagnostics);
void diagnostics_rewind(Diagnostics *diagnostics, DiagnosticsMark mark);

/* How many errors and warnings there are. */
size_t diagnostics_errors(const Diagnostics *diagnostics);
size_t diagnostics_warnings(const Diagnostics *diagnostics);

/* The diagnostics in the order of file index, line and arrival. Borrowed until the next addition.
 */
const Diagnostic *diagnostics_sorted(Diagnostics *diagnostics, size_t *ret_count);

/* Prints them all, one a line, and a last line with what was left out past DIAGNOSTICS_MAX. */
void diagnostics_print(Diagnostics *diagnostics, FILE *stream);
