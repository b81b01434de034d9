/* SPDX-License-Identifier: MIT */
/* Schema: uids, see schema_uid.h. */
#include "policy/schema_uid.h"

enum {
        UID_DYNAMIC_FIRST = 61184, /* systemd's DynamicUser=: another program tomorrow */
        UID_DYNAMIC_LAST = 65519,
        UID_NOBODY = 65534,  /* whoever has no uid here, and every caller under PrivateUsers= */
        UID_NONE_16 = 65535, /* (uid_t)-1 of 16 bits */
};

bool schema_uid_is_transient(uint32_t uid)
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

bool schema_read_uid_of_person(Loader *loader, const SchemaKey *key,
                               const config_setting_t *setting, void *target)
{
        if (!uid_read(loader, key, setting, target))
                return false;
        uint32_t uid = *(uint32_t *)schema_member(key, target);
        if (schema_uid_is_transient(uid))
                diagnostics_warning(loader->model->diagnostics, schema_place(loader, setting),
                                    "uid %u does not belong to one person: the system gives it "
                                    "to programs as they come",
                                    uid);
        return true;
}

bool schema_read_uid_of_program(Loader *loader, const SchemaKey *key,
                                const config_setting_t *setting, void *target)
{
        if (!uid_read(loader, key, setting, target))
                return false;
        uint32_t uid = *(uint32_t *)schema_member(key, target);
        if (schema_uid_is_transient(uid))
                return schema_error(loader, setting,
                                    "uid %u does not belong to one program: the system gives it "
                                    "to programs as they come",
                                    uid);
        return true;
}
