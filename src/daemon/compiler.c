/* SPDX-License-Identifier: MIT */
/* Compiler: see compiler.h. */
#include "daemon/compiler.h"

#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#include "policy/build.h"
#include "policy/policy_test.h"
#include "util/file.h"
#include "util/timestamp.h"

static int write_image(const Image *image, FILE *output)
{
        size_t size;
        const void *data = image_data(image, &size);
        int r = file_write_all(COMPILER_FD_IMAGE, data, size);
        if (r == 0 && fsync(COMPILER_FD_IMAGE) < 0)
                r = -errno;
        if (r < 0)
                (void)fprintf(output, "the compiled policy cannot be written: %s\n", strerror(-r));
        return r;
}

/* Runs the tests of the policy. Return: a CompilerStatus. */
static int run_tests(const Model *model, const Image *image, FILE *output)
{
        PolicyTestResult result;
        int r = policy_tests_run(model, image, output, &result);
        if (r < 0) {
                (void)fprintf(output, "the policy tests cannot be run: %s\n", strerror(-r));
                return COMPILER_FAILED;
        }
        return result.failed > 0 ? COMPILER_REFUSED : COMPILER_DONE;
}

int compiler_main(const char *policy, const char *roles, bool skip_tests)
{
        PolicyPaths paths = { .policy = policy, .roles = roles };
        _cleanup_fclose_ FILE *output = fdopen(COMPILER_FD_OUTPUT, "w");
        _cleanup_(diagnostics_freep) Diagnostics *diagnostics = diagnostics_new();
        _cleanup_(model_freep) Model *model = NULL;
        _cleanup_(image_freep) Image *image = NULL;
        if (!output || !diagnostics)
                return COMPILER_FAILED;
        int r = policy_build(&paths, timestamp_now(), diagnostics, &model, &image);
        diagnostics_print(diagnostics, output);
        if (r < 0) {
                (void)fprintf(output, "the policy cannot be compiled: %s\n", strerror(-r));
                return COMPILER_FAILED;
        }
        if (!image)
                return COMPILER_REFUSED;
        int status = skip_tests ? COMPILER_DONE : run_tests(model, image, output);
        if (status != COMPILER_DONE)
                return status;
        return write_image(image, output) < 0 ? COMPILER_FAILED : COMPILER_DONE;
}

int compiler_fingerprint_main(const char *policy, const char *roles)
{
        PolicyPaths paths = { .policy = policy, .roles = roles };
        uint64_t fingerprint;
        if (policy_fingerprint(&paths, &fingerprint) != 0)
                return COMPILER_REFUSED;
        return dprintf(COMPILER_FD_OUTPUT, "%016" PRIx64, fingerprint) == 16 ? COMPILER_DONE
                                                                             : COMPILER_FAILED;
}
