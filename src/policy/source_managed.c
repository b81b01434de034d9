/* SPDX-License-Identifier: MIT */
/*
 * Source: managed assignments
 *
 * The one folder that a program writes. It is gone through by the organizations, not by what lies
 * in it, so that a file and its candidate always have the same place in the order.
 */
#include <errno.h>
#include <fcntl.h>

#include "policy/managed.h"
#include "policy/source_folder.h"
#include "util/name.h"

#define SUFFIX ".conf"

typedef struct ManagedVisit {
        Source *source;
        const Folder *folder;
        SourceCandidate candidate;
        void *user;
} ManagedVisit;

/* The file of the organization whose NAME.conf lies in organizations.d. */
static int organization_file_visit(const ManagedVisit *visit, const char *name)
{
        _cleanup_free_ char *stem = source_stem_copy(name), *next = NULL;
        if (!stem || asprintf(&next, "%s" MANAGED_CANDIDATE_SUFFIX, name) < 0)
                return -ENOMEM;
        if (!name_is_valid(text_from(stem)))
                return 0;
        const char *stored = name;
        if (visit->candidate && source_names_contain(&visit->folder->names, next) &&
            visit->candidate(visit->user, stem))
                stored = next;
        else if (!source_names_contain(&visit->folder->names, name))
                return 0;
        return source_file_visit(visit->source, visit->folder,
                                 (SourceName){ stored, name, SOURCE_MANAGED, stem });
}

/* What else lies there. The daemon's own candidates are nobody else's business. */
static int leftover_check(const ManagedVisit *visit, const char *name)
{
        Source *source = visit->source;
        if (source_ends_with(name, SUFFIX MANAGED_CANDIDATE_SUFFIX))
                return 0;
        if (!source_ends_with(name, SUFFIX))
                return source_superfluous_report(source, visit->folder, name,
                                                 "its name does not end in .conf");
        if (!source->organizations_known || source_names_contain(&source->organization_names, name))
                return 0;
        _cleanup_free_ char *stem = source_stem_copy(name), *text = NULL;
        char escaped[256];
        if (!stem ||
            asprintf(&text,
                     "managed assignments of an organization that does not exist: there is no "
                     "organizations.d/%s.conf; bring it back, or move this file away",
                     text_escape(text_from(stem), escaped, sizeof(escaped))) < 0)
                return -ENOMEM;
        return source_error_report(source, visit->folder->label, name, text);
}

int source_managed_visit(Source *source, const char *path, SourceCandidate candidate, void *user)
{
        _cleanup_free_ char *label = source_path_label(path);
        if (!label)
                return -ENOMEM;
        _cleanup_(source_folder_done) Folder folder = { .label = label,
                                                        .key = MANAGED_DIRECTORY,
                                                        .kind = SOURCE_MANAGED };
        int result = source_folder_open(AT_FDCWD, path, &folder);
        if (result == -ENOENT)
                return 0;
        if (result != 0)
                return source_refused_report(source, label, "folder", result,
                                             &(SourceName){ .kind = SOURCE_MANAGED });
        ManagedVisit visit = { source, &folder, candidate, user };
        const Names *names = &source->organization_names;
        for (size_t i = 0; i < names->count && result == 0; i++)
                if (source_ends_with(names->items[i], SUFFIX))
                        result = organization_file_visit(&visit, names->items[i]);
        for (size_t i = 0; i < folder.names.count && result == 0; i++)
                result = leftover_check(&visit, folder.names.items[i]);
        return result;
}
