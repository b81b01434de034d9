/* SPDX-License-Identifier: MIT */
/*
 * Tests of policy/calendar_load.h: the folder calendars.d, the calendars that name its files, and
 * what a whole policy with a calendar decides.
 */
#include "folder_fixture.h"

#include "policy/decide.h"
#include "policy/limits.h"
#include "util/file.h"

#define NOW_S INT64_C(1795305600) /* 2026-11-22T00:00:00Z */

#define CHRISTMAS                                                                                  \
        "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20251225\n"                \
        "RRULE:FREQ=YEARLY\nEND:VEVENT\nEND:VCALENDAR\n"
#define ACME(calendars)                                                                            \
        "organization = { name = \"acme\"; };\nsites = ( { name = \"HQ\"; } );\n"                  \
        "calendars = ( " calendars " );\n"
#define CALENDAR(name, file) "{ name = \"" name "\"; file = \"" file "\"; }"

static const PolicyPaths PATHS = { "p", "r" };

static int calendars_make(void **state)
{
        if (folder_make(state) != 0 || mkdir("p/calendars.d", 0755) < 0)
                return -1;
        folder_put("p/organizations.d/acme.conf", ACME(CALENDAR("holidays", "holidays.ics")));
        folder_put("p/calendars.d/holidays.ics", CHRISTMAS);
        return 0;
}

static void expect(const char *expected)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        assert_int_equal(model_load(fixture.model, &PATHS, NOW_S), 0);
        load_fixture_expect(&fixture, expected);
        load_fixture_done(&fixture);
}

static void a_file_fills_every_calendar_that_names_it(void **state)
{
        folder_put("p/organizations.d/beta.conf",
                   "organization = { name = \"beta\"; };\nsites = ( { name = \"HQ\"; } );\n"
                   "calendars = ( " CALENDAR("a", "holidays.ics") ", " CALENDAR(
                           "b", "holidays.ics") " );\n");
        LoadFixture fixture;
        load_fixture_init(&fixture);
        assert_int_equal(model_load(fixture.model, &PATHS, NOW_S), 0);
        load_fixture_expect(&fixture, "");
        int32_t until;
        assert_int_equal(timestamp_days(2029, 1, 1, &until), 0);
        uint32_t filled = 0;
        for (uint32_t i = 0; i < fixture.model->organizations.count; i++) {
                const ModelOrganization *organization = &fixture.model->organizations.items[i];
                for (uint32_t k = 0; k < organization->calendars.count; k++, filled++) {
                        assert_int_equal(organization->calendars.items[k].days.count, 4);
                        assert_int_equal(organization->calendars.items[k].known_until, until);
                }
        }
        assert_int_equal(filled, 3);
        load_fixture_done(&fixture);
}

static void a_file_that_does_not_exist_is_an_error_where_it_is_named(void **state)
{
        assert_int_equal(unlink("p/calendars.d/holidays.ics"), 0);
        expect("organizations.d/acme.conf:3: error: there is no calendars.d/holidays.ics\n");
        assert_int_equal(rmdir("p/calendars.d"), 0);
        expect("organizations.d/acme.conf:3: error: there is no calendars.d/holidays.ics\n");
}

static void what_nobody_names_is_a_warning(void **state)
{
        folder_put("p/calendars.d/Holidays.ics", "not looked into");
        folder_put("p/calendars.d/holidays.ics~", "");
        assert_int_equal(mkdir("p/calendars.d/old", 0755), 0);
        expect("calendars.d/Holidays.ics:1: warning: not read: no calendar of an organization "
               "names it\n"
               "calendars.d/holidays.ics~:1: warning: not read: its name does not end in .ics\n"
               "calendars.d/old:1: warning: not read: its name does not end in .ics\n");
}

static void errors_of_a_file_name_its_lines(void **state)
{
        folder_put("p/calendars.d/holidays.ics",
                   "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nDTSTART:20251225T000000\n"
                   "END:VEVENT\nEND:VCALENDAR\n");
        expect("calendars.d/holidays.ics:4: error: DTSTART needs VALUE=DATE: only whole days "
               "count, no times of a day\n");
}

static void files_are_guarded(void **state)
{
        assert_int_equal(chmod("p/calendars.d/holidays.ics", 0666), 0);
        expect("calendars.d/holidays.ics:1: error: this file may be written by its group or by "
               "others (chmod go-w)\n");
        assert_int_equal(chmod("p/calendars.d", 0777), 0);
        expect("calendars.d:1: error: this folder may be written by its group or by others (chmod "
               "go-w)\n");
        assert_int_equal(chmod("p/calendars.d", 0755), 0);
        assert_int_equal(unlink("p/calendars.d/holidays.ics"), 0);
        assert_int_equal(symlink("/etc/passwd", "p/calendars.d/holidays.ics"), 0);
        expect("calendars.d/holidays.ics:1: error: this is not a regular file; links are not "
               "followed\n");
}

static void files_are_bounded(void **state)
{
        assert_int_equal(truncate("p/calendars.d/holidays.ics", CALENDAR_SIZE_MAX + 1), 0);
        LoadFixture fixture;
        load_fixture_init(&fixture);
        assert_int_equal(model_load(fixture.model, &PATHS, NOW_S), 0);
        char *text = diagnostics_text(fixture.diagnostics);
        assert_non_null(strstr(text, "calendars.d/holidays.ics:1: error: this file "));
        assert_int_equal(diagnostics_errors(fixture.diagnostics), 1);
        free(text);
        load_fixture_done(&fixture);
}

static void a_calendar_that_has_run_out_is_a_warning(void **state)
{
        static const char WARNING[] = "organizations.d/acme.conf:3: warning: this calendar holds "
                                      "no day from today on\n";
        folder_put("p/calendars.d/holidays.ics",
                   "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261121\n"
                   "END:VEVENT\nEND:VCALENDAR\n");
        expect(WARNING);
        folder_put("p/calendars.d/holidays.ics",
                   "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261122\n"
                   "END:VEVENT\nEND:VCALENDAR\n");
        expect("");
        folder_put("p/calendars.d/holidays.ics", "BEGIN:VCALENDAR\nVERSION:2.0\nEND:VCALENDAR\n");
        expect(WARNING);
}

static uint64_t fingerprint(void)
{
        uint64_t found = 0, loaded;
        assert_int_equal(policy_fingerprint(&PATHS, &found), 0);
        LoadFixture fixture;
        load_fixture_init(&fixture);
        assert_int_equal(model_load(fixture.model, &PATHS, NOW_S), 0);
        loaded = fixture.model->fingerprint;
        load_fixture_done(&fixture);
        assert_true(loaded == found);
        return found;
}

static void files_count_in_the_fingerprint(void **state)
{
        uint64_t before = fingerprint();
        folder_put("p/calendars.d/holidays.ics", CHRISTMAS "\n");
        assert_true(fingerprint() != before);
        folder_put("p/calendars.d/holidays.ics", CHRISTMAS);
        assert_true(fingerprint() == before);
        folder_put("p/calendars.d/unused.ics", "");
        assert_true(fingerprint() != before);
}

/* ---- What is decided ---- */

#define CATALOGUE                                                                                  \
        "permissions = ( { name = \"access.door.enter\"; scope = \"door\";\n"                      \
        "  without_role = [ \"door-access-now\" ]; } );\nroles = ( { name = \"r\"; level = "       \
        "\"site\"; } );\n"
#define ORGANIZATION                                                                               \
        "organization = { name = \"acme\"; timezone = \"Europe/Berlin\"; };\n"                     \
        "sites = ( { name = \"HQ\"; doors = ( { name = \"front\"; exceptions = [ \"closed\" ]; } " \
        "); } );\n"                                                                                \
        "users = ( { name = \"bob\"; access_groups = [ \"staff\" ]; } );\n"                        \
        "access_groups = ( { name = \"staff\"; } );\n"                                             \
        "access_levels = ( { name = \"all\"; doors = [ \"HQ/front\" ];\n"                          \
        "  access_groups = [ \"staff\" ]; } );\n"                                                  \
        "calendars = ( { name = \"holidays\"; file = \"holidays.ics\"; } );\n"                     \
        "door_exceptions = ( { name = \"closed\"; calendars = [ \"holidays\" ];\n"                 \
        "  state = \"locked\"; } );\n"

static Image *image_build(int64_t now_s)
{
        folder_put("r/roles.conf", CATALOGUE);
        folder_put("p/organizations.d/acme.conf", ORGANIZATION);
        Diagnostics *diagnostics = diagnostics_new();
        Image *image = NULL;
        assert_int_equal(policy_build(&PATHS, now_s, diagnostics, NULL, &image), 0);
        if (!image)
                diagnostics_print(diagnostics, stderr);
        assert_non_null(image);
        diagnostics_free(diagnostics);
        return image;
}

static void decide_expect(const Image *image, const char *at, Outcome outcome, Reason reason)
{
        Query query;
        const char *problem;
        int64_t now_s;
        assert_int_equal(timestamp_parse(text_from(at), &now_s), 0);
        assert_int_equal(query_parse_line(TEXT_LITERAL("bob access.door.enter door:acme/HQ/front"),
                                          &query, &problem),
                         0);
        DecisionContext context = { .now_s = now_s };
        Decision decision = policy_decide(image, &context, &query, NULL);
        assert_int_equal(decision.outcome, outcome);
        assert_int_equal(decision.reason, reason);
}

static void a_holiday_closes_a_door(void **state)
{
        Image *image = image_build(NOW_S);
        decide_expect(image, "2026-12-24T23:59:59+01:00", OUTCOME_ALLOW, REASON_DOOR_ACCESS);
        decide_expect(image, "2026-12-25T00:00:00+01:00", OUTCOME_DENY, REASON_DOOR_LOCKED);
        decide_expect(image, "2026-12-25T23:59:59+01:00", OUTCOME_DENY, REASON_DOOR_LOCKED);
        decide_expect(image, "2026-12-26T00:00:00+01:00", OUTCOME_ALLOW, REASON_DOOR_ACCESS);
        decide_expect(image, "2025-12-25T12:00:00+01:00", OUTCOME_DENY, REASON_DOOR_LOCKED);
        image_free(image);
}

static void past_the_third_year_a_calendar_says_nothing(void **state)
{
        Image *image = image_build(NOW_S);
        decide_expect(image, "2028-12-25T12:00:00+01:00", OUTCOME_DENY, REASON_DOOR_LOCKED);
        decide_expect(image, "2028-12-31T23:59:59+01:00", OUTCOME_ALLOW, REASON_DOOR_ACCESS);
        decide_expect(image, "2029-01-01T00:00:00+01:00", OUTCOME_DENY, REASON_SCHEDULE_ENDED);
        image_free(image);
}

static void the_image_is_the_same_all_year_long(void **state)
{
        int64_t january, december, next;
        assert_int_equal(timestamp_parse(TEXT_LITERAL("2026-01-01T00:00:00Z"), &january), 0);
        assert_int_equal(timestamp_parse(TEXT_LITERAL("2026-12-31T23:59:59Z"), &december), 0);
        assert_int_equal(timestamp_parse(TEXT_LITERAL("2027-01-01T00:00:00Z"), &next), 0);
        Image *first = image_build(january), *last = image_build(december),
              *other = image_build(next);
        char revisions[3][IMAGE_REVISION_SIZE];
        assert_string_equal(image_revision(first, revisions[0]),
                            image_revision(last, revisions[1]));
        assert_string_not_equal(revisions[0], image_revision(other, revisions[2]));
        image_free(first);
        image_free(last);
        image_free(other);
}

#define calendars_test(name) cmocka_unit_test_setup_teardown(name, calendars_make, folder_remove)

int main(void)
{
        const struct CMUnitTest tests[] = {
                calendars_test(a_file_fills_every_calendar_that_names_it),
                calendars_test(a_file_that_does_not_exist_is_an_error_where_it_is_named),
                calendars_test(what_nobody_names_is_a_warning),
                calendars_test(errors_of_a_file_name_its_lines),
                calendars_test(files_are_guarded),
                calendars_test(files_are_bounded),
                calendars_test(a_calendar_that_has_run_out_is_a_warning),
                calendars_test(files_count_in_the_fingerprint),
                calendars_test(a_holiday_closes_a_door),
                calendars_test(past_the_third_year_a_calendar_says_nothing),
                calendars_test(the_image_is_the_same_all_year_long),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
