/* SPDX-License-Identifier: MIT */
/*
 * Vector
 *
 * Doubles the room each time it is full, so that n appends cost O(n). Items move when it grows: a
 * pointer to an item is good until the next append.
 */
#include "util/vector.h"

#include <string.h>

enum { CAPACITY_FIRST = 8 };

void *vector_append_sized(void **items, size_t *count, size_t *capacity, size_t item_size)
{
        if (*count == *capacity) {
                size_t wanted = CAPACITY_FIRST, size;
                if (*capacity && __builtin_mul_overflow(*capacity, (size_t)2, &wanted))
                        return NULL;
                if (__builtin_mul_overflow(wanted, item_size, &size))
                        return NULL;
                void *grown = realloc(*items, size);
                if (!grown)
                        return NULL;
                *items = grown;
                *capacity = wanted;
        }
        void *item = (char *)*items + *count * item_size;
        memset(item, 0, item_size);
        (*count)++;
        return item;
}
