/* SPDX-License-Identifier: MIT */
/* Metrics: see metrics.h. */
#include "http/metrics.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

/* Upper ends of the buckets, in microseconds; the last one has none. */
static const uint64_t bounds_us[METRICS_BUCKETS - 1] = { 500,   1000,   2500,   5000,
                                                         10000, 100000, 1000000 };

void metrics_count_refusal(Metrics *metrics, const char *code)
{
        for (size_t i = 0; i < METRICS_CODES_MAX; i++) {
                MetricsCode *row = &metrics->codes[i];
                if (!*row->code)
                        (void)snprintf(row->code, sizeof(row->code), "%s", code);
                if (strncmp(row->code, code, sizeof(row->code) - 1) != 0)
                        continue;
                row->count++;
                return;
        }
}

void metrics_count_answer(Metrics *metrics, const char *path, unsigned status, uint64_t duration_us)
{
        size_t bucket = 0;
        while (bucket < METRICS_BUCKETS - 1 && duration_us > bounds_us[bucket])
                bucket++;
        for (size_t i = 0; i < METRICS_ROUTES_MAX; i++) {
                MetricsRoute *row = &metrics->routes[i];
                if (!row->path)
                        row->path = path;
                if (strcmp(row->path, path) != 0)
                        continue;
                row->classes[status / 100 % 6]++;
                row->buckets[bucket]++;
                row->sum_us += duration_us;
                return;
        }
}

static void print_number(FILE *stream, const char *name, const char *type, const char *help,
                         uint64_t number)
{
        (void)fprintf(stream, "# HELP %s %s\n# TYPE %s %s\n%s %" PRIu64 "\n", name, help, name,
                      type, name, number);
}

static void print_refusals(const Metrics *metrics, FILE *stream)
{
        (void)fputs("# HELP doorward_http_refusals_total Who was turned away, by code.\n"
                    "# TYPE doorward_http_refusals_total counter\n",
                    stream);
        for (size_t i = 0; i < METRICS_CODES_MAX && *metrics->codes[i].code; i++)
                (void)fprintf(stream, "doorward_http_refusals_total{code=\"%s\"} %" PRIu64 "\n",
                              metrics->codes[i].code, metrics->codes[i].count);
}

static void print_answers(const Metrics *metrics, FILE *stream)
{
        (void)fputs("# HELP doorward_http_answers_total Answers, by path and class of status.\n"
                    "# TYPE doorward_http_answers_total counter\n",
                    stream);
        for (size_t i = 0; i < METRICS_ROUTES_MAX && metrics->routes[i].path; i++)
                for (unsigned class = 2; class < 6; class ++)
                        (void)fprintf(stream,
                                      "doorward_http_answers_total{path=\"%s\",status=\"%uxx\"} "
                                      "%" PRIu64 "\n",
                                      metrics->routes[i].path, class,
                                      metrics->routes[i].classes[class]);
}

static void print_duration(const MetricsRoute *row, FILE *stream)
{
        static const char name[] = "doorward_http_answer_seconds";
        uint64_t count = 0;
        for (size_t n = 0; n < METRICS_BUCKETS - 1; n++) {
                count += row->buckets[n];
                (void)fprintf(stream, "%s_bucket{path=\"%s\",le=\"%g\"} %" PRIu64 "\n", name,
                              row->path, (double)bounds_us[n] / 1e6, count);
        }
        count += row->buckets[METRICS_BUCKETS - 1];
        (void)fprintf(stream,
                      "%s_bucket{path=\"%s\",le=\"+Inf\"} %" PRIu64 "\n"
                      "%s_sum{path=\"%s\"} %.6f\n"
                      "%s_count{path=\"%s\"} %" PRIu64 "\n",
                      name, row->path, count, name, row->path, (double)row->sum_us / 1e6, name,
                      row->path, count);
}

void metrics_print(const Metrics *metrics, FILE *stream)
{
        print_number(stream, "doorward_http_connections", "gauge", "Connections now.",
                     metrics->connections);
        print_number(stream, "doorward_http_connections_total", "counter", "Connections accepted.",
                     metrics->accepted);
        print_number(stream, "doorward_http_abandoned_total", "counter",
                     "Requests whose client went before the answer.", metrics->abandoned);
        print_number(stream, "doorward_http_reports_total", "counter",
                     "Reports to doorwardd of who was turned away.", metrics->reports);
        print_refusals(metrics, stream);
        print_answers(metrics, stream);
        (void)fputs("# HELP doorward_http_answer_seconds From the whole request to its answer.\n"
                    "# TYPE doorward_http_answer_seconds histogram\n",
                    stream);
        for (size_t i = 0; i < METRICS_ROUTES_MAX && metrics->routes[i].path; i++)
                print_duration(&metrics->routes[i], stream);
}
