/* SPDX-License-Identifier: MIT */
/*
 * What the benchmarks of the engine and of the programs share: a generated policy in a folder of
 * its own, removed at the end. A benchmark that cannot run ends the program and says why.
 */
#pragma once

#include "generate.h"

typedef struct BenchFixture {
        BenchPolicy *policy;
        char folder[64];  /* a new folder below $TMPDIR */
        char directory[128]; /* the policy directory in it */
        char state[128];
        char socket[128]; /* in a folder of its own */
} BenchFixture;

/* Generates the policy of a size ("S", "M", "L", "1M") and writes it. settings, if not NULL, is the
 * text of its doorward.conf. */
void bench_fixture_start(BenchFixture *fixture, const char *size, const char *settings);

/* Removes the folder and frees the policy. */
void bench_fixture_end(BenchFixture *fixture);

/* Ends the program with a line on standard error. */
_Noreturn void bench_fail(const char *what, const char *detail);

/* The folder of the vendor's role catalogues, from the environment (BENCH_ROLES). */
const char *bench_roles_directory(void);
