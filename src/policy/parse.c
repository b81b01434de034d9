/* SPDX-License-Identifier: MIT */
/*
 * Parse
 *
 * Which table of keys a file is walked by, and into what. A file that cannot be read makes what it
 * belongs to incomplete.
 */
#include "policy/parse.h"

#include <errno.h>
#include <string.h>

#include "policy/parse_tree.h"
#include "policy/schema_assignments.h"

/* Finds or makes the organization that the file is about. */
static int organization_find(Loader *loader, const SourceFile *file)
{
        Model *model = loader->model;
        for (uint32_t i = model->organizations.count; i > 0; i--) {
                loader->organization = &model->organizations.items[i - 1];
                if (strcmp(loader->organization->name, file->organization) == 0)
                        return 0;
        }
        loader->organization = model_append(model, &model->organizations);
        if (!loader->organization)
                return -ENOMEM;
        char *name = arena_copy(model->arena, text_from(file->organization));
        if (!name)
                return -ENOMEM;
        Place place = { file->file, 1 };
        *loader->organization = (ModelOrganization){ .name = name,
                                                     .timezone = "UTC",
                                                     .timezone_place = place,
                                                     .place = place,
                                                     .remote_unlock = true,
                                                     .remote_unlock_place = place };
        return 0;
}

static int loader_prepare(Loader *loader, const SourceFile *file)
{
        loader->kind = file->kind;
        loader->file = file->file;
        loader->organization = NULL;
        loader->organization_stated = false;
        loader->site = MODEL_NONE;
        if (file->kind == SOURCE_SETTINGS) {
                loader->model->settings.stated = true;
                loader->model->settings.place = (Place){ file->file, 1 };
        }
        return file->organization ? organization_find(loader, file) : 0;
}

static void walk(void *user, const config_setting_t *root)
{
        Loader *loader = user;
        Model *model = loader->model;
        switch (loader->kind) {
        case SOURCE_CATALOGUE:
                schema_root(loader, &SCHEMA_CATALOGUE_FILE, root, model);
                break;
        case SOURCE_SETTINGS:
                schema_root(loader, &SCHEMA_SETTINGS_FILE, root, &model->settings);
                break;
        case SOURCE_ORGANIZATION:
        case SOURCE_FRAGMENT:
                schema_root(loader, &SCHEMA_ORGANIZATION_FILE, root, loader->organization);
                break;
        case SOURCE_MANAGED:
                schema_root(loader, &SCHEMA_MANAGED_FILE, root, loader->organization);
                break;
        case SOURCE_TESTS:
                schema_root(loader, &SCHEMA_TESTS_FILE, root, model);
                break;
        case SOURCE_CALENDAR: /* calendar_load.h */
        case SOURCE_KIND_COUNT:
                break;
        }
}

/* Notes whose names are not all known, so that what refers to them is not reported as well. */
static void incomplete_mark(Loader *loader)
{
        Model *model = loader->model;
        if (loader->organization)
                loader->organization->incomplete = true;
        else if (loader->kind == SOURCE_CATALOGUE)
                model->catalogues_incomplete = true;
        else if (loader->kind == SOURCE_SETTINGS)
                model->settings.incomplete = true;
        else if (loader->kind == SOURCE_ORGANIZATION)
                model->organizations_incomplete = true;
}

int parse_file(Loader *loader, SourceFile *file)
{
        int result = loader_prepare(loader, file);
        if (result < 0)
                return result;
        if (!parse_tree(loader->model->diagnostics, file, walk, loader))
                incomplete_mark(loader);
        return loader->out_of_memory ? -ENOMEM : 0;
}
