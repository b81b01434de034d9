/* SPDX-License-Identifier: MIT */
/*
 * Schema: role catalogues
 *
 * permissions, roles and custom_roles, in any .conf file of a roles directory. An empty list is an
 * absent one; but "nobody" must not become "everybody" (holders), nor one empty alternative make
 * the others void.
 */
#include "policy/schema.h"

#include <string.h>

#include "policy/limits.h"

enum { RANK_MAX = 1000, ESCAPED_SIZE = 128 };

/* ---- Words ---- */

static const char *condition_word(unsigned index, uint32_t *ret_value)
{
        *ret_value = 1u << index;
        return index < CONDITION_COUNT ? condition_name((Condition)*ret_value) : NULL;
}

static const char *gate_word(unsigned index, uint32_t *ret_value)
{
        *ret_value = 1u << index;
        return index < GATE_COUNT ? gate_name((Gate)*ret_value) : NULL;
}

static const char *level_word(unsigned index, uint32_t *ret_value)
{
        *ret_value = index;
        return index <= ROLE_LEVEL_ACCOUNT ? role_level_name((RoleLevel)index) : NULL;
}

enum { HOLDER_USER = 1 << 0, HOLDER_GROUP = 1 << 1 };

static const char *holder_word(unsigned index, uint32_t *ret_value)
{
        static const char *const NAMES[] = { "user", "group" };
        *ret_value = 1u << index;
        return index < SCHEMA_COUNT(NAMES) ? NAMES[index] : NULL;
}

static const char *command_word(unsigned index, uint32_t *ret_value)
{
        *ret_value = index;
        return permission_command_name((PermissionCommand)index);
}

/* Keys that may have one value only: it stands for true. */
static const char *any_site_word(unsigned index, uint32_t *ret_value)
{
        *ret_value = true;
        return index == 0 ? "any-site" : NULL;
}

static const char *all_sites_word(unsigned index, uint32_t *ret_value)
{
        *ret_value = true;
        return index == 0 ? "all-sites" : NULL;
}

/* ---- Readers ---- */

static bool read_scopes(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                        void *target)
{
        Text text;
        char escaped[ESCAPED_SIZE];
        if (!schema_is_string(loader, key, setting, &text))
                return false;
        uint32_t scopes = scopes_from_text(text);
        if (scopes == 0)
                return schema_error(loader, setting,
                                    "\"%s\" in \"scope\" is no scope (organization, site, door, "
                                    "user, group, entity, account, or several joined by \" | \")",
                                    text_escape(text, escaped, sizeof(escaped)));
        *(uint32_t *)schema_member(key, target) = scopes;
        return true;
}

/* The member is user_may_hold, the one that goes with it group_may_hold. */
static bool read_holders(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                         void *target)
{
        uint32_t bits = 0;
        SchemaKey bits_key = *key;
        bits_key.offset = 0;
        bits_key.extra = 0;
        bool good = schema_read_words(loader, &bits_key, setting, &bits);
        *(bool *)schema_member(key, target) = bits & HOLDER_USER;
        *(bool *)schema_extra(key, target) = bits & HOLDER_GROUP;
        return good;
}

/* Checks the only value that "at" may have. */
static bool read_all_sites(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                           void *target)
{
        uint32_t ignored;
        return schema_word_find(loader, key, setting, &ignored);
}

/* One alternative: conditions that must all hold, at least one. */
static bool alternative_read(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                             uint32_t *ret_conditions)
{
        SchemaKey words_key = *key;
        words_key.offset = 0;
        words_key.flags |= SCHEMA_NOT_EMPTY;
        if (!schema_read_words(loader, &words_key, setting, ret_conditions))
                return false;
        if (config_setting_length(setting) > CONDITIONS_MAX)
                return schema_error(loader, setting, "more than %d conditions", CONDITIONS_MAX);
        return true;
}

/* when = [ "a", "b" ]: a and b; when = ( [ "a", "b" ], [ "c" ] ): (a and b) or c; when = [ ]:
 * always. */
static bool read_alternatives(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                              void *target)
{
        ModelEntry *entry = target;
        bool is_list = config_setting_is_list(setting);
        if (!is_list && !config_setting_is_array(setting))
                return schema_error(loader, setting,
                                    "\"when\" must be an array of conditions, or "
                                    "a list of such arrays");
        int length = config_setting_length(setting);
        if (length == 0)
                return true;
        uint32_t count = is_list ? (uint32_t)length : 1;
        if (count > ALTERNATIVES_MAX)
                return schema_error(loader, setting, "more than %d alternatives", ALTERNATIVES_MAX);
        entry->alternatives =
                arena_allocate(loader->model->arena, count * sizeof(*entry->alternatives));
        if (!entry->alternatives)
                return schema_out_of_memory(loader);
        bool good = true;
        for (uint32_t i = 0; i < count; i++) {
                const config_setting_t *one =
                        is_list ? config_setting_get_elem(setting, i) : setting;
                if (!config_setting_is_array(one))
                        good = schema_error(loader, one,
                                            "a list in \"when\" must hold arrays: "
                                            "( [ \"a\", \"b\" ], [ \"c\" ] )");
                else
                        good &= alternative_read(loader, key, one, &entry->alternatives[i]);
        }
        entry->alternatives_count = count;
        return good;
}

/* ---- Tables ---- */

static void permission_start(Loader *loader, void *item)
{
        ((ModelPermission *)item)->command = MODEL_NONE;
}

#define FIELD(member) offsetof(ModelPermission, member)
static const SchemaKey PERMISSION_KEYS[] = {
        { "name", schema_read_name, FIELD(name), .flags = SCHEMA_IDENTITY },
        { "scope", read_scopes, FIELD(scopes), .flags = SCHEMA_REQUIRED },
        { "title", schema_read_title, FIELD(title) },
        { "gates", schema_read_words, FIELD(gates), .words = gate_word },
        { "command", schema_read_word, FIELD(command), .words = command_word },
        { "customizable", schema_read_name, FIELD(customizable) },
        { "without_role", schema_read_words, FIELD(without_role), .words = condition_word },
};
#undef FIELD

static const SchemaTable PERMISSION = {
        .title = "a permission",
        .keys = PERMISSION_KEYS,
        .count = SCHEMA_COUNT(PERMISSION_KEYS),
        .item_size = sizeof(ModelPermission),
        .place = offsetof(ModelPermission, place),
        .start = permission_start,
};

#define FIELD(member) offsetof(ModelEntry, member)
static const SchemaKey ENTRY_KEYS[] = {
        { "name", schema_read_reference, FIELD(permission), .flags = SCHEMA_IDENTITY },
        { "when", read_alternatives, 0, .words = condition_word },
        { "also", schema_read_references, FIELD(also) },
        { "scope", read_scopes, FIELD(scopes) },
        { "reach", schema_read_word_switch, FIELD(any_site), .words = any_site_word },
};
#undef FIELD

/* An entry without one of its conditions would give more than it says. */
static const SchemaTable ENTRY = {
        .title = "a permission of a role",
        .keys = ENTRY_KEYS,
        .count = SCHEMA_COUNT(ENTRY_KEYS),
        .item_size = sizeof(ModelEntry),
        .place = offsetof(ModelEntry, place),
        .whole = true,
};

static const SchemaKey IMPLIED_KEYS[] = {
        { "role", schema_read_reference, 0, .flags = SCHEMA_IDENTITY },
        { "at", read_all_sites, 0, .words = all_sites_word, .flags = SCHEMA_REQUIRED },
};

static const SchemaTable IMPLIED = {
        .title = "an implied role",
        .keys = IMPLIED_KEYS,
        .count = SCHEMA_COUNT(IMPLIED_KEYS),
        .item_size = sizeof(Reference),
        .place = offsetof(Reference, place),
        .whole = true,
};

static void role_start(Loader *loader, void *item)
{
        ModelRole *role = item;
        role->ladder_index = MODEL_NONE;
        role->rank = MODEL_NONE;
        role->user_may_hold = true;
        role->group_may_hold = true;
}

static bool role_ready(Loader *loader, void *item)
{
        ModelRole *role = item;
        if (role->rank == MODEL_NONE && !role->ladder)
                role->rank = 0;
        return true;
}

static bool role_finish(Loader *loader, const config_setting_t *group, void *item)
{
        ModelRole *role = item;
        if (role->ladder && role->rank == MODEL_NONE) {
                role->rank = 0;
                return schema_error(loader, group, "a role in a \"ladder\" needs a \"rank\"");
        }
        if (!role->ladder && role->rank != 0)
                return schema_error(loader, group, "a \"rank\" needs a \"ladder\"");
        return true;
}

#define FIELD(member) offsetof(ModelRole, member)
static const SchemaKey ROLE_KEYS[] = {
        { "name", schema_read_name, FIELD(name), .flags = SCHEMA_IDENTITY },
        { "title", schema_read_title, FIELD(title) },
        { "description", schema_read_title, FIELD(description) },
        { "level", schema_read_word, FIELD(level), .words = level_word, .flags = SCHEMA_REQUIRED },
        { "ladder", schema_read_name, FIELD(ladder) },
        { "rank", schema_read_number, FIELD(rank), .maximum = RANK_MAX },
        { "holders", read_holders, FIELD(user_may_hold), FIELD(group_may_hold),
          .words = holder_word, .flags = SCHEMA_NOT_EMPTY },
        { "includes", schema_read_references, FIELD(includes) },
        { "implies", schema_read_list, FIELD(implies), .table = &IMPLIED },
        { "requires", schema_read_references, FIELD(requires) },
        { "legacy", schema_read_switch, FIELD(legacy) },
        { "administers_organization", schema_read_switch, FIELD(administers_organization) },
        { "frozen_until_migrated", schema_read_switch, FIELD(frozen_until_migrated) },
        { "every_member", schema_read_switch, FIELD(every_member) },
        { "customizable", schema_read_references, FIELD(customizable) },
        { "granted_with", schema_read_references, FIELD(granted_with) },
        { "revoked_with", schema_read_references, FIELD(revoked_with) },
        { "permissions", schema_read_list, FIELD(entries), .table = &ENTRY },
};
#undef FIELD

static const SchemaTable ROLE = {
        .title = "a role",
        .keys = ROLE_KEYS,
        .count = SCHEMA_COUNT(ROLE_KEYS),
        .item_size = sizeof(ModelRole),
        .place = offsetof(ModelRole, place),
        .start = role_start,
        .ready = role_ready,
        .finish = role_finish,
};

/* ---- Roles that organizations make for themselves ---- */

#define FIELD(member) offsetof(ModelAction, member)
static const SchemaKey ACTION_KEYS[] = {
        { "action", schema_read_name, FIELD(name), .flags = SCHEMA_IDENTITY },
        { "permission", schema_read_reference, FIELD(permission), .flags = SCHEMA_REQUIRED },
};
#undef FIELD

static const SchemaTable ACTION = {
        .title = "an action",
        .keys = ACTION_KEYS,
        .count = SCHEMA_COUNT(ACTION_KEYS),
        .item_size = sizeof(ModelAction),
        .place = offsetof(ModelAction, place),
};

#define FIELD(member) offsetof(ModelCustomRoles, member)
static const SchemaKey CUSTOM_ROLES_KEYS[] = {
        { "holders", read_holders, FIELD(user_may_hold), FIELD(group_may_hold),
          .words = holder_word, .flags = SCHEMA_NOT_EMPTY },
        { "granted_with", schema_read_references, FIELD(granted_with) },
        { "revoked_with", schema_read_references, FIELD(revoked_with) },
        { "actions", schema_read_list, FIELD(actions), .table = &ACTION,
          .flags = SCHEMA_REQUIRED | SCHEMA_NOT_EMPTY },
};
#undef FIELD

static const SchemaTable CUSTOM_ROLES = {
        .title = "custom_roles",
        .keys = CUSTOM_ROLES_KEYS,
        .count = SCHEMA_COUNT(CUSTOM_ROLES_KEYS),
};

/* The target is the model: what one catalogue says holds for all. */
static bool read_custom_roles(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                              void *target)
{
        ModelCustomRoles *custom_roles = schema_member(key, target);
        if (custom_roles->stated)
                return schema_error(
                        loader, setting, "duplicate \"custom_roles\": it already stands at %s:%u",
                        diagnostics_file_name(loader->model->diagnostics, custom_roles->place.file),
                        custom_roles->place.line);
        custom_roles->stated = true;
        custom_roles->place = schema_place(loader, setting);
        custom_roles->user_may_hold = true;
        custom_roles->group_may_hold = true;
        return schema_read_group(loader, key, setting, target);
}

static const SchemaKey CATALOGUE_KEYS[] = {
        { "permissions", schema_read_list, offsetof(Model, permissions), .table = &PERMISSION },
        { "roles", schema_read_list, offsetof(Model, roles), .table = &ROLE },
        { "custom_roles", read_custom_roles, offsetof(Model, custom_roles),
          .table = &CUSTOM_ROLES },
};

const SchemaTable SCHEMA_CATALOGUE_FILE = {
        .title = "a role catalogue",
        .keys = CATALOGUE_KEYS,
        .count = SCHEMA_COUNT(CATALOGUE_KEYS),
};
