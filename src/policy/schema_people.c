/* SPDX-License-Identifier: MIT */
/* Schema: people and groups. */
#include "policy/card.h"
#include "policy/limits.h"
#include "policy/schema_assignments.h"
#include "policy/schema_uid.h"

/* unix_group or unix_gid; the target is a ModelUnixGroup. */
static bool unix_group_check(Loader *loader, const config_setting_t *group,
                             const ModelUnixGroup *unix_group)
{
        if (unix_group->name && unix_group->gid_stated)
                return schema_error(loader, group,
                                    "\"unix_group\" and \"unix_gid\" exclude each other");
        return true;
}

#define UNIX_GROUP_KEYS(type)                                                                      \
        { "unix_group", schema_read_name, offsetof(type, unix_group.name),                         \
          offsetof(type, unix_group.place), .form = FORM_USER },                                   \
        {                                                                                          \
                "unix_gid", schema_read_number, offsetof(type, unix_group.gid),                    \
                        offsetof(type, unix_group.gid_stated), .minimum = 1,                       \
                                                               .maximum = SCHEMA_ID_MAX            \
        }

/* ---- Groups ---- */

static bool group_finish(Loader *loader, const config_setting_t *group, void *item)
{
        ModelGroup *model_group = item;
        ModelUnixGroup *unix_group = &model_group->unix_group;
        model_group->mapped = unix_group->name || unix_group->gid_stated;
        if (unix_group->gid_stated)
                unix_group->place = schema_place(loader, group);
        return unix_group_check(loader, group, unix_group);
}

#define FIELD(member) offsetof(ModelGroup, member)
static const SchemaKey GROUP_KEYS[] = {
        { "name", schema_read_name, FIELD(name), .flags = SCHEMA_IDENTITY },
        { "title", schema_read_title, FIELD(title) },
        { "synced", schema_read_switch, FIELD(synced) },
        UNIX_GROUP_KEYS(ModelGroup),
        { "roles", schema_read_list, FIELD(roles), .table = &SCHEMA_GRANT },
};
#undef FIELD

const SchemaTable SCHEMA_GROUP = {
        .title = "a group",
        .keys = GROUP_KEYS,
        .count = SCHEMA_COUNT(GROUP_KEYS),
        .item_size = sizeof(ModelGroup),
        .place = offsetof(ModelGroup, place),
        .finish = group_finish,
};

/* The same keys without the last one: an access group holds no roles. */
const SchemaTable SCHEMA_ACCESS_GROUP = {
        .title = "an access group",
        .keys = GROUP_KEYS,
        .count = SCHEMA_COUNT(GROUP_KEYS) - 1,
        .item_size = sizeof(ModelGroup),
        .place = offsetof(ModelGroup, place),
        .finish = group_finish,
};

static bool people_finish(Loader *loader, const config_setting_t *group, void *item)
{
        ModelPeople *people = item;
        if (!people->unix_group.name && !people->unix_group.gid_stated)
                return schema_error(loader, group,
                                    "missing key \"unix_group\" (or \"unix_gid\") in people");
        if (people->unix_group.gid_stated)
                people->unix_group.place = schema_place(loader, group);
        return unix_group_check(loader, group, &people->unix_group);
}

#define FIELD(member) offsetof(ModelPeople, member)
static const SchemaKey PEOPLE_KEYS[] = {
        UNIX_GROUP_KEYS(ModelPeople),
        { "groups", schema_read_references, FIELD(groups) },
        { "access_groups", schema_read_references, FIELD(access_groups) },
};
#undef FIELD

const SchemaTable SCHEMA_PEOPLE = {
        .title = "people",
        .keys = PEOPLE_KEYS,
        .count = SCHEMA_COUNT(PEOPLE_KEYS),
        .item_size = sizeof(ModelPeople),
        .place = offsetof(ModelPeople, place),
        .whole = true,
        .finish = people_finish,
};

/* ---- Users ---- */

static bool access_finish(Loader *loader, const config_setting_t *group, void *item)
{
        return schema_interval_check(loader, group, &((ModelUser *)item)->access);
}

static bool card_read(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                      ModelUser *user)
{
        Text text;
        uint64_t number;
        if (!schema_is_string(loader, key, setting, &text))
                return false;
        if (!card_parse(text, &number))
                return schema_error(loader, setting,
                                    "a card in \"%s\" must be a number of at most 20 digits, "
                                    "without leading zeros",
                                    key->name);
        ModelCard *card = model_append(loader->model, &user->cards);
        if (!card)
                return schema_out_of_memory(loader);
        *card = (ModelCard){ number, schema_place(loader, setting) };
        return true;
}

static bool read_cards(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                       void *target)
{
        if (!schema_is_list_of_strings(loader, key, setting))
                return false;
        int length = config_setting_length(setting);
        if (length > CARDS_MAX)
                return schema_error(loader, setting, "\"%s\" has more than %d entries", key->name,
                                    CARDS_MAX);
        bool good = true;
        for (int i = 0; i < length && !loader->out_of_memory; i++)
                good &= card_read(loader, key, config_setting_get_elem(setting, (unsigned)i),
                                  target);
        return good;
}

#define FIELD(member) offsetof(ModelUser, member)
static const SchemaKey ACCESS_KEYS[] = {
        { "suspended", schema_read_switch, FIELD(suspended) },
        { "from", schema_read_time, FIELD(access.from_s) },
        { "until", schema_read_time, FIELD(access.until_s) },
};

static const SchemaTable ACCESS = {
        .title = "a user's access",
        .keys = ACCESS_KEYS,
        .count = SCHEMA_COUNT(ACCESS_KEYS),
        .finish = access_finish,
};

static void user_start(Loader *loader, void *item)
{
        ModelUser *user = item;
        user->member = true;
        user->remote_unlock = true;
        user->access = (Interval){ TIMESTAMP_MIN, TIMESTAMP_MAX };
}

static const SchemaKey USER_KEYS[] = {
        { "name", schema_read_name, FIELD(name), .form = FORM_USER, .flags = SCHEMA_IDENTITY },
        { "title", schema_read_title, FIELD(title) },
        { "uid", schema_read_uid_of_person, FIELD(uid), FIELD(uid_stated), .minimum = 1,
          .maximum = SCHEMA_ID_MAX },
        { "member", schema_read_switch, FIELD(member) },
        { "synced", schema_read_switch, FIELD(synced) },
        { "remote_unlock", schema_read_switch, FIELD(remote_unlock), FIELD(remote_unlock_place) },
        { "extended_time", schema_read_switch, FIELD(extended_time) },
        { "groups", schema_read_references, FIELD(groups) },
        { "access_groups", schema_read_references, FIELD(access_groups) },
        { "cards", read_cards },
        { "access", schema_read_group, 0, FIELD(access_place), .table = &ACCESS },
        { "roles", schema_read_list, FIELD(roles), .table = &SCHEMA_GRANT },
};
#undef FIELD

const SchemaTable SCHEMA_USER = {
        .title = "a user",
        .keys = USER_KEYS,
        .count = SCHEMA_COUNT(USER_KEYS),
        .item_size = sizeof(ModelUser),
        .place = offsetof(ModelUser, place),
        .start = user_start,
};
