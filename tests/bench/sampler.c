/* SPDX-License-Identifier: MIT */
/* Percentiles by sorting: a benchmark has time for that after it has measured. */
#include "sampler.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { TEXT_SIZE = 32, CAPACITY_FIRST = 1024 };

uint64_t sampler_now_ns(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void sampler_add(Sampler *sampler, double nanoseconds)
{
        if (sampler->count == sampler->capacity) {
                sampler->capacity = sampler->capacity == 0 ? CAPACITY_FIRST : 2 * sampler->capacity;
                sampler->samples =
                        realloc(sampler->samples, sampler->capacity * sizeof(*sampler->samples));
                if (sampler->samples == NULL) {
                        fputs("out of memory\n", stderr);
                        exit(2);
                }
        }
        sampler->samples[sampler->count++] = nanoseconds;
}

static int compare(const void *a, const void *b)
{
        double x = *(const double *)a, y = *(const double *)b;

        return (x > y) - (x < y);
}

SamplerFigures sampler_figures(Sampler *sampler)
{
        qsort(sampler->samples, sampler->count, sizeof(*sampler->samples), compare);
        return (SamplerFigures){ .p50 = sampler->samples[sampler->count / 2],
                                 .p99 = sampler->samples[sampler->count * 99 / 100],
                                 .min = sampler->samples[0] };
}

void sampler_clear(Sampler *sampler)
{
        free(sampler->samples);
        *sampler = (Sampler){ .samples = NULL };
}

static const char *write_time(double nanoseconds, char *text)
{
        if (nanoseconds < 1e3)
                snprintf(text, TEXT_SIZE, "%.0f ns", nanoseconds);
        else if (nanoseconds < 1e6)
                snprintf(text, TEXT_SIZE, "%.2f us", nanoseconds / 1e3);
        else if (nanoseconds < 1e9)
                snprintf(text, TEXT_SIZE, "%.2f ms", nanoseconds / 1e6);
        else
                snprintf(text, TEXT_SIZE, "%.2f s", nanoseconds / 1e9);
        return text;
}

void sampler_print_heading(void)
{
        printf("%-44s %12s %12s %8s  %s\n", "", "ours", "floor", "ratio", "goal");
}

int sampler_print_ratio(const char *name, double ours_ns, double floor_ns, double goal)
{
        char ours[TEXT_SIZE], floor[TEXT_SIZE], wanted[TEXT_SIZE] = "-";
        double ratio = ours_ns / floor_ns;
        int missed = goal > 0 && ratio > goal;

        if (goal > 0)
                snprintf(wanted, sizeof(wanted), "<= %.2f %s", goal, missed ? "missed" : "kept");
        printf("%-44s %12s %12s %8.2f  %s\n", name, write_time(ours_ns, ours),
               write_time(floor_ns, floor), ratio, wanted);
        fflush(stdout);
        return missed;
}

void sampler_print_figures(const char *name, const SamplerFigures *figures)
{
        char p50[TEXT_SIZE], p99[TEXT_SIZE], least[TEXT_SIZE];

        printf("%-44s p50 %s, p99 %s, least %s\n", name, write_time(figures->p50, p50),
               write_time(figures->p99, p99), write_time(figures->min, least));
        fflush(stdout);
}
