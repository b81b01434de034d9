/* SPDX-License-Identifier: MIT */
/*
 * Compile: schedules, exceptions and time zones
 *
 * A schedule's windows become intervals of the local week, sorted, split at the week's end and
 * merged where they say the same and overlap or touch; zones become lists of offsets. The days of
 * several exceptions become one ascending list for the door or access level that has them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/compile.h"
#include "policy/weekly.h"
#include "policy/zone.h"
#include "util/vector.h"

/* Something compiled is known until then only; place: of a calendar. */
static void note_end(Compiler *compiler, int64_t until_s, Place place)
{
        if (until_s >= compiler->known_until_s)
                return;
        compiler->known_until_s = until_s;
        compiler->known_until_place = place;
}

/* Adds a zone that is not there yet. Return: its index, IMAGE_NONE after an error. */
static uint32_t zone_add(Compiler *compiler, const char *name, uint32_t name_string)
{
        _cleanup_free_ ImageTransition *transitions = NULL;
        uint32_t count = 0;
        int64_t until_s = 0;
        int result = zone_transitions(name, &transitions, &count, &until_s);
        if (result != 0) {
                compiler->error = result == -ENOENT ? COMPILE_NO_ZONE : result;
                return IMAGE_NONE;
        }
        ImageRange range = { compiler_count(compiler, IMAGE_TRANSITIONS), count };
        ImageTransition *stored = compiler_append(compiler, IMAGE_TRANSITIONS, count);
        ImageZone *zone = compiler_append(compiler, IMAGE_ZONES, 1);
        if (!stored || !zone)
                return IMAGE_NONE;
        memcpy(stored, transitions, count * sizeof(*stored));
        *zone = (ImageZone){ .name = name_string, .transitions = range, .until_s = until_s };
        note_end(compiler, until_s, (Place){ PLACE_NO_FILE, 1 });
        return compiler_count(compiler, IMAGE_ZONES) - 1;
}

uint32_t compiled_zone(Compiler *compiler, const char *name)
{
        uint32_t string = compiler_string(compiler, name);
        for (uint32_t i = 0; i < compiler_count(compiler, IMAGE_ZONES); i++)
                if (((ImageZone *)compiler_at(compiler, IMAGE_ZONES, i))->name == string)
                        return i;
        return compiler->error ? IMAGE_NONE : zone_add(compiler, name, string);
}

/* The windows of one schedule, while they are stored. */
typedef struct Windows {
        WeeklyInterval intervals[WEEKLY_INTERVALS_MAX];
        ImageWindow items[WEEKLY_INTERVALS_MAX];
        size_t count;
} Windows;

/* Intervals that say the same and overlap or touch become one. */
static void windows_merge(const ModelWindowList *weekly, Windows *windows)
{
        size_t count = weekly_intervals(weekly, windows->intervals);
        windows->count = 0;
        for (size_t i = 0; i < count; i++) {
                const WeeklyInterval *interval = &windows->intervals[i];
                const ModelWindow *window = interval->window;
                ImageWindow *last = windows->count > 0 ? &windows->items[windows->count - 1] : NULL;
                bool apart = !last || interval->from > last->to || window->state != last->state;
                if (apart)
                        windows->items[windows->count++] =
                                (ImageWindow){ interval->from, interval->to, window->state,
                                               compiled_place(window->place) };
                else if (interval->to > last->to)
                        last->to = interval->to;
        }
}

static ImageRange windows_store(Compiler *compiler, const ModelWindowList *weekly, Windows *windows)
{
        windows_merge(weekly, windows);
        if (windows->count == 0)
                return (ImageRange){ 0, 0 };
        ImageRange range = { compiler_count(compiler, IMAGE_WINDOWS), (uint32_t)windows->count };
        ImageWindow *stored = compiler_append(compiler, IMAGE_WINDOWS, windows->count);
        if (!stored)
                return (ImageRange){ 0, 0 };
        memcpy(stored, windows->items, windows->count * sizeof(*stored));
        return range;
}

static void schedules_fill(Compiler *compiler, uint32_t number, Windows *windows)
{
        const ModelOrganization *organization = &compiler->model->organizations.items[number];
        uint32_t count = organization->schedules.count;
        ImageRange range = { compiler_count(compiler, IMAGE_SCHEDULES), count };
        COMPILED_ORGANIZATION(compiler, number)->schedules = range;
        ImageSchedule *records = compiler_append(compiler, IMAGE_SCHEDULES, count);
        for (uint32_t i = 0; i < count && records && !compiler->error; i++) {
                const ModelSchedule *schedule = &organization->schedules.items[i];
                records[i] = (ImageSchedule){
                        .name = compiler_string(compiler, schedule->name),
                        .title = compiler_string(compiler, schedule->title),
                        .organization = number,
                        .kind = schedule->kind,
                        .zone = schedule->timezone ? compiled_zone(compiler, schedule->timezone)
                                                   : IMAGE_NONE,
                        .windows = windows_store(compiler, &schedule->weekly, windows),
                        .place = compiled_place(schedule->place),
                };
        }
}

/* ---- Exceptions ---- */

static void exceptions_append(Compiler *compiler, uint32_t number, const ModelException *exceptions,
                              uint32_t count, Windows *windows)
{
        ImageException *records = compiler_append(compiler, IMAGE_EXCEPTIONS, count);
        for (uint32_t i = 0; i < count && records && !compiler->error; i++)
                records[i] = (ImageException){
                        .name = compiler_string(compiler, exceptions[i].name),
                        .organization = number,
                        .kind = exceptions[i].kind,
                        .state = exceptions[i].state,
                        .windows = windows_store(compiler, &exceptions[i].weekly, windows),
                        .place = compiled_place(exceptions[i].place),
                };
}

/* Those of doors, then those of access levels. */
static void exceptions_fill(Compiler *compiler, uint32_t number, Windows *windows)
{
        const ModelOrganization *organization = &compiler->model->organizations.items[number];
        uint32_t doors = organization->door_exceptions.count,
                 levels = organization->access_exceptions.count;
        ImageRange range = { compiler_count(compiler, IMAGE_EXCEPTIONS), doors + levels };
        exceptions_append(compiler, number, organization->door_exceptions.items, doors, windows);
        exceptions_append(compiler, number, organization->access_exceptions.items, levels, windows);
        COMPILED_ORGANIZATION(compiler, number)->exceptions = range;
}

typedef VECTOR_OF(ImageExceptionDay) Days;

static int days_add(Days *days, const ModelDays *list, uint32_t exception)
{
        for (uint32_t i = 0; i < list->count; i++) {
                ImageExceptionDay *day = vector_append(days);
                if (!day)
                        return -ENOMEM;
                *day = (ImageExceptionDay){ list->items[i], exception };
        }
        return 0;
}

static int day_compare(const void *left, const void *right)
{
        const ImageExceptionDay *a = left, *b = right;
        if (a->day != b->day)
                return a->day < b->day ? -1 : 1;
        return a->exception < b->exception ? -1 : a->exception > b->exception;
}

/* Two of one exception (stated, and in its calendar) are one; two exceptions on one day have been
 * refused before. */
static size_t days_sort(Days *days)
{
        size_t kept = 0;
        if (days->count > 0)
                qsort(days->items, days->count, sizeof(days->items[0]), day_compare);
        for (size_t i = 0; i < days->count; i++)
                if (kept == 0 || days->items[i].day != days->items[kept - 1].day)
                        days->items[kept++] = days->items[i];
        return kept;
}

/* Adds the days of one exception, its calendars' among them. */
static int exception_days_add(Compiler *compiler, const ModelOrganization *organization,
                              const ModelException *exception, uint32_t number, Days *days,
                              ImageDays *known)
{
        int result = days_add(days, &exception->days, number);
        for (uint32_t i = 0; i < exception->calendars.count && result == 0; i++) {
                const ModelCalendar *calendar =
                        &organization->calendars.items[exception->calendars.items[i].index];
                result = days_add(days, &calendar->days, number);
                if (known->with_calendar == IMAGE_NONE)
                        known->with_calendar = number;
                if (calendar->known_until < known->known_until)
                        known->known_until = calendar->known_until;
                if (calendar->known_until != INT32_MAX)
                        note_end(compiler, (int64_t)calendar->known_until * WEEKLY_DAY_SECONDS,
                                 calendar->place);
        }
        return result;
}

ImageDays compiled_days(Compiler *compiler, const ModelOrganization *organization,
                        ScheduleKind kind, uint32_t first, const uint32_t *exceptions, size_t count)
{
        const ModelException *items = kind == SCHEDULE_KIND_DOOR
                                              ? organization->door_exceptions.items
                                              : organization->access_exceptions.items;
        ImageDays known = { .known_until = INT32_MAX, .with_calendar = IMAGE_NONE };
        Days days = { 0 };
        for (size_t i = 0; i < count && !compiler->error; i++)
                if (exception_days_add(compiler, organization, &items[exceptions[i]],
                                       first + exceptions[i], &days, &known) != 0)
                        compiler->error = -ENOMEM;
        if (!compiler->error && days.count > 0)
                known.days =
                        compiler_store(compiler, &compiler->days, days.items, days_sort(&days));
        vector_clear(&days);
        return known;
}

int compile_schedules(Compiler *compiler)
{
        _cleanup_free_ Windows *windows = malloc(sizeof(*windows));
        if (!windows)
                return compiler->error = -ENOMEM;
        for (uint32_t i = 0; i < compiler->model->organizations.count && !compiler->error; i++) {
                schedules_fill(compiler, i, windows);
                exceptions_fill(compiler, i, windows);
        }
        return compiler->error;
}
