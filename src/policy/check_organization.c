/* SPDX-License-Identifier: MIT */
/*
 * Check: organizations
 *
 * Sites, doors and everything else of one organization, but for what its grants mean.
 */
#include <stddef.h>

#include "policy/check.h"
#include "policy/zone.h"

static void zone_check(const Check *check, const char *zone, Place place)
{
        char name[CHECK_NAME_SIZE];
        if (zone && !zone_is_known(zone))
                diagnostics_error(check->model->diagnostics, place,
                                  "there is no time zone \"%s\" on this machine",
                                  check_name(zone, name));
}

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
        NameTable *const tables[] = { &names->sites,         &names->doors,         &names->hosts,
                                      &names->groups,        &names->access_groups, &names->users,
                                      &names->access_levels, &names->schedules };
        for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
                tables[i]->incomplete = organization->incomplete;
        check_duplicates(
                check, NAMED_LIST("door exception", organization->door_exceptions, ModelException));
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
                check_reference(check, &names->schedules, &level->schedule);
        }
        for (uint32_t i = 0; i < organization->templates.count; i++)
                check_reference(check, &names->sites, &organization->templates.items[i].site);
        for (uint32_t i = 0; i < organization->floorplans.count; i++)
                check_references(check, &names->doors, &organization->floorplans.items[i].doors);
}

static void schedule_check(Check *check, const ModelSchedule *schedule)
{
        bool is_on = false;
        zone_check(check, schedule->timezone, schedule->timezone_place);
        for (uint32_t i = 0; i < schedule->weekly.count; i++)
                is_on |= schedule->weekly.items[i].days != 0;
        /* A window with an error in it is not in the list. */
        if (!is_on && diagnostics_errors(check->model->diagnostics) == 0)
                diagnostics_warning(check->model->diagnostics, schedule->place,
                                    "schedule \"%s\" is never on: it has no window",
                                    schedule->name);
}

void check_organization(Check *check, ModelOrganization *organization, OrganizationNames *names)
{
        names_fill(check, organization, names);
        if (check->failed)
                return;
        check_assignments(check, organization, names);
        people_check(check, organization, names);
        access_check(check, organization, names);
        zone_check(check, organization->timezone, organization->timezone_place);
        for (uint32_t i = 0; i < organization->schedules.count; i++)
                schedule_check(check, &organization->schedules.items[i]);
        check_organization_roles(check, organization, names);
}
