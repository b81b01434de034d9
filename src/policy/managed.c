/* SPDX-License-Identifier: MIT */
/*
 * Managed assignments: changes
 *
 * The entries of the users and groups that changes are about are found in one pass for all changes
 * of an organization, since there may be very many users.
 */
#include "policy/managed.h"

#include <errno.h>
#include <stdlib.h>

#include "policy/managed_apply.h"

/* ---- Finding entries ---- */

typedef struct Wanted {
        Text name;
        size_t change;
} Wanted;

static int wanted_compare(const void *a, const void *b)
{
        const Wanted *one = a, *other = b;
        return text_compare(one->name, other->name);
}

/* The first one of that name, or where it would stand. */
static size_t wanted_find(const Wanted *wanted, size_t count, Text name)
{
        size_t low = 0, high = count;
        while (low < high) {
                size_t middle = low + (high - low) / 2;
                if (text_compare(wanted[middle].name, name) < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low;
}

/* Collects the names of an organization's targets of a type. Return: their number. */
static size_t wanted_collect(const char *organization, ResourceType type, const Change *changes,
                             size_t count, Wanted *wanted)
{
        size_t found = 0;
        for (size_t i = 0; i < count; i++)
                if (changes[i].target_type == type &&
                    text_is(changes[i].organization, organization))
                        wanted[found++] = (Wanted){ changes[i].target, i };
        if (found > 0)
                qsort(wanted, found, sizeof(*wanted), wanted_compare);
        return found;
}

static void entries_find(const ModelOrganization *organization, const Change *changes, size_t count,
                         Wanted *wanted, ManagedEntry *entries)
{
        size_t found = wanted_collect(organization->name, RESOURCE_USER, changes, count, wanted);
        for (uint32_t i = 0; found > 0 && i < organization->users.count; i++) {
                Text name = text_from(organization->users.items[i].name);
                for (size_t k = wanted_find(wanted, found, name);
                     k < found && text_equal(wanted[k].name, name); k++)
                        entries[wanted[k].change].user = &organization->users.items[i];
        }
        found = wanted_collect(organization->name, RESOURCE_GROUP, changes, count, wanted);
        for (uint32_t i = 0; found > 0 && i < organization->groups.count; i++) {
                Text name = text_from(organization->groups.items[i].name);
                for (size_t k = wanted_find(wanted, found, name);
                     k < found && text_equal(wanted[k].name, name); k++)
                        entries[wanted[k].change].group = &organization->groups.items[i];
        }
}

/* ---- What all changes share ---- */

static const char *copy(ManagedApply *apply, Text text)
{
        if (text.size == 0)
                return NULL;
        const char *copied = arena_copy(apply->model->arena, text);
        apply->failed |= !copied;
        return copied;
}

Reference managed_reference(ManagedApply *apply, Text name)
{
        return (Reference){ copy(apply, name), apply->organization->place, MODEL_NONE };
}

ModelRemark managed_remark(ManagedApply *apply)
{
        return (ModelRemark){ .by = copy(apply, apply->change->by),
                              .at_s = apply->change->at_s,
                              .reason = copy(apply, apply->change->reason) };
}

bool managed_name_is(Text text, const char *name)
{
        return name ? text_is(text, name) : text.size == 0;
}

void managed_refuse(ManagedApply *apply, Place place, const char *what, const char *problem)
{
        diagnostics_error(apply->model->diagnostics, place, "%s %s", what, problem);
}

/* ---- Applying ---- */

static uint32_t organization_find(const Model *model, Text name)
{
        for (uint32_t i = 0; i < model->organizations.count; i++)
                if (text_is(name, model->organizations.items[i].name))
                        return i;
        return MODEL_NONE;
}

/* Fills the entries of all changes. `wanted` is room for as many names. */
static void all_entries_find(const Model *model, const Change *changes, size_t count,
                             Wanted *wanted, ManagedEntry *entries)
{
        for (uint32_t i = 0; i < model->organizations.count; i++)
                entries_find(&model->organizations.items[i], changes, count, wanted, entries);
}

static int change_apply(Model *model, const Change *change, ManagedEntry entry, bool *touched)
{
        static void (*const APPLY[CHANGE_VERB_COUNT])(ManagedApply *) = {
                [CHANGE_GRANT] = managed_grant,
                [CHANGE_REVOKE] = managed_revoke,
                [CHANGE_MIGRATE] = managed_migrate,
                [CHANGE_ADD_MEMBER] = managed_member_add,
                [CHANGE_REMOVE_MEMBER] = managed_member_remove,
                [CHANGE_CUSTOMIZE_ADD] = managed_customize_add,
                [CHANGE_CUSTOMIZE_REMOVE] = managed_customize_remove,
                [CHANGE_CUSTOMIZE_DEFAULT] = managed_customize_default,
        };
        uint32_t organization = organization_find(model, change->organization);
        if (organization == MODEL_NONE) {
                diagnostics_error(model->diagnostics, (Place){ PLACE_NO_FILE, 1 },
                                  "there is no organization \"%.*s\"",
                                  (int)change->organization.size, change->organization.data);
                return 0;
        }
        ManagedApply apply = { .model = model,
                               .organization = &model->organizations.items[organization],
                               .change = change,
                               .entry = entry };
        APPLY[change->verb](&apply);
        touched[organization] |= apply.touched;
        return apply.failed ? -ENOMEM : 0;
}

int managed_apply(Model *model, const Change *changes, size_t count, bool *ret_touched)
{
        _cleanup_free_ Wanted *wanted = calloc(count + 1, sizeof(*wanted));
        _cleanup_free_ ManagedEntry *entries = calloc(count + 1, sizeof(*entries));
        if (!wanted || !entries)
                return -ENOMEM;
        for (uint32_t i = 0; i < model->organizations.count; i++)
                ret_touched[i] = false;
        all_entries_find(model, changes, count, wanted, entries);
        int result = 0;
        for (size_t i = 0; i < count && result == 0; i++)
                result = change_apply(model, &changes[i], entries[i], ret_touched);
        return result;
}

/* Drops what is managed from a list. */
#define LIST_FORGET(list)                                                                          \
        do {                                                                                       \
                uint32_t kept = 0;                                                                 \
                for (uint32_t i = 0; i < (list).count; i++)                                        \
                        if (!(list).items[i].managed)                                              \
                                (list).items[kept++] = (list).items[i];                            \
                (list).count = kept;                                                               \
        } while (0)

void managed_forget(ModelOrganization *organization)
{
        LIST_FORGET(organization->assignments);
        LIST_FORGET(organization->memberships);
        LIST_FORGET(organization->migrations);
        LIST_FORGET(organization->customizations);
}
