/* SPDX-License-Identifier: MIT */
/* A small policy, built by hand; lines are numbered in the order of the calls. */
#include "model_fixture.h"

#include <stdlib.h>

static Place next_place(Model *model)
{
        return (Place){ 0, 1 + model->roles.count * 10 + model->permissions.count };
}

Reference fixture_reference(const char *name, uint32_t index)
{
        return (Reference){ .name = name, .index = index };
}

void fixture_refer(Model *model, ReferenceList *list, const char *name, uint32_t index)
{
        *model_append(model, list) = fixture_reference(name, index);
}

ModelGrant *fixture_grant(Model *model, ModelGrantList *list, enum FixtureRole role,
                          const char *site, uint32_t site_index)
{
        static const char *const ROLES[] = { "none", "viewer", "manager", "admin", "system" };
        ModelGrant *grant = model_append(model, list);
        *grant = (ModelGrant){ .role = fixture_reference(ROLES[role], role),
                               .site = fixture_reference(site, site_index),
                               .interval = { TIMESTAMP_MIN, TIMESTAMP_MAX },
                               .place = { 1, 100 + list->count } };
        return grant;
}

static void permission_add(Model *model, const char *name, uint32_t scopes, uint32_t gates)
{
        ModelPermission *permission = model_append(model, &model->permissions);
        *permission =
                (ModelPermission){ .name = name,
                                   .scopes = scopes,
                                   .gates = gates,
                                   .command = gates != 0 ? PERMISSION_COMMAND_UNLOCK : MODEL_NONE,
                                   .place = next_place(model) };
}

static ModelRole *role_add(Model *model, const char *name, RoleLevel level, const char *ladder,
                           uint32_t rank)
{
        ModelRole *role = model_append(model, &model->roles);
        *role = (ModelRole){ .name = name,
                             .level = level,
                             .ladder = ladder,
                             .rank = rank,
                             .ladder_index = ladder ? 0 : MODEL_NONE,
                             .user_may_hold = true,
                             .group_may_hold = true,
                             .place = next_place(model) };
        return role;
}

static void entry_add(Model *model, ModelRole *role, const char *permission, uint32_t index,
                      uint32_t conditions)
{
        ModelEntry *entry = model_append(model, &role->entries);
        entry->permission = fixture_reference(permission, index);
        entry->place = role->place;
        if (conditions) {
                entry->alternatives = arena_allocate(model->arena, sizeof(uint32_t));
                entry->alternatives[0] = conditions;
                entry->alternatives_count = 1;
        }
}

/* Whoever sees schedules grants, revokes and changes members. */
static void granting_add(Model *model)
{
        model->permissions.items[FIXTURE_VIEW].command = PERMISSION_COMMAND_MIGRATE;
        model->permissions.items[FIXTURE_UPDATE].command = PERMISSION_COMMAND_ADD_TO_ACCESS_GROUP;
        model->permissions.items[FIXTURE_SCHEDULES].command = PERMISSION_COMMAND_CHANGE_MEMBERS;
        for (uint32_t i = FIXTURE_VIEWER; i <= FIXTURE_SYSTEM; i++) {
                ModelRole *role = &model->roles.items[i];
                fixture_refer(model, &role->granted_with, "schedules.view", FIXTURE_SCHEDULES);
                fixture_refer(model, &role->revoked_with, "schedules.view", FIXTURE_SCHEDULES);
        }
}

static void catalogue_add(Model *model)
{
        permission_add(model, "door.view", SCOPE_DOOR, 0);
        permission_add(model, "door.unlock", SCOPE_DOOR, GATE_REMOTE_UNLOCK);
        permission_add(model, "door.update", SCOPE_DOOR, 0);
        permission_add(model, "schedules.view", SCOPE_ORGANIZATION | SCOPE_SITE, 0);

        role_add(model, "none", ROLE_LEVEL_SITE, "site", 0);
        ModelRole *viewer = role_add(model, "viewer", ROLE_LEVEL_SITE, "site", 1);
        entry_add(model, viewer, "door.view", FIXTURE_VIEW, 0);
        entry_add(model, viewer, "door.unlock", FIXTURE_UNLOCK, CONDITION_DOOR_ACCESS_NOW);
        ModelRole *manager = role_add(model, "manager", ROLE_LEVEL_SITE, "site", 2);
        fixture_refer(model, &manager->includes, "viewer", FIXTURE_VIEWER);
        entry_add(model, manager, "door.unlock", FIXTURE_UNLOCK, 0);
        ModelRole *admin = role_add(model, "admin", ROLE_LEVEL_SITE, "site", 3);
        fixture_refer(model, &admin->includes, "manager", FIXTURE_MANAGER);
        entry_add(model, admin, "door.update", FIXTURE_UPDATE, 0);
        ModelRole *system = role_add(model, "system", ROLE_LEVEL_ORGANIZATION, NULL, 0);
        fixture_refer(model, &system->implies, "admin", FIXTURE_ADMIN);
        entry_add(model, system, "schedules.view", FIXTURE_SCHEDULES, 0);
        model->ladders = 1;
        granting_add(model);
}

static void site_add(Model *model, ModelOrganization *organization, const char *name,
                     const char *path, uint32_t parent)
{
        ModelSite *site = model_append(model, &organization->sites);
        *site = (ModelSite){ .name = name,
                             .path = path,
                             .parent = parent,
                             .remote_unlock = true,
                             .depth = parent == MODEL_NONE ? 1 : 2,
                             .place = { 1, 10 } };
}

static void door_add(Model *model, ModelOrganization *organization, const char *name, uint32_t site,
                     bool remote_unlock)
{
        ModelDoor *door = model_append(model, &organization->doors);
        *door = (ModelDoor){ .name = name,
                             .site = site,
                             .remote_unlock = remote_unlock,
                             .place = { 1, 20 },
                             .remote_unlock_place = { 1, 21 } };
}

static void tree_add(Model *model, ModelOrganization *organization)
{
        site_add(model, organization, "HQ", "HQ", MODEL_NONE);
        site_add(model, organization, "Branch", "Branch", MODEL_NONE);
        site_add(model, organization, "Tower", "HQ/Tower", FIXTURE_HQ);
        door_add(model, organization, "D1", FIXTURE_HQ, true);
        door_add(model, organization, "D2", FIXTURE_TOWER, false);
        door_add(model, organization, "D3", FIXTURE_BRANCH, true);
        *model_append(model, &organization->hosts) =
                (ModelHost){ .name = "gw-1", .site = FIXTURE_HQ, .place = { 1, 30 } };
}

static void access_add(Model *model, ModelOrganization *organization)
{
        ModelSchedule *schedule = model_append(model, &organization->schedules);
        *schedule = (ModelSchedule){ .name = "nights", .timezone = "Europe/Berlin" };
        *model_append(model, &schedule->weekly) =
                (ModelWindow){ .days = 1 << 6, .minute_from = 22 * 60, .minute_to = 6 * 60 };
        *model_append(model, &schedule->weekly) =
                (ModelWindow){ .days = 1, .minute_from = 5 * 60, .minute_to = 7 * 60 };
        *model_append(model, &organization->access_groups) = (ModelGroup){ .name = "staff" };
        *model_append(model, &organization->access_groups) = (ModelGroup){ .name = "cleaners" };
        ModelAccessLevel *doors = model_append(model, &organization->access_levels);
        *doors = (ModelAccessLevel){ .name = "doors", .schedule = fixture_reference("nights", 0) };
        fixture_refer(model, &doors->doors, "HQ/D1", 0);
        fixture_refer(model, &doors->doors, "HQ/Tower/D2", 1);
        fixture_refer(model, &doors->access_groups, "staff", 0);
        ModelAccessLevel *always = model_append(model, &organization->access_levels);
        *always = (ModelAccessLevel){ .name = "always" };
        fixture_refer(model, &always->doors, "HQ/D1", 0);
        fixture_refer(model, &always->access_groups, "cleaners", 1);
        fixture_refer(model, &always->access_groups, "staff", 0);
        ModelFloorplan *plan = model_append(model, &organization->floorplans);
        *plan = (ModelFloorplan){ .name = "F1" };
        fixture_refer(model, &plan->doors, "HQ/D1", 0);
        *model_append(model, &organization->templates) =
                (ModelTemplate){ .name = "Evac", .site = fixture_reference("HQ", FIXTURE_HQ) };
}

static ModelUser *user_add(Model *model, ModelOrganization *organization, const char *name)
{
        ModelUser *user = model_append(model, &organization->users);
        *user = (ModelUser){ .name = name,
                             .member = true,
                             .remote_unlock = true,
                             .access = { TIMESTAMP_MIN, TIMESTAMP_MAX },
                             .place = { 1, 50 } };
        return user;
}

static void people_add(Model *model, ModelOrganization *organization)
{
        ModelGroup *desk = model_append(model, &organization->groups);
        *desk = (ModelGroup){ .name = "desk",
                              .mapped = true,
                              .unix_group = { .name = "door-desk", .gid = 700, .resolved = true } };
        fixture_grant(model, &desk->roles, FIXTURE_VIEWER, "HQ", FIXTURE_HQ);
        ModelGroup *guards = model_append(model, &organization->groups);
        *guards = (ModelGroup){ .name = "guards" };
        fixture_grant(model, &guards->roles, FIXTURE_MANAGER, "HQ", FIXTURE_HQ);
        fixture_grant(model, &guards->roles, FIXTURE_VIEWER, "HQ", FIXTURE_HQ);

        ModelUser *zoe = user_add(model, organization, "zoe");
        fixture_refer(model, &zoe->groups, "desk", 0);
        ModelUser *alice = user_add(model, organization, "alice");
        alice->uid_stated = true;
        alice->uid = 4711;
        *model_append(model, &alice->cards) = (ModelCard){ 8165538, { 1, 40 } };
        fixture_refer(model, &alice->groups, "guards", 1);
        fixture_refer(model, &alice->groups, "desk", 0);
        fixture_refer(model, &alice->access_groups, "staff", 0);
        fixture_refer(model, &alice->access_groups, "cleaners", 1);
        fixture_grant(model, &alice->roles, FIXTURE_SYSTEM, NULL, MODEL_NONE);
        fixture_grant(model, &alice->roles, FIXTURE_NONE, "Branch", FIXTURE_BRANCH);
        ModelUser *bob = user_add(model, organization, "bob");
        fixture_refer(model, &bob->groups, "desk", 0);

        ModelPeople *people = model_append(model, &organization->people);
        *people = (ModelPeople){ .unix_group = { .gid_stated = true, .gid = 700 } };
        fixture_refer(model, &people->access_groups, "staff", 0);
}

Model *fixture_model(Diagnostics **ret_diagnostics)
{
        Diagnostics *diagnostics = diagnostics_new();
        Model *model = model_new(diagnostics);
        diagnostics_file(diagnostics, "roles/test.conf");
        diagnostics_file(diagnostics, "organizations.d/acme.conf");
        catalogue_add(model);
        ModelOrganization *organization = model_append(model, &model->organizations);
        *organization = (ModelOrganization){
                .name = "acme", .timezone = "UTC", .remote_unlock = true, .place = { 1, 1 }
        };
        tree_add(model, organization);
        access_add(model, organization);
        people_add(model, organization);
        ModelCaller *caller = model_append(model, &organization->callers);
        *caller = (ModelCaller){ .name = "gw-1",
                                 .certificate_stated = true,
                                 .certificate = { { 17 } },
                                 .may = CALLER_MAY_REPORT,
                                 .place = { 1, 50 } };
        fixture_refer(model, &caller->sites, "HQ", FIXTURE_HQ);
        *model_append(model, &model->settings.fronts) =
                (ModelFront){ .name = "web", .uid_known = true, .uid = 997, .place = { 2, 5 } };
        model->settings.stated = true;
        model->settings.host = fixture_reference("acme/HQ/gw-1", 0);
        model->settings.host_organization = 0;
        *ret_diagnostics = diagnostics;
        return model;
}

static void window_add(Model *model, ModelWindowList *list, uint32_t from, uint32_t to,
                       DoorState state)
{
        *model_append(model, list) = (ModelWindow){ .days = 0x7f,
                                                    .minute_from = from,
                                                    .minute_to = to,
                                                    .state = state,
                                                    .place = { 1, 70 } };
}

static void door_time_add(Model *model, ModelOrganization *organization)
{
        ModelSchedule *hours = model_append(model, &organization->schedules);
        *hours = (ModelSchedule){ .name = "hours", .kind = SCHEDULE_KIND_DOOR };
        window_add(model, &hours->weekly, 8 * 60, 12 * 60, DOOR_STATE_UNLOCKED);
        window_add(model, &hours->weekly, 12 * 60, 6 * 60, DOOR_STATE_CARD_AND_CODE);
        ModelException *closed = model_append(model, &organization->door_exceptions);
        *closed = (ModelException){ .name = "closed",
                                    .kind = SCHEDULE_KIND_DOOR,
                                    .state = DOOR_STATE_LOCKED,
                                    .place = { 1, 71 } };
        *model_append(model, &closed->days) = 20608;
        window_add(model, &closed->weekly, 10 * 60, 11 * 60, DOOR_STATE_UNLOCKED);
        ModelDoor *door = &organization->doors.items[0];
        door->schedule = fixture_reference("hours", 1);
        fixture_refer(model, &door->exceptions, "closed", 0);
}

static void level_time_add(Model *model, ModelOrganization *organization)
{
        ModelException *inventory = model_append(model, &organization->access_exceptions);
        *inventory = (ModelException){ .name = "inventory",
                                       .kind = SCHEDULE_KIND_ACCESS,
                                       .state = DOOR_STATE_COUNT,
                                       .place = { 1, 72 } };
        *model_append(model, &inventory->days) = 20607;
        *model_append(model, &inventory->days) = 20610;
        window_add(model, &inventory->weekly, 9 * 60, 11 * 60, DOOR_STATE_COUNT);
        fixture_refer(model, &inventory->access_levels, "always", 1);
}

static void lockdown_add(Model *model, ModelOrganization *organization)
{
        ModelLockdown *fire = model_append(model, &organization->lockdowns);
        *fire = (ModelLockdown){ .name = "fire",
                                 .mode = DOOR_MODE_LOCKED_DOWN,
                                 .rank = 100,
                                 .automatic_end_s = 3600,
                                 .place = { 1, 73 } };
        fixture_refer(model, &fire->doors, "HQ/D1", 0);
        fixture_refer(model, &fire->doors, "Branch/D3", 2);
        fixture_refer(model, &fire->trigger.users, "alice", FIXTURE_ALICE);
        fixture_refer(model, &fire->release.groups, "desk", 0);
        fixture_refer(model, &fire->unlock.groups, "guards", 1);
        fixture_refer(model, &fire->unlock.access_groups, "cleaners", 1);
}

Model *fixture_model_in_time(Diagnostics **ret_diagnostics)
{
        Model *model = fixture_model(ret_diagnostics);
        ModelOrganization *organization = &model->organizations.items[0];
        permission_add(model, "door.enter", SCOPE_DOOR, 0);
        ModelPermission *enter = &model->permissions.items[model->permissions.count - 1];
        enter->without_role = CONDITION_DOOR_ACCESS_NOW | CONDITION_CODE_WHERE_REQUIRED;
        enter->gates = GATE_NO_LOCKDOWN | GATE_NOT_BLOCKED;
        permission_add(model, "lockdown.run", SCOPE_SITE, 0);
        model->permissions.items[model->permissions.count - 1].command =
                PERMISSION_COMMAND_LOCKDOWN;
        entry_add(model, &model->roles.items[FIXTURE_ADMIN], "lockdown.run",
                  model->permissions.count - 1, 0);
        model->permissions.items[FIXTURE_UNLOCK].gates =
                GATE_ACCESS_IN_FORCE | GATE_REMOTE_UNLOCK | GATE_NO_LOCKDOWN | GATE_NOT_BLOCKED;
        door_time_add(model, organization);
        level_time_add(model, organization);
        lockdown_add(model, organization);
        return model;
}
