/* SPDX-License-Identifier: MIT */
/*
 * Schema: people, groups, callers
 *
 * Uids and gids that the system keeps for itself are refused or warned of here: a policy that maps
 * one of them to a person would let in whoever happens to run under it.
 */
#include "policy/schema.h"

#include "policy/schema_assignments.h"

/* ---- Numbers of users and groups ---- */

enum {
        UID_DYNAMIC_FIRST = 61184, /* systemd's DynamicUser=: another program tomorrow */
        UID_DYNAMIC_LAST = 65519,
        UID_NOBODY = 65534,  /* whoever has no uid here, and every caller under PrivateUsers= */
        UID_NONE_16 = 65535, /* (uid_t)-1 of 16 bits */
};
#define ID_MAX (UINT32_MAX - 1) /* (uid_t)-1 means "none" */

static bool uid_is_transient(uint32_t uid)
{
        return (uid >= UID_DYNAMIC_FIRST && uid <= UID_DYNAMIC_LAST) || uid == UID_NOBODY;
}

static bool uid_read(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                     void *target)
{
        if (!schema_read_number(loader, key, setting, target))
                return false;
        if (*(uint32_t *)schema_member(key, target) == UID_NONE_16)
                return schema_error(loader, setting, "uid %d stands for no user", UID_NONE_16);
        return true;
}

static bool read_user_uid(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                          void *target)
{
        if (!uid_read(loader, key, setting, target))
                return false;
        uint32_t uid = *(uint32_t *)schema_member(key, target);
        if (uid_is_transient(uid))
                diagnostics_warning(loader->model->diagnostics, schema_place(loader, setting),
                                    "uid %u does not belong to one person: the system gives it "
                                    "to programs as they come",
                                    uid);
        return true;
}

static bool read_caller_uid(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                            void *target)
{
        if (!uid_read(loader, key, setting, target))
                return false;
        uint32_t uid = *(uint32_t *)schema_member(key, target);
        if (uid_is_transient(uid))
                return schema_error(loader, setting,
                                    "uid %u does not belong to one program: the system gives it "
                                    "to programs as they come",
                                    uid);
        return true;
}

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
                        offsetof(type, unix_group.gid_stated), .minimum = 1, .maximum = ID_MAX     \
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
        { "uid", read_user_uid, FIELD(uid), FIELD(uid_stated), .minimum = 1, .maximum = ID_MAX },
        { "member", schema_read_switch, FIELD(member) },
        { "synced", schema_read_switch, FIELD(synced) },
        { "remote_unlock", schema_read_switch, FIELD(remote_unlock), FIELD(remote_unlock_place) },
        { "extended_time", schema_read_switch, FIELD(extended_time) },
        { "groups", schema_read_references, FIELD(groups) },
        { "access_groups", schema_read_references, FIELD(access_groups) },
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

/* ---- Callers ---- */

static const char *may_word(unsigned index, uint32_t *ret_value)
{
        static const struct {
                const char *name;
                uint32_t right;
        } WORDS[] = {
                { "ask", CALLER_MAY_ASK },
                { "unlock", CALLER_MAY_UNLOCK },
                { "vouch", CALLER_MAY_VOUCH },
                { "events", CALLER_MAY_EVENTS },
                { "report", SCHEMA_WORD_UNSUPPORTED },
        };
        if (index >= SCHEMA_COUNT(WORDS))
                return NULL;
        *ret_value = WORDS[index].right;
        return WORDS[index].name;
}

#define FIELD(member) offsetof(ModelCaller, member)
static const SchemaKey CALLER_KEYS[] = {
        { "name", schema_read_name, FIELD(name), .flags = SCHEMA_IDENTITY },
        { "uid", read_caller_uid, FIELD(uid), .minimum = 1, .maximum = ID_MAX,
          .flags = SCHEMA_REQUIRED },
        /* No key: every site. An empty list would say "none" and mean "all". */
        { "sites", schema_read_references, FIELD(sites), .form = FORM_SITE_PATH,
          .flags = SCHEMA_NOT_EMPTY },
        { "may", schema_read_words, FIELD(may), .words = may_word,
          .flags = SCHEMA_REQUIRED | SCHEMA_NOT_EMPTY },
        { "certificate" },
};
#undef FIELD

const SchemaTable SCHEMA_CALLER = {
        .title = "a caller",
        .keys = CALLER_KEYS,
        .count = SCHEMA_COUNT(CALLER_KEYS),
        .item_size = sizeof(ModelCaller),
        .place = offsetof(ModelCaller, place),
        .whole = true,
};
