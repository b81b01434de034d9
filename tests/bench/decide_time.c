/* SPDX-License-Identifier: MIT */
/* Both images are asked in turns, so that both meet the same machine. */
#include "decide_time.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/decide.h"
#include "sampler.h"
#include "util/timestamp.h"

enum { BATCH = 100, ROUNDS = 15, OVERRIDES = 100, SUSPENDED_EACH = 100 };

static const double GOAL = 1.5;

static const LiveNote NOTE = { .kind = LIVE_OVERRIDE, .by = { "root", 4 } };

/* One of the two sides. */
typedef struct Side {
        Image *image;
        DecisionContext context;
        Sampler sampler;
} Side;

/* Live state by hand, as large as the image. */
typedef struct Bits {
        LiveState live;
        uint64_t *users, *doors;
} Bits;

static void suspend(Bits *bits, const Image *image)
{
        uint32_t count = image_count(image, IMAGE_USERS), found = 0;
        LiveUser *users = bench_allocate(count / SUSPENDED_EACH + 1, sizeof(*users));

        bits->users = bench_allocate(count / 64 + 1, sizeof(uint64_t));
        for (uint32_t i = 0; i < count; i += SUSPENDED_EACH) {
                users[found++] = (LiveUser){ .user = i, .suspension = &NOTE };
                bits->users[i / 64] |= UINT64_C(1) << i % 64;
        }
        bits->live.users = users;
        bits->live.user_count = found;
        bits->live.user_bits = bits->users;
        bits->live.user_bit_count = count;
}

static void override(Bits *bits, const Image *image)
{
        uint32_t count = image_count(image, IMAGE_DOORS);
        uint32_t found = count < OVERRIDES ? count : OVERRIDES;
        LiveDoor *doors = bench_allocate(found, sizeof(*doors));

        bits->doors = bench_allocate(count / 64 + 1, sizeof(uint64_t));
        for (uint32_t i = 0; i < found; i++) {
                doors[i] = (LiveDoor){ .door = i,
                                       .override = &NOTE,
                                       .state = DOOR_STATE_UNLOCKED,
                                       .override_until_s = BENCH_NOW_S + 3600 };
                bits->doors[i / 64] |= UINT64_C(1) << i % 64;
        }
        bits->live.doors = doors;
        bits->live.door_count = found;
        bits->live.door_bits = bits->doors;
        bits->live.door_bit_count = count;
}

static void lock_down(Bits *bits)
{
        LiveLockdown *lockdowns = bench_allocate(BENCH_LOCKDOWNS, sizeof(*lockdowns));

        for (uint32_t i = 0; i < BENCH_LOCKDOWNS; i++)
                lockdowns[i] =
                        (LiveLockdown){ .lockdown = i, .note = &NOTE, .until_s = TIMESTAMP_MAX };
        bits->live.lockdowns = lockdowns;
        bits->live.lockdown_count = BENCH_LOCKDOWNS;
}

static void bits_free(Bits *bits)
{
        free((void *)bits->live.users);
        free((void *)bits->live.doors);
        free((void *)bits->live.lockdowns);
        free(bits->users);
        free(bits->doors);
}

/* Builds the workload's policy with as much that depends on the time as said. */
static Image *build(Workload *workload, BenchTime time)
{
        Image *image;

        workload->policy->time = time;
        workload_write(workload);
        workload_build(workload);
        image = workload->image;
        workload->image = NULL;
        return image;
}

static Outcome ask(const Side *side, const Query *query)
{
        return policy_decide(side->image, &side->context, query, NULL).outcome;
}

/* Keeps the questions that both sides answer alike; as many as fill whole batches. */
static size_t queries_keep(const BenchQuestion *questions, const Side *without, const Side *with,
                           Query *queries)
{
        size_t kept = 0;

        for (size_t i = 0; i < BENCH_QUESTIONS_COUNT; i++) {
                Text words[] = { text_from(questions[i].user), text_from(questions[i].permission),
                                 text_from(questions[i].resource) };
                if (query_parse(words, 3, &queries[kept], NULL) != 0)
                        exit(2);
                kept += ask(without, &queries[kept]) == ask(with, &queries[kept]);
        }
        if (kept < BENCH_QUESTIONS_COUNT / 2) {
                fprintf(stderr, "only %zu questions are answered alike\n", kept);
                exit(2);
        }
        return kept - kept % BATCH;
}

static int sample(Side *side, const Query *queries)
{
        uint64_t start = sampler_now_ns();
        int allowed = 0;

        for (size_t i = 0; i < BATCH; i++)
                allowed += ask(side, &queries[i]) == OUTCOME_ALLOW;
        sampler_add(&side->sampler, (double)(sampler_now_ns() - start) / BATCH);
        return allowed;
}

static int compare(Side *without, Side *with, const Query *queries, size_t count, const char *name)
{
        volatile int allowed = 0; /* keeps the calls */
        int missed;

        for (int round = 0; round < ROUNDS; round++)
                for (size_t i = 0; i < count; i += BATCH) {
                        bool swap = (i / BATCH + (size_t)round) % 2; /* the second finds the */
                        allowed += sample(swap ? with : without, queries + i); /* words in cache */
                        allowed += sample(swap ? without : with, queries + i);
                }
        missed = sampler_print_ratio(name, sampler_figures(&with->sampler).p50,
                                     sampler_figures(&without->sampler).p50, GOAL);
        sampler_clear(&without->sampler);
        sampler_clear(&with->sampler);
        (void)allowed;
        return missed;
}

int decide_time_measure(Workload *workload, BenchKind kind, const char *size)
{
        BenchQuestion *questions = bench_questions_new(workload->policy, kind);
        Query *queries = bench_allocate(BENCH_QUESTIONS_COUNT, sizeof(Query));
        Bits bits = { .users = NULL };
        Side without = { .image = build(workload, BENCH_TIME_NONE),
                         .context = { .now_s = BENCH_NOW_S } };
        Side with = { .image = build(workload, BENCH_TIME_ALL),
                      .context = { .now_s = BENCH_NOW_S, .live = &bits.live } };
        char name[64];
        int missed;

        suspend(&bits, with.image);
        override(&bits, with.image);
        lock_down(&bits);
        snprintf(name, sizeof(name), "%s in time and live, %s, p50",
                 kind == BENCH_KIND_PLAIN ? "decide" : "unlock", size);
        missed = compare(&without, &with, queries,
                         queries_keep(questions, &without, &with, queries), name);
        workload->policy->time = BENCH_TIME_SOME;
        bits_free(&bits);
        image_free(without.image);
        image_free(with.image);
        free(queries);
        free(questions);
        return missed;
}
