/* SPDX-License-Identifier: MIT */
/*
 * Compile: an organization's own roles
 *
 * Behind the catalogues' roles come, organization by organization, the roles it makes itself and
 * the variants of those it customizes, in the order of their bases.
 */
#include <errno.h>
#include <stdlib.h>

#include "policy/compile.h"
#include "util/vector.h"

/* ---- Custom roles ---- */

/* One entry for each permission that the actions of an entity stand for. */
static void entity_add(Compiler *compiler, uint32_t number, const ModelEntityActions *actions,
                       ImageEntry record, Entries *entries)
{
        const Model *model = compiler->model;
        ImageRange objects = COMPILED_ORGANIZATION(compiler, number)->objects;
        uint32_t entities = model->organizations.items[number].entities.count;
        uint32_t entity = objects.first + objects.count - entities + actions->entity.index;
        record.entities = compiler_numbers(compiler, &entity, 1);
        record.place = compiled_place(actions->place);
        for (uint32_t i = 0; i < actions->actions.count && !compiler->error; i++) {
                uint32_t action = actions->actions.items[i].index;
                record.permission = model->custom_roles.actions.items[action].permission.index;
                entries_add(compiler, entries, &record);
        }
}

static void custom_role_add(Compiler *compiler, uint32_t number, const ModelCustomRole *role,
                            Entries *entries)
{
        const ModelCustomRoles *all = &compiler->model->custom_roles;
        uint32_t index = compiler_count(compiler, IMAGE_ROLES);
        ImageEntry entry = { .scopes = SCOPE_ENTITY, .from_role = index };
        const ReferenceList *revoked_with =
                all->revoked_with.count > 0 ? &all->revoked_with : &all->granted_with;
        entries->count = 0;
        for (uint32_t i = 0; i < role->entities.count; i++)
                entity_add(compiler, number, &role->entities.items[i], entry, entries);
        ImageRole record = {
                .name = compiler_string(compiler, role->name),
                .title = compiler_string(compiler, role->title),
                .description = compiler_string(compiler, role->description),
                .level = ROLE_LEVEL_ACCOUNT,
                .ladder = IMAGE_NONE,
                .flags = IMAGE_ROLE_CUSTOM | (all->user_may_hold ? IMAGE_ROLE_USER : 0) |
                         (all->group_may_hold ? IMAGE_ROLE_GROUP : 0),
                .organization = number,
                .base = index,
                .granted_with = compiler_references(compiler, &all->granted_with, 0),
                .revoked_with = compiler_references(compiler, revoked_with, 0),
                .entries = entries_store(compiler, index, entries),
                .place = compiled_place(role->place),
        };
        ImageRole *added = compiler_append(compiler, IMAGE_ROLES, 1);
        if (!added)
                return;
        *added = record;
        role_complete(compiler, &record);
}

/* ---- Variants ---- */

/* One permission that is added to a role or removed from it. */
typedef struct Customized {
        uint32_t role;
        ImageCustomization record;
} Customized;

typedef VECTOR_OF(Customized) CustomizedList;

static void customized_add(Compiler *compiler, CustomizedList *all, uint32_t role,
                           const ReferenceList *list, bool added)
{
        for (uint32_t i = 0; i < list->count; i++) {
                Customized *item = vector_append(all);
                if (!item) {
                        compiler->error = -ENOMEM;
                        return;
                }
                *item = (Customized){ role,
                                      { .permission = list->items[i].index,
                                        .added = added,
                                        .place = compiled_place(list->items[i].place) } };
        }
}

static int customized_compare(const void *left, const void *right)
{
        const Customized *a = left, *b = right;
        const uint32_t A[] = { a->role, a->record.permission, a->record.place.file,
                               a->record.place.line };
        const uint32_t B[] = { b->role, b->record.permission, b->record.place.file,
                               b->record.place.line };
        for (size_t i = 0; i < sizeof(A) / sizeof(A[0]); i++)
                if (A[i] != B[i])
                        return A[i] < B[i] ? -1 : 1;
        return 0;
}

/* Collects an organization's customizations, sorted, each permission of a role once. */
static void customized_collect(Compiler *compiler, const ModelOrganization *organization,
                               CustomizedList *all)
{
        for (uint32_t i = 0; i < organization->customizations.count; i++) {
                const ModelCustomization *one = &organization->customizations.items[i];
                customized_add(compiler, all, one->role.index, &one->add, true);
                customized_add(compiler, all, one->role.index, &one->remove, false);
        }
        if (all->count == 0)
                return;
        qsort(all->items, all->count, sizeof(*all->items), customized_compare);
        size_t kept = 1;
        for (size_t i = 1; i < all->count; i++)
                if (all->items[i].role != all->items[kept - 1].role ||
                    all->items[i].record.permission != all->items[kept - 1].record.permission)
                        all->items[kept++] = all->items[i];
        all->count = kept;
}

/* The entries of a role for one permission. */
static ImageRange permission_entries(const Compiler *compiler, uint32_t role, uint32_t permission)
{
        ImageRange all = ((const ImageRole *)compiler_at(compiler, IMAGE_ROLES, role))->entries;
        ImageRange found = { all.first, 0 };
        for (uint32_t i = all.first; i < all.first + all.count; i++) {
                const ImageEntry *entry = compiler_at(compiler, IMAGE_ENTRIES, i);
                if (entry->permission < permission)
                        found.first = i + 1;
                else if (entry->permission == permission)
                        found.count++;
        }
        return found;
}

/* The entries that the highest role of a ladder has for a permission. */
static ImageRange ladder_entries(const Compiler *compiler, uint32_t ladder, uint32_t permission)
{
        const Model *model = compiler->model;
        ImageRange best = { 0, 0 };
        uint32_t best_rank = 0;
        for (uint32_t i = 0; i < model->roles.count; i++) {
                const ModelRole *role = &model->roles.items[i];
                if (!role->ladder || role->ladder_index != ladder || role->rank < best_rank)
                        continue;
                ImageRange found = permission_entries(compiler, i, permission);
                if (found.count == 0)
                        continue;
                best = found;
                best_rank = role->rank;
        }
        return best;
}

/* The role's own entries without what is removed. */
static void kept_add(Compiler *compiler, const ImageRole *base, uint32_t variant,
                     const Customized *items, size_t count, Entries *entries)
{
        size_t at = 0;
        for (uint32_t i = 0; i < base->entries.count && !compiler->error; i++) {
                ImageEntry entry = *(const ImageEntry *)compiler_at(compiler, IMAGE_ENTRIES,
                                                                    base->entries.first + i);
                while (at < count && items[at].record.permission < entry.permission)
                        at++;
                bool named = at < count && items[at].record.permission == entry.permission;
                if (named && !items[at].record.added)
                        continue;
                if (entry.from_role == base->base)
                        entry.from_role = variant;
                entries_add(compiler, entries, &entry);
        }
}

static void added_add(Compiler *compiler, const ImageRole *base, uint32_t variant,
                      const Customized *items, size_t count, Entries *entries)
{
        for (size_t i = 0; i < count; i++) {
                if (!items[i].record.added)
                        continue;
                ImageRange found =
                        ladder_entries(compiler, base->ladder, items[i].record.permission);
                for (uint32_t k = 0; k < found.count && !compiler->error; k++) {
                        ImageEntry entry = *(const ImageEntry *)compiler_at(compiler, IMAGE_ENTRIES,
                                                                            found.first + k);
                        entry.from_role = variant;
                        entry.place = items[i].record.place;
                        entries_add(compiler, entries, &entry);
                }
        }
}

/* Makes the variant of one role from the items that concern it. */
static void variant_add(Compiler *compiler, uint32_t number, const Customized *items, size_t count,
                        Entries *entries)
{
        ImageRole record = *(const ImageRole *)compiler_at(compiler, IMAGE_ROLES, items[0].role);
        uint32_t variant = compiler_count(compiler, IMAGE_ROLES);
        entries->count = 0;
        kept_add(compiler, &record, variant, items, count, entries);
        added_add(compiler, &record, variant, items, count, entries);
        record.organization = number;
        record.entries = entries_store(compiler, variant, entries);
        record.customizations =
                (ImageRange){ compiler_count(compiler, IMAGE_CUSTOMIZATIONS), (uint32_t)count };
        ImageCustomization *customizations = compiler_append(compiler, IMAGE_CUSTOMIZATIONS, count);
        for (size_t i = 0; i < count && customizations; i++)
                customizations[i] = items[i].record;
        ImageRole *added = compiler_append(compiler, IMAGE_ROLES, 1);
        if (!added)
                return;
        *added = record;
        role_complete(compiler, &record);
}

static void variants_add(Compiler *compiler, uint32_t number, Entries *entries)
{
        CustomizedList all = { 0 };
        customized_collect(compiler, &compiler->model->organizations.items[number], &all);
        for (size_t start = 0, end; start < all.count && !compiler->error; start = end) {
                for (end = start + 1; end < all.count; end++)
                        if (all.items[end].role != all.items[start].role)
                                break;
                variant_add(compiler, number, all.items + start, end - start, entries);
        }
        vector_clear(&all);
}

int compile_roles(Compiler *compiler)
{
        const Model *model = compiler->model;
        Entries entries = { 0 };
        for (uint32_t i = 0; i < model->organizations.count && !compiler->error; i++) {
                const ModelOrganization *organization = &model->organizations.items[i];
                uint32_t first = compiler_count(compiler, IMAGE_ROLES);
                for (uint32_t k = 0; k < organization->roles.count && !compiler->error; k++)
                        custom_role_add(compiler, i, &organization->roles.items[k], &entries);
                variants_add(compiler, i, &entries);
                COMPILED_ORGANIZATION(compiler, i)->roles =
                        (ImageRange){ first, compiler_count(compiler, IMAGE_ROLES) - first };
        }
        free(entries.items);
        return compiler->error;
}
