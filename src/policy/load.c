/* SPDX-License-Identifier: MIT */
/* Load: the files of a policy, one after the other, into one model. */
#include "policy/build.h"
#include "policy/parse.h"

static int file_load(void *user, SourceFile *file)
{
        return parse_file(user, file);
}

int model_load(Model *model, const PolicyPaths *paths)
{
        Loader loader = { .model = model, .site = MODEL_NONE };
        SourceSummary summary;
        int result = source_visit(paths, model->diagnostics, file_load, &loader, &summary);
        if (result < 0)
                return result;
        model->fingerprint = summary.fingerprint;
        return schema_additions_resolve(&loader);
}
