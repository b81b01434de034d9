/* SPDX-License-Identifier: MIT */
/*
 * Build
 *
 * From text to image: read, check, compile. Each step reports everything it finds to the same
 * diagnostics; an image exists only when there is no error. libconfig can exit() and leak, so a
 * daemon calls this in a child process only.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "policy/change.h"
#include "policy/image.h"
#include "policy/model.h"

typedef struct PolicyPaths {
        const char *policy; /* policy directory */
        const char *roles;  /* directory of the vendor's role catalogues */
        /* Directory of the managed assignments (managed.h), or NULL: none are considered. One that
         * does not exist holds none. */
        const char *assignments;
        bool with_candidates; /* NAME.conf.next is read instead of NAME.conf, where it exists */
} PolicyPaths;

/*
 * Reads catalogues, organizations, settings, calendars and tests into a model. source.c reads and
 * guards the files, schema*.c says which keys there are; now_s decides which days of the calendars
 * count.
 * Return: 0 (also when errors were reported; look at the diagnostics), -errno without memory.
 */
int model_load(Model *model, const PolicyPaths *paths, int64_t now_s);

/* Opens the file NAME.conf.next of an organization for writing, empty. Return: 0 and the stream
 * (closed by who asked for it), -errno. */
typedef int (*PolicyCandidateOpen)(void *user, const char *organization, FILE **ret_stream);

typedef struct PolicyChanges {
        const Change *items; /* borrowed */
        size_t count;
        PolicyCandidateOpen open;
        void *user;
} PolicyChanges;

/*
 * As model_load() with changes applied to the managed assignments: those of each organization that
 * changes are written to its NAME.conf.next, flushed to the disk and read from there; other
 * candidates that lie there do not count. The fingerprint and all places are those of the files as
 * they are once the candidates have been renamed. paths->assignments must be stated;
 * with_candidates is about what is changed. After an error nothing more is done.
 * Return: as model_load().
 */
int model_load_changed(Model *model, const PolicyPaths *paths, const PolicyChanges *changes,
                       int64_t now_s);

/*
 * Checks everything that one file alone cannot show and resolves all references: dangling names
 * ("did you mean"), duplicates, levels and holders, cycles, ranks; grants without effect and what
 * else deserves a warning. now_s decides about grants that have ended and observe_until.
 */
void model_check(Model *model, int64_t now_s);

/* Looks up the numbers of the Unix groups named in the policy (NSS); one that does not exist is a
 * warning and gives nothing. */
void model_resolve_unix_groups(Model *model);

/* Looks up the uids of the fronts' accounts (NSS); one that does not exist is an error, as is a uid
 * that is also a person's, a caller's or another front's. */
void model_resolve_fronts(Model *model);

/*
 * Compiles a checked model without errors.
 * Return: 0 and the image (owned by the caller), > 0 when something did not fit (reported to the
 * model's diagnostics), -ENOMEM.
 */
int model_compile(const Model *model, int64_t now_s, Image **ret_image);

/*
 * Warns of lockdowns that nobody can release, by asking the image that was compiled of the model.
 * Return: 0 or -ENOMEM.
 */
int model_check_releases(const Model *model, const Image *image, int64_t now_s);

/*
 * All of it. ret_model may be NULL; it is set also when there are errors. ret_image is set only
 * without errors, NULL otherwise.
 * Return: 0, or -errno when not even diagnostics could be made.
 */
int policy_build(const PolicyPaths *paths, int64_t now_s, Diagnostics *diagnostics,
                 Model **ret_model, Image **ret_image);

/* The same with model_load_changed(): an image only if all changes could be applied and the policy
 * that holds them has no error. After an error candidates may have been written: who asked removes
 * them. */
int policy_build_changed(const PolicyPaths *paths, const PolicyChanges *changes, int64_t now_s,
                         Diagnostics *diagnostics, Model **ret_model, Image **ret_image);

/*
 * The fingerprint of the files that a policy consists of, as model.h has it, without parsing them:
 * tells whether the text differs from an image.
 * Return: 0, -errno, or > 0 a FileProblem.
 */
int policy_fingerprint(const PolicyPaths *paths, uint64_t *ret_fingerprint);
