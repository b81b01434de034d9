/* SPDX-License-Identifier: MIT */
/*
 * Schema
 *
 * The walker. Keys mostly stand in the same order in every group of a kind, so the search for a key
 * starts behind the one found last and usually ends at once.
 */
#include "policy/schema.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { ESCAPED_SIZE = 128, DISTANCE_MAX = 2, TEXT_SIZE_MAX = 1024 };

/* What LIST_OF() makes, whatever the items are. */
typedef struct SchemaItems {
        void *items;
        uint32_t count;
        uint32_t capacity;
} SchemaItems;

Place schema_place(const Loader *loader, const config_setting_t *setting)
{
        unsigned line = config_setting_source_line(setting);
        return (Place){ loader->file, line ? line : 1 };
}

bool schema_error(const Loader *loader, const config_setting_t *setting, const char *format, ...)
{
        char text[TEXT_SIZE_MAX];
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(text, sizeof(text), format, arguments);
        va_end(arguments);
        diagnostics_error(loader->model->diagnostics, schema_place(loader, setting), "%s", text);
        return false;
}

bool schema_out_of_memory(Loader *loader)
{
        loader->out_of_memory = true;
        return false;
}

static const SchemaKey *key_find(const SchemaTable *table, const char *name, unsigned *hint)
{
        for (unsigned i = 0, at = *hint; i < table->count; i++, at++) {
                if (at >= table->count)
                        at = 0;
                if (strcmp(table->keys[at].name, name) == 0) {
                        *hint = at + 1;
                        return &table->keys[at];
                }
        }
        return NULL;
}

static void unknown_report(Loader *loader, const SchemaTable *table,
                           const config_setting_t *setting)
{
        char escaped[ESCAPED_SIZE];
        Text name = text_from(config_setting_name(setting));
        const char *nearest = NULL;
        unsigned best = DISTANCE_MAX + 1;
        for (unsigned i = 0; i < table->count; i++) {
                unsigned distance =
                        text_distance(name, text_from(table->keys[i].name), DISTANCE_MAX);
                if (table->keys[i].read && distance < best) {
                        best = distance;
                        nearest = table->keys[i].name;
                }
        }
        text_escape(name, escaped, sizeof(escaped));
        if (nearest)
                schema_error(loader, setting, "unknown key \"%s\" in %s; did you mean \"%s\"?",
                             escaped, table->title, nearest);
        else
                schema_error(loader, setting, "unknown key \"%s\" in %s", escaped, table->title);
}

/* Bits of the keys that were met, and of those that could not be read. */
typedef struct KeySets {
        uint64_t seen, bad;
        bool unknown;
} KeySets;

static void keys_read(Loader *loader, const SchemaTable *table, const config_setting_t *group,
                      void *item, bool later, KeySets *sets)
{
        unsigned hint = 0;
        int length = config_setting_length(group);
        for (int i = 0; i < length && !loader->out_of_memory; i++) {
                const config_setting_t *setting = config_setting_get_elem(group, (unsigned)i);
                const SchemaKey *key = key_find(table, config_setting_name(setting), &hint);
                if (!key && !later) {
                        unknown_report(loader, table, setting);
                        sets->unknown = true;
                }
                if (!key || !!(key->flags & SCHEMA_LATER) != later)
                        continue;
                uint64_t bit = UINT64_C(1) << (key - table->keys);
                sets->seen |= bit;
                if (!key->read)
                        schema_error(loader, setting, "\"%s\" is not supported yet", key->name);
                if (!key->read || !key->read(loader, key, setting, item))
                        sets->bad |= bit;
        }
}

/* Reports required keys that are missing. Return: false when the item has no identity. */
static bool required_check(Loader *loader, const SchemaTable *table, const config_setting_t *group,
                           KeySets *sets)
{
        bool identified = true;
        for (unsigned i = 0; i < table->count; i++) {
                uint64_t bit = UINT64_C(1) << i;
                unsigned flags = table->keys[i].flags;
                if (!(flags & (SCHEMA_REQUIRED | SCHEMA_IDENTITY)))
                        continue;
                if (!(sets->seen & bit)) {
                        schema_error(loader, group, "missing key \"%s\" in %s", table->keys[i].name,
                                     table->title);
                        sets->bad |= bit;
                }
                if ((flags & SCHEMA_IDENTITY) && (sets->bad & bit))
                        identified = false;
        }
        return identified;
}

SchemaResult schema_walk(Loader *loader, const SchemaTable *table, const config_setting_t *group,
                         void *item)
{
        KeySets sets = { 0 };
        keys_read(loader, table, group, item, false, &sets);
        bool identified = required_check(loader, table, group, &sets);
        if (table->ready && table->ready(loader, item))
                keys_read(loader, table, group, item, true, &sets);
        bool good = !sets.bad && !sets.unknown;
        if (good && table->finish)
                good = table->finish(loader, group, item);
        if (good)
                return SCHEMA_GOOD;
        return identified && !table->whole ? SCHEMA_FAULTY : SCHEMA_USELESS;
}

/* Makes room for that many more items at once. */
static bool items_reserve(Loader *loader, SchemaItems *list, uint32_t more, size_t item_size)
{
        if (more <= list->capacity - list->count)
                return true;
        uint64_t wanted = (uint64_t)list->count + more;
        if (wanted < (uint64_t)list->capacity * 2)
                wanted = (uint64_t)list->capacity * 2;
        if (wanted >= MODEL_NONE / 2)
                return schema_out_of_memory(loader);
        void *items = arena_allocate(loader->model->arena, wanted * item_size);
        if (!items)
                return schema_out_of_memory(loader);
        if (list->count > 0)
                memcpy(items, list->items, list->count * item_size);
        list->items = items;
        list->capacity = (uint32_t)wanted;
        return true;
}

static bool item_read(Loader *loader, const SchemaKey *key, const config_setting_t *element,
                      SchemaItems *list)
{
        const SchemaTable *table = key->table;
        if (!config_setting_is_group(element))
                return schema_error(loader, element, "\"%s\" must hold groups: { ... }", key->name);
        void *item = model_append_sized(loader->model, &list->items, &list->count, &list->capacity,
                                        table->item_size);
        if (!item)
                return schema_out_of_memory(loader);
        Place *place = (void *)((char *)item + table->place);
        *place = schema_place(loader, element);
        if (table->start)
                table->start(loader, item);
        SchemaResult result = schema_walk(loader, table, element, item);
        if (result == SCHEMA_USELESS)
                list->count--;
        return result == SCHEMA_GOOD;
}

bool schema_items(Loader *loader, const SchemaKey *key, const config_setting_t *setting, void *list)
{
        int length = config_setting_is_aggregate(setting) ? config_setting_length(setting) : 0;
        bool is_list = config_setting_is_list(setting) ||
                       (config_setting_is_array(setting) && length == 0);
        if (!is_list)
                return schema_error(loader, setting,
                                    "\"%s\" must be a list of groups: ( { ... }, { ... } )",
                                    key->name);
        if (length == 0 && (key->flags & SCHEMA_NOT_EMPTY))
                return schema_error(loader, setting, "\"%s\" is empty", key->name);
        if (!items_reserve(loader, list, (uint32_t)length, key->table->item_size))
                return false;
        bool good = true;
        for (int i = 0; i < length && !loader->out_of_memory; i++)
                good &= item_read(loader, key, config_setting_get_elem(setting, (unsigned)i), list);
        return good;
}

bool schema_root(Loader *loader, const SchemaTable *table, const config_setting_t *root,
                 void *target)
{
        return schema_walk(loader, table, root, target) == SCHEMA_GOOD;
}
