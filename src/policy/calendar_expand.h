/* SPDX-License-Identifier: MIT */
/*
 * Calendar expansion
 *
 * The days of a rule, found by libical. The only file of the project that calls it: it runs where a
 * policy is compiled, never in the process that serves.
 */
#pragma once

#include "policy/calendar_rule.h"

/* Called for each day on which an occurrence begins, in order, DTSTART first. */
typedef void (*CalendarDayHandler)(void *user, int32_t day);

typedef enum CalendarExpansion {
        CALENDAR_EXPANDED,
        CALENDAR_UNFIT,     /* the start is no day of the rule: undefined in RFC 5545 */
        CALENDAR_EXHAUSTED, /* more steps than are left */
} CalendarExpansion;

/*
 * Goes through the days of a rule from its start to the last day.
 * steps: how many are left, of days, weeks, months or years looked at; what was needed is taken
 * off. After CALENDAR_UNFIT that BYSETPOS caused none is left, since libical has searched long.
 * Return: a CalendarExpansion, -ENOMEM.
 */
int calendar_expand(const CalendarRule *rule, const CalendarDate *start, int32_t last,
                    uint32_t *steps, CalendarDayHandler handler, void *user);
