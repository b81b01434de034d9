/* SPDX-License-Identifier: MIT */
/* Schema: lockdowns. */
#include "policy/limits.h"
#include "policy/schema_schedules.h"

enum { SECONDS_OF_MINUTE = 60, DEFAULT_RANK = 100 };

static const char *mode_word(unsigned index, uint32_t *ret_value)
{
        static const struct {
                const char *name;
                DoorMode mode;
        } WORDS[] = {
                { "locked-down", DOOR_MODE_LOCKED_DOWN },
                { "locked-open", DOOR_MODE_LOCKED_OPEN },
        };
        if (index >= SCHEMA_COUNT(WORDS))
                return NULL;
        *ret_value = WORDS[index].mode;
        return WORDS[index].name;
}

static bool read_minutes(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                         void *target)
{
        uint32_t *seconds = schema_member(key, target);
        if (!schema_read_number(loader, key, setting, target))
                return false;
        *seconds *= SECONDS_OF_MINUTE;
        return true;
}

#define FIELD(member) offsetof(ModelPeopleList, member)
static const SchemaKey PEOPLE_LIST_KEYS[] = {
        { "users", schema_read_references, FIELD(users), .form = FORM_USER },
        { "groups", schema_read_references, FIELD(groups) },
        { "access_groups", schema_read_references, FIELD(access_groups) },
};
#undef FIELD

static const SchemaTable PEOPLE_LIST = {
        .title = "the people of a lockdown",
        .keys = PEOPLE_LIST_KEYS,
        .count = SCHEMA_COUNT(PEOPLE_LIST_KEYS),
};

static void lockdown_start(Loader *loader, void *item)
{
        ModelLockdown *lockdown = item;
        lockdown->mode = DOOR_MODE_LOCKED_DOWN;
        lockdown->rank = DEFAULT_RANK;
}

#define FIELD(member) offsetof(ModelLockdown, member)
static const SchemaKey LOCKDOWN_KEYS[] = {
        { "name", schema_read_name, FIELD(name), .flags = SCHEMA_IDENTITY },
        { "title", schema_read_title, FIELD(title) },
        { "doors", schema_read_references, FIELD(doors), .form = FORM_DOOR_PATH },
        { "sites", schema_read_references, FIELD(sites), .form = FORM_SITE_PATH },
        { "mode", schema_read_word, FIELD(mode), .words = mode_word },
        { "rank", schema_read_number, FIELD(rank), .maximum = LOCKDOWN_RANK_MAX },
        { "automatic_end_minutes", read_minutes, FIELD(automatic_end_s), .minimum = 1,
          .maximum = LOCKDOWN_SECONDS_MAX / SECONDS_OF_MINUTE },
        { "trigger", schema_read_group, FIELD(trigger), FIELD(trigger.place),
          .table = &PEOPLE_LIST },
        { "release", schema_read_group, FIELD(release), FIELD(release.place),
          .table = &PEOPLE_LIST },
        { "unlock", schema_read_group, FIELD(unlock), FIELD(unlock.place), .table = &PEOPLE_LIST },
};
#undef FIELD

const SchemaTable SCHEMA_LOCKDOWN = {
        .title = "a lockdown",
        .keys = LOCKDOWN_KEYS,
        .count = SCHEMA_COUNT(LOCKDOWN_KEYS),
        .item_size = sizeof(ModelLockdown),
        .place = offsetof(ModelLockdown, place),
        .start = lockdown_start,
};
