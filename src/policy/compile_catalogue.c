/* SPDX-License-Identifier: MIT */
/*
 * Compile: role catalogues
 *
 * A role's entries are its own and those of all roles it includes, merged. Roles get an order for
 * runs of held roles: ladder by ladder, the highest rank first, roles without ladder last.
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
                        .class_bit = permission->class_bit,
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
                if (entries_add(compiler, entries, &record) != 0)
                        return;
        }
}

/* Collects and stores the entries of a role. */
static ImageRange role_entries(Compiler *compiler, uint32_t role, Closure *closure,
                               Entries *entries)
{
        entries->count = 0;
        closure_fill(compiler->model, role, offsetof(ModelRole, includes), closure);
        for (uint32_t i = 0; i < closure->count; i++) {
                const ModelRole *from = &compiler->model->roles.items[closure->roles[i]];
                for (uint32_t k = 0; k < from->entries.count; k++)
                        entry_expand(compiler, closure->roles[i], &from->entries.items[k], entries);
        }
        return entries_store(compiler, role, entries);
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
                .class_bits = role->class_bits,
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
                records[i].entries = role_entries(compiler, i, closure, entries);
                role_fill(compiler, &compiler->model->roles.items[i], &records[i]);
                if (!compiler->error)
                        role_complete(compiler, &records[i]);
        }
        return compiler->error;
}

/* Says to each permission of a role that every member has it. */
static void member_gives_fill(const Compiler *compiler, uint32_t role)
{
        const ImageRole *record = compiler_at(compiler, IMAGE_ROLES, role);
        for (uint32_t i = 0; i < record->entries.count; i++) {
                const ImageEntry *entry =
                        compiler_at(compiler, IMAGE_ENTRIES, record->entries.first + i);
                ImagePermission *permission =
                        compiler_at(compiler, IMAGE_PERMISSIONS, entry->permission);
                permission->member_gives = 1;
        }
}

static void every_member_fill(const Compiler *compiler)
{
        for (uint32_t i = 0; i < compiler->model->roles.count; i++) {
                ImageRange implied = compiler->role_implied[i];
                if (!compiler->model->roles.items[i].every_member)
                        continue;
                member_gives_fill(compiler, i);
                for (uint32_t k = 0; k < implied.count; k++)
                        member_gives_fill(compiler,
                                          *(uint32_t *)compiler_at(compiler, IMAGE_NUMBERS,
                                                                   implied.first + k));
        }
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
        if (roles_fill(compiler, &closure, &entries) == 0 && implied_fill(compiler, &closure) == 0)
                every_member_fill(compiler);
        free(entries.items);
        return compiler->error;
}
