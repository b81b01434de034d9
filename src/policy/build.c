/* SPDX-License-Identifier: MIT */
/* Build: read, check, compile; an image only when nothing was wrong. */
#include "policy/build.h"

#include <errno.h>

/* Checks and compiles a model that was loaded, and hands it over. */
static int model_build(Model **model, int64_t now_s, Model **ret_model, Image **ret_image)
{
        const Diagnostics *diagnostics = (*model)->diagnostics;
        model_check(*model, now_s);
        model_resolve_unix_groups(*model);
        model_resolve_fronts(*model);
        Image *image = NULL;
        if (diagnostics_errors(diagnostics) == 0) {
                int result = model_compile(*model, now_s, &image);
                if (result < 0)
                        return result;
                if (image && model_check_releases(*model, image, now_s) < 0) {
                        image_free(image);
                        return -ENOMEM;
                }
        }
        *ret_image = image;
        if (ret_model) {
                *ret_model = *model;
                *model = NULL;
        }
        return 0;
}

int policy_build(const PolicyPaths *paths, int64_t now_s, Diagnostics *diagnostics,
                 Model **ret_model, Image **ret_image)
{
        _cleanup_(model_freep) Model *model = model_new(diagnostics);
        if (!model)
                return -ENOMEM;
        int result = model_load(model, paths, now_s);
        return result < 0 ? result : model_build(&model, now_s, ret_model, ret_image);
}

int policy_build_changed(const PolicyPaths *paths, const PolicyChanges *changes, int64_t now_s,
                         Diagnostics *diagnostics, Model **ret_model, Image **ret_image)
{
        _cleanup_(model_freep) Model *model = model_new(diagnostics);
        if (!model)
                return -ENOMEM;
        int result = model_load_changed(model, paths, changes, now_s);
        if (result < 0)
                return result;
        if (diagnostics_errors(diagnostics) == 0)
                return model_build(&model, now_s, ret_model, ret_image);
        *ret_image = NULL;
        if (ret_model) {
                *ret_model = model;
                model = NULL;
        }
        return 0;
}
