/* SPDX-License-Identifier: MIT */
/*
 * The searches, by asking about everybody and everything.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "reference.h"
#include "reference_names.h"
#include "reference_roles.h"

static int compare_names(const void *a, const void *b)
{
        return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int reference_who_can(const World *world, int64_t now_s, const char *permission,
                      const char *resource, const char **ret_names)
{
        RefQuery query = { .kind = REF_PERMISSION };
        ReferencePlace place;
        int count = 0;

        strcpy(query.permission, permission);
        strcpy(query.resource, resource);
        if (reference_decide(world, now_s, &query).verdict == REF_ERROR)
                return -EINVAL;
        reference_place_find(world, resource, &place);
        for (int i = 0; i < place.organization->users_count; i++) {
                strcpy(query.user, place.organization->users[i].name);
                if (reference_decide(world, now_s, &query).verdict == REF_ALLOW)
                        ret_names[count++] = place.organization->users[i].name;
        }
        qsort(ret_names, (size_t)count, sizeof(*ret_names), compare_names);
        return count;
}

int reference_what_can(const World *world, int64_t now_s, const RefQuery *who, const char *resource,
                       const char **ret_permissions)
{
        RefQuery query = *who;
        int count = 0;

        query.kind = REF_PERMISSION;
        query.with_count = 0;
        query.active = query.is_private = REF_NOT_STATED;
        strcpy(query.resource, resource);
        for (int i = 0; i < REFERENCE_PERMISSIONS_COUNT; i++) {
                strcpy(query.permission, REFERENCE_PERMISSIONS[i].name);
                if (reference_decide(world, now_s, &query).verdict == REF_ALLOW)
                        ret_permissions[count++] = REFERENCE_PERMISSIONS[i].name;
        }
        qsort(ret_permissions, (size_t)count, sizeof(*ret_permissions), compare_names);
        return count;
}
