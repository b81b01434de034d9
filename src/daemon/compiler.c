/* SPDX-License-Identifier: MIT */
/* Compiler: see compiler.h. */
#include "daemon/compiler.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/build.h"
#include "policy/managed.h"
#include "policy/policy_test.h"
#include "util/file.h"
#include "util/name.h"

#define CHANGES_SIZE_MAX (16 << 20) /* bytes of a list: far more than the longest names make */

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

static PolicyPaths paths_of(const CompilerArguments *arguments)
{
        return (PolicyPaths){ .policy = arguments->policy,
                              .roles = arguments->roles,
                              .assignments = arguments->assignments };
}

/* Opens NAME.conf.next of an organization, which must not be there yet. The folder is the daemon's
 * own; whatever else lies there is neither followed nor written to. */
static int open_candidate(void *user, const char *organization, FILE **ret_stream)
{
        const char *assignments = user;
        char name[NAME_SIZE_MAX + sizeof(".conf" MANAGED_CANDIDATE_SUFFIX)];
        _cleanup_close_ int directory = -1;
        int r = file_open_directory(AT_FDCWD, assignments, &directory);
        if (r != 0)
                return r > 0 ? -EPERM : r;
        if (snprintf(name, sizeof(name), "%s.conf" MANAGED_CANDIDATE_SUFFIX, organization) >=
            (int)sizeof(name))
                return -ENAMETOOLONG;
        _cleanup_close_ int fd =
                openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd < 0)
                return -errno;
        FILE *stream = fdopen(fd, "w");
        if (!stream)
                return -ENOMEM;
        fd = -1;
        *ret_stream = stream;
        return 0;
}

/* Reads the list of changes. Return: the text that they borrow from, owned by the caller, or NULL.
 */
static char *read_changes(Change *changes, size_t *ret_count)
{
        struct stat status;
        if (fstat(COMPILER_FD_CHANGES, &status) < 0 || status.st_size > CHANGES_SIZE_MAX)
                return NULL;
        size_t size = (size_t)status.st_size;
        _cleanup_free_ char *text = malloc(size + 1);
        if (!text || pread(COMPILER_FD_CHANGES, text, size, 0) != (ssize_t)size ||
            changes_parse(text, size, changes, ret_count) != 0)
                return NULL;
        char *read = text;
        text = NULL;
        return read;
}

static int build_changed(const PolicyPaths *paths, int64_t now_s, Diagnostics *diagnostics,
                         Model **ret_model, Image **ret_image)
{
        _cleanup_free_ Change *items = calloc(CHANGES_MAX, sizeof(*items));
        PolicyChanges changes = { .items = items,
                                  .open = open_candidate,
                                  .user = (void *)(uintptr_t)paths->assignments };
        if (!items)
                return -ENOMEM;
        _cleanup_free_ char *text = read_changes(items, &changes.count);
        if (!text)
                return -EPROTO;
        return policy_build_changed(paths, &changes, now_s, diagnostics, ret_model, ret_image);
}

int compiler_main(const CompilerArguments *arguments)
{
        PolicyPaths paths = paths_of(arguments);
        _cleanup_fclose_ FILE *output = fdopen(COMPILER_FD_OUTPUT, "w");
        _cleanup_(diagnostics_freep) Diagnostics *diagnostics = diagnostics_new();
        _cleanup_(model_freep) Model *model = NULL;
        _cleanup_(image_freep) Image *image = NULL;
        if (!output || !diagnostics)
                return COMPILER_FAILED;
        int r = arguments->has_changes
                        ? build_changed(&paths, arguments->now_s, diagnostics, &model, &image)
                        : policy_build(&paths, arguments->now_s, diagnostics, &model, &image);
        diagnostics_print(diagnostics, output);
        if (r < 0) {
                (void)fprintf(output, "the policy cannot be compiled: %s\n", strerror(-r));
                return COMPILER_FAILED;
        }
        if (!image)
                return COMPILER_REFUSED;
        int status = arguments->skip_tests ? COMPILER_DONE : run_tests(model, image, output);
        if (status != COMPILER_DONE)
                return status;
        return write_image(image, output) < 0 ? COMPILER_FAILED : COMPILER_DONE;
}

int compiler_fingerprint_main(const CompilerArguments *arguments)
{
        PolicyPaths paths = paths_of(arguments);
        uint64_t fingerprint;
        if (policy_fingerprint(&paths, &fingerprint) != 0)
                return COMPILER_REFUSED;
        return dprintf(COMPILER_FD_OUTPUT, "%016" PRIx64, fingerprint) == 16 ? COMPILER_DONE
                                                                             : COMPILER_FAILED;
}
