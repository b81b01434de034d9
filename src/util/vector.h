/* SPDX-License-Identifier: MIT */
/*
 * Vector
 *
 * A growing array: any struct with the members `items`, `count` and `capacity`.
 */
#pragma once

#include <stddef.h>
#include <stdlib.h>

#define VECTOR_OF(type)                                                                            \
        struct {                                                                                   \
                type *items;                                                                       \
                size_t count;                                                                      \
                size_t capacity;                                                                   \
        }

/* Makes room for one more item and counts it.
 * Return (as an expression): a pointer to the new item, zeroed, or NULL without memory. */
#define vector_append(vector)                                                                      \
        ((__typeof__((vector)->items))vector_append_sized((void **)&(vector)->items,               \
                                                          &(vector)->count, &(vector)->capacity,   \
                                                          sizeof(*(vector)->items)))

/* Frees the items and empties the vector. */
#define vector_clear(vector)                                                                       \
        do {                                                                                       \
                free((vector)->items);                                                             \
                (vector)->items = NULL;                                                            \
                (vector)->count = (vector)->capacity = 0;                                          \
        } while (0)

/* What vector_append() calls; not for direct use. */
void *vector_append_sized(void **items, size_t *count, size_t *capacity, size_t item_size);
