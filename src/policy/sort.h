/* SPDX-License-Identifier: MIT */
/* Sorting what a policy consists of: many names, and short lists of numbers. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* A name and whose it is. */
typedef struct SortName {
        const char *name; /* borrowed, NUL-terminated */
        uint64_t key;     /* used while sorting */
        uint32_t index;
} SortName;

/* Sorts by bytes, equal names by index. */
void sort_names(SortName *names, size_t count);

/* Sorts ascending and drops repeats. Return: how many are left. */
size_t sort_numbers(uint32_t *numbers, size_t count);
