/* SPDX-License-Identifier: MIT */
/* Schema: readers of times, dates, times of the day and time zones. */
#include "policy/schema_schedules.h"

#include <errno.h>
#include <string.h>

#include "util/timestamp.h"

enum { ESCAPED_SIZE = 128, ZONE_SIZE_MAX = 64, MINUTES_A_DAY = 24 * 60 };

/* Reports a text that is none of what was wanted. Return: false. */
static bool form_report(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                        Text text, int problem, const char *wanted)
{
        char escaped[ESCAPED_SIZE];
        text_escape(text, escaped, sizeof(escaped));
        if (problem == -ERANGE)
                return schema_error(loader, setting, "\"%s\" in \"%s\" does not exist", escaped,
                                    key->name);
        return schema_error(loader, setting, "\"%s\" in \"%s\" is not %s", escaped, key->name,
                            wanted);
}

bool schema_read_time(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                      void *target)
{
        Text text;
        if (!schema_is_string(loader, key, setting, &text))
                return false;
        int problem = timestamp_parse(text, schema_member(key, target));
        if (problem)
                return form_report(loader, key, setting, text, problem,
                                   "a time such as 2026-06-01T09:00:00Z");
        if (key->extra)
                *(Place *)schema_extra(key, target) = schema_place(loader, setting);
        return true;
}

bool schema_read_dates(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                       void *target)
{
        ModelDays *list = schema_member(key, target);
        bool good = true;
        if (!schema_is_list_of_strings(loader, key, setting))
                return false;
        for (int i = 0; i < config_setting_length(setting); i++) {
                const config_setting_t *element = config_setting_get_elem(setting, (unsigned)i);
                Text text;
                int32_t days;
                if (!schema_is_string(loader, key, element, &text)) {
                        good = false;
                        continue;
                }
                int problem = timestamp_parse_date(text, &days);
                if (problem) {
                        good = form_report(loader, key, element, text, problem,
                                           "a date such as 2026-12-25");
                        continue;
                }
                int32_t *slot = model_append(loader->model, list);
                if (!slot)
                        return schema_out_of_memory(loader);
                *slot = days;
        }
        return good;
}

static bool minute_read(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                        void *target, unsigned maximum)
{
        Text text;
        unsigned minute;
        if (!schema_is_string(loader, key, setting, &text))
                return false;
        int problem = timestamp_parse_minute(text, &minute);
        if (problem == 0 && minute > maximum)
                problem = -ERANGE;
        if (problem)
                return form_report(loader, key, setting, text, problem,
                                   "a time of the day such as 08:00");
        *(uint32_t *)schema_member(key, target) = minute;
        return true;
}

bool schema_read_minute_from(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                             void *target)
{
        return minute_read(loader, key, setting, target, MINUTES_A_DAY - 1);
}

bool schema_read_minute_to(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                           void *target)
{
        return minute_read(loader, key, setting, target, MINUTES_A_DAY);
}

/* The form of a name in the time zone database; whether the zone exists is another question. */
static bool is_zone(Text text)
{
        if (text.size == 0 || text.size > ZONE_SIZE_MAX || text.data[0] == '/')
                return false;
        for (size_t i = 0; i < text.size; i++) {
                char byte = text.data[i];
                bool letter = (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
                bool other = (byte >= '0' && byte <= '9') || byte == '/' || byte == '_' ||
                             byte == '-' || byte == '+';
                if (!letter && !other)
                        return false;
        }
        return true;
}

bool schema_read_zone(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                      void *target)
{
        Text text;
        if (!schema_is_string(loader, key, setting, &text))
                return false;
        if (!is_zone(text))
                return form_report(loader, key, setting, text, -EINVAL,
                                   "a time zone such as Europe/Berlin");
        const char *copy = arena_copy(loader->model->arena, text);
        if (!copy)
                return schema_out_of_memory(loader);
        *(const char **)schema_member(key, target) = copy;
        *(Place *)schema_extra(key, target) = schema_place(loader, setting);
        return true;
}

bool schema_interval_check(Loader *loader, const config_setting_t *group, const Interval *interval)
{
        char from[TIMESTAMP_TEXT_SIZE], until[TIMESTAMP_TEXT_SIZE];
        if (interval->from_s < interval->until_s)
                return true;
        return schema_error(loader, group, "the interval ends (%s) before it starts (%s)",
                            timestamp_format(interval->until_s, until),
                            timestamp_format(interval->from_s, from));
}
