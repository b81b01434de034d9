/* SPDX-License-Identifier: MIT */
/*
 * What of a small world depends on time: zones, schedules, exceptions, calendars, lockdowns, and
 * what is changed at the doors meanwhile. All zero is what is not stated.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
        WORLD_NAME_SIZE = 65,
        WORLD_LIST_MAX = 9,
        WORLD_WINDOWS_MAX = 4,
        WORLD_DAYS_MAX = 12,
        WORLD_COMPILED_S = 1767225600,      /* 2026-01-01: when policies are compiled */
        WORLD_CALENDAR_UNKNOWN_DAY = 21550, /* 2029-01-01: to the end of the third year */
};
#define WORLD_ZONES_UNKNOWN_S                                                                      \
        4102444800 /* 2100-01-01: zones other than UTC are known until then                        \
                    */

/* Times are UTC seconds; INT64_MIN and INT64_MAX stand for an end that is not stated. */
typedef struct WorldInterval {
        int64_t from_s;
        int64_t until_s;
} WorldInterval;

typedef struct WorldList {
        int count;
        int item[WORLD_LIST_MAX];
} WorldList;

typedef enum WorldZone {
        ZONE_NOT_STATED,
        ZONE_UTC,
        ZONE_BERLIN,
        ZONE_NEW_YORK,
        ZONE_SYDNEY,
        ZONE_LORD_HOWE, /* half an hour of summer time */
        ZONE_KOLKATA,   /* none */
        ZONE_AZORES,    /* it begins at midnight, and takes it away */
        ZONE_SANTIAGO,  /* in the south, likewise */
        ZONE_COUNT,
} WorldZone;

typedef enum WorldState {
        STATE_ACCESS_CONTROLLED,
        STATE_UNLOCKED,
        STATE_CARD_AND_CODE,
        STATE_LOCKED,
        STATE_COUNT,
} WorldState;

typedef struct WorldWindow {
        unsigned days;   /* bit 0 is Monday */
        int from_minute; /* of the local day, 0 to 1439 */
        int to_minute;   /* 0 to 1440; lower than from: ends on the next day */
        WorldState state;
} WorldWindow;

typedef struct WorldWindows {
        int count;
        WorldWindow item[WORLD_WINDOWS_MAX];
} WorldWindows;

typedef struct WorldSchedule {
        char name[WORLD_NAME_SIZE];
        bool is_door;
        WorldZone zone;
        WorldWindows windows;
} WorldSchedule;

/* Local days, counted from 1970-01-01. */
typedef struct WorldDays {
        int count;
        int day[WORLD_DAYS_MAX];
} WorldDays;

typedef struct WorldCalendar {
        char name[WORLD_NAME_SIZE];
        WorldDays days;
} WorldCalendar;

/* Of doors, which say so themselves, or of access levels. */
typedef struct WorldException {
        char name[WORLD_NAME_SIZE];
        WorldDays dates;
        WorldList calendars;
        WorldWindows windows;
        WorldState state;        /* of doors: outside of the windows */
        WorldList access_levels; /* of access */
} WorldException;

typedef struct WorldPeopleList {
        WorldList users, groups, access_groups;
} WorldPeopleList;

typedef struct WorldLockdown {
        char name[WORLD_NAME_SIZE];
        WorldList doors, sites;
        bool is_open; /* its doors are open, not shut */
        int rank;
        int automatic_end_minutes; /* 0: none */
        WorldPeopleList trigger, release, unlock;
        bool is_on; /* live */
        int64_t until_s;
} WorldLockdown;

/* What was changed at a door; ends are INT64_MAX where there is none. */
typedef struct WorldLiveDoor {
        bool is_overridden, is_blocked;
        WorldState state;
        int64_t override_until_s, block_until_s;
} WorldLiveDoor;

typedef struct WorldLiveUser {
        bool is_suspended, has_dates, dates_ended;
        WorldInterval dates;
} WorldLiveUser;
