/* SPDX-License-Identifier: MIT */
/* Schema: callers and fronts, see schema_callers.h. */
#include "policy/schema_callers.h"

#include "policy/schema_uid.h"

/* ---- Callers ---- */

static const char *may_word(unsigned index, uint32_t *ret_value)
{
        *ret_value = UINT32_C(1) << index;
        return caller_right_name((CallerRight)*ret_value);
}

static bool read_certificate(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                             void *target)
{
        Text text;
        if (!schema_is_string(loader, key, setting, &text))
                return false;
        if (!fingerprint_parse(text, schema_member(key, target)))
                return schema_error(loader, setting,
                                    "\"%s\" must be \"sha256:\" and 64 digits of 0-9 a-f, the "
                                    "fingerprint of a certificate",
                                    key->name);
        *(bool *)schema_extra(key, target) = true;
        return true;
}

static bool caller_finish(Loader *loader, const config_setting_t *group, void *item)
{
        const ModelCaller *caller = item;
        if (!caller->uid_stated && !caller->certificate_stated)
                return schema_error(loader, group,
                                    "a caller needs a \"certificate\", a \"uid\" or both");
        return true;
}

#define FIELD(member) offsetof(ModelCaller, member)
static const SchemaKey CALLER_KEYS[] = {
        { "name", schema_read_name, FIELD(name), .flags = SCHEMA_IDENTITY },
        { "title", schema_read_title, FIELD(title) },
        { "certificate", read_certificate, FIELD(certificate), FIELD(certificate_stated) },
        { "uid", schema_read_uid_of_program, FIELD(uid), FIELD(uid_stated), .minimum = 1,
          .maximum = SCHEMA_ID_MAX },
        /* No key: every site. An empty list would say "none" and mean "all". */
        { "sites", schema_read_references, FIELD(sites), .form = FORM_SITE_PATH,
          .flags = SCHEMA_NOT_EMPTY },
        { "may", schema_read_words, FIELD(may), .words = may_word,
          .flags = SCHEMA_REQUIRED | SCHEMA_NOT_EMPTY },
};
#undef FIELD

const SchemaTable SCHEMA_CALLER = {
        .title = "a caller",
        .keys = CALLER_KEYS,
        .count = SCHEMA_COUNT(CALLER_KEYS),
        .item_size = sizeof(ModelCaller),
        .place = offsetof(ModelCaller, place),
        .whole = true,
        .finish = caller_finish,
};

/* ---- Fronts ---- */

static bool front_finish(Loader *loader, const config_setting_t *group, void *item)
{
        ModelFront *front = item;
        if (front->uid_known == (front->user != NULL))
                return schema_error(loader, group,
                                    "a front needs exactly one of \"user\" and \"uid\"");
        if (!front->name)
                front->name = front->user;
        if (!front->name)
                return schema_error(loader, group, "missing key \"name\" in a front");
        return true;
}

#define FIELD(member) offsetof(ModelFront, member)
static const SchemaKey FRONT_KEYS[] = {
        { "name", schema_read_name, FIELD(name), .form = FORM_USER },
        { "user", schema_read_name, FIELD(user), .form = FORM_USER },
        { "uid", schema_read_uid_of_program, FIELD(uid), FIELD(uid_known), .minimum = 1,
          .maximum = SCHEMA_ID_MAX },
};
#undef FIELD

const SchemaTable SCHEMA_FRONT = {
        .title = "a front",
        .keys = FRONT_KEYS,
        .count = SCHEMA_COUNT(FRONT_KEYS),
        .item_size = sizeof(ModelFront),
        .place = offsetof(ModelFront, place),
        .whole = true,
        .finish = front_finish,
};
