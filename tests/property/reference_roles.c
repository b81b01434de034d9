/* SPDX-License-Identifier: MIT */
/*
 * The permissions of access control and the lowest role on each ladder (Access System, Access User
 * Management, Access Site) that gives them, in the order of the product's tables.
 */
#include "reference_roles.h"

#include <string.h>

#define ADDS(thing, scope, ...)                                                                    \
        { thing ".create", scope, __VA_ARGS__ },                                                   \
        {                                                                                          \
                thing ".update", scope, __VA_ARGS__                                                \
        }
#define CHANGES(thing, scope, ...)                                                                 \
        ADDS(thing, scope, __VA_ARGS__),                                                           \
        {                                                                                          \
                thing ".delete", scope, __VA_ARGS__                                                \
        }

static const ReferencePermission PERMISSIONS[] = {
        { "access.door-schedule.view", "o", { 1, 0, 0 }, ALWAYS },
        CHANGES("access.door-schedule", "o", { 1, 0, 0 }, ALWAYS),
        { "access.door-exception.view", "o", { 1, 0, 0 }, ALWAYS },
        CHANGES("access.door-exception", "o", { 1, 0, 0 }, ALWAYS),
        { "access.access-exception.view", "o", { 1, 0, 0 }, ALWAYS },
        ADDS("access.access-exception", "os", { 1, 0, 2 }, ALWAYS),
        { "access.access-exception.delete", "os", { 1, 0, 0 }, ALWAYS },
        CHANGES("access.badge-template", "o", { 2, 0, 0 }, ALWAYS),
        { "access.org-settings.configure", "o", { 2, 0, 0 }, ALWAYS },
        CHANGES("access.building", "o", { 2, 0, 0 }, ALWAYS),
        CHANGES("access.floor", "o", { 2, 0, 0 }, ALWAYS),
        { "access.floor-floorplan.add", "o", { 2, 0, 0 }, ALWAYS },
        { "access.others-report.view", "o", { 2, 0, 0 }, ALWAYS },
        { "access.others-report.delete", "o", { 2, 0, 0 }, ALWAYS },
        { "access.support-access.enable", "o", { 2, 3, 3 }, ALWAYS },
        { "access.system-role.grant", "o", { 2, 0, 0 }, NOT_SELF },
        { "access.system-role.revoke", "o", { 2, 0, 0 }, ALWAYS },
        { "access.user-role.grant", "o", { 0, 3, 0 }, NOT_SELF },
        { "access.user-role.revoke", "o", { 0, 3, 0 }, ALWAYS },
        { "access.site-role.grant", "s", { 2, 0, 3 }, NOT_SELF },
        { "access.site-role.revoke", "s", { 2, 0, 3 }, ALWAYS },
        { "access.legacy-role.migrate", "uo", { 2, 3, 0 }, BOTH_ADMINS },
        { "access.user.view", "uo", { 0, 1, 0 }, ALWAYS },
        ADDS("access.user", "uo", { 0, 2, 0 }, NOT_SYNCED),
        { "access.user.delete", "uo", { 0, 3, 0 }, NOT_SYNCED },
        CHANGES("access.credential", "uo", { 0, 1, 0 }, ALWAYS),
        { "access.profile-picture.create", "uo", { 0, 1, 0 }, ALWAYS },
        { "access.profile-picture.delete", "uo", { 0, 1, 0 }, ALWAYS },
        { "access.badge.print", "uo", { 0, 1, 0 }, ALWAYS },
        { "access.pass-app.configure", "uo", { 0, 1, 0 }, ALWAYS },
        { "access.user-access.grant", "uo", { 0, 1, 0 }, ALWAYS },
        { "access.user-access.suspend", "uo", { 0, 1, 0 }, ALWAYS },
        { "access.user-access-dates.update", "uo", { 0, 1, 0 }, ALWAYS },
        { "access.group-membership.add", "go", { 0, 2, 0 }, NOT_SYNCED },
        { "access.group-membership.remove", "go", { 0, 2, 0 }, NOT_SYNCED },
        CHANGES("access.group", "go", { 0, 3, 0 }, NOT_SYNCED),
        { "access.door.view", "d", { 0, 0, 1 }, ALWAYS },
        { "access.io.view", "s", { 0, 0, 1 }, ALWAYS },
        { "access.live-event.view", "s", { 0, 0, 1 }, ALWAYS },
        { "access.historical-event.view", "s", { 0, 0, 1 }, ALWAYS },
        { "access.floorplan.view", "s", { 0, 0, 1 }, FLOORPLAN_SHOWS_DOOR },
        { "access.door.unlock", "d", { 0, 0, 1 }, VIEWER_HAS_KEY },
        { "access.report.run", "s", { 0, 0, 1 }, ALWAYS },
        { "access.report.save", "s", { 0, 0, 1 }, ALWAYS },
        { "access.report.export", "s", { 0, 0, 1 }, ALWAYS },
        { "access.report.distribute", "s", { 0, 0, 1 }, ALWAYS },
        ADDS("access.alert", "s", { 0, 0, 1 }, ALWAYS),
        { "access.roll-call.run", "s", { 0, 0, 1 }, TEMPLATE_EXISTS },
        { "access.roll-call.end", "s", { 0, 0, 1 }, ALWAYS },
        { "access.roll-call-person.mark", "s", { 0, 0, 1 }, ROLL_CALL_ACTIVE },
        { "access.door-schedule.override", "d", { 0, 0, 2 }, ALWAYS },
        { "access.door-schedule.apply", "d", { 0, 0, 2 }, SCHEDULE_EXISTS },
        { "access.door-exception.apply", "d", { 0, 0, 2 }, EXCEPTION_EXISTS },
        { "access.door-exception.remove", "d", { 0, 0, 2 }, EXCEPTION_EXISTS },
        CHANGES("access.level", "s", { 0, 0, 2 }, ALWAYS),
        CHANGES("access.roll-call-template", "s", { 0, 0, 2 }, ALWAYS),
        { "access.area.view", "s", { 0, 0, 2 }, ALWAYS },
        { "access.apb-violation.clear", "s", { 0, 0, 2 }, ALWAYS },
        CHANGES("access.device", "s", { 0, 0, 3 }, ALWAYS),
        CHANGES("access.controller", "s", { 0, 0, 3 }, ALWAYS),
        CHANGES("access.door", "s", { 0, 0, 3 }, ALWAYS),
        CHANGES("access.io", "s", { 0, 0, 3 }, ALWAYS),
        CHANGES("access.lockdown", "s", { 0, 0, 3 }, ALWAYS),
        { "access.area.configure", "s", { 0, 0, 3 }, ALWAYS },
        { "access.apb-settings.configure", "s", { 0, 0, 3 }, ALWAYS },
        { "access.site-settings.configure", "s", { 0, 0, 3 }, ALWAYS },
        { "access.door.enter", "d", { 0, 0, 0 }, ALWAYS },
};

const WorldRole REFERENCE_ROLES[WORLD_ROLES_COUNT] = {
        { "access-system-none", LADDER_SYSTEM, 0 },
        { "access-system-manager", LADDER_SYSTEM, 1 },
        { "access-system-admin", LADDER_SYSTEM, 2 },
        { "access-user-none", LADDER_USER, 0 },
        { "access-credential-manager", LADDER_USER, 1 },
        { "access-user-manager", LADDER_USER, 2 },
        { "access-user-admin", LADDER_USER, 3 },
        { "access-site-none", LADDER_SITE, 0 },
        { "access-site-viewer", LADDER_SITE, 1 },
        { "access-site-manager", LADDER_SITE, 2 },
        { "access-site-admin", LADDER_SITE, 3 },
};

int reference_permissions_count(void)
{
        return (int)(sizeof(PERMISSIONS) / sizeof(PERMISSIONS[0]));
}

const ReferencePermission *reference_permission(int index)
{
        return &PERMISSIONS[index];
}

const ReferencePermission *reference_permission_find(const char *name)
{
        for (int i = 0; i < reference_permissions_count(); i++)
                if (strcmp(PERMISSIONS[i].name, name) == 0)
                        return &PERMISSIONS[i];
        return NULL;
}
