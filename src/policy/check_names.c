/* SPDX-License-Identifier: MIT */
/*
 * Check: names
 *
 * Hash tables over lists, and the nearest name for one that is not there. Looking for the nearest
 * name means comparing with all of them; so that a policy with very many mistakes is still refused
 * in reasonable time, there is a limit on such comparisons, after which errors come without a
 * suggestion.
 */
#include <stdio.h>
#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "policy/check.h"
#include "policy/limits.h"

enum {
        NEAR_SHORT = 1, /* edits between a name of up to SHORT_SIZE bytes and one that is meant */
        NEAR_LONG = 2,
        SHORT_SIZE = 4,
};

const char *check_name(const char *name, char buffer[static CHECK_NAME_SIZE])
{
        return text_escape(text_from(name), buffer, CHECK_NAME_SIZE);
}

const char *check_place(const Check *check, Place place, char buffer[static CHECK_PLACE_SIZE])
{
        snprintf(buffer, CHECK_PLACE_SIZE, "%s:%u",
                 diagnostics_file_name(check->model->diagnostics, place.file), place.line);
        return buffer;
}

static const void *item_at(const NamedList *list, uint32_t index, size_t offset)
{
        return (const char *)list->items + index * list->item_size + offset;
}

static void duplicate_report(const Check *check, const NamedList *list, const char *name,
                             uint32_t index, uint32_t first)
{
        char escaped[CHECK_NAME_SIZE], at[CHECK_PLACE_SIZE];
        const Place *place = item_at(list, index, list->place);
        const Place *first_place = item_at(list, first, list->place);
        diagnostics_error(check->model->diagnostics, *place,
                          "duplicate %s \"%s\": it already stands at %s", list->what,
                          check_name(name, escaped), check_place(check, *first_place, at));
}

static uint32_t name_hash(const char *name, size_t size)
{
        uint32_t hash = (uint32_t)XXH3_64bits(name, size);
        return hash ? hash : 1;
}

/* Finds the slot of a name, or the empty one where it belongs. */
static NameSlot *slot_find(const NameTable *table, const char *name)
{
        uint32_t hash = name_hash(name, strlen(name));
        uint32_t at = hash & table->mask;
        for (; table->slots[at].hash != 0; at = (at + 1) & table->mask)
                if (table->slots[at].hash == hash &&
                    strcmp(table->names[table->slots[at].index], name) == 0)
                        break;
        return &table->slots[at];
}

/* Makes the hash table over names that are there already. */
static void table_index(Check *check, const NamedList *list, NameTable *table)
{
        size_t size = 2;
        while (size < 2 * (size_t)table->count)
                size *= 2;
        table->slots = calloc(size, sizeof(*table->slots));
        if (!table->slots) {
                check->failed = true;
                return;
        }
        table->mask = (uint32_t)size - 1;
        for (uint32_t i = 0; i < table->count; i++) {
                const char *name = table->names[i];
                if (!name)
                        continue;
                NameSlot *slot = slot_find(table, name);
                if (slot->hash != 0)
                        duplicate_report(check, list, name, i, slot->index);
                else
                        *slot = (NameSlot){ name_hash(name, strlen(name)), i };
        }
}

static bool table_start(Check *check, const NamedList *list, NameTable *table)
{
        *table = (NameTable){ .what = list->what, .count = list->count };
        table->names = calloc((size_t)list->count + 1, sizeof(*table->names));
        if (!table->names) {
                check->failed = true;
                table->count = 0;
        }
        return table->names != NULL;
}

void name_table_fill(Check *check, const NamedList *list, NameTable *table)
{
        if (!table_start(check, list, table))
                return;
        for (uint32_t i = 0; i < list->count; i++)
                table->names[i] = *(const char *const *)item_at(list, i, list->name);
        table_index(check, list, table);
}

void name_table_fill_paths(Check *check, const NamedList *list,
                           const ModelOrganization *organization, size_t site_offset,
                           NameTable *table)
{
        if (!table_start(check, list, table))
                return;
        for (uint32_t i = 0; i < list->count && !check->failed; i++) {
                const char *name = *(const char *const *)item_at(list, i, list->name);
                uint32_t site = *(const uint32_t *)item_at(list, i, site_offset);
                if (!name || site >= organization->sites.count)
                        continue;
                char path[PATH_SIZE_MAX];
                int size = snprintf(path, sizeof(path), "%s/%s",
                                    organization->sites.items[site].path, name);
                if (size < 0 || (size_t)size >= sizeof(path))
                        continue; /* longer than names and sites can be */
                table->names[i] = arena_copy(check->model->arena, (Text){ path, (size_t)size });
                check->failed = !table->names[i];
        }
        table_index(check, list, table);
}

void name_table_clear(NameTable *table)
{
        free(table->names);
        free(table->slots);
        *table = (NameTable){ 0 };
}

void check_duplicates(Check *check, NamedList list)
{
        NameTable table;
        name_table_fill(check, &list, &table);
        name_table_clear(&table);
}

void check_count(const Check *check, uint32_t count, uint32_t maximum, const char *what,
                 Place place)
{
        if (count > maximum)
                diagnostics_error(check->model->diagnostics, place,
                                  "the organization has %u %s, more than %u", count, what, maximum);
}

uint32_t name_table_find(const NameTable *table, const char *name)
{
        if (!table->slots)
                return MODEL_NONE;
        const NameSlot *slot = slot_find(table, name);
        return slot->hash ? slot->index : MODEL_NONE;
}

/* Says whether a path ends with another one: "HQ/Tower" with "Tower". */
static bool path_ends_with(const char *path, const char *end)
{
        size_t size = strlen(path), end_size = strlen(end);
        return size > end_size && path[size - end_size - 1] == '/' &&
               strcmp(path + size - end_size, end) == 0;
}

/* The path that is meant by one without its beginning, or with the organization before it.
 * Return: NULL when there is none. */
static const char *longer_or_shorter_path(const NameTable *table, const char *name)
{
        for (uint32_t i = 0; i < table->count; i++)
                if (table->names[i] && (path_ends_with(table->names[i], name) ||
                                        path_ends_with(name, table->names[i])))
                        return table->names[i];
        return NULL;
}

/* The nearest name, the first of several. Return: NULL when none is near. */
static const char *nearest_name(Check *check, const NameTable *table, const char *name)
{
        if (check->comparisons < table->count)
                return NULL;
        check->comparisons -= table->count;
        Text wanted = text_from(name);
        unsigned best = wanted.size <= SHORT_SIZE ? NEAR_SHORT : NEAR_LONG;
        const char *nearest = NULL;
        for (uint32_t i = 0; i < table->count && best > 0; i++) {
                unsigned limit = nearest ? best - 1 : best;
                if (!table->names[i])
                        continue;
                unsigned distance = text_distance(wanted, text_from(table->names[i]), limit);
                if (distance > limit)
                        continue;
                nearest = table->names[i];
                best = distance;
        }
        return nearest ? nearest : longer_or_shorter_path(table, name);
}

bool check_reference(Check *check, const NameTable *table, Reference *reference)
{
        reference->index = MODEL_NONE;
        if (!reference->name)
                return true;
        reference->index = name_table_find(table, reference->name);
        if (reference->index != MODEL_NONE)
                return true;
        if (table->incomplete)
                return false;
        char name[CHECK_NAME_SIZE], near[CHECK_NAME_SIZE];
        const char *nearest = *check->advice ? NULL : nearest_name(check, table, reference->name);
        check_name(reference->name, name);
        if (nearest)
                diagnostics_error(check->model->diagnostics, reference->place,
                                  "there is no %s \"%s\"; did you mean \"%s\"?", table->what, name,
                                  check_name(nearest, near));
        else
                diagnostics_error(check->model->diagnostics, reference->place,
                                  "there is no %s \"%s\"%s", table->what, name, check->advice);
        return false;
}

void check_references(Check *check, const NameTable *table, ReferenceList *list)
{
        for (uint32_t i = 0; i < list->count; i++)
                check_reference(check, table, &list->items[i]);
}
