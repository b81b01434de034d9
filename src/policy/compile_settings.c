/* SPDX-License-Identifier: MIT */
/*
 * Compile: Unix groups and the settings of this host
 *
 * What a Unix group gives may stand in several places (unix_group of groups and access groups,
 * people); an image has one record for each organization and number.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/compile.h"
#include "util/vector.h"

/* One place in which a Unix group is mapped. */
typedef struct Mapping {
        const ModelUnixGroup *unix_group;
        uint32_t group;        /* IMAGE_NONE: none */
        uint32_t access_group; /* IMAGE_NONE: none */
        const ModelPeople *people;
        uint32_t order; /* people first, then groups, then access groups */
} Mapping;

typedef VECTOR_OF(Mapping) Mappings;

static void mapping_add(Compiler *compiler, Mappings *mappings, Mapping mapping)
{
        if (!mapping.unix_group->resolved && !mapping.unix_group->gid_stated)
                return;
        Mapping *item = vector_append(mappings);
        if (!item) {
                compiler->error = -ENOMEM;
                return;
        }
        *item = mapping;
        item->order = (uint32_t)mappings->count;
}

static void mappings_collect(Compiler *compiler, uint32_t number, Mappings *mappings)
{
        const ModelOrganization *organization = &compiler->model->organizations.items[number];
        const ImageOrganization *owner = COMPILED_ORGANIZATION(compiler, number);
        for (uint32_t i = 0; i < organization->people.count; i++) {
                const ModelPeople *people = &organization->people.items[i];
                mapping_add(compiler, mappings,
                            (Mapping){ &people->unix_group, IMAGE_NONE, IMAGE_NONE, people });
        }
        for (uint32_t i = 0; i < organization->groups.count; i++)
                if (organization->groups.items[i].mapped)
                        mapping_add(compiler, mappings,
                                    (Mapping){ &organization->groups.items[i].unix_group,
                                               owner->groups.first + i, IMAGE_NONE });
        for (uint32_t i = 0; i < organization->access_groups.count; i++)
                if (organization->access_groups.items[i].mapped)
                        mapping_add(compiler, mappings,
                                    (Mapping){ &organization->access_groups.items[i].unix_group,
                                               IMAGE_NONE, owner->access_groups.first + i });
}

static int mapping_compare(const void *left, const void *right)
{
        const Mapping *a = left, *b = right;
        if (a->unix_group->gid != b->unix_group->gid)
                return a->unix_group->gid < b->unix_group->gid ? -1 : 1;
        return a->order < b->order ? -1 : a->order > b->order;
}

typedef VECTOR_OF(uint32_t) Numbers;

static void number_add(Compiler *compiler, Numbers *numbers, uint32_t number)
{
        if (number == IMAGE_NONE)
                return;
        uint32_t *item = vector_append(numbers);
        if (item)
                *item = number;
        else
                compiler->error = -ENOMEM;
}

static void references_add(Compiler *compiler, Numbers *numbers, const ReferenceList *list,
                           uint32_t base)
{
        for (uint32_t i = 0; i < list->count; i++)
                number_add(compiler, numbers, base + list->items[i].index);
}

/* The name of the first mapping that has one, else the number. */
static uint32_t unix_name(Compiler *compiler, const Mapping *mappings, size_t count)
{
        for (size_t i = 0; i < count; i++)
                if (mappings[i].unix_group->name)
                        return compiler_string(compiler, mappings[i].unix_group->name);
        char number[sizeof("4294967295")];
        snprintf(number, sizeof(number), "%u", mappings[0].unix_group->gid);
        return compiler_string(compiler, number);
}

/* Stores what count mappings of one number give together. */
static void mapped_group_add(Compiler *compiler, uint32_t number, const Mapping *mappings,
                             size_t count)
{
        const ImageOrganization *owner = COMPILED_ORGANIZATION(compiler, number);
        Numbers groups = { 0 }, access_groups = { 0 };
        bool member = false;
        for (size_t i = 0; i < count; i++) {
                number_add(compiler, &groups, mappings[i].group);
                number_add(compiler, &access_groups, mappings[i].access_group);
                if (!mappings[i].people)
                        continue;
                member = true;
                references_add(compiler, &groups, &mappings[i].people->groups, owner->groups.first);
                references_add(compiler, &access_groups, &mappings[i].people->access_groups,
                               owner->access_groups.first);
        }
        ImageMappedGroup *record = compiler_append(compiler, IMAGE_MAPPED_GROUPS, 1);
        if (record)
                *record = (ImageMappedGroup){
                        .organization = number,
                        .gid = mappings[0].unix_group->gid,
                        .unix_name = unix_name(compiler, mappings, count),
                        .member = member,
                        .groups = compiler_numbers(compiler, groups.items, groups.count),
                        .access_groups = compiler_numbers(compiler, access_groups.items,
                                                          access_groups.count),
                        .place = compiled_place(mappings[0].unix_group->place),
                };
        vector_clear(&groups);
        vector_clear(&access_groups);
}

static void mapped_groups_fill(Compiler *compiler, uint32_t number)
{
        uint32_t first = compiler_count(compiler, IMAGE_MAPPED_GROUPS);
        Mappings mappings = { 0 };
        mappings_collect(compiler, number, &mappings);
        if (mappings.count > 0)
                qsort(mappings.items, mappings.count, sizeof(*mappings.items), mapping_compare);
        for (size_t start = 0, end; start < mappings.count && !compiler->error; start = end) {
                uint32_t gid = mappings.items[start].unix_group->gid;
                for (end = start + 1; end < mappings.count; end++)
                        if (mappings.items[end].unix_group->gid != gid)
                                break;
                mapped_group_add(compiler, number, mappings.items + start, end - start);
        }
        vector_clear(&mappings);
        COMPILED_ORGANIZATION(compiler, number)->mapped_groups =
                (ImageRange){ first, compiler_count(compiler, IMAGE_MAPPED_GROUPS) - first };
}

static void break_glass_fill(Compiler *compiler, const ModelHostSettings *settings)
{
        uint32_t *names = compiler_append(compiler, IMAGE_BREAK_GLASS, settings->break_glass.count);
        for (uint32_t i = 0; i < settings->break_glass.count && names; i++)
                names[i] = compiler_string(compiler, settings->break_glass.items[i].name);
}

/* A session rule for one of its services. */
typedef struct ServiceRule {
        const char *service;
        const ModelSessionRule *rule;
} ServiceRule;

static int service_compare(const void *left, const void *right)
{
        const ServiceRule *a = left, *b = right;
        return strcmp(a->service, b->service);
}

static void session_rules_fill(Compiler *compiler, const ModelHostSettings *settings)
{
        VECTOR_OF(ServiceRule) services = { 0 };
        for (uint32_t i = 0; i < settings->sessions.count; i++) {
                const ModelSessionRule *rule = &settings->sessions.items[i];
                for (uint32_t k = 0; k < rule->services.count; k++) {
                        ServiceRule *service = vector_append(&services);
                        if (service)
                                *service = (ServiceRule){ rule->services.items[k].name, rule };
                        else
                                compiler->error = -ENOMEM;
                }
        }
        if (services.count > 0)
                qsort(services.items, services.count, sizeof(*services.items), service_compare);
        ImageSessionRule *records = compiler_append(compiler, IMAGE_SESSION_RULES, services.count);
        for (size_t i = 0; i < services.count && records; i++) {
                const ModelSessionRule *rule = services.items[i].rule;
                bool of_role = rule->kind == SESSION_RULE_ROLE;
                bool of_permission = rule->kind == SESSION_RULE_PERMISSION;
                records[i] = (ImageSessionRule){
                        .service = compiler_string(compiler, services.items[i].service),
                        .kind = rule->kind,
                        .role = of_role ? rule->role.index : IMAGE_NONE,
                        .permission = of_permission ? rule->permission.index : IMAGE_NONE,
                        .at_door = rule->at_door,
                        .subject_is_caller = rule->subject_is_caller,
                        .place = compiled_place(rule->place),
                };
        }
        vector_clear(&services);
}

static void settings_fill(const Compiler *compiler, const ModelHostSettings *settings,
                          ImageSettings *record)
{
        *record = (ImageSettings){
                .host = IMAGE_NONE,
                .observe = settings->observe,
                .observe_until_s = settings->observe_until_s,
                .place = settings->stated ? compiled_place(settings->place)
                                          : (ImagePlace){ IMAGE_NONE, 0 },
                .sessions_need_journal = settings->sessions_need_journal,
                .unlocks_need_journal = settings->unlocks_need_journal,
                .clients = settings->daemon.clients,
                .clients_per_user = settings->daemon.clients_per_user,
                .requests_in_flight = settings->daemon.requests_in_flight,
                .requests_per_second = settings->daemon.requests_per_second,
                .requests_burst = settings->daemon.requests_burst,
                .request_seconds = settings->daemon.request_seconds,
                .journal_mebibytes = settings->daemon.journal_mebibytes,
                .clock_ahead_seconds = settings->daemon.clock_ahead_seconds,
                .clock_offline_days = settings->daemon.clock_offline_days,
        };
        for (size_t i = 0; i < EVENT_CLASS_COUNT; i++)
                record->retention_days[i] = settings->daemon.retention_days[i];
        if (settings->host.name)
                record->host =
                        COMPILED_ORGANIZATION(compiler, settings->host_organization)->hosts.first +
                        settings->host.index;
}

int compile_settings(Compiler *compiler, ImageSettings *ret_settings)
{
        for (uint32_t i = 0; i < compiler->model->organizations.count && !compiler->error; i++)
                mapped_groups_fill(compiler, i);
        break_glass_fill(compiler, &compiler->model->settings);
        session_rules_fill(compiler, &compiler->model->settings);
        settings_fill(compiler, &compiler->model->settings, ret_settings);
        return compiler->error;
}
