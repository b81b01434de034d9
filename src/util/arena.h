/* SPDX-License-Identifier: MIT */
/*
 * Arena
 *
 * Memory that is asked for piece by piece and given back all at once: what a policy consists of
 * while it is being compiled.
 */
#pragma once

#include <stddef.h>

#include "util/cleanup.h"
#include "util/text.h"

typedef struct Arena Arena;

/* Creates an empty arena. Return: the arena, owned by the caller, or NULL without memory. */
Arena *arena_new(void);

/* Gives everything back. Return: NULL. */
Arena *arena_free(Arena *arena);
DEFINE_CLEANUP(Arena *, arena_free);

/* Takes size bytes, zeroed and aligned for any type; they live as long as the arena.
 * Return: the bytes, or NULL without memory. */
void *arena_allocate(Arena *arena, size_t size);

/* Copies a text and adds a NUL. Return: the copy, living as long as the arena, or NULL. */
char *arena_copy(Arena *arena, Text text);
