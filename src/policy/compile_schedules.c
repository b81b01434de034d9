/* SPDX-License-Identifier: MIT */
/*
 * Compile: schedules and time zones
 *
 * A schedule's windows become intervals of the local week, sorted, split at the week's end and
 * merged where they overlap or touch; zones become lists of offsets.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "policy/compile.h"
#include "policy/limits.h"
#include "policy/zone.h"

enum {
        SECONDS_OF_MINUTE = 60,
        SECONDS_OF_DAY = 24 * 60 * 60,
        DAYS_OF_WEEK = 7,
        SECONDS_OF_WEEK = DAYS_OF_WEEK * SECONDS_OF_DAY,
        WINDOWS_OF_SCHEDULE_MAX = SCHEDULE_WINDOWS_MAX * DAYS_OF_WEEK * 2, /* 2: split */
};

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
        return compiler_count(compiler, IMAGE_ZONES) - 1;
}

static uint32_t zone_index(Compiler *compiler, const char *name)
{
        uint32_t string = compiler_string(compiler, name);
        for (uint32_t i = 0; i < compiler_count(compiler, IMAGE_ZONES); i++)
                if (((ImageZone *)compiler_at(compiler, IMAGE_ZONES, i))->name == string)
                        return i;
        return compiler->error ? IMAGE_NONE : zone_add(compiler, name, string);
}

typedef struct Windows {
        ImageWindow items[WINDOWS_OF_SCHEDULE_MAX];
        size_t count;
} Windows;

static void window_add(Windows *windows, uint32_t from, uint32_t to, Place place)
{
        windows->items[windows->count++] = (ImageWindow){ from, to, compiled_place(place) };
}

static void windows_expand(const ModelSchedule *schedule, Windows *windows)
{
        windows->count = 0;
        for (uint32_t i = 0; i < schedule->weekly.count && i < SCHEDULE_WINDOWS_MAX; i++) {
                const ModelWindow *window = &schedule->weekly.items[i];
                uint32_t from_minute = window->minute_from, to_minute = window->minute_to;
                for (uint32_t day = 0; day < DAYS_OF_WEEK; day++) {
                        if (!(window->days & 1u << day))
                                continue;
                        uint32_t midnight = day * SECONDS_OF_DAY;
                        uint32_t from = midnight + from_minute * SECONDS_OF_MINUTE;
                        uint32_t to = midnight + to_minute * SECONDS_OF_MINUTE +
                                      (to_minute <= from_minute ? SECONDS_OF_DAY : 0);
                        if (to > SECONDS_OF_WEEK)
                                window_add(windows, 0, to - SECONDS_OF_WEEK, window->place);
                        window_add(windows, from, to > SECONDS_OF_WEEK ? SECONDS_OF_WEEK : to,
                                   window->place);
                }
        }
}

static int window_compare(const void *left, const void *right)
{
        const ImageWindow *a = left, *b = right;
        if (a->from != b->from)
                return a->from < b->from ? -1 : 1;
        if (a->to != b->to)
                return a->to > b->to ? -1 : 1;
        if (a->place.file != b->place.file)
                return a->place.file < b->place.file ? -1 : 1;
        return a->place.line < b->place.line ? -1 : a->place.line > b->place.line;
}

static void windows_merge(Windows *windows)
{
        qsort(windows->items, windows->count, sizeof(windows->items[0]), window_compare);
        size_t kept = 0;
        for (size_t i = 0; i < windows->count; i++) {
                ImageWindow *last = kept > 0 ? &windows->items[kept - 1] : NULL;
                if (!last || windows->items[i].from > last->to)
                        windows->items[kept++] = windows->items[i];
                else if (windows->items[i].to > last->to)
                        last->to = windows->items[i].to;
        }
        windows->count = kept;
}

static ImageRange windows_store(Compiler *compiler, const ModelSchedule *schedule, Windows *windows)
{
        windows_expand(schedule, windows);
        if (windows->count == 0)
                return (ImageRange){ 0, 0 };
        windows_merge(windows);
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
                const char *zone = schedule->timezone ? schedule->timezone : organization->timezone;
                records[i] = (ImageSchedule){
                        .name = compiler_string(compiler, schedule->name),
                        .title = compiler_string(compiler, schedule->title),
                        .organization = number,
                        .zone = zone_index(compiler, zone ? zone : "UTC"),
                        .windows = windows_store(compiler, schedule, windows),
                        .place = compiled_place(schedule->place),
                };
        }
}

int compile_schedules(Compiler *compiler)
{
        _cleanup_free_ Windows *windows = malloc(sizeof(*windows));
        if (!windows)
                return compiler->error = -ENOMEM;
        for (uint32_t i = 0; i < compiler->model->organizations.count && !compiler->error; i++)
                schedules_fill(compiler, i, windows);
        return compiler->error;
}
