/* SPDX-License-Identifier: MIT */
/*
 * Check: schedules
 *
 * Zones, windows, and that each reference leads to a schedule of the right kind. Exceptions and
 * their days stand in check_exceptions.c.
 */
#include <errno.h>
#include <stdlib.h>

#include "policy/check.h"
#include "policy/weekly.h"
#include "policy/zone.h"

void check_zone(const Check *check, const char *zone, Place place)
{
        char name[CHECK_NAME_SIZE];
        if (zone && !zone_is_known(zone))
                diagnostics_error(check->model->diagnostics, place,
                                  "there is no time zone \"%s\" on this machine",
                                  check_name(zone, name));
}

static void zones_check(const Check *check, const ModelOrganization *organization)
{
        check_zone(check, organization->timezone, organization->timezone_place);
        for (uint32_t i = 0; i < organization->sites.count; i++)
                check_zone(check, organization->sites.items[i].timezone,
                           organization->sites.items[i].timezone_place);
        for (uint32_t i = 0; i < organization->schedules.count; i++)
                check_zone(check, organization->schedules.items[i].timezone,
                           organization->schedules.items[i].timezone_place);
}

/* ---- Windows of different states ---- */

typedef struct Overlaps {
        const Check *check;
        const ModelWindowList *weekly;
        /* By state, the window that ends last of those that have begun. */
        const WeeklyInterval *last[DOOR_STATE_COUNT];
        bool told[SCHEDULE_WINDOWS_MAX]; /* by window */
} Overlaps;

static void overlap_report(Overlaps *overlaps, const ModelWindow *one, const ModelWindow *other)
{
        char place[CHECK_PLACE_SIZE];
        const ModelWindow *first = one < other ? one : other;
        const ModelWindow *second = one < other ? other : one;
        bool *told = &overlaps->told[second - overlaps->weekly->items];
        if (!*told)
                diagnostics_error(overlaps->check->model->diagnostics, second->place,
                                  "this window (%s) and that at %s (%s) overlap: a door has one "
                                  "state at a time",
                                  door_state_name((DoorState)second->state),
                                  check_place(overlaps->check, first->place, place),
                                  door_state_name((DoorState)first->state));
        *told = true;
}

static void overlap_find(Overlaps *overlaps, const WeeklyInterval *interval)
{
        for (unsigned state = 0; state < DOOR_STATE_COUNT; state++) {
                const WeeklyInterval *last = overlaps->last[state];
                if (state != interval->window->state && last && last->to > interval->from)
                        overlap_report(overlaps, last->window, interval->window);
        }
        const WeeklyInterval **last = &overlaps->last[interval->window->state];
        if (!*last || (*last)->to < interval->to)
                *last = interval;
}

void check_windows(Check *check, const ModelWindowList *weekly)
{
        Overlaps overlaps = { .check = check, .weekly = weekly };
        if (weekly->count < 2)
                return;
        _cleanup_free_ WeeklyInterval *intervals = calloc(WEEKLY_INTERVALS_MAX, sizeof(*intervals));
        if (!intervals) {
                check->failed = true;
                return;
        }
        size_t count = weekly_intervals(weekly, intervals);
        for (size_t i = 0; i < count; i++)
                if (intervals[i].window->state < DOOR_STATE_COUNT)
                        overlap_find(&overlaps, &intervals[i]);
}

/* ---- Schedules ---- */

static void schedule_check(Check *check, const ModelSchedule *schedule)
{
        bool is_on = false;
        check_windows(check, &schedule->weekly);
        for (uint32_t i = 0; i < schedule->weekly.count; i++)
                is_on |= schedule->weekly.items[i].days != 0;
        /* A window with an error in it is not in the list. */
        if (!is_on && diagnostics_errors(check->model->diagnostics) == 0)
                diagnostics_warning(check->model->diagnostics, schedule->place,
                                    "schedule \"%s\" is never on: it has no window",
                                    schedule->name);
}

/* Finds the schedule that is meant, and reports one of the other kind. */
static void schedule_reference(Check *check, const ModelOrganization *organization,
                               const OrganizationNames *names, ScheduleKind kind,
                               Reference *reference)
{
        char name[CHECK_NAME_SIZE], place[CHECK_PLACE_SIZE];
        if (!check_reference(check, &names->schedules, reference) || !reference->name)
                return;
        const ModelSchedule *schedule = &organization->schedules.items[reference->index];
        if (schedule->kind == kind)
                return;
        reference->index = MODEL_NONE;
        bool wants_door = kind == SCHEDULE_KIND_DOOR;
        diagnostics_error(check->model->diagnostics, reference->place,
                          "\"%s\" is %s schedule (%s): %s has one of \"%s\"",
                          check_name(reference->name, name), wants_door ? "an access" : "a door",
                          check_place(check, schedule->place, place),
                          wants_door ? "a door" : "an access level",
                          wants_door ? "door_schedules" : "schedules");
}

static void references_check(Check *check, ModelOrganization *organization,
                             const OrganizationNames *names)
{
        for (uint32_t i = 0; i < organization->access_levels.count; i++)
                schedule_reference(check, organization, names, SCHEDULE_KIND_ACCESS,
                                   &organization->access_levels.items[i].schedule);
        for (uint32_t i = 0; i < organization->doors.count; i++) {
                ModelDoor *door = &organization->doors.items[i];
                schedule_reference(check, organization, names, SCHEDULE_KIND_DOOR, &door->schedule);
                check_references(check, &names->door_exceptions, &door->exceptions);
        }
}

void check_schedules(Check *check, ModelOrganization *organization, const OrganizationNames *names)
{
        check_count(check, organization->schedules.count, SCHEDULES_MAX, "schedules",
                    organization->place);
        zones_check(check, organization);
        for (uint32_t i = 0; i < organization->schedules.count; i++)
                schedule_check(check, &organization->schedules.items[i]);
        references_check(check, organization, names);
        check_exceptions(check, organization, names);
}
