/* SPDX-License-Identifier: MIT */
/*
 * Source
 *
 * A policy is walked folder by folder: a folder is opened and checked once, its names are sorted,
 * and each file is opened below that descriptor, so that nothing is ever reached by a path that
 * somebody could change in between. What is not read is named in a warning, or an error where it
 * looks as if it was meant to be read.
 */
#include "policy/source.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "policy/limits.h"
#include "util/file.h"
#include "util/name.h"
#include "util/vector.h"

enum { ESCAPED_SIZE = 1024 };

typedef struct Source {
        Diagnostics *diagnostics;
        SourceHandler handler;
        void *user;
        XXH3_state_t hash;
        size_t files;
        size_t organizations;
        int problem;
} Source;

typedef VECTOR_OF(char *) Names;

/* An opened folder. */
typedef struct Folder {
        int fd;
        const char *label; /* what diagnostics put before its names; "" for the policy directory */
        const char *key;   /* the same for the fingerprint, independent of where the policy lies */
        SourceKind kind;
        const char *organization;
        Names names; /* sorted */
} Folder;

static void folder_done(Folder *folder)
{
        for (size_t i = 0; i < folder->names.count; i++)
                free(folder->names.items[i]);
        vector_clear(&folder->names);
        cleanup_close(&folder->fd);
}

/* "LABEL/NAME" as one line of text. Return: owned by the caller, or NULL without memory. */
static char *label_join(const char *label, const char *name)
{
        char escaped[ESCAPED_SIZE], *joined;
        text_escape(text_from(name), escaped, sizeof(escaped));
        int size = *label ? asprintf(&joined, "%s/%s", label, escaped)
                          : asprintf(&joined, "%s", escaped);
        return size < 0 ? NULL : joined;
}

/* What to do about a problem; "" where that cannot be said in a word. */
static const char *problem_remedy(int problem)
{
        if (problem == FILE_WRITABLE)
                return " (chmod go-w)";
        return problem == FILE_WRONG_OWNER ? " (chown root)" : "";
}

/* Reports that the file or folder of this label was refused. Return: 0, so that the rest of the
 * policy is still looked at; -ENOMEM stays fatal. */
static int problem_report(Source *source, const char *label, const char *what, int problem)
{
        if (problem == -ENOMEM)
                return problem;
        if (source->problem == 0)
                source->problem = problem;
        Place place = { diagnostics_file(source->diagnostics, label), 1 };
        if (problem == FILE_NOT_DIRECTORY || problem == FILE_NOT_REGULAR)
                diagnostics_error(source->diagnostics, place, "this %s; links are not followed",
                                  file_problem_text(problem));
        else if (problem > 0)
                diagnostics_error(source->diagnostics, place, "this %s %s%s", what,
                                  file_problem_text(problem), problem_remedy(problem));
        else
                diagnostics_error(source->diagnostics, place, "this %s cannot be read: %s", what,
                                  strerror(-problem));
        return 0;
}

/* Reports it, and tells the handler what is missing now. */
static int refused_report(Source *source, const char *label, const char *what, int problem,
                          SourceKind kind, const char *organization)
{
        int result = problem_report(source, label, what, problem);
        if (result != 0 || !source->handler)
                return result;
        SourceFile file = { .kind = kind,
                            .organization = organization,
                            .file = diagnostics_file(source->diagnostics, label) };
        return source->handler(source->user, &file);
}

static int superfluous_report(Source *source, const Folder *folder, const char *name,
                              const char *why)
{
        _cleanup_free_ char *label = label_join(folder->label, name);
        if (!label)
                return -ENOMEM;
        Place place = { diagnostics_file(source->diagnostics, label), 1 };
        diagnostics_warning(source->diagnostics, place, "not read: %s", why);
        return 0;
}

static int error_report(Source *source, const char *folder_label, const char *name,
                        const char *text)
{
        _cleanup_free_ char *label = label_join(folder_label, name);
        if (!label)
                return -ENOMEM;
        Place place = { diagnostics_file(source->diagnostics, label), 1 };
        diagnostics_error(source->diagnostics, place, "%s", text);
        return 0;
}

static bool ends_with(const char *name, const char *suffix)
{
        size_t size = strlen(name), suffix_size = strlen(suffix);
        return size >= suffix_size && strcmp(name + size - suffix_size, suffix) == 0;
}

/* Copies NAME of "NAME.conf" or "NAME.d". */
static char *stem_copy(const char *name)
{
        const char *dot = strrchr(name, '.');
        return strndup(name, (size_t)(dot - name));
}

static int name_compare(const void *a, const void *b)
{
        return strcmp(*(char *const *)a, *(char *const *)b);
}

static int names_append(Names *names, const char *name)
{
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
                return 0;
        if (names->count >= SOURCE_ENTRIES_MAX)
                return -E2BIG;
        char *copy = strdup(name);
        char **slot = copy ? vector_append(names) : NULL;
        if (!slot) {
                free(copy);
                return -ENOMEM;
        }
        *slot = copy;
        return 0;
}

static void cleanup_closedir(DIR **directory)
{
        if (*directory)
                closedir(*directory);
}

/* Lists a folder. The names found so far are in the folder whatever is returned. */
static int folder_list(Folder *folder)
{
        int fd = fcntl(folder->fd, F_DUPFD_CLOEXEC, 3);
        if (fd < 0)
                return -errno;
        _cleanup_(cleanup_closedir) DIR *directory = fdopendir(fd);
        if (!directory) {
                int result = -errno;
                close(fd);
                return result;
        }
        const struct dirent *entry;
        int result = 0;
        while (errno = 0, result == 0 && (entry = readdir(directory)))
                result = names_append(&folder->names, entry->d_name);
        if (result == 0 && errno != 0)
                result = -errno;
        if (folder->names.count > 0)
                qsort(folder->names.items, folder->names.count, sizeof(char *), name_compare);
        return result;
}

/* Opens and lists a folder. Return: as file_open_directory(). */
static int folder_open(int parent_fd, const char *name, Folder *folder)
{
        folder->fd = -1;
        int result = file_open_directory(parent_fd, name, &folder->fd);
        return result != 0 ? result : folder_list(folder);
}

/* One file's share of the fingerprint: its name with the NUL, its size, its bytes. */
static void fingerprint_add(Source *source, const char *key, const char *name,
                            const SourceFile *file)
{
        unsigned char size[8];
        for (unsigned i = 0; i < sizeof(size); i++)
                size[i] = (unsigned char)((uint64_t)file->size >> (8 * i));
        XXH3_64bits_update(&source->hash, key, strlen(key) + 1);
        XXH3_64bits_update(&source->hash, name, strlen(name) + 1);
        XXH3_64bits_update(&source->hash, size, sizeof(size));
        XXH3_64bits_update(&source->hash, file->data, file->size);
}

/* Reads one file of a folder and passes it on. */
static int file_visit(Source *source, const Folder *folder, const char *name, SourceKind kind,
                      const char *organization)
{
        _cleanup_free_ char *label = label_join(folder->label, name);
        if (!label)
                return -ENOMEM;
        if (++source->files > SOURCE_FILES_MAX)
                return refused_report(source, label, "file", -E2BIG, kind, organization);
        SourceFile file = { .kind = kind, .organization = organization };
        int result =
                file_read(folder->fd, name, SOURCE_FILE_SIZE_MAX, &file.data, &file.size, NULL);
        if (result == -ENOENT && kind == SOURCE_SETTINGS)
                return 0;
        if (result != 0)
                return refused_report(source, label, "file", result, kind, organization);
        fingerprint_add(source, folder->key, name, &file);
        file.file = diagnostics_file(source->diagnostics, label);
        if (file.file == PLACE_NO_FILE)
                result = -ENOMEM;
        else if (source->handler)
                result = source->handler(source->user, &file);
        free(file.data);
        return result;
}

/* Reads all .conf files of an opened folder. */
static int folder_files_visit(Source *source, const Folder *folder)
{
        int result = 0;
        for (size_t i = 0; i < folder->names.count && result == 0; i++) {
                const char *name = folder->names.items[i];
                result = ends_with(name, ".conf")
                                 ? file_visit(source, folder, name, folder->kind,
                                              folder->organization)
                                 : superfluous_report(source, folder, name,
                                                      "its name does not end in .conf");
        }
        return result;
}

/* Reads a folder that holds nothing but files of one kind. The label is that of the folder. */
static int plain_folder_visit(Source *source, int parent_fd, const char *name, Folder folder,
                              bool required)
{
        _cleanup_(folder_done) Folder opened = folder;
        int result = folder_open(parent_fd, name, &opened);
        if (result == -ENOENT && !required)
                return 0;
        if (result != 0)
                return refused_report(source, folder.label, "folder", result, folder.kind,
                                      folder.organization);
        return folder_files_visit(source, &opened);
}

/* organizations.d/NAME.conf */
static int organization_visit(Source *source, const Folder *folder, const char *name)
{
        _cleanup_free_ char *stem = stem_copy(name);
        if (!stem)
                return -ENOMEM;
        if (!name_is_valid(text_from(stem)))
                return error_report(source, folder->label, name,
                                    "an organization cannot have this name");
        if (++source->organizations > ORGANIZATIONS_MAX)
                return error_report(source, folder->label, name, "too many organizations");
        return file_visit(source, folder, name, SOURCE_ORGANIZATION, stem);
}

static bool names_contain(const Names *names, const char *name)
{
        return bsearch(&name, names->items, names->count, sizeof(char *), name_compare) != NULL;
}

/* organizations.d/NAME.d */
static int fragments_visit(Source *source, const Folder *folder, const char *name)
{
        _cleanup_free_ char *stem = stem_copy(name), *file_name = NULL;
        if (!stem || asprintf(&file_name, "%s.conf", stem) < 0)
                return -ENOMEM;
        if (!names_contain(&folder->names, file_name))
                return error_report(source, folder->label, name,
                                    "fragments of an organization that has no .conf file");
        _cleanup_free_ char *label = label_join(folder->label, name);
        if (!label)
                return -ENOMEM;
        Folder fragments = {
                .label = label, .key = label, .kind = SOURCE_FRAGMENT, .organization = stem
        };
        return plain_folder_visit(source, folder->fd, name, fragments, true);
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
        if (ends_with(name, ".conf"))
                return organization_visit(source, folder, name);
        if (ends_with(name, ".d") && !is_regular(folder, name))
                return fragments_visit(source, folder, name);
        return superfluous_report(source, folder, name,
                                  "its name ends neither in .conf nor, as a folder, in .d");
}

static int organizations_visit(Source *source, int policy_fd)
{
        static const char NAME[] = "organizations.d";
        _cleanup_(folder_done) Folder folder = { .label = NAME, .key = NAME };
        int result = folder_open(policy_fd, NAME, &folder);
        if (result != 0)
                return refused_report(source, NAME, "folder", result, SOURCE_ORGANIZATION, NULL);
        for (size_t i = 0; i < folder.names.count && result == 0; i++)
                result = organization_entry_visit(source, &folder, folder.names.items[i]);
        if (result == 0 && source->organizations == 0)
                result = error_report(source, "", NAME, "an empty policy: no organization");
        return result;
}

/* What lies at the top of the policy directory and has no meaning there. */
static int top_entry_check(Source *source, const Folder *top, const char *name)
{
        static const char *const KNOWN[] = { "doorward.conf", "organizations.d", "roles.d",
                                             "tests.d" };
        for (size_t i = 0; i < sizeof(KNOWN) / sizeof(KNOWN[0]); i++)
                if (strcmp(name, KNOWN[i]) == 0)
                        return 0;
        if (ends_with(name, ".conf") && !is_regular(top, name))
                return error_report(source, top->label, name,
                                    "this is not a regular file; links are not followed");
        return superfluous_report(source, top, name,
                                  "only doorward.conf, roles.d, organizations.d and tests.d count "
                                  "here");
}

/* Copies a path as given, on one line and without slashes at its end. */
static char *path_label(const char *path)
{
        size_t size = strlen(path);
        while (size > 1 && path[size - 1] == '/')
                size--;
        char escaped[ESCAPED_SIZE];
        return strdup(text_escape((Text){ path, size }, escaped, sizeof(escaped)));
}

static int vendor_visit(Source *source, const char *path)
{
        _cleanup_free_ char *label = path_label(path);
        if (!label)
                return -ENOMEM;
        Folder folder = { .label = label, .key = "vendor", .kind = SOURCE_CATALOGUE };
        return plain_folder_visit(source, AT_FDCWD, path, folder, true);
}

static int policy_visit(Source *source, const char *path)
{
        _cleanup_free_ char *label = path_label(path);
        if (!label)
                return -ENOMEM;
        _cleanup_(folder_done) Folder top = { .label = "", .key = "" };
        int result = folder_open(AT_FDCWD, path, &top);
        if (result != 0)
                return problem_report(source, label, "folder", result);
        for (size_t i = 0; i < top.names.count && result == 0; i++)
                result = top_entry_check(source, &top, top.names.items[i]);
        Folder roles = { .label = "roles.d", .key = "roles.d", .kind = SOURCE_CATALOGUE };
        if (result == 0)
                result = plain_folder_visit(source, top.fd, "roles.d", roles, false);
        if (result == 0)
                result = file_visit(source, &top, "doorward.conf", SOURCE_SETTINGS, NULL);
        if (result == 0)
                result = organizations_visit(source, top.fd);
        Folder tests = { .label = "tests.d", .key = "tests.d", .kind = SOURCE_TESTS };
        if (result == 0)
                result = plain_folder_visit(source, top.fd, "tests.d", tests, false);
        return result;
}

int source_visit(const PolicyPaths *paths, Diagnostics *diagnostics, SourceHandler handler,
                 void *user, SourceSummary *ret_summary)
{
        /* The hash state wants an alignment of 64 bytes that the compiler gives it. */
        Source source = { .diagnostics = diagnostics, .handler = handler, .user = user };
        XXH3_INITSTATE(&source.hash);
        XXH3_64bits_reset(&source.hash);
        int result = vendor_visit(&source, paths->roles);
        if (result == 0)
                result = policy_visit(&source, paths->policy);
        if (result != 0)
                return result;
        *ret_summary = (SourceSummary){ .fingerprint = XXH3_64bits_digest(&source.hash),
                                        .problem = source.problem };
        return 0;
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
