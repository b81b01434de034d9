/* SPDX-License-Identifier: MIT */
/*
 * Arena
 *
 * A chain of chunks; a piece is cut off the newest one by moving an offset. Chunks come from
 * calloc(), which knows when the kernel's pages are zero already, and double up to a limit. A piece
 * that would waste a good part of a chunk gets a chunk of its own, chained behind the current one
 * so that the current one's free room stays in use. Not for use by several threads at once.
 */
#include "util/arena.h"

#include <stdalign.h>
#include <stdint.h>

enum {
        CHUNK_SIZE_FIRST = 64 * 1024,
        CHUNK_SIZE_MAX = 4 * 1024 * 1024,
        BIG_DIVISOR = 4, /* a piece over 1/4 of the next chunk's size stands apart */
};

typedef struct ArenaChunk ArenaChunk;

struct ArenaChunk {
        ArenaChunk *next;
        alignas(max_align_t) char data[];
};

struct Arena {
        ArenaChunk *chunks; /* the current one first */
        char *free;         /* the current chunk's free room; always aligned */
        size_t free_size;
        size_t chunk_size; /* of the next chunk */
};

Arena *arena_new(void)
{
        Arena *arena = calloc(1, sizeof(*arena));
        if (arena)
                arena->chunk_size = CHUNK_SIZE_FIRST;
        return arena;
}

Arena *arena_free(Arena *arena)
{
        if (!arena)
                return NULL;
        ArenaChunk *next;
        for (ArenaChunk *chunk = arena->chunks; chunk; chunk = next) {
                next = chunk->next;
                free(chunk);
        }
        free(arena);
        return NULL;
}

static void *allocate_apart(Arena *arena, size_t size)
{
        ArenaChunk *chunk = calloc(1, sizeof(*chunk) + size);
        if (!chunk)
                return NULL;
        if (arena->chunks) {
                chunk->next = arena->chunks->next;
                arena->chunks->next = chunk;
        } else {
                arena->chunks = chunk;
        }
        return chunk->data;
}

static bool chunk_start(Arena *arena)
{
        ArenaChunk *chunk = calloc(1, arena->chunk_size);
        if (!chunk)
                return false;
        chunk->next = arena->chunks;
        arena->chunks = chunk;
        arena->free = chunk->data;
        arena->free_size = arena->chunk_size - sizeof(*chunk);
        if (arena->chunk_size < CHUNK_SIZE_MAX)
                arena->chunk_size *= 2;
        return true;
}

void *arena_allocate(Arena *arena, size_t size)
{
        if (size > PTRDIFF_MAX - 2 * sizeof(ArenaChunk))
                return NULL;
        /* Pieces of size 0 take room too, so that every piece has its own address. */
        size_t alignment = alignof(max_align_t);
        size_t padded = size ? (size + alignment - 1) & ~(alignment - 1) : alignment;
        if (__builtin_expect(padded > arena->free_size, 0)) {
                if (padded > arena->chunk_size / BIG_DIVISOR)
                        return allocate_apart(arena, padded);
                if (!chunk_start(arena))
                        return NULL;
        }
        void *piece = arena->free;
        arena->free += padded;
        arena->free_size -= padded;
        return piece;
}

char *arena_copy(Arena *arena, Text text)
{
        if (text.size == SIZE_MAX)
                return NULL;
        char *copy = arena_allocate(arena, text.size + 1);
        if (copy && text.size > 0)
                memcpy(copy, text.data, text.size);
        return copy;
}
