/* SPDX-License-Identifier: MIT */
/* A generated policy as text in a scratch folder, and the image that the engine makes of it. */
#pragma once

#include "generate.h"
#include "policy/build.h"
#include "scratch.h"

typedef struct Workload {
        BenchPolicy *policy;        /* owned */
        Image *image;               /* owned; NULL before workload_build() */
        char scratch[SCRATCH_SIZE]; /* holds policy and roles */
} Workload;

/*
 * Generates the policy of SIZE and writes it to a new scratch folder, with a copy of the vendor's
 * catalogues in ROLES beside it. Ends the program when that fails.
 */
void workload_open(Workload *workload, const BenchSize *size, const char *roles);

/* Writes the policy anew, with as much that depends on the time as its `time` says. Ends the
 * program when that fails. */
void workload_write(const Workload *workload);

/* Builds the image, and returns how long that took in nanoseconds. Ends the program when the engine
 * refuses the policy. */
double workload_build(Workload *workload);

/* Parses the organization's files with nothing but libconfig, and returns how long that took in
 * nanoseconds: the floor of whatever reads them. Ends the program when they cannot be parsed. */
double workload_parse(const Workload *workload);

/* Frees everything and removes the scratch folder. */
void workload_close(Workload *workload);
