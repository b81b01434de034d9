/* SPDX-License-Identifier: MIT */
/*
 * Tests of policy/calendar.h: the days of whole calendars as programs write them, what belongs
 * together in them, and files that are broken or meant to do harm.
 */
#include "calendar_fixture.h"

#include <time.h>

#include "policy/limits.h"

/* ---- As programs write them ---- */

static void a_calendar_as_google_writes_it(void **state)
{
        calendar_expect(
                "BEGIN:VCALENDAR\r\nPRODID:-//Google Inc//Google Calendar 70.9054//EN\r\n"
                "VERSION:2.0\r\nCALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n"
                "X-WR-CALNAME:Feiertage in Deutschland\r\nX-WR-TIMEZONE:UTC\r\n"
                "X-WR-CALDESC:Feiertage und Gedenktage\r\n"
                "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261226\r\n"
                "DTSTAMP:20260801T101112Z\r\nUID:20261225_abc@google.com\r\n"
                "CLASS:PUBLIC\r\nCREATED:20210517T105739Z\r\n"
                "DESCRIPTION:Gesetzlicher Feiertag\\, siehe\r\n"
                "  DTSTART;VALUE=DATE:20260101\r\nLAST-MODIFIED:20230517T105739Z\r\n"
                "SEQUENCE:0\r\nSTATUS:CONFIRMED\r\nSUMMARY:Erster Weihnachtstag\r\n"
                "TRANSP:TRANSPARENT\r\nEND:VEVENT\r\n"
                "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270326\r\nDTEND;VALUE=DATE:20270327\r\n"
                "UID:20270326_abc@google.com\r\nSUMMARY:Karfreitag\r\nEND:VEVENT\r\n"
                "END:VCALENDAR\r\n",
                "2026-12-25 2027-03-26");
}

static void a_calendar_as_apple_writes_it(void **state)
{
        calendar_expect(
                "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Apple Inc.//macOS 14.0//EN\n"
                "X-APPLE-CALENDAR-COLOR:#1BADF8\nX-WR-CALNAME:Holidays\nCALSCALE:GREGORIAN\n"
                "BEGIN:VEVENT\nCREATED:20131203T212601Z\n"
                "UID:6a41ca4c-0c25-3b6c-8a6b-e6a1d1b0f3a1\nDTEND;VALUE=DATE:20241129\n"
                "SUMMARY;LANGUAGE=en:Thanksgiving\nRRULE:FREQ=YEARLY;BYDAY=4TH;BYMONTH=11\n"
                "DTSTART;VALUE=DATE:20241128\nDTSTAMP:20131203T212601Z\nTRANSP:TRANSPARENT\n"
                "CATEGORIES:Holidays\nX-APPLE-UNIVERSAL-ID:a\nSEQUENCE:0\n"
                "BEGIN:VALARM\nUID:x\nTRIGGER:-PT15H\nACTION:DISPLAY\n"
                "DTSTART;VALUE=DATE:20260101\nEND:VALARM\nEND:VEVENT\nEND:VCALENDAR\n",
                "2024-11-28 2025-11-27 2026-11-26 2027-11-25 2028-11-23");
}

static void a_calendar_as_outlook_writes_it(void **state)
{
        calendar_expect(
                "\xef\xbb\xbf"
                "BEGIN:VCALENDAR\r\nPRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN\r\n"
                "VERSION:2.0\r\nMETHOD:PUBLISH\r\nX-MS-OLK-FORCEINSPECTOROPEN:TRUE\r\n"
                "BEGIN:VTIMEZONE\r\nTZID:W. Europe Standard Time\r\nBEGIN:STANDARD\r\n"
                "DTSTART:16011028T030000\r\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\n"
                "TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\n"
                "BEGIN:DAYLIGHT\r\nDTSTART:16010325T020000\r\n"
                "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nTZOFFSETFROM:+0100\r\n"
                "TZOFFSETTO:+0200\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n"
                "BEGIN:VEVENT\r\nCLASS:PUBLIC\r\nDTEND;VALUE=DATE:20270103\r\n"
                "DTSTART;VALUE=DATE:20261224\r\nPRIORITY:5\r\nSEQUENCE:0\r\n"
                "SUMMARY;LANGUAGE=de:Betriebsferien\r\nTRANSP:TRANSPARENT\r\n"
                "UID:040000008200E00074C5B7101A82E008\r\n"
                "X-ALT-DESC;FMTTYPE=text/html:<html><body>\\n</body></html>\r\n"
                "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE\r\nX-MICROSOFT-CDO-BUSYSTATUS:OOF\r\n"
                "END:VEVENT\r\nEND:VCALENDAR\r\n",
                "2026-12-24 2026-12-25 2026-12-26 2026-12-27 2026-12-28 2026-12-29 2026-12-30 "
                "2026-12-31 2027-01-01 2027-01-02");
}

static void several_calendars_in_one_file_all_count(void **state)
{
        calendar_expect(ONE_EVENT(DAY("20261225")) ONE_EVENT(DAY("20260101")),
                        "2026-01-01 2026-12-25");
}

static void a_calendar_without_events_has_no_days(void **state)
{
        calendar_expect(CALENDAR(""), "");
}

/* ---- Days ---- */

static void an_event_lasts_one_day_unless_it_says_otherwise(void **state)
{
        calendar_expect(ONE_EVENT(DAY("20261225")), "2026-12-25");
        calendar_expect(ONE_EVENT(DAY("20261225") "DTEND;VALUE=DATE:20261226\r\n"), "2026-12-25");
        calendar_expect(ONE_EVENT(DAY("20261225") "DTEND;VALUE=DATE:20261227\r\n"),
                        "2026-12-25 2026-12-26");
        calendar_expect(ONE_EVENT("DURATION:P2D\r\n" DAY("20261225")), "2026-12-25 2026-12-26");
        calendar_expect(ONE_EVENT(DAY("20280228") "DURATION:+P1W\r\n"),
                        "2028-02-28 2028-02-29 2028-03-01 2028-03-02 2028-03-03 2028-03-04 "
                        "2028-03-05");
}

static void only_the_days_from_1970_to_the_end_of_the_third_year_count(void **state)
{
        CalendarSpan span = calendar_span(CALENDAR_NOW);
        int32_t until;
        assert_int_equal(timestamp_days(2029, 1, 1, &until), 0);
        assert_int_equal(span.from, 0);
        assert_int_equal(span.until, until);
        calendar_expect(CALENDAR(EVENT(DAY("19691231")) EVENT(DAY("19700101"))
                                         EVENT(DAY("20281231")) EVENT(DAY("20290101"))),
                        "1970-01-01 2028-12-31");
        calendar_expect(CALENDAR(EVENT(DAY("19691230") "DURATION:P3D\r\n")
                                         EVENT(DAY("20281231") "DURATION:P300W\r\n")),
                        "1970-01-01 2028-12-31");
        calendar_expect(CALENDAR(EVENT(DAY("15830101")) EVENT(DAY("99991231"))), "");
}

static void the_span_ends_the_same_all_year_long(void **state)
{
        static const int64_t FIRST_S = 1767225600, NEXT_S = 1798761600; /* of 2026, of 2027 */
        CalendarSpan now = calendar_span(CALENDAR_NOW);
        assert_int_equal(calendar_span(FIRST_S).until, now.until);
        assert_int_equal(calendar_span(NEXT_S - 1).until, now.until);
        assert_int_equal(calendar_span(NEXT_S).until, now.until + 365);
}

static void days_are_bounded(void **state)
{
        calendar_refuse(ONE_EVENT(DAY("19900101") "DURATION:P3660D\r\n"
                                                  "RDATE;VALUE=DATE:20000201,20110101\r\n"),
                        "f:1: error: 10980 days, more than 8192\n");
#define TWICE_10_YEARS_AND(days)                                                                   \
        CALENDAR(EVENT(DAY("19900101") "DURATION:P3660D\r\nRDATE;VALUE=DATE:20000201\r\n")         \
                         EVENT(DAY("20110101") "DURATION:P" #days "D\r\n"))
        CalendarFixture most = calendar_fixture(TWICE_10_YEARS_AND(872));
        assert_int_equal(diagnostics_errors(most.diagnostics), 0);
        assert_int_equal(most.days.count, CALENDAR_DAYS_MAX);
        calendar_fixture_done(&most);
        calendar_refuse(TWICE_10_YEARS_AND(873), "f:1: error: 8193 days, more than 8192\n");
}

static void days_of_several_events_stand_once(void **state)
{
        calendar_expect(CALENDAR(EVENT(DAY("20261226")) EVENT(DAY("20261225") "DURATION:P2D\r\n")
                                         EVENT(DAY("20261226"))),
                        "2026-12-25 2026-12-26");
}

/* ---- Recurrence ---- */

#define YEARLY "RRULE:FREQ=YEARLY\r\n"

static void days_are_added_and_taken_out(void **state)
{
        calendar_expect(ONE_EVENT(DAY("20250501") YEARLY
                                  "EXDATE;VALUE=DATE:20250501,20270501\r\n"
                                  "EXDATE;VALUE=DATE:20190101\r\nRDATE;VALUE=DATE:20270503\r\n"),
                        "2026-05-01 2027-05-03 2028-05-01");
        calendar_expect(ONE_EVENT(DAY("20260501") "RDATE;VALUE=DATE:20260601,20260701\r\n"
                                                  "EXDATE;VALUE=DATE:20260501,20260701\r\n"),
                        "2026-06-01");
        calendar_expect(ONE_EVENT(DAY("20260501") "DURATION:P2D\r\nRDATE;VALUE=DATE:20260601\r\n"),
                        "2026-05-01 2026-05-02 2026-06-01 2026-06-02");
}

static void one_day_of_an_event_can_be_moved(void **state)
{
        calendar_expect(
                CALENDAR(EVENT("UID:a\r\nRECURRENCE-ID;VALUE=DATE:20260501\r\n" DAY("20260504"))
                                 EVENT("UID:a\r\n" DAY("20250501") YEARLY) EVENT("UID:b\r\n" DAY(
                                         "20260501") "RECURRENCE-ID;VALUE=DATE:20270501\r\n")),
                "2025-05-01 2026-05-01 2026-05-04 2027-05-01 2028-05-01");
        calendar_expect(CALENDAR(EVENT("UID:a\r\nRECURRENCE-ID;VALUE=DATE:20260501\r\n" DAY(
                                "20260504")) EVENT("UID:a\r\n" DAY("20250501") YEARLY)),
                        "2025-05-01 2026-05-04 2027-05-01 2028-05-01");
}

static void events_without_uid_are_replaced_by_none(void **state)
{
        calendar_expect(CALENDAR(EVENT(DAY("20260501")) EVENT(
                                "RECURRENCE-ID;VALUE=DATE:20260501\r\n" DAY("20260504"))),
                        "2026-05-01 2026-05-04");
}

static void cancelled_events_do_not_count(void **state)
{
        calendar_expect(CALENDAR(EVENT("STATUS:CANCELLED\r\n" DAY("20261224"))
                                         EVENT("STATUS:tentative\r\n" DAY("20261225"))),
                        "2026-12-25");
        calendar_expect(CALENDAR(EVENT("UID:a\r\n" DAY("20250501") YEARLY)
                                         EVENT("UID:a\r\nRECURRENCE-ID;VALUE=DATE:20260501\r\n"
                                               "STATUS:CANCELLED\r\n" DAY("20260501"))),
                        "2025-05-01 2027-05-01 2028-05-01");
}

static void an_event_that_stands_twice_is_refused(void **state)
{
        calendar_refuse(
                CALENDAR(EVENT("UID:a\r\n" DAY("20260501")) EVENT("UID:a\r\n" DAY("20260501"))),
                "f:7: error: the event with UID a stands in line 3 already\n");
        calendar_refuse(
                CALENDAR(EVENT("UID:a\r\n" DAY("20260501")) EVENT(
                        "UID:a\r\n" DAY("20260502") "RECURRENCE-ID;VALUE=DATE:20260501\r\n")
                                 EVENT("UID:a\r\n" DAY(
                                         "20260503") "RECURRENCE-ID;VALUE=DATE:20260501\r\n")),
                "f:12: error: the event with UID a stands in line 7 already\n");
}

static void a_rule_whose_first_day_is_none_of_its_days_is_refused(void **state)
{
        static const char REPORTED[] =
                "f:5: error: the first day (DTSTART) is none of those that this rule gives\n";
        calendar_refuse(ONE_EVENT(DAY("20260501") "RRULE:FREQ=YEARLY;BYMONTH=6\r\n"), REPORTED);
        calendar_refuse(ONE_EVENT(DAY("20260501") "RRULE:FREQ=YEARLY;UNTIL=20260430\r\n"),
                        REPORTED);
        calendar_refuse(ONE_EVENT(DAY("20260501") "RRULE:FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=2\r\n"),
                        REPORTED);
}

/* ---- What is not understood ---- */

static void only_whole_days_count(void **state)
{
        calendar_refuse(ONE_EVENT("DTSTART:20261225T100000Z\r\n"),
                        "f:4: error: DTSTART needs VALUE=DATE: only whole days count, no times of "
                        "a day\n");
        calendar_refuse(ONE_EVENT("DTSTART;TZID=Europe/Berlin:20261225T000000\r\n"),
                        "f:4: error: DTSTART needs VALUE=DATE: only whole days count, no times of "
                        "a day\n");
        calendar_expect_both(ONE_EVENT("DTSTART;TZID=Europe/Berlin;VALUE=DATE:20261225\r\n"),
                             "2026-12-25",
                             "f:4: warning: a whole day has no time zone: TZID is not looked at\n");
}

static void what_is_no_event_is_warned_of(void **state)
{
        calendar_expect_both(
                CALENDAR("BEGIN:VTODO\r\nDUE;VALUE=DATE:20261224\r\nBEGIN:VALARM\r\nEND:VALARM\r\n"
                         "END:VTODO\r\nBEGIN:VJOURNAL\r\nEND:VJOURNAL\r\n"
                         "BEGIN:VEVENT\r\n" DAY("20261225") "BEGIN:PARTICIPANT\r\nEND:"
                                                            "PARTICIPANT\r\nEND:VEVENT\r\n"),
                "2026-12-25",
                "f:3: warning: not read: VTODO; only events have days\n"
                "f:8: warning: not read: VJOURNAL; only events have days\n"
                "f:12: warning: not read: PARTICIPANT; only events have days\n");
}

static void what_stands_behind_an_event_is_none_of_its_lines(void **state)
{
        calendar_expect_both(
                CALENDAR("BEGIN:VEVENT\r\n" DAY("20261225") "END:VEVENT\r\nBEGIN:VTODO\r\n" DAY(
                        "20261231") "DUE:soon\r\nEND:VTODO\r\n"),
                "2026-12-25", "f:6: warning: not read: VTODO; only events have days\n");
}

static void other_calendars_than_gregorian_ones_of_version_2_are_refused(void **state)
{
        calendar_refuse("BEGIN:VCALENDAR\nVERSION:1.0\nEND:VCALENDAR\n",
                        "f:2: error: version 1.0 of calendars is not supported: only 2.0 is\n");
        calendar_refuse("BEGIN:VCALENDAR\nEND:VCALENDAR\n",
                        "f:1: error: this calendar has no VERSION:2.0\n");
        calendar_refuse(CALENDAR("CALSCALE:CHINESE\r\n"),
                        "f:3: error: CALSCALE:CHINESE is not supported: only GREGORIAN is\n");
        calendar_refuse(CALENDAR("METHOD:CANCEL\r\n"),
                        "f:3: error: a list of what is cancelled is no calendar\n");
}

static void broken_files_are_refused(void **state)
{
        static const char NONE[] = "f:1: error: no calendar: BEGIN:VCALENDAR is missing\n";
        static const char BEGIN[] = "f:1: error: a calendar begins with BEGIN:VCALENDAR\n";
        calendar_refuse("", NONE);
        calendar_refuse("\r\n\r\n", NONE);
        calendar_refuse("<html>\n", "f:1: error: no content line of a calendar (NAME:VALUE)\n");
        calendar_refuse("VERSION:2.0\n", BEGIN);
        calendar_refuse("BEGIN:VEVENT\nEND:VEVENT\n", BEGIN);
        calendar_refuse("BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261225\n",
                        "f:3: error: BEGIN:VEVENT without END: the file is not whole\n");
        calendar_refuse("BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nEND:VCALENDAR\n",
                        "f:4: error: END:VCALENDAR where VEVENT is open\n");
        calendar_refuse("END:VCALENDAR\n", "f:1: error: END:VCALENDAR where nothing is open\n");
        calendar_refuse(CALENDAR("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
                        "f:3: error: a calendar within a calendar\n");
        calendar_refuse(CALENDAR("BEGIN:VEVENT\r\n" DAY("20261225") EVENT("") "END:VEVENT\r\n"),
                        "f:5: error: an event within a VEVENT\n");
        calendar_refuse(CALENDAR("BEGIN:VTODO\r\n" EVENT(DAY("20261225")) "END:VTODO\r\n"),
                        "f:3: warning: not read: VTODO; only events have days\n"
                        "f:4: error: an event within a VTODO\n");
}

static void one_error_leaves_no_day_at_all(void **state)
{
        calendar_refuse(CALENDAR(EVENT(DAY("20261225")) EVENT("SUMMARY:x\r\n")),
                        "f:6: error: this event has no DTSTART\n");
}

/* ---- Meant to do harm ---- */

/* Writes a text of repeated pieces. Return: owned by the caller. */
static char *repeated(const char *before, const char *piece, unsigned count, const char *after)
{
        char *text = NULL;
        size_t size;
        FILE *stream = open_memstream(&text, &size);
        assert_non_null(stream);
        fputs(before, stream);
        for (unsigned i = 0; i < count; i++)
                fputs(piece, stream);
        fputs(after, stream);
        fclose(stream);
        return text;
}

static void components_within_components_are_bounded(void **state)
{
        char *text = repeated("BEGIN:VCALENDAR\n", "BEGIN:X-A\n", 100000, "");
        calendar_refuse(text, "f:2: warning: not read: X-A; only events have days\n"
                              "f:9: error: components within components: more than 8\n");
        free(text);
}

static void events_are_bounded(void **state)
{
        char *text = repeated("BEGIN:VCALENDAR\nVERSION:2.0\n",
                              "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261225\nEND:VEVENT\n",
                              CALENDAR_EVENTS_MAX, "END:VCALENDAR\n");
        calendar_expect(text, "2026-12-25");
        free(text);
        text = repeated("BEGIN:VCALENDAR\nVERSION:2.0\n",
                        "BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261225\nEND:VEVENT\n",
                        CALENDAR_EVENTS_MAX + 1, "END:VCALENDAR\n");
        calendar_refuse(text, "f:12291: error: more than 4096 events\n");
        free(text);
}

static double seconds_now(void)
{
        struct timespec now;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
        return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* A file full of events that each take long: it must end in seconds, and say why. */
static void expect_exhausted(const char *event, const char *expected)
{
        double before = seconds_now();
        char *text = repeated("BEGIN:VCALENDAR\nVERSION:2.0\n", event, CALENDAR_EVENTS_MAX,
                              "END:VCALENDAR\n");
        CalendarFixture fixture = calendar_fixture(text);
        char *found = diagnostics_text(fixture.diagnostics);
        assert_non_null(strstr(found, expected));
        assert_int_equal(fixture.days.count, 0);
        assert_int_equal(diagnostics_errors(fixture.diagnostics), 1);
        calendar_fixture_done(&fixture);
        free(found);
        free(text);
        assert_true(seconds_now() - before < 60);
}

#define LONG_EVENT(start, rule) "BEGIN:VEVENT\n" DAY(start) "RRULE:" rule "\nEND:VEVENT\n"

static void recurrences_are_bounded_over_all_events(void **state)
{
        static const char TOO_MANY[] = "too many recurrences: more than 100000 steps up to here";
        expect_exhausted(LONG_EVENT("15830101", "FREQ=DAILY"), TOO_MANY);
        expect_exhausted(LONG_EVENT("20200101", "FREQ=DAILY"), TOO_MANY);
        expect_exhausted(LONG_EVENT("20200101", "FREQ=DAILY;COUNT=100000"), TOO_MANY);
        expect_exhausted(LONG_EVENT("15830102", "FREQ=WEEKLY;BYDAY=SU"), TOO_MANY);
        expect_exhausted(LONG_EVENT("19000131", "FREQ=MONTHLY;BYMONTHDAY=31"), TOO_MANY);
        expect_exhausted(LONG_EVENT("15840229", "FREQ=YEARLY;BYMONTHDAY=29;BYMONTH=2"), TOO_MANY);
        expect_exhausted(LONG_EVENT("19000105", "FREQ=DAILY;INTERVAL=7;BYDAY=FR;BYMONTH=1"),
                         TOO_MANY);
}

static void a_rule_that_never_recurs_is_looked_for_once_only(void **state)
{
        static const char NONE[] = "the first day (DTSTART) is none of those that this rule gives";
        expect_exhausted(LONG_EVENT("20260101", "FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=2"), NONE);
        expect_exhausted(LONG_EVENT("20260101", "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1;BYSETPOS=366"),
                         NONE);
        expect_exhausted(
                LONG_EVENT("20260101", "FREQ=YEARLY;INTERVAL=1000;BYYEARDAY=1;BYSETPOS=-2"), NONE);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_calendar_as_google_writes_it),
                cmocka_unit_test(a_calendar_as_apple_writes_it),
                cmocka_unit_test(a_calendar_as_outlook_writes_it),
                cmocka_unit_test(several_calendars_in_one_file_all_count),
                cmocka_unit_test(a_calendar_without_events_has_no_days),
                cmocka_unit_test(an_event_lasts_one_day_unless_it_says_otherwise),
                cmocka_unit_test(only_the_days_from_1970_to_the_end_of_the_third_year_count),
                cmocka_unit_test(the_span_ends_the_same_all_year_long),
                cmocka_unit_test(days_are_bounded),
                cmocka_unit_test(days_of_several_events_stand_once),
                cmocka_unit_test(days_are_added_and_taken_out),
                cmocka_unit_test(one_day_of_an_event_can_be_moved),
                cmocka_unit_test(events_without_uid_are_replaced_by_none),
                cmocka_unit_test(cancelled_events_do_not_count),
                cmocka_unit_test(an_event_that_stands_twice_is_refused),
                cmocka_unit_test(a_rule_whose_first_day_is_none_of_its_days_is_refused),
                cmocka_unit_test(only_whole_days_count),
                cmocka_unit_test(what_is_no_event_is_warned_of),
                cmocka_unit_test(what_stands_behind_an_event_is_none_of_its_lines),
                cmocka_unit_test(other_calendars_than_gregorian_ones_of_version_2_are_refused),
                cmocka_unit_test(broken_files_are_refused),
                cmocka_unit_test(one_error_leaves_no_day_at_all),
                cmocka_unit_test(components_within_components_are_bounded),
                cmocka_unit_test(events_are_bounded),
                cmocka_unit_test(recurrences_are_bounded_over_all_events),
                cmocka_unit_test(a_rule_that_never_recurs_is_looked_for_once_only),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
