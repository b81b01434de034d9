/* SPDX-License-Identifier: MIT */
/*
 * Check: exceptions
 *
 * Two exceptions of one door, or one access level, must not hold the same day: which one counts
 * would be an accident. Days that come from calendars count as those that are stated; they have
 * been read before.
 */
#include <stdlib.h>
#include <string.h>

#include "policy/check.h"
#include "policy/limits.h"
#include "util/timestamp.h"
#include "util/vector.h"

enum { SECONDS_OF_DAY = 24 * 60 * 60, DATE_SIZE = sizeof("9999-12-31") };

/* A day and the exception that holds it. */
typedef struct ExceptionDay {
        int32_t day;
        uint32_t exception;
} ExceptionDay;

/* Who has exceptions: a door or an access level. */
typedef struct ExceptionOwner {
        const char *what;
        const char *name;
        Place place;
        const ModelException *exceptions; /* of its kind */
} ExceptionOwner;

/* Numbers of exceptions, and the days of them all. */
typedef struct ExceptionDays {
        Check *check;
        const ModelOrganization *organization;
        VECTOR_OF(uint32_t) numbers, last; /* in hand; and before, found to be without conflict */
        VECTOR_OF(ExceptionDay) days;
} ExceptionDays;

static void exception_days_clear(ExceptionDays *days)
{
        vector_clear(&days->numbers);
        vector_clear(&days->last);
        vector_clear(&days->days);
}

static char *date_format(int32_t day, char text[static TIMESTAMP_TEXT_SIZE])
{
        timestamp_format((int64_t)day * SECONDS_OF_DAY, text);
        text[DATE_SIZE - 1] = '\0';
        return text;
}

static bool days_add(ExceptionDays *days, const ModelDays *list, uint32_t exception)
{
        for (uint32_t i = 0; i < list->count; i++) {
                ExceptionDay *day = vector_append(&days->days);
                if (!day) {
                        days->check->failed = true;
                        return false;
                }
                *day = (ExceptionDay){ list->items[i], exception };
        }
        return true;
}

static int day_compare(const void *left, const void *right)
{
        const ExceptionDay *a = left, *b = right;
        if (a->day != b->day)
                return a->day < b->day ? -1 : 1;
        return a->exception < b->exception ? -1 : a->exception > b->exception;
}

/* Collects and sorts the days of the exceptions in hand. */
static bool days_collect(ExceptionDays *days, const ModelException *exceptions)
{
        days->days.count = 0;
        for (size_t i = 0; i < days->numbers.count; i++) {
                uint32_t number = days->numbers.items[i];
                const ModelException *exception = &exceptions[number];
                if (!days_add(days, &exception->days, number))
                        return false;
                for (uint32_t k = 0; k < exception->calendars.count; k++) {
                        uint32_t calendar = exception->calendars.items[k].index;
                        if (calendar < days->organization->calendars.count &&
                            !days_add(days, &days->organization->calendars.items[calendar].days,
                                      number))
                                return false;
                }
        }
        if (days->days.count > 0)
                qsort(days->days.items, days->days.count, sizeof(days->days.items[0]), day_compare);
        return true;
}

static void conflict_report(const ExceptionDays *days, const ExceptionOwner *owner,
                            const ExceptionDay *one, const ExceptionDay *other)
{
        char date[TIMESTAMP_TEXT_SIZE], place[CHECK_PLACE_SIZE], other_place[CHECK_PLACE_SIZE];
        const ModelException *first = &owner->exceptions[one->exception];
        const ModelException *second = &owner->exceptions[other->exception];
        diagnostics_error(days->check->model->diagnostics, owner->place,
                          "exceptions \"%s\" (%s) and \"%s\" (%s) of %s \"%s\" both hold %s: take "
                          "the day out of one of them",
                          first->name, check_place(days->check, first->place, place), second->name,
                          check_place(days->check, second->place, other_place), owner->what,
                          owner->name, date_format(one->day, date));
}

/* Says whether there is none; a pair of exceptions is reported with the first day it shares. */
static bool conflicts_find(const ExceptionDays *days, const ExceptionOwner *owner)
{
        const ExceptionDay *items = days->days.items, *told = NULL;
        size_t different = 0;
        for (size_t i = 0; i < days->days.count; i++) {
                bool same_day = i > 0 && items[i].day == items[i - 1].day;
                different += !same_day;
                if (!same_day || items[i].exception == items[i - 1].exception)
                        continue;
                bool again = told && told[-1].exception == items[i - 1].exception &&
                             told->exception == items[i].exception;
                if (!again)
                        conflict_report(days, owner, &items[i - 1], &items[i]);
                told = &items[i];
        }
        if (different > EXCEPTION_DAYS_MAX)
                diagnostics_error(days->check->model->diagnostics, owner->place,
                                  "the exceptions of %s \"%s\" hold more than %d days", owner->what,
                                  owner->name, EXCEPTION_DAYS_MAX);
        return !told && different <= EXCEPTION_DAYS_MAX;
}

/* Most doors have the exceptions of the door before. */
static bool is_as_before(const ExceptionDays *days)
{
        size_t count = days->numbers.count;
        return count == days->last.count &&
               memcmp(days->numbers.items, days->last.items, count * sizeof(uint32_t)) == 0;
}

static void owner_check(ExceptionDays *days, const ExceptionOwner *owner)
{
        if (days->numbers.count == 0 || is_as_before(days))
                return;
        if (!days_collect(days, owner->exceptions))
                return;
        days->last.count = 0;
        bool good = conflicts_find(days, owner);
        for (size_t i = 0; good && i < days->numbers.count; i++) {
                uint32_t *slot = vector_append(&days->last);
                if (!slot) {
                        days->check->failed = true;
                        return;
                }
                *slot = days->numbers.items[i];
        }
}

static void number_add(ExceptionDays *days, uint32_t number)
{
        uint32_t *slot = vector_append(&days->numbers);
        if (slot)
                *slot = number;
        else
                days->check->failed = true;
}

static void doors_check(ExceptionDays *days, const OrganizationNames *names)
{
        const ModelOrganization *organization = days->organization;
        for (uint32_t i = 0; i < organization->doors.count && !days->check->failed; i++) {
                const ModelDoor *door = &organization->doors.items[i];
                const char *path = names->doors.names[i];
                ExceptionOwner owner = { "door", path ? path : door->name, door->place,
                                         organization->door_exceptions.items };
                days->numbers.count = 0;
                for (uint32_t k = 0; k < door->exceptions.count; k++)
                        if (door->exceptions.items[k].index != MODEL_NONE)
                                number_add(days, door->exceptions.items[k].index);
                owner_check(days, &owner);
        }
}

/* ---- Access levels: their exceptions name them ---- */

typedef struct LevelException {
        uint32_t level;
        uint32_t exception;
} LevelException;

typedef VECTOR_OF(LevelException) LevelExceptions;

static int level_compare(const void *left, const void *right)
{
        const LevelException *a = left, *b = right;
        if (a->level != b->level)
                return a->level < b->level ? -1 : 1;
        return a->exception < b->exception ? -1 : a->exception > b->exception;
}

static bool level_exceptions_collect(const ModelOrganization *organization, LevelExceptions *pairs)
{
        for (uint32_t i = 0; i < organization->access_exceptions.count; i++) {
                const ReferenceList *levels =
                        &organization->access_exceptions.items[i].access_levels;
                for (uint32_t k = 0; k < levels->count; k++) {
                        if (levels->items[k].index == MODEL_NONE)
                                continue;
                        LevelException *pair = vector_append(pairs);
                        if (!pair)
                                return false;
                        *pair = (LevelException){ levels->items[k].index, i };
                }
        }
        if (pairs->count > 0)
                qsort(pairs->items, pairs->count, sizeof(pairs->items[0]), level_compare);
        return true;
}

static void levels_check(ExceptionDays *days)
{
        const ModelOrganization *organization = days->organization;
        LevelExceptions pairs = { 0 };
        if (!level_exceptions_collect(organization, &pairs))
                days->check->failed = true;
        days->last.count = 0; /* those were numbers of another kind */
        for (size_t i = 0; i < pairs.count && !days->check->failed;) {
                uint32_t level = pairs.items[i].level;
                const ModelAccessLevel *item = &organization->access_levels.items[level];
                ExceptionOwner owner = { "access level", item->name, item->place,
                                         organization->access_exceptions.items };
                days->numbers.count = 0;
                for (; i < pairs.count && pairs.items[i].level == level; i++)
                        number_add(days, pairs.items[i].exception);
                owner_check(days, &owner);
        }
        vector_clear(&pairs);
}

/* ---- Exceptions one by one ---- */

static bool holds_a_day(const ModelOrganization *organization, const ModelException *exception)
{
        if (exception->days.count > 0)
                return true;
        for (uint32_t i = 0; i < exception->calendars.count; i++) {
                uint32_t calendar = exception->calendars.items[i].index;
                if (calendar >= organization->calendars.count ||
                    organization->calendars.items[calendar].days.count > 0)
                        return true;
        }
        return false;
}

/* Days of the week, bit 0 Monday. 1970-01-01 was a Thursday. */
static uint32_t days_of_week(const ModelDays *days)
{
        uint32_t bits = 0;
        for (uint32_t i = 0; i < days->count; i++)
                bits |= 1u << (((days->items[i] + 3) % 7 + 7) % 7);
        return bits;
}

/* The days of the week that a window touches; one over midnight also those after its own. */
static uint32_t days_of_window(const ModelWindow *window)
{
        bool over_midnight = window->minute_to < window->minute_from && window->minute_to > 0;
        uint32_t next = over_midnight ? (window->days << 1 | window->days >> 6) & 0x7f : 0;
        return window->days | next;
}

/* Warns of windows that lie on none of the days. Days of calendars may be any. */
static void windows_apply(Check *check, const ModelException *exception)
{
        uint32_t days = days_of_week(&exception->days);
        for (uint32_t i = 0; i < exception->weekly.count && exception->calendars.count == 0; i++) {
                const ModelWindow *window = &exception->weekly.items[i];
                if ((days_of_window(window) & days) == 0)
                        diagnostics_warning(check->model->diagnostics, window->place,
                                            "this window has no effect: none of the \"dates\" of "
                                            "exception \"%s\" falls on its \"days\"",
                                            exception->name);
        }
}

static void exception_check(Check *check, const ModelOrganization *organization,
                            const OrganizationNames *names, ModelException *exception)
{
        Diagnostics *diagnostics = check->model->diagnostics;
        const char *kind = exception->kind == SCHEDULE_KIND_DOOR ? "door" : "access";
        check_references(check, &names->calendars, &exception->calendars);
        check_references(check, &names->access_levels, &exception->access_levels);
        check_windows(check, &exception->weekly);
        /* What has an error in it may not be in its list. */
        if (diagnostics_errors(diagnostics) > 0)
                return;
        if (!holds_a_day(organization, exception))
                diagnostics_warning(diagnostics, exception->place,
                                    "%s exception \"%s\" has no effect: neither \"dates\" nor "
                                    "\"calendars\" give it a day",
                                    kind, exception->name);
        else if (exception->kind == SCHEDULE_KIND_ACCESS && exception->access_levels.count == 0)
                diagnostics_warning(diagnostics, exception->place,
                                    "access exception \"%s\" has no effect: it names no \"%s\"",
                                    exception->name, "access_levels");
        else
                windows_apply(check, exception);
}

void check_exceptions(Check *check, ModelOrganization *organization, const OrganizationNames *names)
{
        ExceptionDays days = { .check = check, .organization = organization };
        check_count(check, organization->calendars.count, CALENDARS_MAX, "calendars",
                    organization->place);
        check_count(check, organization->door_exceptions.count, SCHEDULES_MAX, "door exceptions",
                    organization->place);
        check_count(check, organization->access_exceptions.count, SCHEDULES_MAX,
                    "access exceptions", organization->place);
        for (uint32_t i = 0; i < organization->door_exceptions.count; i++)
                exception_check(check, organization, names,
                                &organization->door_exceptions.items[i]);
        for (uint32_t i = 0; i < organization->access_exceptions.count; i++)
                exception_check(check, organization, names,
                                &organization->access_exceptions.items[i]);
        doors_check(&days, names);
        levels_check(&days);
        exception_days_clear(&days);
}
