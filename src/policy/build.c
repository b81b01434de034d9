/* SPDX-License-Identifier: MIT */
/* Build: read, check, compile; an image only when nothing was wrong. */
#include "policy/build.h"

#include <errno.h>

int policy_build(const PolicyPaths *paths, int64_t now_s, Diagnostics *diagnostics,
                 Model **ret_model, Image **ret_image)
{
        _cleanup_(model_freep) Model *model = model_new(diagnostics);
        if (!model)
                return -ENOMEM;
        int result = model_load(model, paths);
        if (result < 0)
                return result;
        model_check(model, now_s);
        model_resolve_unix_groups(model);
        Image *image = NULL;
        if (diagnostics_errors(diagnostics) == 0) {
                result = model_compile(model, now_s, &image);
                if (result < 0)
                        return result;
        }
        *ret_image = image;
        if (ret_model) {
                *ret_model = model;
                model = NULL;
        }
        return 0;
}
