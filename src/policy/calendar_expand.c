/* SPDX-License-Identifier: MIT */
/*
 * Calendar expansion
 *
 * libical gets the rule as a structure, filled from what calendar_rule.c has let through, so that
 * there is one reader of the text only. Three things make every rule end: its start must be one of
 * its days (otherwise libical searches for one up to the year 20000), its end is never later than
 * the last day that counts, and what is left of the steps is counted by the time between two
 * occurrences, which libical needs to find the later one.
 */
#include "policy/calendar_expand.h"

#include <errno.h>
#include <libical/ical.h>

#include "util/cleanup.h"
#include "util/timestamp.h"

static const struct {
        icalrecurrencetype_frequency frequency;
        int32_t days; /* that one step covers at least */
} FREQUENCIES[CALENDAR_FREQUENCY_COUNT] = {
        [CALENDAR_DAILY] = { ICAL_DAILY_RECURRENCE, 1 },
        [CALENDAR_WEEKLY] = { ICAL_WEEKLY_RECURRENCE, 7 },
        [CALENDAR_MONTHLY] = { ICAL_MONTHLY_RECURRENCE, 28 },
        [CALENDAR_YEARLY] = { ICAL_YEARLY_RECURRENCE, 365 },
};

static void iterator_free(icalrecur_iterator **iterator)
{
        if (*iterator)
                icalrecur_iterator_free(*iterator);
}

/* All of it is set: icaltime_null_date() leaves an hour of -1, with which the day before begins. */
static struct icaltimetype ical_date(unsigned year, unsigned month, unsigned day)
{
        return (struct icaltimetype){
                .year = (int)year, .month = (int)month, .day = (int)day, .is_date = 1
        };
}

/* The last day of which libical may think. */
static struct icaltimetype ical_end(int32_t day)
{
        struct icaltimetype date = ical_date(1970, 1, 1);
        icaltime_adjust(&date, day, 0, 0, 0);
        return date;
}

static void list_fill(const CalendarValues *values, short *list)
{
        for (unsigned i = 0; i < values->count; i++) {
                int number = values->items[i].number, weekday = values->items[i].weekday;
                if (weekday != 0)
                        number = number < 0 ? number * 8 - weekday : number * 8 + weekday;
                list[i] = (short)number;
        }
        if (values->count > 0)
                list[values->count] = ICAL_RECURRENCE_ARRAY_MAX;
}

static struct icalrecurrencetype ical_rule(const CalendarRule *rule, int32_t last)
{
        struct icalrecurrencetype recurrence;
        icalrecurrencetype_clear(&recurrence);
        recurrence.freq = FREQUENCIES[rule->frequency].frequency;
        recurrence.interval = (short)rule->interval;
        recurrence.count = (int)rule->count;
        recurrence.until = ical_end(rule->until < last ? rule->until : last);
        recurrence.week_start = (icalrecurrencetype_weekday)rule->week_start;
        list_fill(&rule->lists[CALENDAR_BY_MONTH], recurrence.by_month);
        list_fill(&rule->lists[CALENDAR_BY_MONTH_DAY], recurrence.by_month_day);
        list_fill(&rule->lists[CALENDAR_BY_YEAR_DAY], recurrence.by_year_day);
        list_fill(&rule->lists[CALENDAR_BY_DAY], recurrence.by_day);
        list_fill(&rule->lists[CALENDAR_BY_SET_POSITION], recurrence.by_set_pos);
        return recurrence;
}

/* The next occurrence. Return: its day, or INT32_MAX past the last one. */
static int32_t occurrence_next(icalrecur_iterator *iterator)
{
        struct icaltimetype next = icalrecur_iterator_next(iterator);
        int32_t day;
        if (icaltime_is_null_time(next) || timestamp_days((unsigned)next.year, (unsigned)next.month,
                                                          (unsigned)next.day, &day) != 0)
                return INT32_MAX;
        return day;
}

/* Takes what the way from one occurrence to the next costs off the steps. */
static bool steps_take(const CalendarRule *rule, int32_t from, int32_t to, uint32_t *steps)
{
        int64_t size = (int64_t)FREQUENCIES[rule->frequency].days * rule->interval;
        int64_t needed = ((int64_t)to - from) / size + 1;
        bool enough = needed <= *steps;
        *steps = enough ? *steps - (uint32_t)needed : 0;
        return enough;
}

int calendar_expand(const CalendarRule *rule, const CalendarDate *start, int32_t last,
                    uint32_t *steps, CalendarDayHandler handler, void *user)
{
        if (!calendar_rule_fits(rule, start) || start->days > rule->until)
                return CALENDAR_UNFIT;
        if (start->days > last)
                return CALENDAR_EXPANDED;
        icalerror_set_errors_are_fatal(false);
        icalerror_clear_errno();
        _cleanup_(iterator_free) icalrecur_iterator *iterator = icalrecur_iterator_new(
                ical_rule(rule, last), ical_date(start->year, start->month, start->day));
        if (!iterator && icalerrno == ICAL_NEWFAILED_ERROR)
                return -ENOMEM;
        int32_t day = iterator ? occurrence_next(iterator) : INT32_MAX;
        if (day != start->days) {
                *steps = 0;
                return CALENDAR_UNFIT;
        }
        int32_t before = day, end = rule->until < last ? rule->until : last;
        uint32_t found = 0;
        while (day <= last) {
                if (!steps_take(rule, before, day, steps))
                        return CALENDAR_EXHAUSTED;
                handler(user, day);
                found++;
                before = day;
                day = occurrence_next(iterator);
                if (day <= before)
                        return CALENDAR_EXHAUSTED; /* no order: nothing that ends */
        }
        bool searched = rule->count == 0 || found < rule->count;
        return searched && !steps_take(rule, before, end, steps) ? CALENDAR_EXHAUSTED
                                                                 : CALENDAR_EXPANDED;
}
