/* SPDX-License-Identifier: MIT */
/*
 * bench-managed ROLES [SIZE]: how long the way from text to image takes with changes on it, beside
 * the way without any (L when no size is said).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "policy/managed.h"
#include "sampler.h"
#include "workload.h"

enum { ROUNDS = 5, CHANGES = 50 };

static const double GOAL = 1.3;

static _Noreturn void fail(const char *what, int error)
{
        fprintf(stderr, "%s: %s\n", what, strerror(error));
        exit(2);
}

/* user: the scratch folder. */
static int candidate_open(void *user, const char *organization, FILE **ret_stream)
{
        char name[SCRATCH_PATH_SIZE / 2], path[SCRATCH_PATH_SIZE];
        snprintf(name, sizeof(name), MANAGED_DIRECTORY "/%s.conf" MANAGED_CANDIDATE_SUFFIX,
                 organization);
        scratch_path(user, name, path);
        *ret_stream = fopen(path, "we");
        return *ret_stream ? 0 : -errno;
}

/* One grant each of as many users. Return: the text that the changes borrow. */
static char *changes_make(Change changes[static CHANGES_MAX], size_t *ret_count)
{
        char *text = NULL;
        size_t size;
        FILE *stream = open_memstream(&text, &size);
        for (unsigned i = 0; stream && i < CHANGES; i++)
                fprintf(stream,
                        "grant\tbench\tuser:u%u\taccess-site-viewer\ts0\t-\t-\t2030-01-01T00:00:"
                        "00Z\t"
                        "u1\t2026-06-03T10:00:00Z\tmeasured\n",
                        i);
        if (!stream || fclose(stream) != 0 || changes_parse(text, size, changes, ret_count) != 0)
                fail("changes", EINVAL);
        return text;
}

static double build_changed(const Workload *workload)
{
        _cleanup_(diagnostics_freep) Diagnostics *diagnostics = diagnostics_new();
        _cleanup_(image_freep) Image *image = NULL;
        char policy[SCRATCH_PATH_SIZE], roles[SCRATCH_PATH_SIZE], assignments[SCRATCH_PATH_SIZE];
        PolicyPaths paths = { policy, roles, .assignments = assignments };
        Change items[CHANGES_MAX];
        PolicyChanges changes = { .items = items,
                                  .open = candidate_open,
                                  .user = (void *)workload->scratch };
        scratch_path(workload->scratch, "policy", policy);
        scratch_path(workload->scratch, "roles", roles);
        scratch_path(workload->scratch, MANAGED_DIRECTORY, assignments);
        /* The changes borrow from it. */
        _cleanup_free_ __attribute__((unused)) char *text = changes_make(items, &changes.count);
        uint64_t start = sampler_now_ns();
        int r = policy_build_changed(&paths, &changes, BENCH_NOW_S, diagnostics, NULL, &image);
        start = sampler_now_ns() - start;
        if (r < 0)
                fail("build", -r);
        if (!image) {
                diagnostics_print(diagnostics, stderr);
                exit(2);
        }
        return (double)start;
}

int main(int argc, char **argv)
{
        const BenchSize *size = bench_size_find(argc > 2 ? argv[2] : "L");
        Sampler plain = { NULL, 0, 0 }, changed = { NULL, 0, 0 };
        char path[SCRATCH_PATH_SIZE], name[64];
        Workload workload;
        if (argc < 2 || !size) {
                fputs("usage: bench-managed ROLES [S|M|L|1M]\n", stderr);
                return 2;
        }
        workload_open(&workload, size, argv[1]);
        scratch_path(workload.scratch, MANAGED_DIRECTORY, path);
        if (mkdir(path, 0755) < 0)
                fail(path, errno);
        for (int round = 0; round < ROUNDS; round++) {
                sampler_add(&plain, workload_build(&workload));
                sampler_add(&changed, build_changed(&workload));
        }
        snprintf(name, sizeof(name), "%d changes and the image, %s (no change)", CHANGES,
                 size->name);
        sampler_print_heading();
        int missed = sampler_print_ratio(name, sampler_figures(&changed).min,
                                         sampler_figures(&plain).min, GOAL);
        sampler_clear(&plain);
        sampler_clear(&changed);
        workload_close(&workload);
        return missed;
}
