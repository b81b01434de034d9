/* SPDX-License-Identifier: MIT */
/*
 * Compile: lists turned round
 *
 * The text says of a level which doors it holds, of a lockdown which doors it locks, of an
 * exception which levels it replaces; decisions and other parts ask the other way round.
 */
#pragma once

#include "policy/compile.h"

/* Things of the model that hold references to other things. */
typedef struct References {
        const void *items; /* borrowed */
        uint32_t count;
        size_t item_size;
        size_t list; /* offset of their ReferenceList */
} References;

#define REFERENCES_OF(list_of_items, type, member)                                                 \
        ((References){ (list_of_items).items, (list_of_items).count, sizeof(type),                 \
                       offsetof(type, member) })

/* By the index of what is referred to: the numbers of what refers to it, ascending; a number stands
 * as often as the reference does. */
typedef struct Inversion {
        uint32_t *start; /* where its list starts; [count]: the number of all pairs */
        uint32_t *fill;  /* where the next number goes, while it is made */
        uint32_t *numbers;
} Inversion;

/* Turns references, all resolved to less than count, round. base is added to each number.
 * Return: 0 or -ENOMEM; either way it is to be cleared. */
int inversion_make(const References *references, uint32_t count, uint32_t base,
                   Inversion *ret_inversion);
void inversion_clear(Inversion *inversion);

/* The numbers of one index. Return: the first of *ret_count, borrowed; they may be sorted. */
uint32_t *inversion_numbers(const Inversion *inversion, uint32_t index, uint32_t *ret_count);

/* Stores them in IMAGE_NUMBERS, each once. */
ImageRange inversion_store(Compiler *compiler, const Inversion *inversion, uint32_t index);
