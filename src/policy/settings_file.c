/* SPDX-License-Identifier: MIT */
/*
 * Settings file
 *
 * The walker reads into a model, of which only arena and diagnostics are used here.
 */
#include "policy/settings_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "policy/parse_tree.h"
#include "util/file.h"

enum { LABEL_SIZE = 1024 };

typedef struct Walk {
        Loader loader;
        const SchemaTable *table;
        void *target;
} Walk;

static void walk(void *user, const config_setting_t *root)
{
        Walk *self = user;
        schema_root(&self->loader, self->table, root, self->target);
}

/* Reports why a file is not read. Return: SETTINGS_FILE_FAULTY, or -ENOMEM. */
static int problem_report(Diagnostics *diagnostics, uint32_t file, const char *what, int problem)
{
        if (problem == -ENOMEM)
                return problem;
        diagnostics_error(diagnostics, (Place){ file, 1 },
                          problem > 0 ? "this %s %s" : "this %s cannot be read: %s", what,
                          problem > 0 ? file_problem_text(problem) : strerror(-problem));
        return SETTINGS_FILE_FAULTY;
}

/* Reads the bytes below a folder that was checked. */
static int guarded_read(const char *path, Diagnostics *diagnostics, SourceFile *file)
{
        const char *slash = strrchr(path, '/');
        _cleanup_free_ char *folder =
                slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
        if (!folder)
                return -ENOMEM;
        _cleanup_close_ int fd = -1;
        int result = file_open_directory(AT_FDCWD, folder, &fd);
        if (result != 0)
                return problem_report(diagnostics, file->file, "file's folder", result);
        result = file_read(fd, slash ? slash + 1 : path, SETTINGS_FILE_SIZE_MAX, &file->data,
                           &file->size, NULL);
        return result != 0 ? problem_report(diagnostics, file->file, "file", result) : 0;
}

int settings_file_read(const char *path, const SchemaTable *table, Arena *arena,
                       Diagnostics *diagnostics, void *target)
{
        char label[LABEL_SIZE];
        text_escape(text_from(path), label, sizeof(label));
        SourceFile file = { .kind = SOURCE_SETTINGS, .file = diagnostics_file(diagnostics, label) };
        if (file.file == PLACE_NO_FILE)
                return -ENOMEM;
        size_t errors = diagnostics_errors(diagnostics);
        int result = guarded_read(path, diagnostics, &file);
        if (result != 0)
                return result;
        Model model = { .arena = arena, .diagnostics = diagnostics };
        Walk self = { .loader = { .model = &model,
                                  .kind = SOURCE_SETTINGS,
                                  .file = file.file,
                                  .site = MODEL_NONE },
                      .table = table,
                      .target = target };
        parse_tree(diagnostics, &file, walk, &self);
        free(file.data);
        if (self.loader.out_of_memory)
                return -ENOMEM;
        return diagnostics_errors(diagnostics) > errors ? SETTINGS_FILE_FAULTY : 0;
}
