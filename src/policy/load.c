/* SPDX-License-Identifier: MIT */
/*
 * Load: the files of a policy, one after the other, into one model.
 *
 * When managed assignments are changed, everything is read once, and of the managed files those
 * that were written anew a second time, since what was reported about them and what is compiled
 * from them names their lines.
 */
#include <errno.h>

#include "policy/build.h"
#include "policy/calendar_load.h"
#include "policy/managed.h"
#include "policy/parse.h"
#include "util/vector.h"

/* What a policy is read into. */
typedef struct PolicyLoad {
        Loader loader;
        int64_t now_s;
        CalendarSpan span;
} PolicyLoad;

static PolicyLoad policy_load(Model *model, int64_t now_s)
{
        return (PolicyLoad){ .loader = { .model = model, .site = MODEL_NONE },
                             .now_s = now_s,
                             .span = calendar_span(now_s) };
}

static int file_load(void *user, SourceFile *file)
{
        PolicyLoad *load = user;
        return file->kind == SOURCE_CALENDAR ? calendar_load(load->loader.model, file, load->span)
                                             : parse_file(&load->loader, file);
}

/* What remains when every file has been read. */
static int policy_load_finish(PolicyLoad *load)
{
        calendars_finish(load->loader.model, load->span, load->now_s);
        return schema_additions_resolve(&load->loader);
}

int model_load(Model *model, const PolicyPaths *paths, int64_t now_s)
{
        PolicyLoad load = policy_load(model, now_s);
        SourceSummary summary;
        int result = source_visit(paths, model->diagnostics, file_load, &load, &summary);
        if (result < 0)
                return result;
        model->fingerprint = summary.fingerprint;
        return policy_load_finish(&load);
}

/* A managed file as it was read first. */
typedef struct ManagedFile {
        uint32_t organization;
        uint32_t file;
} ManagedFile;

typedef struct ChangedLoad {
        PolicyLoad policy;
        const PolicyChanges *changes;
        VECTOR_OF(ManagedFile) files;
        bool *touched; /* by organization; NULL before the changes are applied */
        bool stopped;  /* there are errors: nothing more is to be done */
} ChangedLoad;

static uint32_t organization_number(const Model *model, const char *name)
{
        for (uint32_t i = model->organizations.count; i > 0; i--)
                if (strcmp(model->organizations.items[i - 1].name, name) == 0)
                        return i - 1;
        return MODEL_NONE;
}

/* Remembers which file an organization's managed items stand in. */
static int managed_note(ChangedLoad *load, const SourceFile *file)
{
        uint32_t organization = organization_number(load->policy.loader.model, file->organization);
        ManagedFile *noted = vector_append(&load->files);
        if (!noted)
                return -ENOMEM;
        *noted = (ManagedFile){ organization, file->file };
        return 0;
}

/* Says whether what was read first is still right: the same bytes under the same number. */
static bool is_unchanged(const ChangedLoad *load, uint32_t organization, uint32_t file)
{
        if (load->touched[organization])
                return false;
        for (size_t i = 0; i < load->files.count; i++)
                if (load->files.items[i].organization == organization)
                        return load->files.items[i].file == file;
        return false;
}

static int changed_file_load(void *user, SourceFile *file)
{
        ChangedLoad *load = user;
        if (load->touched) {
                Model *model = load->policy.loader.model;
                uint32_t organization = organization_number(model, file->organization);
                if (organization < model->organizations.count) {
                        if (is_unchanged(load, organization, file->file))
                                return 0;
                        managed_forget(&model->organizations.items[organization]);
                }
                return file_load(&load->policy, file);
        }
        int result = file_load(&load->policy, file);
        if (result == 0 && file->kind == SOURCE_MANAGED && file->organization)
                result = managed_note(load, file);
        return result;
}

static int candidate_write(const ChangedLoad *load, const ModelOrganization *organization)
{
        FILE *stream = NULL;
        int result = load->changes->open(load->changes->user, organization->name, &stream);
        if (result < 0)
                return result;
        result = managed_write(organization, stream);
        if (result == 0 && fflush(stream) != 0)
                result = -errno;
        if (result == 0 && fsync(fileno(stream)) < 0)
                result = -errno;
        if (fclose(stream) != 0 && result == 0)
                result = -errno;
        return result;
}

static void candidates_write(const ChangedLoad *load)
{
        const Model *model = load->policy.loader.model;
        for (uint32_t i = 0; i < model->organizations.count; i++) {
                if (!load->touched[i])
                        continue;
                const ModelOrganization *organization = &model->organizations.items[i];
                int result = candidate_write(load, organization);
                if (result < 0)
                        diagnostics_error(
                                model->diagnostics, organization->place,
                                "assignments/%s.conf of the state folder cannot be written: %s",
                                organization->name, strerror(-result));
        }
}

/* Return: 0 to read the managed files again; STOPPED when there are errors. */
enum { STOPPED = 1 };

static int changes_apply(void *user)
{
        ChangedLoad *load = user;
        Model *model = load->policy.loader.model;
        int result = policy_load_finish(&load->policy);
        if (result < 0)
                return result;
        if (diagnostics_errors(model->diagnostics) > 0)
                return STOPPED;
        load->touched = calloc((size_t)model->organizations.count + 1, sizeof(bool));
        if (!load->touched)
                return -ENOMEM;
        result = managed_apply(model, load->changes->items, load->changes->count, load->touched);
        if (result == 0 && diagnostics_errors(model->diagnostics) == 0)
                candidates_write(load);
        if (result < 0)
                return result;
        return diagnostics_errors(model->diagnostics) > 0 ? STOPPED : 0;
}

/* Candidates that were left over by others do not count. */
static bool is_candidate(void *user, const char *organization)
{
        const ChangedLoad *load = user;
        uint32_t number = organization_number(load->policy.loader.model, organization);
        return number < load->policy.loader.model->organizations.count && load->touched[number];
}

int model_load_changed(Model *model, const PolicyPaths *paths, const PolicyChanges *changes,
                       int64_t now_s)
{
        ChangedLoad load = { .policy = policy_load(model, now_s), .changes = changes };
        SourceAgain again = { changes_apply, is_candidate, &load };
        SourceSummary summary = { 0 };
        int result = source_visit_again(paths, model->diagnostics, changed_file_load, &load, &again,
                                        &summary);
        free(load.touched);
        vector_clear(&load.files);
        if (result < 0)
                return result;
        model->fingerprint = summary.fingerprint;
        return 0;
}
