/* SPDX-License-Identifier: MIT */
/*
 * Questions about a generated policy, with their answers by an oracle that walks the tree. Half are
 * drawn uniformly, half are made for a grant, so that they are likely to be allowed.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "generate.h"

enum { BENCH_QUESTIONS_COUNT = 20000, BENCH_PERMISSIONS_COUNT = 21, BENCH_UNLOCK = 20 };

/* What is asked: permissions that a door takes and that have no condition, or unlocking the door.
 */
typedef enum BenchKind { BENCH_KIND_PLAIN, BENCH_KIND_UNLOCK } BenchKind;

/* One question: "USER PERMISSION RESOURCE", its parts by number, and the oracle's answer. */
typedef struct BenchQuestion {
        char user[16];
        const char *permission; /* a constant */
        char resource[128];     /* a door */
        uint32_t user_number, permission_number, door_number;
        bool allowed;
} BenchQuestion;

/* Returns the name of permission NUMBER, a constant; BENCH_UNLOCK is access.door.unlock. */
const char *bench_permission_name(uint32_t number);

/* Returns the lowest role that gives permission NUMBER. */
BenchRole bench_permission_role(uint32_t number);

/* Makes BENCH_QUESTIONS_COUNT questions (*returns owned*, to be freed with free()). */
BenchQuestion *bench_questions_new(const BenchPolicy *policy, BenchKind kind);

/*
 * Writes QUESTIONS one a line to PATH, as `doorward check --batch` reads them, and allow or deny
 * for each to PATH with ".expected" behind it. Returns 0, or -errno.
 */
int bench_questions_write(const BenchQuestion *questions, const char *path);
