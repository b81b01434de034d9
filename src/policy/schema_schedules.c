/* SPDX-License-Identifier: MIT */
/*
 * Schema: schedules, exceptions and calendars
 *
 * Schedules and exceptions come in two kinds: those of doors say in each window which state the
 * door has, those of access only that access is on. Each kind has a table of its own, so that what
 * stands in the wrong one is told where it stands.
 */
#include "policy/schema_schedules.h"

#include "policy/limits.h"

const char *schema_door_state_word(unsigned index, uint32_t *ret_value)
{
        *ret_value = index;
        return index < DOOR_STATE_COUNT ? door_state_name((DoorState)index) : NULL;
}

/* ---- Windows ---- */

static const char *day_word(unsigned index, uint32_t *ret_value)
{
        static const char *const NAMES[] = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" };
        *ret_value = 1u << index;
        return index < SCHEMA_COUNT(NAMES) ? NAMES[index] : NULL;
}

/* to before from means over midnight; equal ones could mean a whole day or nothing. */
static bool window_finish(Loader *loader, const config_setting_t *group, void *item)
{
        const ModelWindow *window = item;
        if (window->minute_from == window->minute_to)
                return schema_error(loader, group,
                                    "a window must not end when it starts (a whole "
                                    "day is from 00:00 to 24:00)");
        return true;
}

static void window_start(Loader *loader, void *item)
{
        ((ModelWindow *)item)->state = DOOR_STATE_COUNT;
}

static bool refuse_state(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                         void *target)
{
        return schema_error(loader, setting,
                            "access is on in a window and has no \"%s\": what gives a door a state "
                            "stands in \"door_schedules\" or \"door_exceptions\"",
                            key->name);
}

#define FIELD(member) offsetof(ModelWindow, member)
#define WINDOW_KEYS                                                                                \
        { "days", schema_read_words, FIELD(days), .words = day_word, .flags = SCHEMA_REQUIRED },   \
                { "from", schema_read_minute_from, FIELD(minute_from), .flags = SCHEMA_REQUIRED }, \
        {                                                                                          \
                "to", schema_read_minute_to, FIELD(minute_to), .flags = SCHEMA_REQUIRED            \
        }
static const SchemaKey ACCESS_WINDOW_KEYS[] = { WINDOW_KEYS, { "state", refuse_state } };
static const SchemaKey DOOR_WINDOW_KEYS[] = {
        WINDOW_KEYS,
        { "state", schema_read_word, FIELD(state), .words = schema_door_state_word,
          .flags = SCHEMA_REQUIRED },
};
#undef FIELD

#define WINDOW_TABLE(name, list)                                                                   \
        {                                                                                          \
                .title = name, .keys = list, .count = SCHEMA_COUNT(list),                          \
                .item_size = sizeof(ModelWindow), .place = offsetof(ModelWindow, place),           \
                .start = window_start, .whole = true, .finish = window_finish                      \
        }
static const SchemaTable ACCESS_WINDOW = WINDOW_TABLE("a weekly window", ACCESS_WINDOW_KEYS);
static const SchemaTable DOOR_WINDOW = WINDOW_TABLE("a door's weekly window", DOOR_WINDOW_KEYS);

static bool read_weekly(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                        void *target)
{
        if (config_setting_is_aggregate(setting) &&
            config_setting_length(setting) > SCHEDULE_WINDOWS_MAX)
                return schema_error(loader, setting, "more than %d windows", SCHEDULE_WINDOWS_MAX);
        return schema_read_list(loader, key, setting, target);
}

/* ---- Schedules ---- */

static bool refuse_days(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                        void *target)
{
        return schema_error(loader, setting,
                            "\"%s\" does not stand in a schedule: days stand in "
                            "\"access_exceptions\" or \"door_exceptions\", which may name "
                            "\"calendars\"",
                            key->name);
}

#define FIELD(member) offsetof(ModelSchedule, member)
#define SCHEDULE_KEYS(window)                                                                      \
        { "name", schema_read_name, FIELD(name), .flags = SCHEMA_IDENTITY },                       \
                { "title", schema_read_title, FIELD(title) },                                      \
                { "timezone", schema_read_zone, FIELD(timezone), FIELD(timezone_place) },          \
                { "weekly", read_weekly, FIELD(weekly), .table = &(window) },                      \
                { "calendar", refuse_days }, { "calendars", refuse_days },                         \
        {                                                                                          \
                "holidays", refuse_days                                                            \
        }
static const SchemaKey ACCESS_SCHEDULE_KEYS[] = { SCHEDULE_KEYS(ACCESS_WINDOW) };
static const SchemaKey DOOR_SCHEDULE_KEYS[] = { SCHEDULE_KEYS(DOOR_WINDOW) };
#undef FIELD

const SchemaTable SCHEMA_SCHEDULE = {
        .title = "a schedule",
        .keys = ACCESS_SCHEDULE_KEYS,
        .count = SCHEMA_COUNT(ACCESS_SCHEDULE_KEYS),
        .item_size = sizeof(ModelSchedule),
        .place = offsetof(ModelSchedule, place),
};

static void door_schedule_start(Loader *loader, void *item)
{
        ((ModelSchedule *)item)->kind = SCHEDULE_KIND_DOOR;
}

const SchemaTable SCHEMA_DOOR_SCHEDULE = {
        .title = "a door schedule",
        .keys = DOOR_SCHEDULE_KEYS,
        .count = SCHEMA_COUNT(DOOR_SCHEDULE_KEYS),
        .item_size = sizeof(ModelSchedule),
        .place = offsetof(ModelSchedule, place),
        .start = door_schedule_start,
};

/* ---- Exceptions ---- */

#define FIELD(member) offsetof(ModelException, member)
#define EXCEPTION_KEYS(window)                                                                     \
        { "name", schema_read_name, FIELD(name), .flags = SCHEMA_IDENTITY },                       \
                { "title", schema_read_title, FIELD(title) },                                      \
                { "dates", schema_read_dates, FIELD(days) },                                       \
                { "calendars", schema_read_references, FIELD(calendars) },                         \
        {                                                                                          \
                "weekly", read_weekly, FIELD(weekly), .table = &(window)                           \
        }
static const SchemaKey ACCESS_EXCEPTION_KEYS[] = {
        EXCEPTION_KEYS(ACCESS_WINDOW),
        { "access_levels", schema_read_references, FIELD(access_levels) },
        { "state", refuse_state },
};
static const SchemaKey DOOR_EXCEPTION_KEYS[] = {
        EXCEPTION_KEYS(DOOR_WINDOW),
        { "state", schema_read_word, FIELD(state), .words = schema_door_state_word,
          .flags = SCHEMA_REQUIRED },
};
#undef FIELD

const SchemaTable SCHEMA_ACCESS_EXCEPTION = {
        .title = "an access exception",
        .keys = ACCESS_EXCEPTION_KEYS,
        .count = SCHEMA_COUNT(ACCESS_EXCEPTION_KEYS),
        .item_size = sizeof(ModelException),
        .place = offsetof(ModelException, place),
};

static void door_exception_start(Loader *loader, void *item)
{
        ((ModelException *)item)->kind = SCHEDULE_KIND_DOOR;
}

const SchemaTable SCHEMA_DOOR_EXCEPTION = {
        .title = "a door exception",
        .keys = DOOR_EXCEPTION_KEYS,
        .count = SCHEMA_COUNT(DOOR_EXCEPTION_KEYS),
        .item_size = sizeof(ModelException),
        .place = offsetof(ModelException, place),
        .start = door_exception_start,
};

/* ---- Calendars ---- */

/* What stands in the file is read once all files of text are. */
#define FIELD(member) offsetof(ModelCalendar, member)
static const SchemaKey CALENDAR_KEYS[] = {
        { "name", schema_read_name, FIELD(name), .flags = SCHEMA_IDENTITY },
        { "title", schema_read_title, FIELD(title) },
        { "file", schema_read_name, FIELD(file), FIELD(file_place), .form = FORM_CALENDAR_FILE,
          .flags = SCHEMA_IDENTITY },
};
#undef FIELD

const SchemaTable SCHEMA_CALENDAR = {
        .title = "a calendar",
        .keys = CALENDAR_KEYS,
        .count = SCHEMA_COUNT(CALENDAR_KEYS),
        .item_size = sizeof(ModelCalendar),
        .place = offsetof(ModelCalendar, place),
};
