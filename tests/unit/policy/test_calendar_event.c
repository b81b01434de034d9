/* SPDX-License-Identifier: MIT */
/* Tests of policy/calendar_event.h: properties of an event, one by one and together. */
#include "calendar_fixture.h"

/* Refuses an event that holds a DTSTART in line 4 and this from line 5 on. */
static void property_refuse(const char *properties, const char *reported)
{
        char *text = NULL;
        assert_true(asprintf(&text,
                             "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\n"
                             "DTSTART;VALUE=DATE:20261225\n%sEND:VEVENT\nEND:VCALENDAR\n",
                             properties) > 0);
        calendar_refuse(text, reported);
        free(text);
}

static void an_event_needs_a_start(void **state)
{
        calendar_refuse(ONE_EVENT(""), "f:3: error: this event has no DTSTART\n");
        calendar_refuse(ONE_EVENT("DTEND;VALUE=DATE:20261226\r\n"),
                        "f:3: error: this event has no DTSTART\n");
}

static void dates_are_checked(void **state)
{
        static const char *const NAMES[] = { "DTEND", "RDATE", "EXDATE", "RECURRENCE-ID" };
        for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
                char text[200], reported[300];
                snprintf(text, sizeof(text), "%s;VALUE=DATE:20270229\n", NAMES[i]);
                snprintf(reported, sizeof(reported),
                         "f:5: error: %s: this day does not exist: 20270229\n", NAMES[i]);
                property_refuse(text, reported);
                snprintf(text, sizeof(text), "%s;VALUE=DATE:2027-01-01\n", NAMES[i]);
                snprintf(reported, sizeof(reported),
                         "f:5: error: %s: this is not a date such as 20261225: 2027-01-01\n",
                         NAMES[i]);
                property_refuse(text, reported);
                snprintf(text, sizeof(text), "%s:20270101T000000Z\n", NAMES[i]);
                snprintf(reported, sizeof(reported),
                         "f:5: error: %s needs VALUE=DATE: only whole days count, no times of a "
                         "day\n",
                         NAMES[i]);
                property_refuse(text, reported);
        }
        property_refuse("RDATE;VALUE=PERIOD:20270101T000000Z/P1D\n",
                        "f:5: error: RDATE needs VALUE=DATE: only whole days count, no times of a "
                        "day\n");
        property_refuse("RECURRENCE-ID;VALUE=DATE;RANGE=THISANDFUTURE:20270101\n",
                        "f:5: error: RECURRENCE-ID has a parameter that is not supported here: "
                        "RANGE\n");
        property_refuse("EXDATE;VALUE=DATE:20270101,\n",
                        "f:5: error: EXDATE: this is not a date such as 20261225: \n");
}

static void durations_are_whole_days(void **state)
{
        static const char *const VALUES[] = { "PT24H", "P1DT1H", "-P1D",    "P0D", "P",  "",
                                              "PD",    "P1",     "P99999D", "P1Y", "1D", "P-1D" };
        for (size_t i = 0; i < sizeof(VALUES) / sizeof(VALUES[0]); i++) {
                char text[100], reported[200];
                snprintf(text, sizeof(text), "DURATION:%s\n", VALUES[i]);
                snprintf(reported, sizeof(reported),
                         "f:5: error: DURATION: only whole days count (P1D to P3660D, P1W): %s\n",
                         VALUES[i]);
                property_refuse(text, reported);
        }
}

static void an_end_comes_after_the_start(void **state)
{
        static const char REPORTED[] =
                "f:5: error: DTEND is the day after the last: it must come after DTSTART\n";
        property_refuse("DTEND;VALUE=DATE:20261225\n", REPORTED);
        property_refuse("DTEND;VALUE=DATE:20261224\n", REPORTED);
        property_refuse("DTEND;VALUE=DATE:20261226\nDURATION:P1D\n",
                        "f:6: error: DTEND and DURATION exclude each other\n");
}

static void what_may_stand_once_stands_once(void **state)
{
        property_refuse("DTSTART;VALUE=DATE:20261226\n",
                        "f:5: error: DTSTART stands twice in this event\n");
        property_refuse("RRULE:FREQ=YEARLY\nRRULE:FREQ=DAILY;COUNT=2\n",
                        "f:6: error: RRULE stands twice in this event\n");
        property_refuse("STATUS:CANCELLED\nSTATUS:CONFIRMED\n",
                        "f:6: error: STATUS stands twice in this event\n");
}

static void what_is_not_understood_is_refused(void **state)
{
        property_refuse("EXDAT;VALUE=DATE:20261225\n",
                        "f:5: error: EXDAT is no property of an event\n");
        property_refuse("EXRULE:FREQ=YEARLY\n",
                        "f:5: error: EXRULE is not supported: name the days with EXDATE\n");
        property_refuse("STATUS:GONE\n",
                        "f:5: error: STATUS: an event is TENTATIVE, CONFIRMED or CANCELLED, not "
                        "GONE\n");
        property_refuse("RRULE;VALUE=RECUR:FREQ=YEARLY\n",
                        "f:5: error: RRULE has a parameter that is not supported here: VALUE\n");
        property_refuse("RRULE:FREQ=HOURLY\n",
                        "f:5: error: RRULE: FREQ=HOURLY is not supported: days recur DAILY, "
                        "WEEKLY, MONTHLY or YEARLY\n");
        property_refuse("RECURRENCE-ID;VALUE=DATE:20261225\nRRULE:FREQ=YEARLY\n",
                        "f:6: error: one day that is moved (RECURRENCE-ID) does not recur\n");
        property_refuse("\x1b]0;x\n", "f:5: error: no content line of a calendar (NAME:VALUE)\n");
}

static void what_says_nothing_about_days_is_passed_over(void **state)
{
        calendar_expect(ONE_EVENT(DAY("20261225") "SUMMARY;LANGUAGE=de:Weihnachten\r\n"
                                                  "dtstamp:20260101T000000Z\r\nTRANSP:OPAQUE\r\n"
                                                  "X-ANYTHING;X-B=\"c\":d\r\nSEQUENCE:3\r\n"
                                                  "RRULE;X-A=b:FREQ=YEARLY;COUNT=2\r\n"),
                        "2026-12-25 2027-12-25");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_event_needs_a_start),
                cmocka_unit_test(dates_are_checked),
                cmocka_unit_test(durations_are_whole_days),
                cmocka_unit_test(an_end_comes_after_the_start),
                cmocka_unit_test(what_may_stand_once_stands_once),
                cmocka_unit_test(what_is_not_understood_is_refused),
                cmocka_unit_test(what_says_nothing_about_days_is_passed_over),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
