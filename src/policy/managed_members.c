/* SPDX-License-Identifier: MIT */
/* Managed assignments: who is in which group. */
#include "policy/managed_apply.h"

static void membership_refuse(ManagedApply *apply, Place place, const char *problem)
{
        const Change *change = apply->change;
        char what[MANAGED_WHAT_SIZE];
        snprintf(what, sizeof(what), "the membership of \"%.*s\" in %s \"%.*s\"",
                 (int)change->target.size, change->target.data,
                 change->object_type == RESOURCE_GROUP ? "group" : "access group",
                 (int)change->object.size, change->object.data);
        managed_refuse(apply, place, what, problem);
}

static bool membership_matches(const ManagedApply *apply, const ModelMembership *membership)
{
        const char *group = apply->change->object_type == RESOURCE_GROUP
                                    ? membership->group.name
                                    : membership->access_group.name;
        return group && text_is(apply->change->target, membership->user.name) &&
               text_is(apply->change->object, group);
}

/* Where the membership is written by hand. Return: NULL when it is not. */
static const Place *written_membership_find(const ManagedApply *apply)
{
        const ReferenceList *own = NULL;
        if (apply->entry.user)
                own = apply->change->object_type == RESOURCE_GROUP
                              ? &apply->entry.user->groups
                              : &apply->entry.user->access_groups;
        for (uint32_t i = 0; own && i < own->count; i++)
                if (text_is(apply->change->object, own->items[i].name))
                        return &own->items[i].place;
        for (uint32_t i = 0; i < apply->organization->memberships.count; i++) {
                const ModelMembership *membership = &apply->organization->memberships.items[i];
                if (!membership->managed && membership_matches(apply, membership))
                        return &membership->place;
        }
        return NULL;
}

void managed_member_add(ManagedApply *apply)
{
        const Change *change = apply->change;
        ModelOrganization *organization = apply->organization;
        const Place *there = written_membership_find(apply);
        for (uint32_t i = 0; i < organization->memberships.count && !there; i++)
                if (membership_matches(apply, &organization->memberships.items[i]))
                        there = &organization->memberships.items[i].place;
        if (there) {
                membership_refuse(apply, *there, "stands here already");
                return;
        }
        ModelMembership membership = { .user = managed_reference(apply, change->target),
                                       .remark = managed_remark(apply),
                                       .managed = true,
                                       .place = organization->place };
        if (change->object_type == RESOURCE_GROUP)
                membership.group = managed_reference(apply, change->object);
        else
                membership.access_group = managed_reference(apply, change->object);
        ModelMembership *added = model_append(apply->model, &organization->memberships);
        if (added)
                *added = membership;
        apply->failed |= !added;
        apply->touched = true;
}

void managed_member_remove(ManagedApply *apply)
{
        ModelOrganization *organization = apply->organization;
        const Place *written = written_membership_find(apply);
        if (written) {
                membership_refuse(apply, *written, MANAGED_CHANGE_THERE);
                return;
        }
        uint32_t kept = 0, count = organization->memberships.count;
        for (uint32_t i = 0; i < count; i++) {
                ModelMembership membership = organization->memberships.items[i];
                if (!membership_matches(apply, &membership))
                        organization->memberships.items[kept++] = membership;
        }
        organization->memberships.count = kept;
        apply->touched |= kept < count;
        if (kept == count)
                membership_refuse(apply, organization->place, "stands nowhere");
}
