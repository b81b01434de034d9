/* SPDX-License-Identifier: MIT */
/*
 * Managed assignments: customizations
 *
 * Taking back what was customized restores the default; so a permission is never added and removed
 * by two managed items.
 */
#include "policy/managed_apply.h"

/* Adding a permission, or removing it; the other list is where the opposite stands. */
typedef struct Direction {
        ReferenceList *(*list)(ModelCustomization *);
        ReferenceList *(*opposite)(ModelCustomization *);
} Direction;

static ReferenceList *add_list(ModelCustomization *customization)
{
        return &customization->add;
}

static ReferenceList *remove_list(ModelCustomization *customization)
{
        return &customization->remove;
}

static const Direction ADD = { add_list, remove_list };
static const Direction REMOVE = { remove_list, add_list };

static void customization_refuse(ManagedApply *apply, Place place)
{
        char what[MANAGED_WHAT_SIZE];
        snprintf(what, sizeof(what), "the customization of role \"%.*s\"",
                 (int)apply->change->role.size, apply->change->role.data);
        managed_refuse(apply, place, what, MANAGED_CHANGE_THERE);
}

static const Reference *permission_find(const ManagedApply *apply, const ReferenceList *list)
{
        for (uint32_t i = 0; i < list->count; i++)
                if (text_is(apply->change->object, list->items[i].name))
                        return &list->items[i];
        return NULL;
}

static bool is_of_role(const ManagedApply *apply, const ModelCustomization *customization)
{
        return text_is(apply->change->role, customization->role.name);
}

/* Takes the permission out of a list. Return: whether it was there. */
static bool permission_drop(const ManagedApply *apply, ReferenceList *list)
{
        uint32_t kept = 0, count = list->count;
        for (uint32_t i = 0; i < count; i++)
                if (!text_is(apply->change->object, list->items[i].name))
                        list->items[kept++] = list->items[i];
        list->count = kept;
        return kept < count;
}

/* Takes back the opposite wherever it is managed. Return: whether there was any. */
static bool opposite_drop(ManagedApply *apply, Direction direction)
{
        ModelOrganization *organization = apply->organization;
        uint32_t kept = 0, count = organization->customizations.count;
        bool dropped = false;
        for (uint32_t i = 0; i < count; i++) {
                ModelCustomization *item = &organization->customizations.items[i];
                bool changed = item->managed && is_of_role(apply, item) &&
                               permission_drop(apply, direction.opposite(item));
                dropped |= changed;
                if (!changed || item->add.count > 0 || item->remove.count > 0)
                        organization->customizations.items[kept++] = *item;
        }
        organization->customizations.count = kept;
        return dropped;
}

static void customization_append(ManagedApply *apply, Direction direction)
{
        ModelOrganization *organization = apply->organization;
        ModelCustomization customization = { .role = managed_reference(apply, apply->change->role),
                                             .remark = managed_remark(apply),
                                             .managed = true,
                                             .place = organization->place };
        Reference *permission = model_append(apply->model, direction.list(&customization));
        if (permission)
                *permission = managed_reference(apply, apply->change->object);
        ModelCustomization *added = model_append(apply->model, &organization->customizations);
        if (added)
                *added = customization;
        apply->failed |= !permission || !added;
}

static void customize(ManagedApply *apply, Direction direction)
{
        ModelOrganization *organization = apply->organization;
        bool there = false;
        for (uint32_t i = 0; i < organization->customizations.count; i++) {
                ModelCustomization *item = &organization->customizations.items[i];
                if (!is_of_role(apply, item))
                        continue;
                const Reference *opposite = permission_find(apply, direction.opposite(item));
                if (opposite && !item->managed) {
                        customization_refuse(apply, opposite->place);
                        return;
                }
                there |= permission_find(apply, direction.list(item)) != NULL;
        }
        bool dropped = opposite_drop(apply, direction);
        if (!dropped && !there)
                customization_append(apply, direction);
        apply->touched |= dropped || !there;
}

void managed_customize_add(ManagedApply *apply)
{
        customize(apply, ADD);
}

void managed_customize_remove(ManagedApply *apply)
{
        customize(apply, REMOVE);
}

void managed_customize_default(ManagedApply *apply)
{
        ModelOrganization *organization = apply->organization;
        uint32_t kept = 0, count = organization->customizations.count;
        for (uint32_t i = 0; i < count; i++) {
                const ModelCustomization *item = &organization->customizations.items[i];
                if (!item->managed && is_of_role(apply, item)) {
                        customization_refuse(apply, item->place);
                        return;
                }
        }
        for (uint32_t i = 0; i < count; i++) {
                ModelCustomization item = organization->customizations.items[i];
                if (!is_of_role(apply, &item))
                        organization->customizations.items[kept++] = item;
        }
        organization->customizations.count = kept;
        apply->touched |= kept < count;
}
