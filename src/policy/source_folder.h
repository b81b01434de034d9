/* SPDX-License-Identifier: MIT */
/*
 * Source, shared parts
 *
 * A folder is opened and checked once, its names are sorted, and each file is opened below that
 * descriptor, so that nothing is ever reached by a path that somebody could change in between. What
 * is refused is reported and the rest still looked at. Only source*.c include this.
 */
#pragma once

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "policy/source.h"
#include "util/vector.h"

/* Names of a folder, owned, in byte order. */
typedef VECTOR_OF(char *) Names;

/* One walk over a policy. */
typedef struct Source {
        Diagnostics *diagnostics;
        SourceHandler handler;
        void *user;
        XXH3_state_t hash;
        size_t files;
        size_t organizations;
        bool organizations_known; /* their folder was read */
        Names organization_names; /* what lies in organizations.d */
        int problem;
} Source;

/* An opened folder. */
typedef struct Folder {
        int fd;
        const char *label; /* what diagnostics put before its names; "" for the policy directory */
        const char *key;   /* the same for the fingerprint, independent of where the policy lies */
        SourceKind kind;
        const char *organization;
        Names names;
} Folder;

/* Opens and lists a folder. Return: 0 (source_folder_done() is due in any case), > 0 a
 * FileProblem, -errno. */
int source_folder_open(int parent_fd, const char *name, Folder *folder);
void source_folder_done(Folder *folder);

void source_names_clear(Names *names);
bool source_names_contain(const Names *names, const char *name);

/* Copies a path as given, on one line and without slashes at its end; "FOLDER/NAME" likewise.
 * Return: owned by the caller, or NULL without memory. */
char *source_path_label(const char *path);
char *source_label_join(const char *label, const char *name);

/* Copies NAME of "NAME.conf" or "NAME.d". Return: owned by the caller, or NULL without memory. */
char *source_stem_copy(const char *name);

bool source_ends_with(const char *name, const char *suffix);

/* Which file of a folder is read, and as what. */
typedef struct SourceName {
        const char *stored; /* in the folder */
        const char *shown;  /* what it counts as, in diagnostics and in the fingerprint; NULL: the
                               folder itself */
        SourceKind kind;
        const char *organization;
} SourceName;

/* Reports that the file or folder of this label was refused; the second also tells the handler what
 * is missing now. Return: 0, so that the rest of the policy is still looked at; -ENOMEM, or what
 * the handler returned. */
int source_problem_report(Source *source, const char *label, const char *what, int problem);
int source_refused_report(Source *source, const char *label, const char *what, int problem,
                          const SourceName *name);

/* Reports a name of a folder that is not read, as a warning with its reason or as an error.
 * Return: 0 or -ENOMEM. */
int source_superfluous_report(Source *source, const Folder *folder, const char *name,
                              const char *why);
int source_error_report(Source *source, const char *folder_label, const char *name,
                        const char *text);

/* Reads one file of a folder and passes it on. Return: 0, -ENOMEM, or what the handler returned. */
int source_file_visit(Source *source, const Folder *folder, SourceName name);

/* Reads a folder that holds nothing but files of one kind; `folder` has its label, key, kind and
 * organization. Return: as above. */
int source_plain_folder_visit(Source *source, int parent_fd, const char *name, Folder folder,
                              bool required);

/*
 * Reads the managed assignments (source_managed.c) of all organizations that were found, after
 * everything else. candidate: whose NAME.conf.next counts instead of NAME.conf, where it exists;
 * NULL: nobody's. Return: as above.
 */
int source_managed_visit(Source *source, const char *path, SourceCandidate candidate, void *user);
