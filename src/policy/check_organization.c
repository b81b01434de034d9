/* SPDX-License-Identifier: MIT */
/*
 * Check: organizations
 *
 * Sites, doors and everything else of one organization, but for what its grants mean. Schedules
 * stand in check_schedules.c, lockdowns in check_lockdowns.c.
 */
#include <stddef.h>

#include "policy/check.h"

static void names_fill(Check *check, const ModelOrganization *organization,
                       OrganizationNames *names)
{
        NamedList sites = NAMED_LIST("site", organization->sites, ModelSite);
        sites.name = offsetof(ModelSite, path);
        NamedList doors = NAMED_LIST("door", organization->doors, ModelDoor);
        NamedList hosts = NAMED_LIST("host", organization->hosts, ModelHost);
        NamedList groups = NAMED_LIST("group", organization->groups, ModelGroup);
        NamedList access_groups =
                NAMED_LIST("access group", organization->access_groups, ModelGroup);
        NamedList users = NAMED_LIST("user", organization->users, ModelUser);
        NamedList levels =
                NAMED_LIST("access level", organization->access_levels, ModelAccessLevel);
        NamedList schedules = NAMED_LIST("schedule", organization->schedules, ModelSchedule);
        NamedList exceptions =
                NAMED_LIST("door exception", organization->door_exceptions, ModelException);
        NamedList calendars = NAMED_LIST("calendar", organization->calendars, ModelCalendar);
        name_table_fill(check, &sites, &names->sites);
        name_table_fill_paths(check, &doors, organization, offsetof(ModelDoor, site),
                              &names->doors);
        name_table_fill_paths(check, &hosts, organization, offsetof(ModelHost, site),
                              &names->hosts);
        name_table_fill(check, &groups, &names->groups);
        name_table_fill(check, &access_groups, &names->access_groups);
        name_table_fill(check, &users, &names->users);
        name_table_fill(check, &levels, &names->access_levels);
        name_table_fill(check, &schedules, &names->schedules);
        name_table_fill(check, &exceptions, &names->door_exceptions);
        name_table_fill(check, &calendars, &names->calendars);
        NameTable *const tables[] = {
                &names->sites,         &names->doors,         &names->hosts,
                &names->groups,        &names->access_groups, &names->users,
                &names->access_levels, &names->schedules,     &names->door_exceptions,
                &names->calendars,
        };
        for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
                tables[i]->incomplete = organization->incomplete;
        check_duplicates(check, NAMED_LIST("access exception", organization->access_exceptions,
                                           ModelException));
        check_duplicates(check, NAMED_LIST("lockdown", organization->lockdowns, ModelLockdown));
        check_duplicates(check,
                         NAMED_LIST("roll call template", organization->templates, ModelTemplate));
        check_duplicates(check, NAMED_LIST("floorplan", organization->floorplans, ModelFloorplan));
        check_duplicates(check, NAMED_LIST("caller", organization->callers, ModelCaller));
}

static void people_check(Check *check, ModelOrganization *organization,
                         const OrganizationNames *names)
{
        for (uint32_t i = 0; i < organization->users.count; i++) {
                check_references(check, &names->groups, &organization->users.items[i].groups);
                check_references(check, &names->access_groups,
                                 &organization->users.items[i].access_groups);
        }
        for (uint32_t i = 0; i < organization->people.count; i++) {
                check_references(check, &names->groups, &organization->people.items[i].groups);
                check_references(check, &names->access_groups,
                                 &organization->people.items[i].access_groups);
        }
        for (uint32_t i = 0; i < organization->callers.count; i++)
                check_references(check, &names->sites, &organization->callers.items[i].sites);
}

static void access_check(Check *check, ModelOrganization *organization,
                         const OrganizationNames *names)
{
        for (uint32_t i = 0; i < organization->access_levels.count; i++) {
                ModelAccessLevel *level = &organization->access_levels.items[i];
                check_references(check, &names->doors, &level->doors);
                check_references(check, &names->access_groups, &level->access_groups);
        }
        for (uint32_t i = 0; i < organization->templates.count; i++)
                check_reference(check, &names->sites, &organization->templates.items[i].site);
        for (uint32_t i = 0; i < organization->floorplans.count; i++)
                check_references(check, &names->doors, &organization->floorplans.items[i].doors);
}

void check_organization(Check *check, ModelOrganization *organization, OrganizationNames *names)
{
        names_fill(check, organization, names);
        if (check->failed)
                return;
        check_assignments(check, organization, names);
        people_check(check, organization, names);
        access_check(check, organization, names);
        check_schedules(check, organization, names);
        check_lockdowns(check, organization, names);
        check_organization_roles(check, organization, names);
}
