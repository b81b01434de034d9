/* SPDX-License-Identifier: MIT */
/* Whatever fails here ends the program: a benchmark without its workload measures nothing. */
#include "workload.h"

#include <libconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sampler.h"

static _Noreturn void fail(const char *what, int error)
{
        fprintf(stderr, "%s: %s\n", what, strerror(error));
        exit(2);
}

void workload_open(Workload *workload, const BenchSize *size, const char *roles)
{
        int r = scratch_new(workload->scratch);

        workload->image = NULL;
        if (r == 0)
                r = scratch_copy_configuration(workload->scratch, "roles", roles);
        if (r < 0)
                fail(workload->scratch, -r);
        workload->policy = bench_policy_new(size);
        workload_write(workload);
}

void workload_write(const Workload *workload)
{
        char path[SCRATCH_PATH_SIZE];
        int r;

        scratch_path(workload->scratch, "policy", path);
        r = bench_policy_write(workload->policy, path);
        if (r < 0)
                fail(path, -r);
}

double workload_build(Workload *workload)
{
        _cleanup_(diagnostics_freep) Diagnostics *diagnostics = diagnostics_new();
        char policy[SCRATCH_PATH_SIZE], roles[SCRATCH_PATH_SIZE];
        PolicyPaths paths = { policy, roles };
        uint64_t start;
        int r;

        workload->image = image_free(workload->image);
        scratch_path(workload->scratch, "policy", policy);
        scratch_path(workload->scratch, "roles", roles);
        start = sampler_now_ns();
        r = policy_build(&paths, BENCH_NOW_S, diagnostics, NULL, &workload->image);
        start = sampler_now_ns() - start;
        if (r < 0)
                fail("build", -r);
        if (workload->image == NULL) {
                diagnostics_print(diagnostics, stderr);
                exit(2);
        }
        return (double)start;
}

double workload_parse(const Workload *workload)
{
        static const char *const FILES[] = { "policy/organizations.d/bench.conf",
                                             "policy/organizations.d/bench.d/users.conf" };
        uint64_t start = sampler_now_ns();

        for (size_t i = 0; i < sizeof(FILES) / sizeof(FILES[0]); i++) {
                char path[SCRATCH_PATH_SIZE];
                config_t config;
                scratch_path(workload->scratch, FILES[i], path);
                config_init(&config);
                if (!config_read_file(&config, path)) {
                        fprintf(stderr, "%s: %s\n", path, config_error_text(&config));
                        exit(2);
                }
                config_destroy(&config);
        }
        return (double)(sampler_now_ns() - start);
}

void workload_close(Workload *workload)
{
        workload->image = image_free(workload->image);
        workload->policy = bench_policy_free(workload->policy);
        scratch_remove(workload->scratch);
}
