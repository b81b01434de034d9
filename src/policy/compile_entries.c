/* SPDX-License-Identifier: MIT */
/*
 * Compile: entries of a role
 *
 * What a role gives is collected from wherever it comes, then sorted and stored once; an entry that
 * adds nothing to another one of the same role is left out.
 */
#include <errno.h>
#include <stdlib.h>

#include "policy/compile.h"

int entries_add(Compiler *compiler, Entries *entries, const ImageEntry *entry)
{
        if (entries->count == entries->capacity) {
                size_t capacity = entries->capacity ? 2 * entries->capacity : 64;
                ImageEntry *items = reallocarray(entries->items, capacity, sizeof(*items));
                if (!items)
                        return compiler->error = -ENOMEM;
                entries->items = items;
                entries->capacity = capacity;
        }
        entries->items[entries->count++] = *entry;
        return 0;
}

static int entry_compare(const void *left, const void *right)
{
        const ImageEntry *a = left, *b = right;
        const uint32_t A[] = { a->permission, a->conditions, a->also.count,
                               a->also.first, a->scopes,     a->from_role,
                               a->place.file, a->place.line, a->entities.first };
        const uint32_t B[] = { b->permission, b->conditions, b->also.count,
                               b->also.first, b->scopes,     b->from_role,
                               b->place.file, b->place.line, b->entities.first };
        for (size_t i = 0; i < sizeof(A) / sizeof(A[0]); i++)
                if (A[i] != B[i])
                        return A[i] < B[i] ? -1 : 1;
        return 0;
}

/* Says whether b gives nothing that a does not give. */
static bool entry_covers(const ImageEntry *a, const ImageEntry *b)
{
        bool same_also = a->also.count == 0 ||
                         (a->also.first == b->also.first && a->also.count == b->also.count);
        bool same_entities =
                a->entities.first == b->entities.first && a->entities.count == b->entities.count;
        return (b->scopes & ~a->scopes) == 0 && (a->conditions & ~b->conditions) == 0 &&
               a->any_site >= b->any_site && same_also && same_entities;
}

/* Says whether entry `index` of those from start to end, all of one permission, is superfluous. Of
 * entries that are equal the role's own one stays, else the first. */
static bool entry_is_superfluous(const ImageEntry *entries, size_t start, size_t end, size_t index,
                                 uint32_t role)
{
        const ImageEntry *entry = &entries[index];
        for (size_t i = start; i < end; i++) {
                if (i == index || !entry_covers(&entries[i], entry))
                        continue;
                if (!entry_covers(entry, &entries[i]))
                        return true;
                bool own = entry->from_role == role, other_own = entries[i].from_role == role;
                if (own != other_own ? other_own : i < index)
                        return true;
        }
        return false;
}

/* Copies those of entries start to end, all of one permission, that add something. */
static void permission_reduce(Compiler *compiler, uint32_t role, const ImageEntry *entries,
                              size_t start, size_t end)
{
        for (size_t i = start; i < end; i++) {
                if (entry_is_superfluous(entries, start, end, i, role))
                        continue;
                ImageEntry *record = compiler_append(compiler, IMAGE_ENTRIES, 1);
                if (record)
                        *record = entries[i];
        }
}

ImageRange entries_store(Compiler *compiler, uint32_t role, Entries *entries)
{
        uint32_t first = compiler_count(compiler, IMAGE_ENTRIES);
        if (entries->count > 0)
                qsort(entries->items, entries->count, sizeof(*entries->items), entry_compare);
        for (size_t start = 0, end; start < entries->count; start = end) {
                uint32_t permission = entries->items[start].permission;
                for (end = start + 1; end < entries->count; end++)
                        if (entries->items[end].permission != permission)
                                break;
                permission_reduce(compiler, role, entries->items, start, end);
        }
        uint32_t count = compiler_count(compiler, IMAGE_ENTRIES) - first;
        return (ImageRange){ count ? first : 0, count };
}

/* Says whether an entry gives its permission in all scopes, with no condition and no other role. */
static bool entry_is_plain(const ImageEntry *entry, const ImagePermission *permission)
{
        return entry->conditions == 0 && entry->also.count == 0 && entry->entities.count == 0 &&
               (permission->scopes & ~entry->scopes) == 0;
}

void role_complete(Compiler *compiler, const ImageRole *role)
{
        uint32_t pairs = IMAGE_ROLE_BITS_PAIRS(compiler->model->permissions.count);
        uint64_t *row = compiler_append(compiler, IMAGE_ROLE_BITS, 2 * (size_t)pairs);
        for (uint32_t i = 0; i < role->entries.count && row; i++) {
                const ImageEntry *entry =
                        compiler_at(compiler, IMAGE_ENTRIES, role->entries.first + i);
                ImagePermission *permission =
                        compiler_at(compiler, IMAGE_PERMISSIONS, entry->permission);
                uint64_t *words = row + 2 * (entry->permission / 64);
                uint64_t bit = UINT64_C(1) << entry->permission % 64;
                permission->any_site |= entry->any_site;
                words[1] |= bit;
                if (entry_is_plain(entry, permission))
                        words[0] |= bit;
        }
}
