/* SPDX-License-Identifier: MIT */
/*
 * Sorting
 *
 * A million names in a million places of memory: comparing them in place would be one cache miss
 * after another. So eight bytes of each name are fetched at once and compared as a number, and
 * only names that agree so far look at their next eight.
 */
#include "policy/sort.h"

#include <stdbool.h>
#include <stdlib.h>

enum {
        KEY_BYTES = 8,
        INSERTION_MAX = 16, /* up to here insertion beats qsort() */
};

/* The next bytes of a name, the first one most significant; 0 from its end on. */
static uint64_t key_fetch(const char *name)
{
        uint64_t key = 0;
        for (unsigned i = 0; i < KEY_BYTES; i++) {
                unsigned char byte = (unsigned char)*name;
                key = key << 8 | byte;
                name += byte != 0;
        }
        return key;
}

static int name_compare(const void *left, const void *right)
{
        const SortName *a = left, *b = right;
        if (a->key != b->key)
                return a->key < b->key ? -1 : 1;
        return a->index < b->index ? -1 : a->index > b->index;
}

static bool is_sorted(const SortName *names, size_t count)
{
        for (size_t i = 1; i < count; i++)
                if (name_compare(&names[i - 1], &names[i]) > 0)
                        return false;
        return true;
}

/* Sorts names that agree in their first `offset` bytes. Depth: a name's bytes / 8. */
static void sort_from(SortName *names, size_t count, size_t offset)
{
        for (size_t i = 0; i < count; i++)
                names[i].key = key_fetch(names[i].name + offset);
        if (!is_sorted(names, count))
                qsort(names, count, sizeof(*names), name_compare);
        for (size_t start = 0, end; start < count; start = end) {
                for (end = start + 1; end < count && names[end].key == names[start].key;)
                        end++;
                /* A last byte of 0 says that these names have ended: they are equal. */
                if (end - start > 1 && (names[start].key & 0xff) != 0)
                        sort_from(names + start, end - start, offset + KEY_BYTES);
        }
}

void sort_names(SortName *names, size_t count)
{
        sort_from(names, count, 0);
}

static int number_compare(const void *left, const void *right)
{
        uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
        return a < b ? -1 : a > b;
}

static void insertion_sort(uint32_t *numbers, size_t count)
{
        for (size_t i = 1; i < count; i++) {
                uint32_t number = numbers[i];
                size_t at = i;
                for (; at > 0 && numbers[at - 1] > number; at--)
                        numbers[at] = numbers[at - 1];
                numbers[at] = number;
        }
}

size_t sort_numbers(uint32_t *numbers, size_t count)
{
        if (count <= INSERTION_MAX)
                insertion_sort(numbers, count);
        else
                qsort(numbers, count, sizeof(*numbers), number_compare);
        size_t left = 0;
        for (size_t i = 0; i < count; i++)
                if (left == 0 || numbers[left - 1] != numbers[i])
                        numbers[left++] = numbers[i];
        return left;
}
