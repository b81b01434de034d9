/* SPDX-License-Identifier: MIT */
/*
 * The roles of the five systems, and what follows from their order.
 */
#include "reference_roles.h"

#include <string.h>

const ReferenceRole REFERENCE_ROLES[WORLD_ROLES_COUNT] = {
        { "access-system-none", 'o', LADDER_SYSTEM, 0, false, false, true, { NULL }, { NULL } },
        { "access-system-manager",
          'o',
          LADDER_SYSTEM,
          1,
          false,
          false,
          true,
          { "access.system-role.grant", "org.permission.set" },
          { "access.system-role.revoke", "org.permission.set" } },
        { "access-system-admin",
          'o',
          LADDER_SYSTEM,
          2,
          false,
          false,
          true,
          { "access.system-role.grant", "org.permission.set" },
          { "access.system-role.revoke", "org.permission.set" } },
        { "access-user-none", 'o', LADDER_USER, 0, false, false, true, { NULL }, { NULL } },
        { "access-credential-manager",
          'o',
          LADDER_USER,
          1,
          false,
          false,
          true,
          { "access.user-role.grant", "org.permission.set" },
          { "access.user-role.revoke", "org.permission.set" } },
        { "access-user-manager",
          'o',
          LADDER_USER,
          2,
          false,
          false,
          true,
          { "access.user-role.grant", "org.permission.set" },
          { "access.user-role.revoke", "org.permission.set" } },
        { "access-user-admin",
          'o',
          LADDER_USER,
          3,
          false,
          false,
          true,
          { "access.user-role.grant", "org.permission.set" },
          { "access.user-role.revoke", "org.permission.set" } },
        { "access-site-none", 's', LADDER_SITE, 0, false, false, true, { NULL }, { NULL } },
        { "access-site-viewer",
          's',
          LADDER_SITE,
          1,
          false,
          false,
          true,
          { "access.site-role.grant", "org.permission.set" },
          { "access.site-role.revoke", "org.permission.set" } },
        { "access-site-manager",
          's',
          LADDER_SITE,
          2,
          false,
          false,
          true,
          { "access.site-role.grant", "org.permission.set" },
          { "access.site-role.revoke", "org.permission.set" } },
        { "access-site-admin",
          's',
          LADDER_SITE,
          3,
          false,
          false,
          true,
          { "access.site-role.grant", "org.permission.set" },
          { "access.site-role.revoke", "org.permission.set" } },
        { "legacy-access-control-member",
          'o',
          LADDER_LEGACY,
          1,
          true,
          true,
          true,
          { NULL },
          { NULL } },
        { "legacy-access-control-manager",
          'o',
          LADDER_LEGACY,
          2,
          true,
          true,
          true,
          { NULL },
          { NULL } },
        { "legacy-access-control-admin",
          'o',
          LADDER_LEGACY,
          3,
          true,
          true,
          true,
          { NULL },
          { NULL } },
        { "legacy-access-site-admin", 's', LADDER_NONE, 0, true, true, true, { NULL }, { NULL } },
        { "org-member", 'o', LADDER_NONE, 0, false, true, false, { NULL }, { NULL } },
        { "org-admin",
          'o',
          LADDER_NONE,
          0,
          false,
          true,
          false,
          { "org.org-admin.grant" },
          { "org.permission.set" } },
        { "camera-site-no-access", 's', LADDER_CAMERA, 0, false, false, false, { NULL }, { NULL } },
        { "camera-site-live-only-viewer",
          's',
          LADDER_CAMERA,
          1,
          false,
          false,
          false,
          { "site.permission.set", "org.permission.set" },
          { "site.permission.set", "org.permission.set" } },
        { "camera-site-viewer",
          's',
          LADDER_CAMERA,
          2,
          false,
          false,
          false,
          { "site.permission.set", "org.permission.set" },
          { "site.permission.set", "org.permission.set" } },
        { "camera-site-admin",
          's',
          LADDER_CAMERA,
          3,
          false,
          false,
          false,
          { "site.permission.set", "org.permission.set" },
          { "site.permission.set", "org.permission.set" } },
        { "rekor-no-access", 'a', LADDER_NONE, 0, false, false, false, { NULL }, { NULL } },
        { "rekor-viewer",
          'a',
          LADDER_NONE,
          0,
          false,
          false,
          false,
          { "rekor.role.assign" },
          { "rekor.role.remove" } },
        { "rekor-manager",
          'a',
          LADDER_NONE,
          0,
          false,
          false,
          false,
          { "rekor.role.assign" },
          { "rekor.role.remove" } },
};

const ReferencePermission *reference_permission_find(const char *name)
{
        for (int i = 0; i < REFERENCE_PERMISSIONS_COUNT; i++)
                if (strcmp(REFERENCE_PERMISSIONS[i].name, name) == 0)
                        return &REFERENCE_PERMISSIONS[i];
        return NULL;
}

bool reference_role_includes(int role, int lower)
{
        if (role == lower)
                return true;
        if (role >= WORLD_ROLES_COUNT)
                return false;
        if (role == ORG_ADMIN && lower == ORG_MEMBER)
                return true;
        return REFERENCE_ROLES[role].ladder != LADDER_NONE &&
               REFERENCE_ROLES[role].ladder == REFERENCE_ROLES[lower].ladder &&
               REFERENCE_ROLES[role].rank > REFERENCE_ROLES[lower].rank;
}

bool reference_can_customize(int role, const ReferencePermission *permission)
{
        static const char *const CUSTOMIZABLE_PERMISSIONS[] = {
                "camera.archive.create", "camera.archive.view",    "camera.archive.download",
                "camera.archive.delete", "camera.live-link.share", "camera.video.share",
                "site.user.add",         "site.user.remove",       "site.permission.set",
        };

        if (role != CAMERA_VIEWER && role != CAMERA_ADMIN)
                return false;
        for (size_t i = 0;
             i < sizeof(CUSTOMIZABLE_PERMISSIONS) / sizeof(CUSTOMIZABLE_PERMISSIONS[0]); i++)
                if (strcmp(permission->name, CUSTOMIZABLE_PERMISSIONS[i]) == 0)
                        return true;
        return false;
}

unsigned reference_permission_conditions(const ReferencePermission *permission)
{
        unsigned all = 0;

        for (int i = 0; i < REFERENCE_GIVES_MAX; i++)
                all |= permission->gives[i].conditions;
        return all;
}
