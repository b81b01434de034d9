/* SPDX-License-Identifier: MIT */
/*
 * Roles: matrix. What a role gives comes from the image, the order from the model, which has
 * everything as it stands in the files; a role of the catalogues has one index in both.
 */
#include "cli/roles_matrix.h"

#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/complain.h"
#include "cli/output.h"
#include "cli/roles_cell.h"

#define SUFFIX ".conf"

size_t roles_matrix_columns(const RolesMatrix *matrix)
{
        return matrix->role_count + matrix->has_custom;
}

const char *roles_matrix_column(const RolesMatrix *matrix, size_t column)
{
        if (column >= matrix->role_count)
                return ROLES_MATRIX_CUSTOM;
        const ImageRole *role = image_role(matrix->image, matrix->roles[column]);
        return role ? image_string(matrix->image, role->name).data : "?";
}

const char *roles_matrix_row(const RolesMatrix *matrix, size_t row)
{
        const ImagePermission *permission =
                image_permission(matrix->image, matrix->permissions[row]);
        return permission ? image_string(matrix->image, permission->name).data : "?";
}

const char *roles_matrix_cell(const RolesMatrix *matrix, Arena *arena, size_t row, size_t column,
                              bool for_programs)
{
        uint32_t permission = matrix->permissions[row];
        if (column >= matrix->role_count) {
                if (!matrix->custom[permission])
                        return "";
                return for_programs ? ROLES_MATRIX_CUSTOM_CELL : ROLES_MATRIX_CONFIGURED;
        }
        _cleanup_free_ char *text =
                roles_cell_text(matrix->image, matrix->roles[column], permission,
                                for_programs ? CELL_EXPRESSION : CELL_WORDS);
        return text ? arena_copy(arena, text_from(text)) : NULL;
}

/* "access" of "/usr/share/doorward/roles/access.conf", in the arena. */
static const char *system_name(const Model *model, uint32_t file, Arena *arena)
{
        const char *name = diagnostics_file_name(model->diagnostics, file);
        const char *slash = strrchr(name, '/');
        Text stem = text_from(slash ? slash + 1 : name);
        size_t suffix = strlen(SUFFIX);
        if (stem.size > suffix && memcmp(stem.data + stem.size - suffix, SUFFIX, suffix) == 0)
                stem.size -= suffix;
        return arena_copy(arena, stem);
}

static void add_permission(RolesMatrix *matrix, bool *listed, uint32_t permission)
{
        if (permission >= image_count(matrix->image, IMAGE_PERMISSIONS) || listed[permission])
                return;
        listed[permission] = true;
        matrix->permissions[matrix->permission_count++] = permission;
}

static void add_role(RolesMatrix *matrix, const ModelRole *role, uint32_t index, bool *listed)
{
        matrix->roles[matrix->role_count++] = index;
        for (uint32_t i = 0; i < role->entries.count; i++)
                add_permission(matrix, listed, role->entries.items[i].permission.index);
}

static void add_custom(RolesMatrix *matrix, const ModelCustomRoles *custom, bool *listed)
{
        matrix->has_custom = true;
        for (uint32_t i = 0; i < custom->actions.count; i++) {
                const char *name = custom->actions.items[i].permission.name;
                uint32_t permission = image_find_permission(matrix->image, text_from(name));
                if (!image_permission(matrix->image, permission))
                        continue;
                add_permission(matrix, listed, permission);
                matrix->custom[permission] = true;
        }
}

/* What roles of other files give to roles of this one, by being included, comes last. */
static void add_included(RolesMatrix *matrix, bool *listed)
{
        for (size_t i = 0; i < matrix->role_count; i++) {
                const ImageRole *role = image_role(matrix->image, matrix->roles[i]);
                uint32_t count;
                const ImageEntry *entries =
                        role ? image_entries(matrix->image, role->entries, &count) : NULL;
                for (uint32_t k = 0; entries && k < count; k++)
                        add_permission(matrix, listed, entries[k].permission);
        }
}

/* Return: 0, or EXIT_UNABLE without memory. */
static int build(const Offline *offline, uint32_t file, Arena *arena, RolesMatrix *ret_matrix)
{
        const Model *model = offline->model;
        uint32_t permissions = image_count(offline->image, IMAGE_PERMISSIONS);
        RolesMatrix matrix = {
                .image = offline->image,
                .system = system_name(model, file, arena),
                .roles = arena_allocate(arena, (model->roles.count + 1) * sizeof(uint32_t)),
                .permissions = arena_allocate(arena, (permissions + 1) * sizeof(uint32_t)),
                .custom = arena_allocate(arena, permissions + 1),
        };
        bool *listed = arena_allocate(arena, permissions + 1);
        if (!matrix.system || !matrix.roles || !matrix.permissions || !matrix.custom || !listed)
                return output_out_of_memory();
        for (uint32_t i = 0; i < model->roles.count; i++)
                if (model->roles.items[i].place.file == file)
                        add_role(&matrix, &model->roles.items[i], i, listed);
        add_included(&matrix, listed);
        if (model->custom_roles.stated && model->custom_roles.place.file == file)
                add_custom(&matrix, &model->custom_roles, listed);
        *ret_matrix = matrix;
        return 0;
}

/* Says whether a file holds roles, or what custom roles can hold. */
static bool is_system(const Model *model, uint32_t file)
{
        for (uint32_t i = 0; i < model->roles.count; i++)
                if (model->roles.items[i].place.file == file)
                        return true;
        return model->custom_roles.stated && model->custom_roles.place.file == file;
}

static int print(const RolesMatrix *matrix, const Options *options, Arena *arena)
{
        static int (*const PRINTERS[])(const RolesMatrix *, Arena *) = {
                [FORMAT_TEXT] = roles_matrix_print_text,
                [FORMAT_CSV] = roles_matrix_print_csv,
                [FORMAT_MARKDOWN] = roles_matrix_print_markdown,
        };
        if (options->given & OPTION_JSON)
                return roles_matrix_print_json(matrix, arena);
        return PRINTERS[options->format](matrix, arena);
}

/* Names the systems that there are. Return: EXIT_UNABLE. */
static int complain_of_name(const Model *model, const char *name, Arena *arena)
{
        char *systems = NULL;
        size_t size, files = diagnostics_file_count(model->diagnostics);
        FILE *stream = open_memstream(&systems, &size);
        if (!stream)
                return output_out_of_memory();
        for (uint32_t file = 0; file < files; file++)
                if (is_system(model, file)) {
                        const char *system = system_name(model, file, arena);
                        fprintf(stream, " %s", system ? system : "");
                }
        int status = fclose(stream) == 0 ? EXIT_UNABLE : output_out_of_memory();
        if (status == EXIT_UNABLE)
                complain("roles", "there is no role system '%s'; there are:%s", name, systems);
        free(systems);
        return status;
}

/* Prints the systems of one name; NULL: every system. Return: 0, EXIT_UNABLE. */
static int print_systems(const Offline *offline, const Options *options, const char *name,
                         Arena *arena)
{
        const Model *model = offline->model;
        size_t files = diagnostics_file_count(model->diagnostics), printed = 0;
        for (uint32_t file = 0; file < files; file++) {
                RolesMatrix matrix;
                if (!is_system(model, file))
                        continue;
                int status = build(offline, file, arena, &matrix);
                if (status == 0 && name && strcmp(matrix.system, name) != 0)
                        continue;
                if (status == 0 && printed > 0 && !(options->given & OPTION_JSON) &&
                    options->format != FORMAT_CSV)
                        putchar('\n');
                if (status == 0)
                        status = print(&matrix, options, arena);
                if (status != 0)
                        return status;
                printed++;
        }
        if (printed > 0 || !name)
                return 0;
        return complain_of_name(model, name, arena);
}

int roles_matrix_run(const Offline *offline, const Options *options)
{
        _cleanup_(arena_freep) Arena *arena = arena_new();
        if (!arena)
                return output_out_of_memory();
        if (options->format == FORMAT_JSON) {
                complain("roles", "'json' is no format of the matrix; use --json");
                return EXIT_USAGE;
        }
        if (options->format == FORMAT_CSV && !(options->given & OPTION_JSON))
                roles_matrix_print_csv_header();
        int status = 0;
        for (int i = 0; (i < options->word_count || i == 0) && status == 0; i++)
                status = print_systems(offline, options,
                                       options->word_count ? options->words[i] : NULL, arena);
        return status;
}
