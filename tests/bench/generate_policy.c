/* SPDX-License-Identifier: MIT */
/*
 * generate-policy SIZE DIR [QUESTIONS]: writes a policy of that size into the folder DIR, and with
 * QUESTIONS the questions and expected answers into the files QUESTIONS-view, QUESTIONS-unlock and
 * those names with ".expected" behind them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "generate.h"
#include "questions.h"

static int write_questions(const BenchPolicy *policy, const char *prefix)
{
        static const char *const SUFFIXES[] = { "view", "unlock" };
        char path[2048];
        int r = 0;

        for (int kind = BENCH_KIND_PLAIN; r == 0 && kind <= BENCH_KIND_UNLOCK; kind++) {
                BenchQuestion *questions = bench_questions_new(policy, (BenchKind)kind);
                snprintf(path, sizeof(path), "%s-%s", prefix, SUFFIXES[kind]);
                r = bench_questions_write(questions, path);
                free(questions);
        }
        return r;
}

int main(int argc, char **argv)
{
        const BenchSize *size = argc == 3 || argc == 4 ? bench_size_find(argv[1]) : NULL;
        BenchPolicy *policy;
        int r;

        if (size == NULL) {
                fputs("usage: generate-policy S|M|L|1M DIR [QUESTIONS]\n", stderr);
                return 2;
        }
        policy = bench_policy_new(size);
        r = bench_policy_write(policy, argv[2]);
        if (r == 0 && argc == 4)
                r = write_questions(policy, argv[3]);
        if (r < 0)
                fprintf(stderr, "generate-policy: %s: %s\n", argv[2], strerror(-r));
        bench_policy_free(policy);
        return r < 0 ? 1 : 0;
}
