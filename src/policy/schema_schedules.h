/* SPDX-License-Identifier: MIT */
/*
 * Schema: schedules, exceptions, calendars, lockdowns
 *
 * The tables of what makes a door's state, and somebody's access, depend on time and on what
 * happens.
 */
#pragma once

#include "policy/schema.h"

extern const SchemaTable SCHEMA_SCHEDULE;         /* ModelSchedule of kind access */
extern const SchemaTable SCHEMA_DOOR_SCHEDULE;    /* ModelSchedule of kind door */
extern const SchemaTable SCHEMA_ACCESS_EXCEPTION; /* ModelException of kind access */
extern const SchemaTable SCHEMA_DOOR_EXCEPTION;   /* ModelException of kind door */
extern const SchemaTable SCHEMA_CALENDAR;         /* ModelCalendar */
extern const SchemaTable SCHEMA_LOCKDOWN;         /* ModelLockdown (schema_lockdowns.c) */

/* Reads an array of dates into a ModelDays (schema_time.c). */
bool schema_read_dates(Loader *, const SchemaKey *, const config_setting_t *, void *);

/* The words of a door's states. */
const char *schema_door_state_word(unsigned index, uint32_t *ret_value);

/* Their keys in an organization's files. Schedules of both kinds are one list, so that no two have
 * the same name. */
#define SCHEMA_SCHEDULE_KEYS                                                                       \
        { "schedules", schema_read_list, offsetof(ModelOrganization, schedules),                   \
          .table = &SCHEMA_SCHEDULE },                                                             \
                { "door_schedules", schema_read_list, offsetof(ModelOrganization, schedules),      \
                  .table = &SCHEMA_DOOR_SCHEDULE },                                                \
                { "door_exceptions", schema_read_list,                                             \
                  offsetof(ModelOrganization, door_exceptions), .table = &SCHEMA_DOOR_EXCEPTION }, \
                { "access_exceptions", schema_read_list,                                           \
                  offsetof(ModelOrganization, access_exceptions),                                  \
                  .table = &SCHEMA_ACCESS_EXCEPTION },                                             \
                { "calendars", schema_read_list, offsetof(ModelOrganization, calendars),           \
                  .table = &SCHEMA_CALENDAR },                                                     \
        {                                                                                          \
                "lockdowns", schema_read_list, offsetof(ModelOrganization, lockdowns),             \
                        .table = &SCHEMA_LOCKDOWN                                                  \
        }
