/* SPDX-License-Identifier: MIT */
/* A small seeded generator of random numbers (splitmix64), the same on every machine. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct Random {
        uint64_t state;
} Random;

static inline uint64_t random_next(Random *random)
{
        uint64_t z = random->state += 0x9e3779b97f4a7c15u;

        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
}

/* Returns a number from 0 to COUNT - 1; COUNT is at least 1. */
static inline int random_below(Random *random, int count)
{
        return (int)(random_next(random) % (uint64_t)count);
}

/* Returns true PERCENT times out of a hundred. */
static inline bool random_chance(Random *random, int percent)
{
        return random_below(random, 100) < percent;
}
