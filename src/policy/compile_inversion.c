/* SPDX-License-Identifier: MIT */
/* Compile: lists turned round, see compile_inversion.h. Two passes over the same pairs: count, then
 * put. */
#include "policy/compile_inversion.h"

#include <errno.h>
#include <stdlib.h>

void inversion_clear(Inversion *inversion)
{
        free(inversion->start);
        free(inversion->fill);
        free(inversion->numbers);
        *inversion = (Inversion){ 0 };
}

static const ReferenceList *list_at(const References *references, uint32_t item)
{
        return (const void *)((const char *)references->items + item * references->item_size +
                              references->list);
}

static void count_pairs(const References *references, Inversion *inversion)
{
        for (uint32_t i = 0; i < references->count; i++) {
                const ReferenceList *list = list_at(references, i);
                for (uint32_t k = 0; k < list->count; k++)
                        inversion->start[list->items[k].index + 1]++;
        }
}

static void put_pairs(const References *references, uint32_t base, Inversion *inversion)
{
        for (uint32_t i = 0; i < references->count; i++) {
                const ReferenceList *list = list_at(references, i);
                for (uint32_t k = 0; k < list->count; k++)
                        inversion->numbers[inversion->fill[list->items[k].index]++] = base + i;
        }
}

int inversion_make(const References *references, uint32_t count, uint32_t base,
                   Inversion *ret_inversion)
{
        Inversion *inversion = ret_inversion;
        *inversion = (Inversion){
                .start = calloc((size_t)count + 1, sizeof(uint32_t)),
                .fill = calloc((size_t)count + 1, sizeof(uint32_t)),
        };
        if (!inversion->start || !inversion->fill)
                return -ENOMEM;
        count_pairs(references, inversion);
        for (uint32_t i = 0; i < count; i++) {
                inversion->start[i + 1] += inversion->start[i];
                inversion->fill[i] = inversion->start[i];
        }
        inversion->numbers = calloc((size_t)inversion->start[count] + 1, sizeof(uint32_t));
        if (!inversion->numbers)
                return -ENOMEM;
        put_pairs(references, base, inversion);
        return 0;
}

uint32_t *inversion_numbers(const Inversion *inversion, uint32_t index, uint32_t *ret_count)
{
        uint32_t start = inversion->start[index];
        *ret_count = inversion->start[index + 1] - start;
        return inversion->numbers + start;
}

ImageRange inversion_store(Compiler *compiler, const Inversion *inversion, uint32_t index)
{
        uint32_t count;
        uint32_t *numbers = inversion_numbers(inversion, index, &count);
        return compiler_numbers(compiler, numbers, count);
}
