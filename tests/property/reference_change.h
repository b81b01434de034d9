/* SPDX-License-Identifier: MIT */
/* Who may give and take roles: grants, migrations, membership of groups, customizations. */
#pragma once

#include "reference.h"
#include "reference_names.h"

/* A role as a question names it. */
typedef struct ReferenceRoleAt {
        int role; /* as in WorldGrant; WORLD_NONE: no such role */
        bool at_site;
        int site; /* WORLD_NONE: not declared, or none named */
} ReferenceRoleAt;

/* Decides QUERY, which is no REF_PERMISSION, at NOW_S. */
RefAnswer reference_decide_change(const World *world, int64_t now_s, const RefQuery *query);

/* Reads ROLE[@SITEPATH] in organization O of WORLD. */
ReferenceRoleAt reference_role_at(const World *world, const WorldOrganization *o, const char *text);
