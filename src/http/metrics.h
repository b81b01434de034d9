/* SPDX-License-Identifier: MIT */
/*
 * Metrics
 *
 * What the front counts, and its text for Prometheus. Labels come from closed lists only: nothing
 * that a peer sends can make a new series.
 */
#pragma once

#include <stdint.h>
#include <stdio.h>

#define METRICS_CODES_MAX  48 /* different codes of who was turned away */
#define METRICS_ROUTES_MAX 16
#define METRICS_BUCKETS    8
#define METRICS_CODE_SIZE  48 /* with its NUL; more of a code is left out */

typedef struct MetricsCode {
        char code[METRICS_CODE_SIZE]; /* "": a free row */
        uint64_t count;
} MetricsCode;

typedef struct MetricsRoute {
        const char *path;    /* static */
        uint64_t classes[6]; /* of answers, by the first digit of the status */
        uint64_t buckets[METRICS_BUCKETS];
        uint64_t sum_us;
} MetricsRoute;

typedef struct Metrics {
        uint64_t accepted;
        uint64_t connections; /* now */
        uint64_t abandoned;   /* requests whose peer went before the answer */
        uint64_t reports;     /* of who was turned away, sent to doorwardd */
        MetricsCode codes[METRICS_CODES_MAX];
        MetricsRoute routes[METRICS_ROUTES_MAX];
} Metrics;

/* Counts a refusal. code is copied: it may be a text of the answer that is being made. */
void metrics_count_refusal(Metrics *metrics, const char *code);

/* Counts an answer. path is static: of a route, or "other". */
void metrics_count_answer(Metrics *metrics, const char *path, unsigned status,
                          uint64_t duration_us);

/* Writes what is counted as text, version 0.0.4. */
void metrics_print(const Metrics *metrics, FILE *stream);
