/* SPDX-License-Identifier: MIT */
/* doorward validate: everything that is wrong with a policy, in one run. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/complain.h"
#include "cli/output.h"
#include "policy/build.h"

static json_t *diagnostic_json(const Diagnostics *diagnostics, const Diagnostic *diagnostic)
{
        const char *file = diagnostics_file_name(diagnostics, diagnostic->place.file);
        return json_pack("{s:o, s:i, s:s, s:o}", "file", output_json_text(text_from(file)), "line",
                         (int)diagnostic->place.line, "severity",
                         diagnostic->severity == SEVERITY_ERROR ? "error" : "warning", "text",
                         output_json_text(text_from(diagnostic->text)));
}

static int print_json(Diagnostics *diagnostics)
{
        size_t count;
        const Diagnostic *sorted = diagnostics_sorted(diagnostics, &count);
        json_t *list = json_array();
        for (size_t i = 0; list && i < count; i++)
                if (json_array_append_new(list, diagnostic_json(diagnostics, &sorted[i])) < 0) {
                        json_decref(list);
                        list = NULL;
                }
        if (!list)
                return output_out_of_memory();
        return output_json(json_pack("{s:i, s:i, s:o}", "errors",
                                     (int)diagnostics_errors(diagnostics), "warnings",
                                     (int)diagnostics_warnings(diagnostics), "diagnostics", list));
}

static int run(const Options *options)
{
        OfflinePaths paths;
        if (offline_paths("validate", options, &paths) != 0)
                return EXIT_UNABLE;
        _cleanup_(diagnostics_freep) Diagnostics *diagnostics = diagnostics_new();
        if (!diagnostics)
                return output_out_of_memory();
        _cleanup_(image_freep) Image *image = NULL;
        int r = policy_build(&paths.policy, options->at_s, diagnostics, NULL, &image);
        if (r < 0) {
                complain("validate", "%s: %s", options->policy, strerror(-r));
                return EXIT_UNABLE;
        }
        size_t errors = diagnostics_errors(diagnostics);
        size_t warnings = diagnostics_warnings(diagnostics);
        if (options->given & OPTION_JSON) {
                r = print_json(diagnostics);
                if (r != 0)
                        return r;
        } else {
                diagnostics_print(diagnostics, stdout);
                printf("%s: %zu error%s, %zu warning%s\n", options->policy, errors,
                       errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s");
        }
        return image ? EXIT_ALLOWED : EXIT_UNABLE;
}

const Command command_validate = {
        .name = "validate",
        .arguments = "",
        .summary = "Check a whole policy: all errors and warnings",
        .details = "Prints FILE:LINE: error: TEXT (or warning:) for everything it finds.\n"
                   "Exit status: 0 clean or warnings only, 3 errors.\n",
        .options = OPTIONS_OFFLINE,
        .words_min = 0,
        .words_max = 0,
        .run = run,
};
