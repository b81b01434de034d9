/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: whole policies
 *
 * The input is the text of several files with a byte 1 between them: a catalogue, an organization,
 * a fragment of it, settings, a second organization. Loaded and checked whatever is wrong with
 * them; what has no error is compiled, and its image must open and be sound to read.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz_target.h"
#include "image_visit.h"
#include "policy/build.h"
#include "policy/parse.h"

enum { SIZE_MAX_TRIED = 1 << 16, SEPARATOR = 1 };
#define NOW_S INT64_C(1780480800)

/* The files, in the order of the input's parts. */
static const struct {
        SourceKind kind;
        const char *organization;
        const char *name;
} FILES[] = {
        { SOURCE_CATALOGUE, NULL, "roles.conf" },
        { SOURCE_ORGANIZATION, "acme", "acme.conf" },
        { SOURCE_FRAGMENT, "acme", "acme.d/more.conf" },
        { SOURCE_SETTINGS, NULL, "doorward.conf" },
        { SOURCE_ORGANIZATION, "beta", "beta.conf" },
};
enum { FILE_COUNT = sizeof(FILES) / sizeof(FILES[0]), LAST_OF_ACME = 2 };

static void promise(bool kept)
{
        if (!kept)
                abort();
}

static void part_load(Loader *loader, size_t index, const char *text, size_t size)
{
        SourceFile file = { .kind = FILES[index].kind,
                            .organization = FILES[index].organization,
                            .file = diagnostics_file(loader->model->diagnostics, FILES[index].name),
                            .data = malloc(size + 1),
                            .size = size };
        promise(file.data != NULL);
        memcpy(file.data, text, size);
        file.data[size] = '\0';
        promise(parse_file(loader, &file) == 0);
        free(file.data);
}

static void parts_load(Model *model, const char *data, size_t size)
{
        Loader loader = { .model = model, .site = MODEL_NONE };
        const char *end = data + size;
        for (size_t i = 0; i < FILE_COUNT; i++) {
                const char *stop = memchr(data, SEPARATOR, (size_t)(end - data));
                stop = stop ? stop : end;
                part_load(&loader, i, data, (size_t)(stop - data));
                if (i == LAST_OF_ACME)
                        promise(schema_additions_resolve(&loader) == 0);
                data = stop < end ? stop + 1 : end;
        }
}

static void compile_check(const Model *model)
{
        Image *image = NULL;
        int result = model_compile(model, NOW_S, &image);
        promise(result >= 0);
        promise((result == 0) == (image != NULL));
        promise((result == 0) == (diagnostics_errors(model->diagnostics) == 0));
        if (image) {
                image_visit(image);
                promise(model_check_releases(model, image, NOW_S) == 0);
        }
        image_free(image);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        if (size == 0 || size > SIZE_MAX_TRIED)
                return 0;
        Diagnostics *diagnostics = diagnostics_new();
        Model *model = diagnostics ? model_new(diagnostics) : NULL;
        promise(model != NULL);
        parts_load(model, (const char *)data, size);
        model_check(model, NOW_S);
        if (diagnostics_errors(diagnostics) == 0)
                compile_check(model);
        model_free(model);
        diagnostics_free(diagnostics);
        return 0;
}
