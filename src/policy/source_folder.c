/* SPDX-License-Identifier: MIT */
/* Source: opening, listing and reading folders; see source_folder.h. */
#include "policy/source_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "policy/limits.h"
#include "policy/managed.h"
#include "util/file.h"

enum { ESCAPED_SIZE = 1024 };

void source_names_clear(Names *names)
{
        for (size_t i = 0; i < names->count; i++)
                free(names->items[i]);
        vector_clear(names);
}

void source_folder_done(Folder *folder)
{
        source_names_clear(&folder->names);
        cleanup_close(&folder->fd);
}

char *source_label_join(const char *label, const char *name)
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

int source_problem_report(Source *source, const char *label, const char *what, int problem)
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

int source_refused_report(Source *source, const char *label, const char *what, int problem,
                          const SourceName *name)
{
        int result = source_problem_report(source, label, what, problem);
        if (result != 0 || !source->handler)
                return result;
        SourceFile file = { .kind = name->kind,
                            .organization = name->organization,
                            .name = name->shown,
                            .file = diagnostics_file(source->diagnostics, label) };
        return source->handler(source->user, &file);
}

int source_superfluous_report(Source *source, const Folder *folder, const char *name,
                              const char *why)
{
        _cleanup_free_ char *label = source_label_join(folder->label, name);
        if (!label)
                return -ENOMEM;
        Place place = { diagnostics_file(source->diagnostics, label), 1 };
        diagnostics_warning(source->diagnostics, place, "not read: %s", why);
        return 0;
}

int source_error_report(Source *source, const char *folder_label, const char *name,
                        const char *text)
{
        _cleanup_free_ char *label = source_label_join(folder_label, name);
        if (!label)
                return -ENOMEM;
        Place place = { diagnostics_file(source->diagnostics, label), 1 };
        diagnostics_error(source->diagnostics, place, "%s", text);
        return 0;
}

bool source_ends_with(const char *name, const char *suffix)
{
        size_t size = strlen(name), suffix_size = strlen(suffix);
        return size >= suffix_size && strcmp(name + size - suffix_size, suffix) == 0;
}

char *source_stem_copy(const char *name)
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

/* Lists a folder. The names found so far are in the folder whatever is returned. */
static int folder_list(Folder *folder)
{
        _cleanup_(cleanup_closedir) DIR *directory = NULL;
        int result = file_list(folder->fd, &directory);
        const struct dirent *entry;
        while (errno = 0, result == 0 && (entry = readdir(directory)))
                result = names_append(&folder->names, entry->d_name);
        if (result == 0 && errno != 0)
                result = -errno;
        if (folder->names.count > 0)
                qsort(folder->names.items, folder->names.count, sizeof(char *), name_compare);
        return result;
}

int source_folder_open(int parent_fd, const char *name, Folder *folder)
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

/* Bytes that a file may have. */
static size_t size_max(SourceKind kind)
{
        if (kind == SOURCE_CALENDAR)
                return CALENDAR_SIZE_MAX;
        return kind == SOURCE_MANAGED ? MANAGED_SIZE_MAX : SOURCE_FILE_SIZE_MAX;
}

int source_file_visit(Source *source, const Folder *folder, SourceName name)
{
        _cleanup_free_ char *label = source_label_join(folder->label, name.shown);
        if (!label)
                return -ENOMEM;
        if (++source->files > SOURCE_FILES_MAX)
                return source_refused_report(source, label, "file", -E2BIG, &name);
        SourceFile file = { .kind = name.kind,
                            .organization = name.organization,
                            .name = name.shown };
        int result = file_read(folder->fd, name.stored, size_max(name.kind), &file.data, &file.size,
                               NULL);
        if (result == -ENOENT && name.kind == SOURCE_SETTINGS)
                return 0;
        if (result != 0)
                return source_refused_report(source, label, "file", result, &name);
        fingerprint_add(source, folder->key, name.shown, &file);
        file.file = diagnostics_file(source->diagnostics, label);
        if (file.file == PLACE_NO_FILE)
                result = -ENOMEM;
        else if (source->handler)
                result = source->handler(source->user, &file);
        free(file.data);
        return result;
}

/* Reads all files of an opened folder that its kind has. */
static int folder_files_visit(Source *source, const Folder *folder)
{
        bool calendars = folder->kind == SOURCE_CALENDAR;
        int result = 0;
        for (size_t i = 0; i < folder->names.count && result == 0; i++) {
                const char *name = folder->names.items[i];
                SourceName file = { name, name, folder->kind, folder->organization };
                result = source_ends_with(name, calendars ? ".ics" : ".conf")
                                 ? source_file_visit(source, folder, file)
                                 : source_superfluous_report(
                                           source, folder, name,
                                           calendars ? "its name does not end in .ics"
                                                     : "its name does not end in .conf");
        }
        return result;
}

int source_plain_folder_visit(Source *source, int parent_fd, const char *name, Folder folder,
                              bool required)
{
        _cleanup_(source_folder_done) Folder opened = folder;
        int result = source_folder_open(parent_fd, name, &opened);
        if (result == -ENOENT && !required)
                return 0;
        if (result != 0)
                return source_refused_report(
                        source, folder.label, "folder", result,
                        &(SourceName){ .kind = folder.kind, .organization = folder.organization });
        return folder_files_visit(source, &opened);
}

char *source_path_label(const char *path)
{
        size_t size = strlen(path);
        while (size > 1 && path[size - 1] == '/')
                size--;
        char escaped[ESCAPED_SIZE];
        return strdup(text_escape((Text){ path, size }, escaped, sizeof(escaped)));
}

bool source_names_contain(const Names *names, const char *name)
{
        return names->count > 0 &&
               bsearch(&name, names->items, names->count, sizeof(char *), name_compare) != NULL;
}
