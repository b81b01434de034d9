/* SPDX-License-Identifier: MIT */
/* Managed assignments: grants, revocations and migrations. */
#include <string.h>

#include "policy/managed_apply.h"

static void grant_refuse(ManagedApply *apply, Place place, const char *problem)
{
        const Change *change = apply->change;
        char what[MANAGED_WHAT_SIZE];
        bool at_site = change->site.size > 0;
        snprintf(what, sizeof(what), "the grant of role \"%.*s\"%s%.*s%s to \"%.*s\"",
                 (int)change->role.size, change->role.data, at_site ? " at \"" : "",
                 (int)change->site.size, at_site ? change->site.data : "", at_site ? "\"" : "",
                 (int)change->target.size, change->target.data);
        managed_refuse(apply, place, what, problem);
}

static bool grant_matches(const ManagedApply *apply, const ModelGrant *grant)
{
        return managed_name_is(apply->change->role, grant->role.name) &&
               managed_name_is(apply->change->site, grant->site.name);
}

static bool has_ended(const ManagedApply *apply, const ModelGrant *grant)
{
        return grant->interval.until_s <= apply->change->at_s;
}

static bool assignment_matches(const ManagedApply *apply, const ModelAssignment *assignment)
{
        bool of_user = apply->change->target_type == RESOURCE_USER;
        const char *holder = of_user ? assignment->user.name : assignment->group.name;
        return holder && text_is(apply->change->target, holder) &&
               grant_matches(apply, &assignment->grant);
}

/* The grant written by hand that has not ended. */
static const ModelGrant *written_grant_find(const ManagedApply *apply)
{
        const ModelGrantList *own = apply->entry.user    ? &apply->entry.user->roles
                                    : apply->entry.group ? &apply->entry.group->roles
                                                         : NULL;
        for (uint32_t i = 0; own && i < own->count; i++)
                if (grant_matches(apply, &own->items[i]) && !has_ended(apply, &own->items[i]))
                        return &own->items[i];
        for (uint32_t i = 0; i < apply->organization->assignments.count; i++) {
                const ModelAssignment *assignment = &apply->organization->assignments.items[i];
                if (!assignment->managed && assignment_matches(apply, assignment) &&
                    !has_ended(apply, &assignment->grant))
                        return &assignment->grant;
        }
        return NULL;
}

/* The managed grant that has not ended. */
static const ModelGrant *managed_grant_find(const ManagedApply *apply)
{
        for (uint32_t i = 0; i < apply->organization->assignments.count; i++) {
                const ModelAssignment *assignment = &apply->organization->assignments.items[i];
                if (assignment->managed && assignment_matches(apply, assignment) &&
                    !has_ended(apply, &assignment->grant))
                        return &assignment->grant;
        }
        return NULL;
}

/* Drops managed assignments. Return: how many. */
static uint32_t assignments_drop(ManagedApply *apply,
                                 bool (*matches)(const ManagedApply *, const ModelAssignment *))
{
        ModelOrganization *organization = apply->organization;
        uint32_t kept = 0, count = organization->assignments.count;
        for (uint32_t i = 0; i < count; i++) {
                ModelAssignment assignment = organization->assignments.items[i];
                if (!assignment.managed || !matches(apply, &assignment))
                        organization->assignments.items[kept++] = assignment;
        }
        organization->assignments.count = kept;
        apply->touched |= kept < count;
        return count - kept;
}

void managed_grant(ManagedApply *apply)
{
        const Change *change = apply->change;
        const ModelGrant *there = written_grant_find(apply);
        if (!there)
                there = managed_grant_find(apply);
        if (there) {
                grant_refuse(apply, there->place, "stands here already");
                return;
        }
        assignments_drop(apply, assignment_matches);
        ModelAssignment assignment = {
                .grant = { .role = managed_reference(apply, change->role),
                           .site = managed_reference(apply, change->site),
                           .interval = { change->from_s, change->until_s },
                           .place = apply->organization->place },
                .remark = managed_remark(apply),
                .managed = true,
                .place = apply->organization->place,
        };
        if (change->target_type == RESOURCE_USER)
                assignment.user = managed_reference(apply, change->target);
        else
                assignment.group = managed_reference(apply, change->target);
        ModelAssignment *added = model_append(apply->model, &apply->organization->assignments);
        if (added)
                *added = assignment;
        apply->failed |= !added;
        apply->touched = true;
}

void managed_revoke(ManagedApply *apply)
{
        const ModelGrant *written = written_grant_find(apply);
        if (written)
                grant_refuse(apply, written->place, MANAGED_CHANGE_THERE);
        else if (assignments_drop(apply, assignment_matches) == 0)
                grant_refuse(apply, apply->organization->place, "stands nowhere");
}

/* ---- Migrations ---- */

static bool is_legacy_assignment(const ManagedApply *apply, const ModelAssignment *assignment)
{
        const Model *model = apply->model;
        if (!assignment->user.name || !text_is(apply->change->target, assignment->user.name))
                return false;
        for (uint32_t i = 0; i < model->roles.count; i++)
                if (model->roles.items[i].legacy &&
                    strcmp(model->roles.items[i].name, assignment->grant.role.name) == 0)
                        return true;
        return false;
}

void managed_migrate(ManagedApply *apply)
{
        ModelOrganization *organization = apply->organization;
        assignments_drop(apply, is_legacy_assignment);
        for (uint32_t i = 0; i < organization->migrations.count; i++)
                if (managed_name_is(apply->change->target,
                                    organization->migrations.items[i].user.name))
                        return;
        ModelMigration migration = { .user = managed_reference(apply, apply->change->target),
                                     .remark = managed_remark(apply),
                                     .managed = true,
                                     .place = organization->place };
        ModelMigration *added = model_append(apply->model, &organization->migrations);
        if (added)
                *added = migration;
        apply->failed |= !added;
        apply->touched = true;
}
