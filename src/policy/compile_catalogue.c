/* SPDX-License-Identifier: MIT */
/*
 * Compile: role catalogues
 *
 * A role's entries are its own and those of all roles it includes, merged; an entry that adds
 * nothing to another one of the same role is left out. Roles get an order for runs of held roles:
 * ladder by ladder, the highest rank first, roles without ladder last.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

#include "policy/compile.h"
#include "policy/limits.h"

static void permissions_fill(Compiler *compiler)
{
        const Model *model = compiler->model;
        ImagePermission *records =
                compiler_append(compiler, IMAGE_PERMISSIONS, model->permissions.count);
        for (uint32_t i = 0; i < model->permissions.count && records; i++) {
                const ModelPermission *permission = &model->permissions.items[i];
                records[i] = (ImagePermission){
                        .name = compiler_string(compiler, permission->name),
                        .title = compiler_string(compiler, permission->title),
                        .scopes = permission->scopes,
                        .gates = permission->gates,
                        .without_role = permission->without_role,
                        .place = compiled_place(permission->place),
                };
        }
}

/* Roles reached from one by references of one kind, itself first. */
typedef struct Closure {
        uint32_t *roles;
        uint32_t count;
        bool *reached; /* by role */
} Closure;

static void closure_add(Closure *closure, uint32_t role)
{
        if (closure->reached[role])
                return;
        closure->reached[role] = true;
        closure->roles[closure->count++] = role;
}

static void closure_fill(const Model *model, uint32_t role, size_t list_offset, Closure *closure)
{
        for (uint32_t i = 0; i < closure->count; i++)
                closure->reached[closure->roles[i]] = false;
        closure->count = 0;
        closure_add(closure, role);
        for (uint32_t i = 0; i < closure->count; i++) {
                const char *from = (const char *)&model->roles.items[closure->roles[i]];
                const ReferenceList *list = (const void *)(from + list_offset);
                for (uint32_t k = 0; k < list->count; k++)
                        closure_add(closure, list->items[k].index);
        }
}

/* Entries of one role while they are collected. */
typedef struct Entries {
        ImageEntry *items;
        size_t count, capacity;
} Entries;

static int entry_add(Compiler *compiler, Entries *entries, const ImageEntry *entry)
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

/* One record for each alternative of conditions. */
static void entry_expand(Compiler *compiler, uint32_t role, const ModelEntry *entry,
                         Entries *entries)
{
        uint32_t permission = entry->permission.index;
        ImageEntry record = {
                .permission = permission,
                .scopes = entry->scopes ? entry->scopes
                                        : compiler->model->permissions.items[permission].scopes,
                .any_site = entry->any_site,
                .also = compiler_references(compiler, &entry->also, 0),
                .from_role = role,
                .place = compiled_place(entry->place),
        };
        for (uint32_t i = 0; i < entry->alternatives_count || i == 0; i++) {
                record.conditions = entry->alternatives_count ? entry->alternatives[i] : 0;
                if (entry_add(compiler, entries, &record) != 0)
                        return;
        }
}

static int entry_compare(const void *left, const void *right)
{
        const ImageEntry *a = left, *b = right;
        const uint32_t A[] = { a->permission, a->conditions, a->also.count, a->also.first,
                               a->scopes,     a->from_role,  a->place.file, a->place.line };
        const uint32_t B[] = { b->permission, b->conditions, b->also.count, b->also.first,
                               b->scopes,     b->from_role,  b->place.file, b->place.line };
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
        return (b->scopes & ~a->scopes) == 0 && (a->conditions & ~b->conditions) == 0 &&
               a->any_site >= b->any_site && same_also;
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

/* Sorts the entries and copies those that add something into the section. */
static void entries_reduce(Compiler *compiler, uint32_t role, const Entries *entries)
{
        qsort(entries->items, entries->count, sizeof(*entries->items), entry_compare);
        for (size_t start = 0, end; start < entries->count; start = end) {
                uint32_t permission = entries->items[start].permission;
                for (end = start + 1; end < entries->count; end++)
                        if (entries->items[end].permission != permission)
                                break;
                for (size_t i = start; i < end; i++) {
                        if (entry_is_superfluous(entries->items, start, end, i, role))
                                continue;
                        ImageEntry *record = compiler_append(compiler, IMAGE_ENTRIES, 1);
                        if (record)
                                *record = entries->items[i];
                }
        }
}

/* Collects, sorts and stores the entries of a role. */
static ImageRange entries_store(Compiler *compiler, uint32_t role, Closure *closure,
                                Entries *entries)
{
        entries->count = 0;
        closure_fill(compiler->model, role, offsetof(ModelRole, includes), closure);
        for (uint32_t i = 0; i < closure->count; i++) {
                const ModelRole *from = &compiler->model->roles.items[closure->roles[i]];
                for (uint32_t k = 0; k < from->entries.count; k++)
                        entry_expand(compiler, closure->roles[i], &from->entries.items[k], entries);
        }
        uint32_t first = compiler_count(compiler, IMAGE_ENTRIES);
        if (entries->count > 0)
                entries_reduce(compiler, role, entries);
        uint32_t count = compiler_count(compiler, IMAGE_ENTRIES) - first;
        return (ImageRange){ count ? first : 0, count };
}

static uint32_t role_flags(const ModelRole *role)
{
        return (role->user_may_hold ? IMAGE_ROLE_USER : 0) |
               (role->group_may_hold ? IMAGE_ROLE_GROUP : 0) |
               (role->legacy ? IMAGE_ROLE_LEGACY : 0) |
               (role->administers_organization ? IMAGE_ROLE_ADMINISTERS : 0) |
               (role->every_member ? IMAGE_ROLE_EVERY_MEMBER : 0) |
               (role->frozen_until_migrated ? IMAGE_ROLE_FROZEN : 0);
}

static void role_fill(Compiler *compiler, const ModelRole *role, ImageRole *record)
{
        *record = (ImageRole){
                .name = compiler_string(compiler, role->name),
                .title = compiler_string(compiler, role->title),
                .description = compiler_string(compiler, role->description),
                .level = role->level,
                .ladder = role->ladder ? role->ladder_index : IMAGE_NONE,
                .rank = role->rank,
                .flags = role_flags(role),
                .organization = IMAGE_NONE,
                .base = (uint32_t)(role - compiler->model->roles.items),
                .granted_with = compiler_references(compiler, &role->granted_with, 0),
                .revoked_with = compiler_references(
                        compiler,
                        role->revoked_with.count > 0 ? &role->revoked_with : &role->granted_with,
                        0),
                .includes = compiler_references(compiler, &role->includes, 0),
                .implies = compiler_references(compiler, &role->implies, 0),
                .requires = compiler_references(compiler, &role->requires, 0),
                .entries = record->entries,
                .place = compiled_place(role->place),
        };
}

/* Says whether an entry gives its permission in all scopes, with no condition and no other role. */
static bool entry_is_plain(const ImageEntry *entry, const ImagePermission *permission)
{
        return entry->conditions == 0 && entry->also.count == 0 &&
               (permission->scopes & ~entry->scopes) == 0;
}

/* Sets the role's bits (IMAGE_ROLE_BITS), and says to each permission whether any site gives it. */
static void permissions_complete(Compiler *compiler, const ImageRole *role)
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

typedef struct RoleRank {
        uint32_t ladder, rank, role;
} RoleRank;

static int role_rank_compare(const void *left, const void *right)
{
        const RoleRank *a = left, *b = right;
        if (a->ladder != b->ladder)
                return a->ladder < b->ladder ? -1 : 1;
        if (a->rank != b->rank)
                return a->rank > b->rank ? -1 : 1;
        return a->role < b->role ? -1 : a->role > b->role;
}

static int roles_order(Compiler *compiler)
{
        uint32_t count = compiler->model->roles.count;
        _cleanup_free_ RoleRank *ranks = calloc((size_t)count + 1, sizeof(*ranks));
        compiler->role_order = calloc((size_t)count + 1, sizeof(uint32_t));
        if (!ranks || !compiler->role_order)
                return compiler->error = -ENOMEM;
        for (uint32_t i = 0; i < count; i++) {
                const ModelRole *role = &compiler->model->roles.items[i];
                ranks[i] =
                        (RoleRank){ role->ladder ? role->ladder_index : IMAGE_NONE, role->rank, i };
        }
        qsort(ranks, count, sizeof(*ranks), role_rank_compare);
        for (uint32_t i = 0; i < count; i++)
                compiler->role_order[ranks[i].role] = i;
        return 0;
}

/* Lists for each role what is held with it, besides itself. */
static int implied_fill(Compiler *compiler, Closure *closure)
{
        uint32_t count = compiler->model->roles.count;
        compiler->role_implied = calloc((size_t)count + 1, sizeof(ImageRange));
        if (!compiler->role_implied)
                return compiler->error = -ENOMEM;
        for (uint32_t role = 0; role < count; role++) {
                closure_fill(compiler->model, role, offsetof(ModelRole, implies), closure);
                compiler->role_implied[role] =
                        compiler_numbers(compiler, closure->roles + 1, closure->count - 1);
                /* Sorting may not disturb what the closure remembers: the set is the same. */
        }
        return compiler->error;
}

static int roles_fill(Compiler *compiler, Closure *closure, Entries *entries)
{
        uint32_t count = compiler->model->roles.count;
        ImageRole *records = compiler_append(compiler, IMAGE_ROLES, count);
        if (!records)
                return compiler->error;
        for (uint32_t i = 0; i < count && !compiler->error; i++) {
                records[i].entries = entries_store(compiler, i, closure, entries);
                role_fill(compiler, &compiler->model->roles.items[i], &records[i]);
                if (!compiler->error)
                        permissions_complete(compiler, &records[i]);
        }
        return compiler->error;
}

int compile_catalogue(Compiler *compiler)
{
        uint32_t count = compiler->model->roles.count;
        _cleanup_free_ uint32_t *roles = calloc((size_t)count + 1, sizeof(uint32_t));
        _cleanup_free_ bool *reached = calloc((size_t)count + 1, sizeof(bool));
        if (!roles || !reached)
                return compiler->error = -ENOMEM;
        permissions_fill(compiler);
        if (compiler->error || roles_order(compiler) != 0)
                return compiler->error;
        Closure closure = { .roles = roles, .reached = reached };
        Entries entries = { 0 };
        if (roles_fill(compiler, &closure, &entries) == 0)
                implied_fill(compiler, &closure);
        free(entries.items);
        return compiler->error;
}
