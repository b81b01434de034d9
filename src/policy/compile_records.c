/* SPDX-License-Identifier: MIT */
/*
 * Compile: records, strings and shared runs
 *
 * Thousands of people have the same groups and so the same roles: runs of numbers and of held roles
 * are kept once, as strings are, found by a hash table over what is in the section already.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "policy/compile.h"
#include "policy/image.h"
#include "policy/sort.h"

enum {
        SECTION_SIZE_FIRST = 4096,
        POOL_SLOTS_FIRST = 1024,
        STRING_HEAD = sizeof(uint32_t), /* the size in front of a string's bytes */
};

struct PoolSlot {
        uint32_t hash; /* 0: empty */
        uint32_t first;
        uint32_t count; /* of a string: its bytes */
};

int compiler_reserve(Compiler *compiler, enum ImageSectionId id, size_t count)
{
        Section *section = &compiler->sections[id];
        size_t record_size = image_record_size(id);
        if (count >= IMAGE_NONE - section->size / record_size)
                compiler->error = compiler->error ? compiler->error : COMPILE_TOO_LARGE;
        if (compiler->error)
                return compiler->error;
        size_t wanted = section->size + count * record_size;
        if (wanted <= section->capacity)
                return 0;
        size_t capacity = section->capacity ? 2 * section->capacity : SECTION_SIZE_FIRST;
        if (capacity < wanted)
                capacity = wanted;
        char *data = realloc(section->data, capacity);
        if (!data)
                return compiler->error = -ENOMEM;
        section->data = data;
        section->capacity = capacity;
        return 0;
}

void *compiler_append(Compiler *compiler, enum ImageSectionId id, size_t count)
{
        if (count == 0 || compiler_reserve(compiler, id, count) != 0)
                return NULL;
        Section *section = &compiler->sections[id];
        size_t size = count * image_record_size(id);
        void *records = section->data + section->size;
        memset(records, 0, size);
        section->size += size;
        return records;
}

uint32_t compiler_count(const Compiler *compiler, enum ImageSectionId id)
{
        return (uint32_t)(compiler->sections[id].size / image_record_size(id));
}

void *compiler_at(const Compiler *compiler, enum ImageSectionId id, uint32_t index)
{
        return compiler->sections[id].data + (size_t)index * image_record_size(id);
}

/* Doubles the table, from empty to POOL_SLOTS_FIRST. */
static int pool_grow(Compiler *compiler, Pool *pool)
{
        uint32_t count = pool->slot_count ? 2 * pool->slot_count : POOL_SLOTS_FIRST;
        if (count == 0)
                return compiler->error = COMPILE_TOO_LARGE;
        struct PoolSlot *slots = calloc(count, sizeof(*slots));
        if (!slots)
                return compiler->error = -ENOMEM;
        for (uint32_t i = 0; i < pool->slot_count; i++) {
                if (pool->slots[i].hash == 0)
                        continue;
                uint32_t at = pool->slots[i].hash & (count - 1);
                while (slots[at].hash != 0)
                        at = (at + 1) & (count - 1);
                slots[at] = pool->slots[i];
        }
        free(pool->slots);
        pool->slots = slots;
        pool->slot_count = count;
        return 0;
}

/*
 * Finds the run equal to size bytes of data, or the empty slot where it belongs. head: bytes in
 * front of a run that do not count.
 * Return: the slot, NULL after an error.
 */
static struct PoolSlot *pool_slot(Compiler *compiler, Pool *pool, const void *data, uint32_t count,
                                  size_t head)
{
        if (compiler->error)
                return NULL;
        if (pool->used >= pool->slot_count / 2 && pool_grow(compiler, pool) != 0)
                return NULL;
        size_t record_size = image_record_size(pool->section);
        size_t size = count * record_size;
        uint32_t hash = (uint32_t)XXH3_64bits(data, size);
        hash = hash ? hash : 1;
        uint32_t at = hash & (pool->slot_count - 1);
        for (; pool->slots[at].hash != 0; at = (at + 1) & (pool->slot_count - 1)) {
                const struct PoolSlot *slot = &pool->slots[at];
                const char *run =
                        compiler->sections[pool->section].data + slot->first * record_size + head;
                if (slot->hash == hash && slot->count == count && memcmp(run, data, size) == 0)
                        break;
        }
        if (pool->slots[at].hash == 0) {
                pool->slots[at] = (struct PoolSlot){ hash, IMAGE_NONE, count };
                pool->used++;
        }
        return &pool->slots[at];
}

ImageRange compiler_store(Compiler *compiler, Pool *pool, const void *records, size_t count)
{
        if (count == 0)
                return (ImageRange){ 0, 0 };
        if (compiler_reserve(compiler, pool->section, count) != 0)
                return (ImageRange){ 0, 0 };
        struct PoolSlot *slot = pool_slot(compiler, pool, records, (uint32_t)count, 0);
        if (!slot)
                return (ImageRange){ 0, 0 };
        if (slot->first == IMAGE_NONE) {
                slot->first = compiler_count(compiler, pool->section);
                memcpy(compiler_append(compiler, pool->section, count), records,
                       count * image_record_size(pool->section));
        }
        return (ImageRange){ slot->first, (uint32_t)count };
}

uint32_t compiler_string(Compiler *compiler, const char *string)
{
        if (!string)
                return IMAGE_NONE;
        size_t size = strlen(string);
        size_t stored = (STRING_HEAD + size + 1 + 3) & ~(size_t)3;
        if (compiler_reserve(compiler, IMAGE_STRINGS, stored) != 0)
                return IMAGE_NONE;
        struct PoolSlot *slot =
                pool_slot(compiler, &compiler->strings, string, (uint32_t)size, STRING_HEAD);
        if (!slot)
                return IMAGE_NONE;
        if (slot->first == IMAGE_NONE) {
                slot->first = compiler_count(compiler, IMAGE_STRINGS);
                char *data = compiler_append(compiler, IMAGE_STRINGS, stored);
                memcpy(data, &slot->count, STRING_HEAD);
                memcpy(data + STRING_HEAD, string, size);
        }
        return slot->first;
}

ImageRange compiler_numbers(Compiler *compiler, uint32_t *numbers, size_t count)
{
        return compiler_store(compiler, &compiler->numbers, numbers, sort_numbers(numbers, count));
}

ImageRange compiler_references(Compiler *compiler, const ReferenceList *list, uint32_t base)
{
        uint32_t few[64];
        uint32_t *numbers = few;
        _cleanup_free_ uint32_t *many = NULL;
        if (list->count > sizeof(few) / sizeof(few[0])) {
                numbers = many = calloc(list->count, sizeof(uint32_t));
                if (!many) {
                        compiler->error = -ENOMEM;
                        return (ImageRange){ 0, 0 };
                }
        }
        for (uint32_t i = 0; i < list->count; i++)
                numbers[i] = base + list->items[i].index;
        return compiler_numbers(compiler, numbers, list->count);
}
