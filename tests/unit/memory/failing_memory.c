/* SPDX-License-Identifier: MIT */
/* Failing memory: see failing_memory.h. */
#include "failing_memory.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static unsigned allocations, failing_first, failing_count;

void memory_fail_from(unsigned first, unsigned count)
{
        allocations = 0;
        failing_first = first;
        failing_count = count;
}

void memory_recover(void)
{
        failing_count = 0;
}

unsigned memory_allocations(void)
{
        return allocations;
}

static bool fails(void)
{
        allocations++;
        bool failing = allocations >= failing_first && allocations - failing_first < failing_count;
        if (failing)
                errno = ENOMEM;
        return failing;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_reallocarray(void *memory, size_t count, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_reallocarray(void *memory, size_t count, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t size);

void *__wrap_malloc(size_t size)
{
        return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
        return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
        return fails() ? NULL : __real_realloc(memory, size);
}

void *__wrap_reallocarray(void *memory, size_t count, size_t size)
{
        return fails() ? NULL : __real_reallocarray(memory, count, size);
}

char *__wrap_strdup(const char *text)
{
        return fails() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t size)
{
        return fails() ? NULL : __real_strndup(text, size);
}
