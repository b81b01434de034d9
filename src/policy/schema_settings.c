/* SPDX-License-Identifier: MIT */
/* Schema: doorward.conf, the settings of the daemon and this host's session rules. */
#include "policy/schema_callers.h"

/* ---- Session rules ---- */

static const char *resource_word(unsigned index, uint32_t *ret_value)
{
        *ret_value = true;
        return index == 0 ? "door" : NULL;
}

static const char *subject_word(unsigned index, uint32_t *ret_value)
{
        static const char *const NAMES[] = { "target", "caller" };
        *ret_value = index;
        return index < SCHEMA_COUNT(NAMES) ? NAMES[index] : NULL;
}

static bool read_exempt(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                        void *target)
{
        bool exempt;
        SchemaKey switch_key = *key;
        switch_key.offset = 0;
        if (!schema_read_switch(loader, &switch_key, setting, &exempt))
                return false;
        if (exempt)
                ((ModelSessionRule *)target)->kind = SESSION_RULE_EXEMPT;
        return true;
}

static void rule_start(Loader *loader, void *item)
{
        ModelSessionRule *rule = item;
        rule->role.index = MODEL_NONE;
        rule->permission.index = MODEL_NONE;
}

static bool rule_finish(Loader *loader, const config_setting_t *group, void *item)
{
        ModelSessionRule *rule = item;
        unsigned stated = (rule->role.name != NULL) + (rule->permission.name != NULL) +
                          (rule->kind == SESSION_RULE_EXEMPT);
        if (stated != 1)
                return schema_error(loader, group,
                                    "a session rule needs exactly one of \"role\", \"permission\" "
                                    "and \"exempt\" = true");
        if (rule->at_door && !rule->permission.name)
                return schema_error(loader, group, "\"resource\" needs a \"permission\"");
        if (rule->role.name)
                rule->kind = SESSION_RULE_ROLE;
        else if (rule->permission.name)
                rule->kind = SESSION_RULE_PERMISSION;
        return true;
}

#define FIELD(member) offsetof(ModelSessionRule, member)
static const SchemaKey RULE_KEYS[] = {
        { "services", schema_read_references, FIELD(services), .flags = SCHEMA_REQUIRED },
        { "role", schema_read_reference, FIELD(role) },
        { "permission", schema_read_reference, FIELD(permission) },
        { "resource", schema_read_word_switch, FIELD(at_door), .words = resource_word },
        { "subject", schema_read_word_switch, FIELD(subject_is_caller), .words = subject_word },
        { "exempt", read_exempt, 0 },
};
#undef FIELD

static const SchemaTable RULE = {
        .title = "a session rule",
        .keys = RULE_KEYS,
        .count = SCHEMA_COUNT(RULE_KEYS),
        .item_size = sizeof(ModelSessionRule),
        .place = offsetof(ModelSessionRule, place),
        .whole = true,
        .start = rule_start,
        .finish = rule_finish,
};

/* ---- Limits, journal, retention and clock ---- */

#define FIELD(member) offsetof(ModelHostSettings, daemon.member)
static const SchemaKey LIMIT_KEYS[] = {
        { "clients", schema_read_number, FIELD(clients), .minimum = 1, .maximum = 65536 },
        { "clients_per_user", schema_read_number, FIELD(clients_per_user), .minimum = 1,
          .maximum = 65536 },
        { "requests_in_flight", schema_read_number, FIELD(requests_in_flight), .minimum = 1,
          .maximum = 65536 },
        { "requests_per_second", schema_read_number, FIELD(requests_per_second), .minimum = 1,
          .maximum = 1000000 },
        { "requests_burst", schema_read_number, FIELD(requests_burst), .minimum = 1,
          .maximum = 1000000 },
        { "request_seconds", schema_read_number, FIELD(request_seconds), .minimum = 1,
          .maximum = 3600 },
};

static const SchemaTable LIMITS = {
        .title = "limits",
        .keys = LIMIT_KEYS,
        .count = SCHEMA_COUNT(LIMIT_KEYS),
};

static const SchemaKey JOURNAL_KEYS[] = {
        { "size_max_mebibytes", schema_read_number, FIELD(journal_mebibytes), .minimum = 1,
          .maximum = 16777216 },
};

#define DAYS(name, event_class)                                                                    \
        {                                                                                          \
                name, schema_read_number, FIELD(retention_days[event_class]),                      \
                        .maximum = RETENTION_DAYS_MAX                                              \
        }
static const SchemaKey RETENTION_KEYS[] = {
        DAYS("movements", EVENT_CLASS_MOVEMENT),
        DAYS("sessions", EVENT_CLASS_SESSION),
        DAYS("administration", EVENT_CLASS_ADMINISTRATION),
        DAYS("alarms", EVENT_CLASS_ALARM),
        DAYS("questions", EVENT_CLASS_QUESTION),
};
#undef DAYS

static const SchemaTable RETENTION = {
        .title = "retention",
        .keys = RETENTION_KEYS,
        .count = SCHEMA_COUNT(RETENTION_KEYS),
};

static const SchemaKey CLOCK_KEYS[] = {
        { "ahead_seconds", schema_read_number, FIELD(clock_ahead_seconds), .minimum = 60,
          .maximum = 2592000 },
        { "offline_days", schema_read_number, FIELD(clock_offline_days), .minimum = 1,
          .maximum = 36500 },
};
#undef FIELD

static const SchemaTable CLOCK = {
        .title = "clock",
        .keys = CLOCK_KEYS,
        .count = SCHEMA_COUNT(CLOCK_KEYS),
};

static const SchemaTable JOURNAL = {
        .title = "journal",
        .keys = JOURNAL_KEYS,
        .count = SCHEMA_COUNT(JOURNAL_KEYS),
};

/* The value says whether the journal is needed. */
static const char *failure_word(unsigned index, uint32_t *ret_value)
{
        static const char *const NAMES[] = { "allow", "deny" };
        *ret_value = index;
        return index < SCHEMA_COUNT(NAMES) ? NAMES[index] : NULL;
}

#define FIELD(member) offsetof(ModelHostSettings, member)
static const SchemaKey JOURNAL_FAILURE_KEYS[] = {
        { "sessions", schema_read_word_switch, FIELD(sessions_need_journal),
          .words = failure_word },
        { "unlocks", schema_read_word_switch, FIELD(unlocks_need_journal), .words = failure_word },
};

static const SchemaTable JOURNAL_FAILURE = {
        .title = "journal_failure",
        .keys = JOURNAL_FAILURE_KEYS,
        .count = SCHEMA_COUNT(JOURNAL_FAILURE_KEYS),
};

/* ---- The file ---- */

static const char *enforcement_word(unsigned index, uint32_t *ret_value)
{
        static const char *const NAMES[] = { "enforce", "observe" };
        *ret_value = index;
        return index < SCHEMA_COUNT(NAMES) ? NAMES[index] : NULL;
}

static bool settings_finish(Loader *loader, const config_setting_t *group, void *item)
{
        const ModelHostSettings *settings = item;
        bool until_stated = settings->observe_place.file != PLACE_NO_FILE;
        if (settings->observe && !until_stated)
                return schema_error(loader, group,
                                    "\"enforcement\" = \"observe\" needs \"observe_until\"");
        if (!settings->observe && until_stated)
                diagnostics_warning(loader->model->diagnostics, settings->observe_place,
                                    "\"observe_until\" has no effect without \"enforcement\" = "
                                    "\"observe\"");
        return true;
}

static const SchemaKey SETTINGS_KEYS[] = {
        { "host", schema_read_reference, FIELD(host), .form = FORM_HOST_PATH },
        { "break_glass", schema_read_references, FIELD(break_glass), .form = FORM_USER },
        { "sessions", schema_read_list, FIELD(sessions), .table = &RULE },
        { "fronts", schema_read_list, FIELD(fronts), .table = &SCHEMA_FRONT },
        { "enforcement", schema_read_word_switch, FIELD(observe), .words = enforcement_word },
        { "observe_until", schema_read_time, FIELD(observe_until_s), FIELD(observe_place) },
        { "journal_failure", schema_read_group, 0, .table = &JOURNAL_FAILURE },
        { "limits", schema_read_group, 0, .table = &LIMITS },
        { "journal", schema_read_group, 0, .table = &JOURNAL },
        { "retention", schema_read_group, 0, .table = &RETENTION },
        { "clock", schema_read_group, 0, .table = &CLOCK },
};
#undef FIELD

const SchemaTable SCHEMA_SETTINGS_FILE = {
        .title = "doorward.conf",
        .keys = SETTINGS_KEYS,
        .count = SCHEMA_COUNT(SETTINGS_KEYS),
        .finish = settings_finish,
};
