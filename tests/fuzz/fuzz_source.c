/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: the text of a policy file
 *
 * The first byte chooses the kind of file, the rest is its text: prescan, libconfig, schema.
 * Checked besides memory: what the prescan lets pass is no syntax error to libconfig, an input that
 * was refused gave an error, and whatever got into the model has a name and a place that exist.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz_target.h"
#include "policy/parse.h"

enum { SIZE_MAX_TRIED = 1 << 16 };

static void promise(bool kept)
{
        if (!kept)
                abort();
}

static void diagnostics_check(Diagnostics *diagnostics)
{
        size_t count;
        const Diagnostic *items = diagnostics_sorted(diagnostics, &count);
        for (size_t i = 0; i < count; i++) {
                promise(items[i].place.line >= 1);
                promise(strcmp(items[i].text, "syntax error") != 0);
        }
}

static void sites_check(const ModelOrganization *organization)
{
        for (uint32_t i = 0; i < organization->sites.count; i++) {
                const ModelSite *site = &organization->sites.items[i];
                promise(site->name && site->path && site->depth > 0);
                promise(site->parent == MODEL_NONE || site->parent < i);
        }
        for (uint32_t i = 0; i < organization->doors.count; i++)
                promise(organization->doors.items[i].name &&
                        organization->doors.items[i].site < organization->sites.count);
        for (uint32_t i = 0; i < organization->hosts.count; i++)
                promise(organization->hosts.items[i].name &&
                        organization->hosts.items[i].site < organization->sites.count);
}

static void model_check_form(const Model *model)
{
        for (uint32_t i = 0; i < model->organizations.count; i++) {
                const ModelOrganization *organization = &model->organizations.items[i];
                sites_check(organization);
                for (uint32_t k = 0; k < organization->users.count; k++)
                        promise(organization->users.items[k].name != NULL);
        }
        for (uint32_t i = 0; i < model->roles.count; i++)
                promise(model->roles.items[i].name != NULL);
        for (uint32_t i = 0; i < model->tests.count; i++)
                promise(model->tests.items[i].query || model->tests.items[i].who_can);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        if (size == 0 || size > SIZE_MAX_TRIED)
                return 0;
        Diagnostics *diagnostics = diagnostics_new();
        Model *model = diagnostics ? model_new(diagnostics) : NULL;
        char *text = malloc(size);
        promise(diagnostics && model && text);
        memcpy(text, data + 1, size - 1);
        text[size - 1] = '\0';
        SourceKind kind = (SourceKind)(data[0] % SOURCE_CALENDAR);
        bool has_organization = kind == SOURCE_ORGANIZATION || kind == SOURCE_FRAGMENT;
        SourceFile file = { .kind = kind,
                            .organization = has_organization ? "acme" : NULL,
                            .file = diagnostics_file(diagnostics, "input"),
                            .data = text,
                            .size = size - 1 };
        Loader loader = { .model = model, .site = MODEL_NONE };
        promise(parse_file(&loader, &file) == 0);
        promise(schema_additions_resolve(&loader) == 0);
        free(file.data);
        diagnostics_check(diagnostics);
        model_check_form(model);
        model_free(model);
        diagnostics_free(diagnostics);
        return 0;
}
