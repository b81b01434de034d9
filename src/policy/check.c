/* SPDX-License-Identifier: MIT */
/*
 * Check
 *
 * What one file alone cannot show, subject by subject. Everything is checked before anything is
 * given up, so that one run shows all errors.
 */
#include "policy/check.h"

#include <stddef.h>
#include <stdlib.h>

/* Comparisons of names that "did you mean" may make in one run: some seconds' worth. */
#define COMPARISONS_MAX (UINT64_C(1) << 24)

static void organization_names_clear(OrganizationNames *names)
{
        name_table_clear(&names->sites);
        name_table_clear(&names->doors);
        name_table_clear(&names->hosts);
        name_table_clear(&names->groups);
        name_table_clear(&names->access_groups);
        name_table_clear(&names->users);
        name_table_clear(&names->access_levels);
        name_table_clear(&names->schedules);
        name_table_clear(&names->door_exceptions);
        name_table_clear(&names->calendars);
        name_table_clear(&names->roles);
        name_table_clear(&names->entities);
}

static void organizations_check(Check *check)
{
        Model *model = check->model;
        NamedList list = NAMED_LIST("organization", model->organizations, ModelOrganization);
        NameTable table;
        name_table_fill(check, &list, &table);
        name_table_clear(&table);
        check->all_roles = model->roles.count;
        for (uint32_t i = 0; i < model->organizations.count && !check->failed; i++) {
                OrganizationNames names = { 0 };
                check_organization(check, &model->organizations.items[i], &names);
                if (!check->failed)
                        check_grants(check, &model->organizations.items[i], &names);
                organization_names_clear(&names);
        }
}

void model_check(Model *model, int64_t now_s)
{
        Check check = {
                .model = model, .now_s = now_s, .comparisons = COMPARISONS_MAX, .advice = ""
        };
        check_catalogue(&check);
        if (!check.failed)
                organizations_check(&check);
        if (!check.failed)
                check_uids(&check);
        if (!check.failed)
                check_callers(&check);
        if (!check.failed)
                check_settings(&check);
        Place nowhere = { PLACE_NO_FILE, 1 };
        if (check.failed)
                diagnostics_error(model->diagnostics, nowhere, "out of memory");
        else if (model->organizations.count == 0 && diagnostics_errors(model->diagnostics) == 0)
                diagnostics_error(model->diagnostics, nowhere, "an empty policy: no organization");
        name_table_clear(&check.permissions);
        name_table_clear(&check.roles);
        name_table_clear(&check.classes);
        name_table_clear(&check.actions);
        free(check.asked);
        free(check.gives);
}
