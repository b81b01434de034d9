/* SPDX-License-Identifier: MIT */
/*
 * By what right: a change is taken apart into the plain permissions that its rules name, without
 * the reference's own answer about the change.
 */
#include <string.h>

#include "delegation.h"
#include "reference_change.h"
#include "reference_roles.h"
#include "world_apply.h"
#include "world_text.h"

/* Notes that the asker has PERMISSION on RESOURCE, with the target acted on; false when not. */
static bool note(const World *world, int64_t now_s, const RefQuery *query, const char *permission,
                 const char *resource, Record *record)
{
        RefQuery plain = *query;

        plain.kind = REF_PERMISSION;
        plain.with_count = 0;
        strcpy(plain.permission, permission);
        strcpy(plain.resource, resource);
        if (strcmp(resource, query->resource) != 0)
                strcpy(plain.with[plain.with_count++], query->resource);
        if (reference_decide(world, now_s, &plain).verdict != REF_ALLOW ||
            record->authorities_count == AUTHORITIES_MAX)
                return false;
        record->authorities[record->authorities_count++] = plain;
        return true;
}

/* One of the permissions that give or take ROLE is enough. */
static bool note_role(const World *world, int64_t now_s, const RefQuery *query, int role, int site,
                      bool is_taken, Record *record)
{
        static const char *const CUSTOM[2][2] = { { "rekor.role.assign" },
                                                  { "rekor.role.remove" } };
        const WorldOrganization *o = world_apply_organization((World *)world, query->resource);
        const char *const *names = CUSTOM[is_taken];
        char organization[WORLD_TEXT_SIZE], place[WORLD_TEXT_SIZE];

        if (role < WORLD_ROLES_COUNT)
                names = is_taken ? REFERENCE_ROLES[role].revoked_with
                                 : REFERENCE_ROLES[role].granted_with;
        world_text_resource(o, "organization", WORLD_NONE, "", organization);
        for (int i = 0; i < 2 && names[i] != NULL; i++) {
                const char *scope = reference_permission_find(names[i])->scope;
                strcpy(place, organization);
                if (site != WORLD_NONE && strchr(scope, 's') != NULL)
                        world_text_resource(o, "site", o->sites[site].parent, o->sites[site].name,
                                            place);
                else if (strchr(scope, 'u') != NULL)
                        strcpy(place, query->resource);
                if (note(world, now_s, query, names[i], place, record))
                        return true;
        }
        return false;
}

static bool note_named(const World *world, int64_t now_s, const RefQuery *query, const char *text,
                       bool is_taken, Record *record)
{
        const WorldOrganization *o = world_apply_organization((World *)world, query->resource);
        ReferenceRoleAt at = reference_role_at(world, o, text);

        return note_role(world, now_s, query, at.role, at.site, is_taken, record);
}

static bool note_membership(const World *world, int64_t now_s, const RefQuery *query,
                            Record *record)
{
        bool is_taken = query->kind == REF_REMOVE_MEMBER, carries = false;
        char organization[WORLD_TEXT_SIZE];
        const WorldGrants *grants;
        ReferencePlace group;

        reference_place_find(world, query->with[0], &group);
        if (group.letter != 'c')
                return note(world, now_s, query,
                            is_taken ? "access.group-membership.remove"
                                     : "access.group-membership.add",
                            query->with[0], record);
        grants = &group.organization->groups[group.index].grants;
        for (int i = 0; i < grants->count; i++) {
                const WorldGrant *grant = &grants->item[i];
                if (now_s >= grant->interval.until_s)
                        continue;
                if (grant->role < WORLD_ROLES_COUNT && REFERENCE_ROLES[grant->role].rank == 0 &&
                    REFERENCE_ROLES[grant->role].ladder != LADDER_NONE)
                        continue;
                carries = true;
                if (!note_role(world, now_s, query, grant->role, grant->site, is_taken, record))
                        return false;
        }
        world_text_resource(group.organization, "organization", WORLD_NONE, "", organization);
        return carries || note(world, now_s, query, "org.permission.set", organization, record);
}

bool delegation_authorities(const World *world, int64_t now_s, const RefQuery *query,
                            Record *ret_record)
{
        *ret_record = (Record){ .query = *query, .now_s = now_s };
        switch (query->kind) {
        case REF_GRANT:
        case REF_REVOKE:
                return note_named(world, now_s, query, query->role, query->kind == REF_REVOKE,
                                  ret_record);
        case REF_MIGRATE:
                for (int i = 0; i < query->with_count; i++)
                        if (!note_named(world, now_s, query, query->with[i], false, ret_record))
                                return false;
                return note(world, now_s, query, "access.legacy-role.migrate", query->resource,
                            ret_record);
        case REF_CUSTOMIZE:
                return note(world, now_s, query,
                            strcmp(query->permission, "default") == 0
                                    ? "org.role-customization.restore"
                                    : "org.role-customization.update",
                            query->resource, ret_record);
        default:
                return note_membership(world, now_s, query, ret_record);
        }
}
