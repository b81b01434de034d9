/* SPDX-License-Identifier: MIT */
/* Tests of check_schedules.c: zones, kinds, windows of different states. */
#include "check_fixture.h"

#define WEEKLY "weekly = ( { days = [ \"mon\" ]; from = \"08:00\"; to = \"18:00\"; } );"
#define DOORS                                                                                      \
        "weekly = ( { days = [ \"mon\" ]; from = \"08:00\"; to = \"18:00\"; state = \"unlocked\";" \
        " } );"

static void organization_expect(const char *organization, const char *expected)
{
        CheckPolicy policy = { .catalogue = CHECK_CATALOGUE, .organization = organization };
        check_expect(&policy, expected);
}

static void schedules_of_both_kinds_share_their_names(void **state)
{
        organization_expect(CHECK_SITES "schedules = ( { name = \"s\"; " WEEKLY " } );\n"
                                        "door_schedules = ( { name = \"s\"; " DOORS " } );\n",
                            "acme.conf:4: error: duplicate schedule \"s\": it already stands at "
                            "acme.conf:3\n");
}

static void zones_are_known_wherever_they_stand(void **state)
{
        organization_expect(
                "organization = { name = \"acme\"; timezone = \"Mars/Olympus\"; };\n"
                "sites = ( { name = \"HQ\"; timezone = \"Europe/Berlim\"; },\n"
                " { name = \"Branch\"; timezone = \"America/Santiago\"; } );\n"
                "schedules = ( { name = \"s\"; timezone = \"Mars/Low\"; " WEEKLY " } );\n"
                "door_schedules = ( { name = \"d\"; timezone = \"Mars/High\"; " DOORS " } );\n",
                "acme.conf:1: error: there is no time zone \"Mars/Olympus\" on this machine\n"
                "acme.conf:2: error: there is no time zone \"Europe/Berlim\" on this machine\n"
                "acme.conf:4: error: there is no time zone \"Mars/Low\" on this machine\n"
                "acme.conf:5: error: there is no time zone \"Mars/High\" on this machine\n");
}

static void a_reference_leads_to_a_schedule_of_its_kind(void **state)
{
        organization_expect(
                CHECK_ACME
                "schedules = ( { name = \"s\"; " WEEKLY " } );\n"
                "door_schedules = ( { name = \"d\"; " DOORS " } );\n"
                "sites = ( { name = \"HQ\"; doors = ( { name = \"A\"; schedule = \"d\"; "
                "},\n { name = \"B\"; schedule = \"s\"; },\n"
                " { name = \"C\"; schedule = \"x\"; exceptions = [\n \"y\" ]; } ); } );\n"
                "access_levels = ( { name = \"l\"; schedule = \"s\"; },\n"
                " { name = \"m\"; schedule = \"d\"; } );\n",
                "acme.conf:5: error: \"s\" is an access schedule (acme.conf:2): a door has one of "
                "\"door_schedules\"\n"
                "acme.conf:6: error: there is no schedule \"x\"; did you mean \"s\"?\n"
                "acme.conf:7: error: there is no door exception \"y\"\n"
                "acme.conf:9: error: \"d\" is a door schedule (acme.conf:3): an access level has "
                "one of \"schedules\"\n");
}

#define WINDOW(days, from, to, state)                                                              \
        "{ days = [ " days " ]; from = \"" from "\"; to = \"" to "\"; state = \"" state "\"; }"

static void windows_of_different_states_do_not_overlap(void **state)
{
        /* They may touch, and those of one state may overlap. */
        organization_expect(CHECK_ACME "door_schedules = ( { name = \"d\"; weekly = ( " //
                            WINDOW("\"mon\"", "08:00", "12:00", "unlocked") ", "        //
                            WINDOW("\"mon\"", "10:00", "14:00", "unlocked") ", "        //
                            WINDOW("\"mon\"", "14:00", "24:00", "locked") " ); } );\n",
                            "");
        organization_expect(
                CHECK_ACME "door_schedules = ( { name = \"d\"; weekly = (\n"   //
                WINDOW("\"mon\", \"tue\"", "08:00", "12:00", "unlocked") ",\n" //
                WINDOW("\"mon\", \"tue\"", "11:59", "14:00", "locked") ",\n"   //
                WINDOW("\"sun\"", "23:00", "00:01", "card-and-code") ",\n"     //
                WINDOW("\"mon\"", "00:00", "01:00", "access-controlled") " ); } );\n",
                "acme.conf:4: error: this window (locked) and that at acme.conf:3 (unlocked) "
                "overlap: a door has one state at a time\n"
                "acme.conf:6: error: this window (access-controlled) and that at acme.conf:5 "
                "(card-and-code) overlap: a door has one state at a time\n");
        organization_expect(CHECK_ACME "door_schedules = ( { name = \"d\"; weekly = (\n" //
                            WINDOW("\"mon\"", "08:00", "12:00", "unlocked") ",\n"        //
                            WINDOW("\"mon\"", "11:59", "14:00", "locked") " ); } );\n",
                            "acme.conf:4: error: this window (locked) and that at acme.conf:3 "
                            "(unlocked) overlap: a door has one state at a time\n");
        /* A long window that began before a short one still counts after it. */
        organization_expect(
                CHECK_ACME "door_exceptions = ( { name = \"x\"; state = \"locked\"; dates = [ "
                           "\"2026-12-25\" ]; weekly = (\n"           //
                WINDOW("\"mon\"", "08:00", "18:00", "unlocked") ",\n" //
                WINDOW("\"mon\"", "09:00", "10:00", "unlocked") ",\n" //
                WINDOW("\"mon\"", "17:00", "17:30", "card-and-code") " ); } );\n",
                "acme.conf:5: error: this window (card-and-code) and that at acme.conf:3 "
                "(unlocked) overlap: a door has one state at a time\n");
}

static void a_schedule_without_windows_is_a_warning(void **state)
{
        organization_expect(CHECK_ACME
                            "schedules = ( { name = \"s\"; } );\n"
                            "door_schedules = ( { name = \"d\"; weekly = ( { days = [ ]; from = "
                            "\"08:00\"; to = \"09:00\"; state = \"locked\"; } ); } );\n",
                            "acme.conf:2: warning: schedule \"s\" is never on: it has no window\n"
                            "acme.conf:3: warning: schedule \"d\" is never on: it has no window\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(schedules_of_both_kinds_share_their_names),
                cmocka_unit_test(zones_are_known_wherever_they_stand),
                cmocka_unit_test(a_reference_leads_to_a_schedule_of_its_kind),
                cmocka_unit_test(windows_of_different_states_do_not_overlap),
                cmocka_unit_test(a_schedule_without_windows_is_a_warning),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
