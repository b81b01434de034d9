/* SPDX-License-Identifier: MIT */
/* Tests of explain_time.c and remedy_time.c: what is written, word for word. */
#include "doors_fixture.h"

#include "policy/explain.h"

/* The line of `check`. Return: owned by the caller. */
static char *describe(const Doors *doors, const char *line, int64_t now_s, bool with_places)
{
        DecisionContext context = doors_context(doors, now_s);
        Decision decision = doors_ask(doors, line, now_s);
        Query query;
        char *text = NULL;
        size_t size;
        FILE *stream = open_memstream(&text, &size);
        assert_non_null(stream);
        assert_int_equal(query_parse_line(text_from(line), &query, NULL), 0);
        assert_int_equal(policy_describe(doors->decide.image, &context, &query, &decision,
                                         with_places, stream),
                         0);
        fclose(stream);
        return text;
}

/* The changes that explain proposes, each on a line. Return: owned by the caller. */
static char *remedies(const Doors *doors, const char *line, int64_t now_s)
{
        static const char HEADING[] = "The smallest change that would allow it:\n";
        DecisionContext context = doors_context(doors, now_s);
        Explanation explanation;
        Query query;
        char *text = NULL;
        size_t size;
        FILE *stream = open_memstream(&text, &size);
        assert_non_null(stream);
        assert_int_equal(query_parse_line(text_from(line), &query, NULL), 0);
        assert_int_equal(
                policy_explain(doors->decide.image, &context, &query, false, stream, &explanation),
                0);
        fclose(stream);
        char *found = strstr(text, HEADING);
        char *changes = strdup(found ? found + strlen(HEADING) : "");
        assert_non_null(changes);
        free(text);
        return changes;
}

/* What explains an allow. Return: owned by the caller. */
static char *chain(const Doors *doors, const char *line)
{
        DecisionContext context = doors_context(doors, MONDAY_MORNING);
        Explanation explanation;
        Query query;
        char *text = NULL;
        size_t size;
        FILE *stream = open_memstream(&text, &size);
        assert_non_null(stream);
        assert_int_equal(query_parse_line(text_from(line), &query, NULL), 0);
        assert_int_equal(
                policy_explain(doors->decide.image, &context, &query, true, stream, &explanation),
                0);
        fclose(stream);
        assert_int_equal(explanation.decision.outcome, OUTCOME_ALLOW);
        return text;
}

static void expect_text(char *text, const char *line, const char *expected)
{
        if (strcmp(text, expected) != 0)
                fprintf(stderr, "%s\n", line);
        assert_string_equal(text, expected);
        free(text);
}

static void expect(const Doors *doors, const char *line, const char *expected)
{
        expect_text(describe(doors, line, MONDAY_MORNING, true), line, expected);
}

static void expect_hidden(const Doors *doors, const char *line, const char *expected)
{
        expect_text(describe(doors, line, MONDAY_MORNING, false), line, expected);
}

static void expect_remedies(const Doors *doors, const char *line, const char *expected)
{
        expect_text(remedies(doors, line, MONDAY_MORNING), line, expected);
}

#define BY_CHRIS(why, digit)                                                                       \
        "2026-06-01T08:00:00Z by chris" why " (decision " digit "123456789abcdef0123456789abcdef)"
#define BY_GRACE "2026-06-01T08:00:00Z by grace: smoke (decision 4123456789abcdef0123456789abcdef)"

static void who_may_see_lines_is_told_who_changed_it_and_others_the_reason(void **state)
{
        Doors *doors = doors_begin(state);
        doors_suspend(doors, "badge");
        doors_dates(doors, "viewer", MONDAY_MORNING + HOUR, INT64_MAX);
        doors_block(doors, "HQ/D2", MONDAY_MORNING + HOUR);
        doors_override(doors, "HQ/D4", DOOR_STATE_LOCKED, MONDAY_MORNING + HOUR);
        const char *line = "badge door.enter door:acme/HQ/D4";
        expect(doors, line,
               "the access of badge is suspended since " BY_CHRIS(": lost badge", "0"));
        expect_hidden(doors, line, "the access of badge is suspended");
        line = "viewer door.enter door:acme/HQ/D4";
        expect(doors, line,
               "the access of viewer does not begin before 2026-06-01T10:00:00Z, as set " BY_CHRIS(
                       ": visit", "1"));
        expect_hidden(doors, line,
                      "the access of viewer does not begin before 2026-06-01T10:00:00Z");
        line = "visitor door.enter door:acme/HQ/D2";
        expect(doors, line,
               "door:acme/HQ/D2 is blocked until 2026-06-01T10:00:00Z, since " BY_CHRIS("", "3"));
        expect_hidden(doors, line, "door:acme/HQ/D2 is blocked");
        doors_user(doors, "badge")->suspension = NULL;
        line = "badge door.enter door:acme/HQ/D4";
        expect(doors, line,
               "door:acme/HQ/D4 is locked for badges by an override until 2026-06-01T10:00:00Z, "
               "made " BY_CHRIS(": delivery", "2"));
        expect_hidden(doors, line, "door:acme/HQ/D4 is locked for badges by an override");
        doors_lockdown(doors, "fire", INT64_MAX);
        line = "manager door.unlock door:acme/HQ/D3";
        expect_hidden(doors, line,
                      "manager at site:acme/HQ: gives it, but the door is locked down by "
                      "lockdown:acme/fire; only its unlock list may pass");
        char *text = describe(doors, line, MONDAY_MORNING, true);
        assert_non_null(strstr(text, "lockdown:acme/fire since " BY_GRACE
                                     "; only its unlock list may pass, acme.conf:"));
        free(text);
}

static void what_stands_in_the_text_is_told_with_its_name(void **state)
{
        Doors *doors = doors_begin(state);
        static const struct {
                const char *line, *time, *expected;
        } CASES[] = {
                { "badge door.enter door:acme/HQ/D1", "2026-06-01T06:00:00Z",
                  "door:acme/HQ/D1 is locked for badges now by the schedule hours (UTC)" },
                { "badge door.enter door:acme/HQ/D1", "2026-12-25T06:00:00Z",
                  "door:acme/HQ/D1 is locked for badges today by door-exception:acme/closed" },
                { "badge door.enter door:acme/HQ/D3", "2026-06-01T06:00:00Z",
                  "door:acme/HQ/D3 is locked for badges whenever nothing says otherwise" },
                { "badge door.enter door:acme/HQ/D1", "2026-06-01T12:00:00Z",
                  "code=true is not stated, and door:acme/HQ/D1 takes a badge with a code now by "
                  "the schedule hours (UTC)" },
                { "badge door.enter door:acme/HQ/D1", "2026-06-02T06:00:00Z",
                  "access-level:acme/staff-doors is off now: today access-exception:acme/inventory "
                  "replaces its schedule" },
                { "visitor door.enter door:acme/HQ/D2", "2026-06-01T06:00:00Z",
                  "access-level:acme/visits has the schedule day (UTC), which is off now" },
                { "visitor door.enter door:acme/HQ/D2", "2200-06-01T06:00:00Z",
                  "access-level:acme/visits has the schedule day (UTC), which is off now" },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
                expect_text(describe(doors, CASES[i].line, doors_time(CASES[i].time), false),
                            CASES[i].line, CASES[i].expected);
        char *text = describe(doors, "badge door.enter door:acme/HQ/D1",
                              doors_time("2026-12-25T06:00:00Z"), true);
        assert_non_null(strstr(text, "closed, acme.conf:32"));
        free(text);
}

static void an_untrusted_clock_is_told_with_what_depends_on_it(void **state)
{
        Doors *doors = doors_begin(state);
        doors->clock_untrusted = true;
        static const struct {
                const char *line, *expected;
        } CASES[] = {
                { "timed door.unlock door:acme/HQ/D2",
                  "manager at site:acme/HQ: gives it, but that, or a role it needs, is granted for "
                  "a time, and the clock cannot be trusted" },
                { "temporary door.unlock door:acme/HQ/D2",
                  "manager at site:acme/HQ: gives it, but the access of temporary has dates, and "
                  "the clock cannot be trusted" },
                { "visitor door.enter door:acme/HQ/D2",
                  "access-level:acme/visits depends on the time, and the clock cannot be trusted" },
                { "clerk user.migrate user:acme/old",
                  "clerk at organization:acme: needs target-has-legacy-role, but the target's "
                  "legacy role has an end, and the clock cannot be trusted" },
                { "admin grant manager@acme/HQ user:acme/timed",
                  "user:acme/timed may hold it already, for a time, and the clock cannot be "
                  "trusted: manager at site:acme/HQ" },
                { "temporary start-lockdown lockdown:acme/fire",
                  "temporary is on its list, but the access of temporary has dates, and the clock "
                  "cannot be trusted" },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
                expect_hidden(doors, CASES[i].line, CASES[i].expected);
        doors->clock_untrusted = false;
        doors->live.unknown = true;
        expect_hidden(doors, "visitor door.enter door:acme/HQ/D2",
                      "suspensions, overrides and lockdowns could not be read");
}

static void starting_and_ending_a_lockdown_is_told_by_list_or_site(void **state)
{
        Doors *doors = doors_begin(state);
        expect_hidden(doors, "badge start-lockdown lockdown:acme/fire", "badge is on its list");
        expect_hidden(doors, "chief start-lockdown lockdown:acme/fire", "admin at site:acme/HQ");
        expect_hidden(doors, "admin start-lockdown lockdown:acme/fire",
                      "no role in force gives admin lockdown.run at site:acme/Sydney, and he is "
                      "not on its list");
        expect_hidden(doors, "guard end-lockdown lockdown:acme/fire",
                      "lockdown:acme/fire is not on");
        expect_hidden(doors, "suspended start-lockdown lockdown:acme/fire",
                      "suspended is on its list, but the access of suspended is suspended");
        doors_lockdown(doors, "fire", INT64_MAX);
        char *text =
                describe(doors, "badge start-lockdown lockdown:acme/fire", MONDAY_MORNING, true);
        assert_non_null(strstr(text, "lockdown:acme/fire is on already, since " BY_GRACE));
        free(text);
}

static void remedies_end_what_was_changed_live(void **state)
{
        Doors *doors = doors_begin(state);
        doors_suspend(doors, "viewer");
        doors_dates(doors, "viewer", INT64_MIN, MONDAY_MORNING);
        doors_override(doors, "HQ/D4", DOOR_STATE_LOCKED, INT64_MAX);
        doors_block(doors, "HQ/D4", INT64_MAX);
        doors_lockdown(doors, "flood", INT64_MAX);
        expect_remedies(doors, "viewer door.enter door:acme/HQ/D4",
                        "  - end the blocking: doorward door release door:acme/HQ/D4\n"
                        "  - end the suspension of viewer: doorward resume user:acme/viewer\n"
                        "  - change the dates of access of viewer: doorward dates "
                        "user:acme/viewer\n"
                        "  - end the override: doorward door release door:acme/HQ/D4\n"
                        "  - add code=true to the question\n");
        expect_remedies(doors, "manager door.unlock door:acme/HQ/D1",
                        "  - end the lockdown: doorward lockdown end lockdown:acme/flood; or add "
                        "manager to its unlock list\n");
        expect_remedies(doors, "admin start-lockdown lockdown:acme/fire",
                        "  - add admin to the trigger list of lockdown:acme/fire\n");
        expect_remedies(doors, "suspended start-lockdown lockdown:acme/fire",
                        "  - end the suspension of suspended\n");
        doors->live.unknown = true;
        expect_remedies(doors, "manager door.unlock door:acme/HQ/D1",
                        "  - restore the live state, or begin an empty one: doorward state "
                        "reset\n");
}

static void what_comes_by_itself_is_waited_for(void **state)
{
        Doors *doors = doors_begin(state);
        static const struct {
                const char *line, *time, *expected;
        } CASES[] = {
                { "badge door.enter door:acme/HQ/D1", "2026-06-01T06:30:00Z",
                  "  - wait until 2026-06-01T08:00:00Z (08:00 in UTC), when door:acme/HQ/D1 "
                  "takes badges\n" },
                { "badge door.enter door:acme/HQ/D5", "2026-06-01T06:30:00Z",
                  "  - wait until 2026-06-01T10:00:00Z (10:00 in UTC), when door:acme/HQ/D5 "
                  "takes badges\n" },
                /* The exception of the level lasts to the end of that day. */
                { "badge door.enter door:acme/HQ/D1", "2026-06-02T06:30:00Z",
                  "  - wait until 2026-06-02T22:00:00Z (22:00 in UTC), when "
                  "access-level:acme/staff-doors is on and door:acme/HQ/D1 takes badges\n" },
                { "badge door.enter door:acme/HQ/D4", "2026-06-02T06:30:00Z",
                  "  - wait until 2026-06-02T22:00:00Z (22:00 in UTC), when "
                  "access-level:acme/staff-doors is on\n"
                  "  - add code=true to the question\n" },
                { "visitor door.enter door:acme/HQ/D2", "2026-06-02T18:00:00Z",
                  "  - wait until 2026-06-04T08:00:00Z (08:00 in UTC), when "
                  "access-level:acme/visits is on\n" },
                { "badge door.enter door:acme/HQ/D3", "2026-06-01T06:30:00Z", "" },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
                expect_text(remedies(doors, CASES[i].line, doors_time(CASES[i].time)),
                            CASES[i].line, CASES[i].expected);
}

static void an_untrusted_clock_is_accepted_only_where_it_matters(void **state)
{
        static const char ACCEPT[] =
                "  - set the clock right, or if it is right accept it: doorward clock accept\n";
        Doors *doors = doors_begin(state);
        doors->clock_untrusted = true;
        expect_remedies(doors, "timed door.unlock door:acme/HQ/D2", ACCEPT);
        expect_remedies(doors, "helper lockdown.run site:acme/HQ", ACCEPT);
        expect_remedies(doors, "temporary door.unlock door:acme/HQ/D2", ACCEPT);
        expect_remedies(doors, "visitor door.enter door:acme/HQ/D2", ACCEPT);
        /* With the right time he holds it: nothing has to be changed. */
        expect_remedies(doors, "admin grant manager@acme/HQ user:acme/timed", "");
        expect_remedies(doors, "late start-lockdown lockdown:acme/fire", ACCEPT);
        expect_remedies(doors, "temporary start-lockdown lockdown:acme/fire", ACCEPT);
        expect_remedies(doors, "viewer role.grant site:acme/HQ",
                        "  - give viewer the role admin at site:acme/HQ\n");
}

static void an_allow_by_list_is_a_chain_too(void **state)
{
        Doors *doors = doors_begin(state);
        DecisionContext context = doors_context(doors, MONDAY_MORNING);
        Explanation explanation;
        Query query;
        char *text = NULL;
        size_t size;
        FILE *stream = open_memstream(&text, &size);
        const char *line = "badge start-lockdown lockdown:acme/fire";
        assert_non_null(stream);
        assert_int_equal(query_parse_line(text_from(line), &query, NULL), 0);
        assert_int_equal(
                policy_explain(doors->decide.image, &context, &query, false, stream, &explanation),
                0);
        line = "chief end-lockdown lockdown:acme/flood";
        doors_lockdown(doors, "flood", INT64_MAX);
        assert_int_equal(query_parse_line(text_from(line), &query, NULL), 0);
        assert_int_equal(
                policy_explain(doors->decide.image, &context, &query, false, stream, &explanation),
                0);
        fclose(stream);
        assert_string_equal(text, "  user        user:acme/badge\n"
                                  "  list        trigger of lockdown:acme/fire\n"
                                  "  user        user:acme/chief\n"
                                  "  grant       admin at site:acme/HQ\n"
                                  "  role        admin\n"
                                  "  permission  lockdown.run\n"
                                  "  for         ending lockdown:acme/flood at site:acme/HQ\n");
        free(text);
}

/* Only those that are on, and shut the door, have to be passed. */
static void who_passes_a_lockdown_is_told_by_which_list(void **state)
{
        static const char PASSES[] = "  lockdown    lockdown:acme/fire is on, and its unlock list "
                                     "holds guard, acme.conf:93\n";
        static const char ENTER[] = "viewer door.enter door:acme/HQ/D1";
        Doors *doors = doors_begin(state);
        doors_lockdown(doors, "open", INT64_MAX);
        doors_lockdown(doors, "flood", MONDAY_MORNING);
        char *text = chain(doors, "guard door.unlock door:acme/HQ/D1");
        assert_null(strstr(text, "lockdown:"));
        free(text);
        doors_lockdown(doors, "fire", INT64_MAX);
        text = chain(doors, "guard door.unlock door:acme/HQ/D1");
        assert_non_null(strstr(text, PASSES));
        assert_null(strstr(text, "lockdown:acme/flood"));
        assert_null(strstr(text, "lockdown:acme/open"));
        free(text);
        text = chain(doors, "guard door.view door:acme/HQ/D1");
        assert_null(strstr(text, "lockdown:"));
        free(text);
        doors_lockdown(doors, "flood", INT64_MAX);
        text = chain(doors, ENTER);
        assert_non_null(strstr(text, "lockdown:acme/fire is on, and its unlock list holds viewer"));
        assert_non_null(strstr(text, "lockdown:acme/flood is on, and its unlock list"));
        free(text);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(who_may_see_lines_is_told_who_changed_it_and_others_the_reason),
                cmocka_unit_test(what_stands_in_the_text_is_told_with_its_name),
                cmocka_unit_test(an_untrusted_clock_is_told_with_what_depends_on_it),
                cmocka_unit_test(starting_and_ending_a_lockdown_is_told_by_list_or_site),
                cmocka_unit_test(remedies_end_what_was_changed_live),
                cmocka_unit_test(what_comes_by_itself_is_waited_for),
                cmocka_unit_test(an_untrusted_clock_is_accepted_only_where_it_matters),
                cmocka_unit_test(an_allow_by_list_is_a_chain_too),
                cmocka_unit_test(who_passes_a_lockdown_is_told_by_which_list),
        };
        return cmocka_run_group_tests(tests, doors_setup, doors_teardown) ? 1 : 0;
}
