/* SPDX-License-Identifier: MIT */
/*
 * Compile
 *
 * Runs the parts one after another and lays their sections out behind the header. The same model
 * gives the same bytes but for the time of compilation.
 */
#include "policy/compile.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "policy/build.h"
#include "policy/limits.h"
#include "util/timestamp.h"

static void compiler_clear(Compiler *compiler)
{
        for (unsigned i = 0; i < IMAGE_SECTION_COUNT; i++)
                free(compiler->sections[i].data);
        free(compiler->strings.slots);
        free(compiler->numbers.slots);
        free(compiler->held.slots);
        free(compiler->days.slots);
        free(compiler->role_order);
        free(compiler->role_implied);
        for (uint32_t i = 0; compiler->organizations && i < compiler->model->organizations.count;
             i++)
                site_walk_clear(&compiler->organizations[i].walk);
        free(compiler->organizations);
}

/* Marks the file of the last managed item: an organization's all stand in one. */
#define MANAGED_MARK(records, files, list)                                                         \
        for (uint32_t k = (list).count; k > 0; k--)                                                \
                if ((list).items[k - 1].managed && (list).items[k - 1].place.file < (files)) {     \
                        (records)[(list).items[k - 1].place.file].managed = 1;                     \
                        break;                                                                     \
                }

static void managed_files_mark(const Model *model, ImageFile *records, uint32_t files)
{
        for (uint32_t i = 0; i < model->organizations.count; i++) {
                const ModelOrganization *organization = &model->organizations.items[i];
                MANAGED_MARK(records, files, organization->assignments);
                MANAGED_MARK(records, files, organization->memberships);
                MANAGED_MARK(records, files, organization->migrations);
                MANAGED_MARK(records, files, organization->customizations);
        }
}

static int files_fill(Compiler *compiler)
{
        const Diagnostics *diagnostics = compiler->model->diagnostics;
        uint32_t count = (uint32_t)diagnostics_file_count(diagnostics);
        ImageFile *records = compiler_append(compiler, IMAGE_FILES, count);
        for (uint32_t i = 0; i < count && records; i++)
                records[i].name = compiler_string(compiler, diagnostics_file_name(diagnostics, i));
        if (records)
                managed_files_mark(compiler->model, records, count);
        return compiler->error;
}

static int parts_run(Compiler *compiler, ImageSettings *ret_settings)
{
        static int (*const PARTS[])(Compiler *) = {
                files_fill,        compile_catalogue, compile_tree,   compile_schedules,
                compile_access,    compile_roles,     compile_people, compile_members,
                compile_lockdowns, compile_callers,
        };
        for (size_t i = 0; i < sizeof(PARTS) / sizeof(PARTS[0]); i++)
                if (PARTS[i](compiler) != 0)
                        return compiler->error;
        if (compile_settings(compiler, ret_settings) != 0)
                return compiler->error;
        return compile_names(compiler);
}

/* Gives every section its place. Return: the size of the image. */
static uint64_t layout(const Compiler *compiler, ImageHeader *header)
{
        uint64_t offset = (sizeof(*header) + 7) & ~(uint64_t)7;
        for (unsigned i = 0; i < IMAGE_SECTION_COUNT; i++) {
                header->sections[i] = (ImageSection){ offset, compiler->sections[i].size };
                offset = (offset + compiler->sections[i].size + 7) & ~(uint64_t)7;
        }
        return offset;
}

/* Copies header and sections into one piece of memory and seals it. A section is given back as
 * soon as it is copied. */
static char *assemble(Compiler *compiler, ImageHeader *header)
{
        char *data = malloc(header->size);
        if (!data)
                return NULL;
        uint64_t end = sizeof(*header);
        for (unsigned i = 0; i < IMAGE_SECTION_COUNT; i++) {
                ImageSection section = header->sections[i];
                memset(data + end, 0, section.offset - end);
                if (section.size > 0)
                        memcpy(data + section.offset, compiler->sections[i].data, section.size);
                end = section.offset + section.size;
                free(compiler->sections[i].data);
                compiler->sections[i] = (Section){ 0 };
        }
        memset(data + end, 0, header->size - end);
        memcpy(data, header, sizeof(*header));
        size_t start = offsetof(ImageHeader, position_count);
        header->revision = XXH3_64bits(data + start, header->size - start);
        memcpy(data, header, sizeof(*header));
        header->checksum = image_checksum(data, header->size);
        memcpy(data, header, sizeof(*header));
        return data;
}

/* Which permission decides each command. */
static void commands_fill(const Model *model, ImageHeader *header)
{
        for (unsigned i = 0; i < PERMISSION_COMMAND_COUNT; i++)
                header->commands[i] = IMAGE_NONE;
        for (uint32_t i = 0; i < model->permissions.count; i++)
                if (model->permissions.items[i].command < PERMISSION_COMMAND_COUNT)
                        header->commands[model->permissions.items[i].command] = i;
}

static int image_make(Compiler *compiler, const ImageSettings *settings, Image **ret_image)
{
        ImageHeader header = {
                .magic = { 'd', 'o', 'o', 'r', 'w', 'a', 'r', 'd' },
                .version = IMAGE_VERSION,
                .header_size = sizeof(header),
                .fingerprint = compiler->model->fingerprint,
                .compiled_at_s = compiler->now_s,
                .position_count = compiler->position,
                .known_until_s = compiler->known_until_s,
                .known_until_place = compiled_place(compiler->known_until_place),
                .settings = *settings,
        };
        commands_fill(compiler->model, &header);
        header.size = layout(compiler, &header);
        char *data = assemble(compiler, &header);
        if (!data)
                return -ENOMEM;
        int result = image_take(data, header.size, ret_image);
        if (result != 0)
                free(data);
        return result;
}

static void problem_report(const Model *model, int problem)
{
        Place place = { PLACE_NO_FILE, 1 };
        if (model->organizations.count > 0)
                place = model->organizations.items[0].place;
        diagnostics_error(model->diagnostics, place, "%s",
                          problem == COMPILE_NO_ZONE
                                  ? "a time zone of the policy cannot be read any more"
                                  : "the policy is too large to be compiled");
}

/* What is compiled now is served until somebody compiles it again. A zone has no place of its own.
 */
static void warn_of_end(const Compiler *compiler)
{
        const Model *model = compiler->model;
        Place place = compiler->known_until_place;
        bool zone = place.file == PLACE_NO_FILE;
        char date[TIMESTAMP_TEXT_SIZE];
        if (compiler->known_until_s == TIMESTAMP_MAX ||
            compiler->known_until_s - ENDING_SECONDS > compiler->now_s)
                return;
        diagnostics_warning(model->diagnostics, zone ? model->organizations.items[0].place : place,
                            "%s known until %s only: what depends on it is denied from then on",
                            zone ? "time zones are" : "this calendar is",
                            timestamp_format(compiler->known_until_s, date));
}

int model_compile(const Model *model, int64_t now_s, Image **ret_image)
{
        Compiler compiler = {
                .model = model,
                .now_s = now_s,
                .strings = { .section = IMAGE_STRINGS },
                .numbers = { .section = IMAGE_NUMBERS },
                .held = { .section = IMAGE_HELD },
                .days = { .section = IMAGE_EXCEPTION_DAYS },
                .known_until_s = TIMESTAMP_MAX,
                .known_until_place = { PLACE_NO_FILE, 1 },
                .organizations = calloc((size_t)model->organizations.count + 1,
                                        sizeof(*compiler.organizations)),
        };
        ImageSettings settings;
        int result = compiler.organizations ? parts_run(&compiler, &settings) : -ENOMEM;
        if (result == 0)
                result = image_make(&compiler, &settings, ret_image);
        if (result == 0)
                warn_of_end(&compiler);
        if (result > 0)
                problem_report(model, result);
        compiler_clear(&compiler);
        return result;
}
