/* SPDX-License-Identifier: MIT */
/*
 * Samples of how long something took, and their figures: median, 99th percentile, least. Ratios are
 * what counts on a shared machine, so a figure is always printed beside that of its floor or limit
 * measured in the same run.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct Sampler {
        double *samples; /* nanoseconds; owned */
        size_t count, capacity;
} Sampler;

typedef struct SamplerFigures {
        double p50, p99, min; /* nanoseconds */
} SamplerFigures;

/* Returns the monotonic clock in nanoseconds. */
uint64_t sampler_now_ns(void);

/* Adds a sample. Ends the program when there is no memory. */
void sampler_add(Sampler *sampler, double nanoseconds);

/* Sorts the samples and returns their figures; there must be at least one. */
SamplerFigures sampler_figures(Sampler *sampler);

/* Frees the samples; the sampler can be used again. */
void sampler_clear(Sampler *sampler);

/* Prints the heading of the lines below to standard output. */
void sampler_print_heading(void);

/*
 * Prints "NAME  ours  floor  ratio  goal", OURS and FLOOR in nanoseconds written in a fitting unit,
 * and whether the ratio keeps to GOAL (<= GOAL; 0: no goal). Returns 1 when it does not, else 0.
 */
int sampler_print_ratio(const char *name, double ours_ns, double floor_ns, double goal);

/* Prints p50, p99 and least of FIGURES in a fitting unit. */
void sampler_print_figures(const char *name, const SamplerFigures *figures);
