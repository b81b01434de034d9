/* SPDX-License-Identifier: MIT */
/*
 * bench-compile ROLES [SIZE]: how long the way from text to image takes, beside libconfig's own
 * parse of the same files (1M when no size is said).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sampler.h"
#include "workload.h"

enum { ROUNDS = 3 };

static const double GOAL = 2.0;

int main(int argc, char **argv)
{
        const BenchSize *size = bench_size_find(argc > 2 ? argv[2] : "1M");
        Sampler ours = { NULL, 0, 0 }, parse = { NULL, 0, 0 };
        Workload workload;
        char name[64];
        int missed;

        if (argc < 2 || size == NULL) {
                fputs("usage: bench-compile ROLES [S|M|L|1M]\n", stderr);
                return 2;
        }
        workload_open(&workload, size, argv[1]);
        for (int round = 0; round < ROUNDS; round++) {
                sampler_add(&parse, workload_parse(&workload));
                sampler_add(&ours, workload_build(&workload));
        }
        snprintf(name, sizeof(name), "text to image, %s (libconfig's parse)", size->name);
        sampler_print_heading();
        missed = sampler_print_ratio(name, sampler_figures(&ours).min, sampler_figures(&parse).min,
                                     GOAL);
        sampler_clear(&ours);
        sampler_clear(&parse);
        workload_close(&workload);
        return missed;
}
