/* SPDX-License-Identifier: MIT */
/*
 * Check: lockdowns
 *
 * What a lockdown names, and which doors that makes: those it names, and all at its sites and
 * below. Whether somebody can release one is asked of the compiled image (build_release.c).
 */
#include <stdlib.h>

#include "policy/check.h"
#include "policy/limits.h"
#include "util/cleanup.h"

static bool all_found(const ReferenceList *list)
{
        for (uint32_t i = 0; i < list->count; i++)
                if (list->items[i].index == MODEL_NONE)
                        return false;
        return true;
}

static void people_check(Check *check, const OrganizationNames *names, ModelPeopleList *people)
{
        check_references(check, &names->users, &people->users);
        check_references(check, &names->groups, &people->groups);
        check_references(check, &names->access_groups, &people->access_groups);
}

/* Marks the sites of a lockdown and those below. Parents stand before their children. */
static void sites_mark(const ModelOrganization *organization, const ReferenceList *sites,
                       bool *marked)
{
        for (uint32_t i = 0; i < sites->count; i++)
                if (sites->items[i].index != MODEL_NONE)
                        marked[sites->items[i].index] = true;
        for (uint32_t i = 0; i < organization->sites.count; i++) {
                uint32_t parent = organization->sites.items[i].parent;
                marked[i] |= parent < i && marked[parent];
        }
}

/* Adds the doors at its sites to those that it names itself. */
static void doors_add(Check *check, const ModelOrganization *organization,
                      const OrganizationNames *names, ModelLockdown *lockdown)
{
        _cleanup_free_ bool *marked = calloc((size_t)organization->sites.count + 1, sizeof(bool));
        _cleanup_free_ bool *held = calloc((size_t)organization->doors.count + 1, sizeof(bool));
        if (!marked || !held) {
                check->failed = true;
                return;
        }
        sites_mark(organization, &lockdown->sites, marked);
        for (uint32_t i = 0; i < lockdown->doors.count; i++)
                if (lockdown->doors.items[i].index != MODEL_NONE)
                        held[lockdown->doors.items[i].index] = true;
        for (uint32_t i = 0; i < organization->doors.count; i++) {
                const ModelDoor *door = &organization->doors.items[i];
                if (held[i] || door->site >= organization->sites.count || !marked[door->site])
                        continue;
                Reference *slot = model_append(check->model, &lockdown->doors);
                if (!slot) {
                        check->failed = true;
                        return;
                }
                *slot = (Reference){ names->doors.names[i], door->place, i };
        }
}

static void lockdown_check(Check *check, const ModelOrganization *organization,
                           const OrganizationNames *names, ModelLockdown *lockdown)
{
        check_references(check, &names->doors, &lockdown->doors);
        check_references(check, &names->sites, &lockdown->sites);
        people_check(check, names, &lockdown->trigger);
        people_check(check, names, &lockdown->release);
        people_check(check, names, &lockdown->unlock);
        bool all_known = all_found(&lockdown->doors) && all_found(&lockdown->sites);
        if (lockdown->sites.count > 0)
                doors_add(check, organization, names, lockdown);
        if (lockdown->doors.count == 0 && all_known)
                diagnostics_error(check->model->diagnostics, lockdown->place,
                                  "lockdown \"%s\" holds no door: %s", lockdown->name,
                                  lockdown->sites.count > 0
                                          ? "there is none at its \"sites\" or below"
                                          : "name some in \"doors\", or their \"sites\"");
}

void check_lockdowns(Check *check, ModelOrganization *organization, const OrganizationNames *names)
{
        check_count(check, organization->lockdowns.count, LOCKDOWNS_MAX, "lockdowns",
                    organization->place);
        uint32_t count = organization->lockdowns.count;
        for (uint32_t i = 0; i < count && i < LOCKDOWNS_MAX && !check->failed; i++)
                lockdown_check(check, organization, names, &organization->lockdowns.items[i]);
}
