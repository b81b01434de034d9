/* SPDX-License-Identifier: MIT */
/*
 * Check: this host
 *
 * doorward.conf: the host, its session rules, observing, break-glass accounts.
 */
#include <stddef.h>

#include "policy/check.h"
#include "policy/limits.h"

/* Services in which PAM_USER is, or becomes, somebody else than who asks (Debian's and Red Hat's
 * names of sudo and su). */
static const char *const CHANGING_SERVICES[] = { "su",     "su-l",    "sudo",
                                                 "sudo-i", "runuser", "runuser-l" };

static void host_check(Check *check)
{
        ModelHostSettings *settings = &check->model->settings;
        Text path, name;
        settings->host.index = MODEL_NONE;
        settings->host_organization = MODEL_NONE;
        if (!settings->host.name ||
            !text_split_first(text_from(settings->host.name), '/', &name, &path))
                return;
        for (uint32_t i = 0; i < check->model->organizations.count; i++) {
                const ModelOrganization *organization = &check->model->organizations.items[i];
                if (!organization->name || !text_is(name, organization->name))
                        continue;
                NamedList list = NAMED_LIST("host", organization->hosts, ModelHost);
                NameTable table;
                name_table_fill_paths(check, &list, organization, offsetof(ModelHost, site),
                                      &table);
                table.incomplete = organization->incomplete;
                Reference host = { .name = path.data, .place = settings->host.place };
                check_reference(check, &table, &host);
                settings->host.index = host.index;
                settings->host_organization = i;
                name_table_clear(&table);
                return;
        }
        if (check->model->organizations_incomplete)
                return;
        char escaped[CHECK_NAME_SIZE];
        diagnostics_error(check->model->diagnostics, settings->host.place,
                          "there is no organization \"%s\"",
                          text_escape(name, escaped, sizeof(escaped)));
}

static void role_rule_check(Check *check, ModelSessionRule *rule)
{
        char name[CHECK_NAME_SIZE];
        if (!check_reference(check, &check->roles, &rule->role) || !rule->role.name)
                return;
        const ModelRole *role = &check->model->roles.items[rule->role.index];
        if (role->level != ROLE_LEVEL_SITE)
                diagnostics_error(check->model->diagnostics, rule->role.place,
                                  "role \"%s\" is not of level site: nobody can hold it at a host",
                                  check_name(rule->role.name, name));
        else if (role->ladder && role->rank == 0)
                diagnostics_error(
                        check->model->diagnostics, rule->role.place,
                        "role \"%s\" is the bottom of its ladder: it must not let anybody "
                        "in",
                        check_name(rule->role.name, name));
}

static void permission_rule_check(Check *check, ModelSessionRule *rule)
{
        Diagnostics *diagnostics = check->model->diagnostics;
        char name[CHECK_NAME_SIZE];
        if (!check_reference(check, &check->permissions, &rule->permission) ||
            !rule->permission.name)
                return;
        uint32_t scopes = check->model->permissions.items[rule->permission.index].scopes;
        check_name(rule->permission.name, name);
        if (rule->at_door && !(scopes & SCOPE_DOOR))
                diagnostics_error(diagnostics, rule->permission.place,
                                  "permission \"%s\" is not of scope door", name);
        if (!rule->at_door && !(scopes & resource_type_scopes(RESOURCE_HOST)))
                diagnostics_error(diagnostics, rule->permission.place,
                                  "permission \"%s\" cannot be asked at a host", name);
}

static void subject_check(const Check *check, const ModelSessionRule *rule)
{
        if (rule->subject_is_caller || rule->kind == SESSION_RULE_EXEMPT)
                return;
        for (uint32_t i = 0; i < rule->services.count; i++)
                for (size_t k = 0; k < sizeof(CHANGING_SERVICES) / sizeof(*CHANGING_SERVICES); k++)
                        if (strcmp(rule->services.items[i].name, CHANGING_SERVICES[k]) == 0)
                                diagnostics_warning(
                                        check->model->diagnostics, rule->services.items[i].place,
                                        "service \"%s\" without subject = \"caller\": the rule "
                                        "asks about the user one becomes",
                                        CHANGING_SERVICES[k]);
}

static void rules_check(Check *check)
{
        ModelHostSettings *settings = &check->model->settings;
        for (uint32_t i = 0; i < settings->sessions.count; i++) {
                ModelSessionRule *rule = &settings->sessions.items[i];
                if (rule->kind == SESSION_RULE_ROLE)
                        role_rule_check(check, rule);
                if (rule->kind == SESSION_RULE_PERMISSION)
                        permission_rule_check(check, rule);
                subject_check(check, rule);
                if (rule->services.count == 0)
                        diagnostics_warning(check->model->diagnostics, rule->place,
                                            "this rule names no service: it has no effect");
                bool at_host = rule->kind != SESSION_RULE_EXEMPT && !rule->at_door;
                if (at_host && !settings->host.name)
                        diagnostics_error(check->model->diagnostics, rule->place,
                                          "this rule asks at the host, and \"host\" does not say "
                                          "which one this is");
        }
}

/* A service must have one rule. */
static void services_check(Check *check)
{
        const ModelHostSettings *settings = &check->model->settings;
        ReferenceList all = { 0 };
        for (uint32_t i = 0; i < settings->sessions.count; i++) {
                const ReferenceList *services = &settings->sessions.items[i].services;
                for (uint32_t k = 0; k < services->count; k++) {
                        Reference *service = model_append(check->model, &all);
                        if (!service) {
                                check->failed = true;
                                return;
                        }
                        *service = services->items[k];
                }
        }
        NamedList list = NAMED_LIST("service", all, Reference);
        NameTable table;
        name_table_fill(check, &list, &table);
        name_table_clear(&table);
}

static void observe_check(const Check *check)
{
        const ModelHostSettings *settings = &check->model->settings;
        if (!settings->observe || settings->observe_place.file == PLACE_NO_FILE)
                return;
        if (settings->observe_until_s > check->now_s &&
            settings->observe_until_s - check->now_s > OBSERVE_SECONDS_MAX)
                diagnostics_error(check->model->diagnostics, settings->observe_place,
                                  "\"observe_until\" is more than %d days ahead",
                                  OBSERVE_SECONDS_MAX / (24 * 60 * 60));
        else if (settings->observe_until_s <= check->now_s)
                diagnostics_warning(check->model->diagnostics, settings->observe_place,
                                    "\"observe_until\" has passed: sessions are enforced");
}

void check_settings(Check *check)
{
        const ModelHostSettings *settings = &check->model->settings;
        if (!settings->stated || settings->incomplete)
                return;
        host_check(check);
        rules_check(check);
        services_check(check);
        observe_check(check);
        if (settings->break_glass.count == 0)
                diagnostics_warning(check->model->diagnostics, settings->place,
                                    "no \"break_glass\" account: a policy that lets nobody in "
                                    "cannot be mended by logging in");
}
