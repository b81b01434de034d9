/* SPDX-License-Identifier: MIT */
/*
 * Source
 *
 * The files of a policy, found and read under guard: the one place that knows the layout of the
 * policy directory. Nothing here knows what stands in the files, and nothing needs libconfig.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/build.h"
#include "policy/diagnostics.h"

typedef enum SourceKind {
        SOURCE_CATALOGUE,    /* the vendor's roles directory, roles.d */
        SOURCE_SETTINGS,     /* doorward.conf */
        SOURCE_ORGANIZATION, /* organizations.d/NAME.conf */
        SOURCE_FRAGMENT,     /* organizations.d/NAME.d */
        SOURCE_MANAGED,      /* assignments/NAME.conf of the state folder */
        SOURCE_TESTS,        /* tests.d */
        SOURCE_CALENDAR,     /* calendars.d, iCalendar files */
        SOURCE_KIND_COUNT,
} SourceKind;

/* One file as it was read. Everything is borrowed for the length of the call but data. Without data
 * it is a file or a whole folder that was refused, which has been reported: what would have stood
 * in it is not known. */
typedef struct SourceFile {
        SourceKind kind;
        const char *organization; /* NAME of NAME.conf or NAME.d; NULL for the other kinds
                                 and for the folder organizations.d */
        const char *name;         /* within its folder; NULL: the folder itself */
        uint32_t file;            /* index into the diagnostics' files */
        char *data;  /* with a NUL behind it; the handler may change it, or free it and set NULL;
                        NULL: refused */
        size_t size; /* bytes */
} SourceFile;

/* What is called for every file. Return: 0, or -errno to stop. */
typedef int (*SourceHandler)(void *user, SourceFile *file);

typedef struct SourceSummary {
        uint64_t fingerprint; /* XXH3 over names and bytes of every file read */
        int problem; /* the first file or folder refused: > 0 a FileProblem, -errno; 0: none */
} SourceSummary;

/*
 * Reads every file of a policy in the order catalogues, doorward.conf, organizations, calendars,
 * tests, managed assignments, each folder in byte order of its names, and passes it to the handler
 * (NULL: only the summary is wanted). Files and folders that are missing, unsafe or superfluous are
 * reported to diagnostics; of those that are refused the handler learns too. Return: 0 (also when
 * something was reported), -ENOMEM, or what the handler returned.
 */
int source_visit(const PolicyPaths *paths, Diagnostics *diagnostics, SourceHandler handler,
                 void *user, SourceSummary *ret_summary);

/* Whether NAME.conf.next of an organization counts instead of NAME.conf. */
typedef bool (*SourceCandidate)(void *user, const char *organization);

/* What happens between two visits of the managed assignments. */
typedef struct SourceAgain {
        /* Return: 0, or another number for source_visit_again() to return at once. */
        int (*between)(void *user);
        SourceCandidate candidate; /* in the second visit */
        void *user;
} SourceAgain;

/*
 * As source_visit(); with `again` (may be NULL) the managed assignments are visited a second time,
 * after something was changed there. What the first time was reported about them is forgotten then,
 * and only what the second time was read counts for the summary. Return: as source_visit(), or what
 * between() returned.
 */
int source_visit_again(const PolicyPaths *paths, Diagnostics *diagnostics, SourceHandler handler,
                       void *user, const SourceAgain *again, SourceSummary *ret_summary);
