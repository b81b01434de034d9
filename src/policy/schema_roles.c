/* SPDX-License-Identifier: MIT */
/*
 * Schema: an organization's own roles
 *
 * Entities, the custom roles that say what may be done with them, and the customizations of roles
 * of the catalogues. Whether names mean anything is checked later.
 */
#include "policy/schema_remark.h"

bool schema_read_entities(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                          void *target)
{
        LIST_OF(ModelEntity) *list = schema_member(key, target);
        ReferenceList names = { 0 };
        SchemaKey names_key = *key;
        names_key.offset = 0;
        bool good = schema_read_references(loader, &names_key, setting, &names);
        for (uint32_t i = 0; i < names.count; i++) {
                ModelEntity *entity = model_append(loader->model, list);
                if (!entity)
                        return schema_out_of_memory(loader);
                *entity = (ModelEntity){ names.items[i].name, names.items[i].place };
        }
        return good;
}

#define FIELD(member) offsetof(ModelEntityActions, member)
static const SchemaKey ENTITY_ACTIONS_KEYS[] = {
        { "entity", schema_read_reference, FIELD(entity), .flags = SCHEMA_IDENTITY },
        { "actions", schema_read_references, FIELD(actions),
          .flags = SCHEMA_REQUIRED | SCHEMA_NOT_EMPTY },
};
#undef FIELD

static const SchemaTable ENTITY_ACTIONS = {
        .title = "an entity of a custom role",
        .keys = ENTITY_ACTIONS_KEYS,
        .count = SCHEMA_COUNT(ENTITY_ACTIONS_KEYS),
        .item_size = sizeof(ModelEntityActions),
        .place = offsetof(ModelEntityActions, place),
};

#define FIELD(member) offsetof(ModelCustomRole, member)
static const SchemaKey CUSTOM_ROLE_KEYS[] = {
        { "name", schema_read_name, FIELD(name), .flags = SCHEMA_IDENTITY },
        { "title", schema_read_title, FIELD(title) },
        { "description", schema_read_title, FIELD(description) },
        { "entities", schema_read_list, FIELD(entities), .table = &ENTITY_ACTIONS },
};
#undef FIELD

const SchemaTable SCHEMA_CUSTOM_ROLE = {
        .title = "a custom role",
        .keys = CUSTOM_ROLE_KEYS,
        .count = SCHEMA_COUNT(CUSTOM_ROLE_KEYS),
        .item_size = sizeof(ModelCustomRole),
        .place = offsetof(ModelCustomRole, place),
};

static void customization_start(Loader *loader, void *item)
{
        ModelCustomization *customization = item;
        customization->remark = SCHEMA_REMARK_NONE;
        customization->managed = loader->kind == SOURCE_MANAGED;
}

#define FIELD(member) offsetof(ModelCustomization, member)
static const SchemaKey CUSTOMIZATION_KEYS[] = {
        { "role", schema_read_reference, FIELD(role), .flags = SCHEMA_IDENTITY },
        { "add", schema_read_references, FIELD(add) },
        { "remove", schema_read_references, FIELD(remove) },
        SCHEMA_REMARK_KEYS(ModelCustomization),
};
#undef FIELD

const SchemaTable SCHEMA_CUSTOMIZATION = {
        .title = "a customization",
        .keys = CUSTOMIZATION_KEYS,
        .count = SCHEMA_COUNT(CUSTOMIZATION_KEYS),
        .item_size = sizeof(ModelCustomization),
        .place = offsetof(ModelCustomization, place),
        .start = customization_start,
};
