/* SPDX-License-Identifier: MIT */
/*
 * Source
 *
 * The layout of a policy, walked folder by folder (source_folder.c). What is not read is named in a
 * warning, or an error where it looks as if it was meant to be read.
 */
#include "policy/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "policy/limits.h"
#include "policy/source_folder.h"
#include "util/name.h"

/* organizations.d/NAME.conf */
static int organization_visit(Source *source, const Folder *folder, const char *name)
{
        _cleanup_free_ char *stem = source_stem_copy(name);
        if (!stem)
                return -ENOMEM;
        if (!name_is_valid(text_from(stem)))
                return source_error_report(source, folder->label, name,
                                           "an organization cannot have this name");
        if (++source->organizations > ORGANIZATIONS_MAX)
                return source_error_report(source, folder->label, name, "too many organizations");
        return source_file_visit(source, folder,
                                 (SourceName){ name, name, SOURCE_ORGANIZATION, stem });
}

/* organizations.d/NAME.d */
static int fragments_visit(Source *source, const Folder *folder, const char *name)
{
        _cleanup_free_ char *stem = source_stem_copy(name), *file_name = NULL;
        if (!stem || asprintf(&file_name, "%s.conf", stem) < 0)
                return -ENOMEM;
        if (!source_names_contain(&folder->names, file_name))
                return source_error_report(source, folder->label, name,
                                           "fragments of an organization that has no .conf file");
        _cleanup_free_ char *label = source_label_join(folder->label, name);
        if (!label)
                return -ENOMEM;
        Folder fragments = {
                .label = label, .key = label, .kind = SOURCE_FRAGMENT, .organization = stem
        };
        return source_plain_folder_visit(source, folder->fd, name, fragments, true);
}

static bool is_regular(const Folder *folder, const char *name)
{
        struct stat status;
        return fstatat(folder->fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
               S_ISREG(status.st_mode);
}

/* NAME.conf comes before NAME.d in byte order. */
static int organization_entry_visit(Source *source, const Folder *folder, const char *name)
{
        if (source_ends_with(name, ".conf"))
                return organization_visit(source, folder, name);
        if (source_ends_with(name, ".d") && !is_regular(folder, name))
                return fragments_visit(source, folder, name);
        return source_superfluous_report(source, folder, name,
                                         "its name ends neither in .conf nor, as a folder, in .d");
}

static int organizations_visit(Source *source, int policy_fd)
{
        static const char NAME[] = "organizations.d";
        _cleanup_(source_folder_done) Folder folder = { .label = NAME, .key = NAME };
        int result = source_folder_open(policy_fd, NAME, &folder);
        if (result != 0)
                return source_refused_report(source, NAME, "folder", result,
                                             &(SourceName){ .kind = SOURCE_ORGANIZATION });
        for (size_t i = 0; i < folder.names.count && result == 0; i++)
                result = organization_entry_visit(source, &folder, folder.names.items[i]);
        if (result == 0 && source->organizations == 0)
                result = source_error_report(source, "", NAME, "an empty policy: no organization");
        source->organizations_known = true;
        source->organization_names = folder.names;
        folder.names = (Names){ 0 };
        return result;
}

/* What lies at the top of the policy directory and has no meaning there. */
static int top_entry_check(Source *source, const Folder *top, const char *name)
{
        static const char *const KNOWN[] = { "calendars.d", "doorward.conf", "organizations.d",
                                             "roles.d", "tests.d" };
        for (size_t i = 0; i < sizeof(KNOWN) / sizeof(KNOWN[0]); i++)
                if (strcmp(name, KNOWN[i]) == 0)
                        return 0;
        if (source_ends_with(name, ".conf") && !is_regular(top, name))
                return source_error_report(source, top->label, name,
                                           "this is not a regular file; links are not followed");
        return source_superfluous_report(
                source, top, name,
                "only doorward.conf, roles.d, organizations.d, calendars.d and tests.d count "
                "here");
}

static int vendor_visit(Source *source, const char *path)
{
        _cleanup_free_ char *label = source_path_label(path);
        if (!label)
                return -ENOMEM;
        Folder folder = { .label = label, .key = "vendor", .kind = SOURCE_CATALOGUE };
        return source_plain_folder_visit(source, AT_FDCWD, path, folder, true);
}

static int policy_visit(Source *source, const char *path)
{
        _cleanup_free_ char *label = source_path_label(path);
        if (!label)
                return -ENOMEM;
        _cleanup_(source_folder_done) Folder top = { .label = "", .key = "" };
        int result = source_folder_open(AT_FDCWD, path, &top);
        if (result != 0)
                return source_problem_report(source, label, "folder", result);
        for (size_t i = 0; i < top.names.count && result == 0; i++)
                result = top_entry_check(source, &top, top.names.items[i]);
        SourceName settings = { "doorward.conf", "doorward.conf", SOURCE_SETTINGS, NULL };
        Folder roles = { .label = "roles.d", .key = "roles.d", .kind = SOURCE_CATALOGUE };
        if (result == 0)
                result = source_plain_folder_visit(source, top.fd, "roles.d", roles, false);
        if (result == 0)
                result = source_file_visit(source, &top, settings);
        if (result == 0)
                result = organizations_visit(source, top.fd);
        Folder calendars = { .label = "calendars.d",
                             .key = "calendars.d",
                             .kind = SOURCE_CALENDAR };
        if (result == 0)
                result = source_plain_folder_visit(source, top.fd, "calendars.d", calendars, false);
        Folder tests = { .label = "tests.d", .key = "tests.d", .kind = SOURCE_TESTS };
        if (result == 0)
                result = source_plain_folder_visit(source, top.fd, "tests.d", tests, false);
        return result;
}

static bool every_candidate(void *user, const char *organization)
{
        return true;
}

/* Reads the managed files, once more if that is wanted: what the first time told counts no longer
 * then. */
static int managed_visit(Source *source, const PolicyPaths *paths, const SourceAgain *again)
{
        if (!paths->assignments)
                return 0;
        Source before = *source;
        DiagnosticsMark mark = diagnostics_mark(source->diagnostics);
        int result = source_managed_visit(source, paths->assignments,
                                          paths->with_candidates ? every_candidate : NULL, NULL);
        if (result != 0 || !again)
                return result;
        result = again->between(again->user);
        if (result != 0)
                return result;
        diagnostics_rewind(source->diagnostics, mark);
        *source = before;
        return source_managed_visit(source, paths->assignments, again->candidate, again->user);
}

int source_visit_again(const PolicyPaths *paths, Diagnostics *diagnostics, SourceHandler handler,
                       void *user, const SourceAgain *again, SourceSummary *ret_summary)
{
        /* The hash state wants an alignment of 64 bytes that the compiler gives it. */
        Source source = { .diagnostics = diagnostics, .handler = handler, .user = user };
        XXH3_INITSTATE(&source.hash);
        XXH3_64bits_reset(&source.hash);
        int result = vendor_visit(&source, paths->roles);
        if (result == 0)
                result = policy_visit(&source, paths->policy);
        if (result == 0)
                result = managed_visit(&source, paths, again);
        source_names_clear(&source.organization_names);
        if (result != 0)
                return result;
        *ret_summary = (SourceSummary){ .fingerprint = XXH3_64bits_digest(&source.hash),
                                        .problem = source.problem };
        return 0;
}

int source_visit(const PolicyPaths *paths, Diagnostics *diagnostics, SourceHandler handler,
                 void *user, SourceSummary *ret_summary)
{
        return source_visit_again(paths, diagnostics, handler, user, NULL, ret_summary);
}

int policy_fingerprint(const PolicyPaths *paths, uint64_t *ret_fingerprint)
{
        _cleanup_(diagnostics_freep) Diagnostics *diagnostics = diagnostics_new();
        if (!diagnostics)
                return -ENOMEM;
        SourceSummary summary;
        int result = source_visit(paths, diagnostics, NULL, NULL, &summary);
        if (result != 0)
                return result;
        if (summary.problem != 0)
                return summary.problem;
        *ret_fingerprint = summary.fingerprint;
        return 0;
}
