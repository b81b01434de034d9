/* SPDX-License-Identifier: MIT */
/*
 * bench-decide ROLES [SIZE]...: how long a decision takes in process, beside the floor on the same
 * questions (S, M and L when no size is said; 1M adds the cold figure). Every answer is compared
 * with the oracle before anything is measured. Then the same policy with nothing that depends on
 * the time beside one in which everything does, with live state (decide_time.h).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decide_time.h"
#include "floor.h"
#include "policy/decide.h"
#include "policy/review.h"
#include "questions.h"
#include "sampler.h"
#include "workload.h"

enum {
        BATCH = 100, /* decisions a sample: the clock costs as much as a decision */
        ROUNDS = 15,
        COLD_SAMPLES = 300,
        COLD_BYTES = 256 << 20, /* more than any cache holds */
        WHO_CAN_SAMPLES = 15,
};

static const double PLAIN_GOAL = 1.5, UNLOCK_GOAL = 3.0;
static const double WARM_GOAL_NS = 1000, WHO_CAN_GOAL_NS = 20e6;

static const DecisionContext CONTEXT = { .now_s = BENCH_NOW_S };

/* One workload with its questions, as words for the floor and parsed for the engine. */
typedef struct Bench {
        Workload workload;
        Floor *floor;
        BenchQuestion *questions;
        Query *queries;
        int missed;
} Bench;

static void parse_questions(Bench *bench, BenchKind kind)
{
        bench->questions = bench_questions_new(bench->workload.policy, kind);
        bench->queries = bench_allocate(BENCH_QUESTIONS_COUNT, sizeof(Query));
        for (size_t i = 0; i < BENCH_QUESTIONS_COUNT; i++) {
                const BenchQuestion *question = &bench->questions[i];
                Text words[] = { text_from(question->user), text_from(question->permission),
                                 text_from(question->resource) };
                Decision decision;
                if (query_parse(words, 3, &bench->queries[i], NULL) != 0) {
                        fprintf(stderr, "not a query: %s\n", question->resource);
                        exit(2);
                }
                decision = policy_decide(bench->workload.image, &CONTEXT, &bench->queries[i], NULL);
                if ((decision.outcome == OUTCOME_ALLOW) != question->allowed) {
                        fprintf(stderr, "wrong: %s %s %s: %s\n", question->user,
                                question->permission, question->resource,
                                reason_name(decision.reason));
                        exit(2);
                }
        }
}

/* Takes one sample of each, over the same questions from FIRST on; returns how many were allowed.
 */
static int sample(const Bench *bench, size_t first, Sampler *ours, Sampler *floor)
{
        uint64_t start = sampler_now_ns(), middle;
        int allowed = 0;

        for (size_t i = first; i < first + BATCH; i++)
                allowed +=
                        floor_decide(bench->floor, bench->questions[i].user,
                                     bench->questions[i].permission, bench->questions[i].resource);
        middle = sampler_now_ns();
        for (size_t i = first; i < first + BATCH; i++)
                allowed += policy_decide(bench->workload.image, &CONTEXT, &bench->queries[i], NULL)
                                   .outcome == OUTCOME_ALLOW;
        sampler_add(ours, (double)(sampler_now_ns() - middle) / BATCH);
        sampler_add(floor, (double)(middle - start) / BATCH);
        return allowed;
}

static void measure(Bench *bench, BenchKind kind, const char *size)
{
        Sampler ours = { NULL, 0, 0 }, floor = { NULL, 0, 0 };
        SamplerFigures our_figures, floor_figures;
        volatile int allowed = 0; /* keeps the calls */
        char name[64];

        parse_questions(bench, kind);
        for (int round = 0; round < ROUNDS; round++)
                for (size_t i = 0; i < BENCH_QUESTIONS_COUNT; i += BATCH)
                        allowed += sample(bench, i, &ours, &floor);
        our_figures = sampler_figures(&ours);
        floor_figures = sampler_figures(&floor);
        snprintf(name, sizeof(name), "%s, %s, p50", kind == BENCH_KIND_PLAIN ? "decide" : "unlock",
                 size);
        bench->missed += sampler_print_ratio(name, our_figures.p50, floor_figures.p50,
                                             kind == BENCH_KIND_PLAIN ? PLAIN_GOAL : UNLOCK_GOAL);
        sampler_clear(&ours);
        sampler_clear(&floor);
        (void)allowed;
}

/* One decision at a time, after everything was driven out of the caches. */
static void measure_cold(Bench *bench, const char *size)
{
        unsigned char *other = bench_allocate(COLD_BYTES, 1);
        Sampler cold = { NULL, 0, 0 };
        SamplerFigures figures;
        volatile int allowed = 0; /* keeps the calls */
        char name[64];

        for (size_t i = 0; i < COLD_SAMPLES; i++) {
                uint64_t start;
                for (size_t k = 0; k < COLD_BYTES; k += 64)
                        other[k]++;
                start = sampler_now_ns();
                allowed +=
                        policy_decide(bench->workload.image, &CONTEXT, &bench->queries[i * 7], NULL)
                                .outcome == OUTCOME_ALLOW;
                sampler_add(&cold, (double)(sampler_now_ns() - start));
        }
        free(other);
        figures = sampler_figures(&cold);
        snprintf(name, sizeof(name), "decide, %s, cold", size);
        sampler_print_figures(name, &figures);
        sampler_clear(&cold);
        (void)allowed;
}

/* The warm figure has a limit of its own where the floor would be a cold cache's. */
static void measure_warm(Bench *bench, const char *size)
{
        Sampler ours = { NULL, 0, 0 };
        volatile int allowed = 0; /* keeps the calls */
        char name[64];

        for (int round = 0; round < ROUNDS; round++)
                for (size_t first = 0; first < BENCH_QUESTIONS_COUNT; first += BATCH) {
                        uint64_t start = sampler_now_ns();
                        for (size_t i = first; i < first + BATCH; i++)
                                allowed += policy_decide(bench->workload.image, &CONTEXT,
                                                         &bench->queries[i], NULL)
                                                   .outcome == OUTCOME_ALLOW;
                        sampler_add(&ours, (double)(sampler_now_ns() - start) / BATCH);
                }
        snprintf(name, sizeof(name), "decide, %s, warm (against 1 us)", size);
        bench->missed += sampler_print_ratio(name, sampler_figures(&ours).p50, WARM_GOAL_NS, 1.0);
        sampler_clear(&ours);
        (void)allowed;
}

static int count_name(void *data, Text name, const Decision *decision)
{
        ++*(size_t *)data;
        return 0;
}

static void measure_who_can(Bench *bench, const char *size)
{
        Sampler ours = { NULL, 0, 0 };
        char resource_text[128], name[64];
        const char *problem;
        Resource resource;
        size_t found = 0;

        for (uint32_t i = 0; i < WHO_CAN_SAMPLES; i++) {
                uint32_t door = i * (bench->workload.policy->size.doors / WHO_CAN_SAMPLES);
                uint64_t start;
                bench_door_path(bench->workload.policy, door, 1, resource_text);
                if (resource_parse(text_from(resource_text), &resource, &problem) != 0)
                        exit(2);
                start = sampler_now_ns();
                if (policy_who_can(
                            bench->workload.image, &(DecisionContext){ .now_s = BENCH_NOW_S },
                            TEXT_LITERAL("access.door.unlock"), &resource, count_name, &found) != 0)
                        exit(2);
                sampler_add(&ours, (double)(sampler_now_ns() - start));
        }
        snprintf(name, sizeof(name), "who-can one door, %s (against 20 ms)", size);
        bench->missed +=
                sampler_print_ratio(name, sampler_figures(&ours).p50, WHO_CAN_GOAL_NS, 1.0);
        sampler_clear(&ours);
}

static void free_questions(Bench *bench)
{
        free(bench->questions);
        free(bench->queries);
}

static int run(const char *roles, const BenchSize *size)
{
        Bench bench = { .missed = 0 };

        workload_open(&bench.workload, size, roles);
        workload_build(&bench.workload);
        bench.floor = floor_new(bench.workload.policy);
        measure(&bench, BENCH_KIND_PLAIN, size->name);
        if (size->users >= 1000000) {
                measure_warm(&bench, size->name);
                measure_cold(&bench, size->name);
        }
        free_questions(&bench);
        measure(&bench, BENCH_KIND_UNLOCK, size->name);
        free_questions(&bench);
        measure_who_can(&bench, size->name);
        bench.missed += decide_time_measure(&bench.workload, BENCH_KIND_PLAIN, size->name);
        bench.missed += decide_time_measure(&bench.workload, BENCH_KIND_UNLOCK, size->name);
        floor_free(bench.floor);
        workload_close(&bench.workload);
        return bench.missed;
}

int main(int argc, char **argv)
{
        static char small[] = "S", medium[] = "M", large[] = "L";
        static char *const USUAL[] = { small, medium, large };
        char *const *names = argc > 2 ? argv + 2 : USUAL;
        int count = argc > 2 ? argc - 2 : 3, missed = 0;

        if (argc < 2) {
                fputs("usage: bench-decide ROLES [S|M|L|1M]...\n", stderr);
                return 2;
        }
        sampler_print_heading();
        for (int i = 0; i < count; i++) {
                const BenchSize *size = bench_size_find(names[i]);
                if (size == NULL) {
                        fprintf(stderr, "bench-decide: no size %s\n", names[i]);
                        return 2;
                }
                missed += run(argv[1], size);
        }
        return missed > 0 ? 1 : 0;
}
