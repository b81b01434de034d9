/* SPDX-License-Identifier: MIT */
/*
 * Vector
 *
 * Doubles the room each time it is full, so that n appends cost O(n). Items move when it grows: a
 * pointer to an item is good until the next append.
 */
#include "util/vector.h"

#include <stdint.h>
#include <string.h>

enum { CAPACITY_FIRST = 8 };

void *vector_append_sized(void **items, size_t *count, size_t *capacity, size_t item_size)
{
        if (*count == *capacity) {
                if (*capacity > SIZE_MAX / 2)
                        return NULL;
                size_t wanted = *capacity ? 2 * *capacity : CAPACITY_FIRST;
                void *grown = reallocarray(*items, wanted, item_size);
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
