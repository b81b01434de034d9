/* SPDX-License-Identifier: MIT */
/* Tests of explain*.c, misses.c, remedy*.c and suggest.c: what is written, word for word. */
#include "decide_fixture.h"
#include "policy/explain.h"

static Query query_of(const char *line)
{
        Query query;
        assert_int_equal(query_parse_line(text_from(line), &query, NULL), 0);
        return query;
}

/* The text of an explanation. Return: owned by the caller. */
static char *explain(void **state, const char *line, int64_t now_s, const uint32_t *groups,
                     bool with_places, Explanation *ret_explanation)
{
        DecisionContext context = { .now_s = now_s, .unix_groups = groups };
        Query query = query_of(line);
        char *text = NULL;
        size_t size;
        FILE *stream = open_memstream(&text, &size);
        while (groups && groups[context.unix_group_count] != 0)
                context.unix_group_count++;
        assert_non_null(stream);
        assert_int_equal(policy_explain(decide_image(state), &context, &query, with_places, stream,
                                        ret_explanation),
                         0);
        fclose(stream);
        return text;
}

static void expect_text(void **state, const char *line, int64_t now_s, const uint32_t *groups,
                        const char *expected)
{
        Explanation explanation;
        char *text = explain(state, line, now_s, groups, false, &explanation);
        assert_string_equal(text, expected);
        free(text);
}

static void expect_description(void **state, const char *line, const char *expected)
{
        DecisionContext context = { .now_s = MONDAY_MORNING };
        Query query = query_of(line);
        Decision decision = policy_decide(decide_image(state), &context, &query, NULL);
        char *text = NULL;
        size_t size;
        FILE *stream = open_memstream(&text, &size);
        assert_non_null(stream);
        assert_int_equal(
                policy_describe(decide_image(state), &context, &query, &decision, false, stream),
                0);
        fclose(stream);
        assert_string_equal(text, expected);
        free(text);
}

static void one_line_names_the_grant_or_what_is_missing(void **state)
{
        static const DecideCase CASES[] = {
                { "viewer door.view door:acme/HQ/D1",
                  "viewer at site:acme/HQ by group:acme/viewers" },
                { "manager door.unlock door:acme/HQ/D1", "manager at site:acme/HQ" },
                { "viewer door.unlock door:acme/HQ/D1",
                  "viewer at site:acme/HQ by group:acme/viewers; access-level:acme/day-doors" },
                { "system site.configure site:acme/HQ2",
                  "admin at every site of organization:acme, implied by system" },
                { "system settings.change organization:acme", "system at organization:acme" },
                { "badge door.enter door:acme/HQ/D1", "access-level:acme/day-doors" },
                { "stranger door.view door:acme/HQ/D1",
                  "organization:acme does not know stranger" },
                { "badge door.view door:acme/HQ/D1", "organization:acme has no member badge" },
                { "viewer site.configure site:acme/HQ",
                  "no role in force at site:acme/HQ gives viewer site.configure" },
                { "lonely door.unlock door:acme/HQ/D1",
                  "viewer at site:acme/HQ by group:acme/viewers: needs door-access-now, but no "
                  "access "
                  "level holds both the door and an access group of lonely" },
                { "nightly door.unlock door:acme/HQ/D1",
                  "viewer at site:acme/HQ by group:acme/viewers: needs door-access-now, but "
                  "access-level:acme/night-doors has the schedule over-midnight (Europe/Berlin), "
                  "which is off now" },
                { "late door.enter door:acme/HQ/D1",
                  "the access of late ended 2026-05-01T00:00:00Z" },
                { "early door.enter door:acme/HQ/D1",
                  "the access of early does not begin before 2026-07-01T00:00:00Z" },
                { "suspended door.unlock door:acme/HQ/D1",
                  "manager at site:acme/HQ: gives it, but the access of suspended is suspended" },
                { "manager door.unlock door:acme/HQ/D2",
                  "manager at site:acme/HQ: gives it, but remote unlock is switched off" },
                { "people user.edit user:acme/kept",
                  "people at organization:acme: needs target-not-synced, but the target is synced "
                  "from a directory and is changed there only" },
                { "manager schedule.apply door:acme/HQ/D1",
                  "manager at site:acme/HQ: needs schedule-exists, but the question names no "
                  "declared with=schedule:..." },
                { "viewer door.view door:acme/HQ/D9", "door:acme/HQ/D9 is not declared" },
                { "viewer door.view site:acme/HQ",
                  "door.view is not asked on a resource of type site" },
                { "viewer door.look door:acme/HQ/D1", "no catalogue declares door.look" },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
                expect_description(state, CASES[i].line, CASES[i].expected);
}

static void an_allow_is_a_chain_from_the_person_to_the_place(void **state)
{
        expect_text(state, "viewer door.unlock door:acme/HQ/Tower/D3", MONDAY_MORNING, NULL,
                    "  user        user:acme/viewer\n"
                    "  group       group:acme/viewers\n"
                    "  grant       viewer at site:acme/HQ by group:acme/viewers\n"
                    "  role        viewer\n"
                    "  permission  door.unlock\n"
                    "  site        site:acme/HQ/Tower, below site:acme/HQ\n"
                    "  door access access-level:acme/day-doors, on now by the schedule day\n");
        expect_text(state, "admin door.view door:acme/HQ/Tower/D3", MONDAY_MORNING, NULL,
                    "  user        user:acme/admin\n"
                    "  grant       admin at site:acme/HQ/Tower\n"
                    "  role        admin\n"
                    "  permission  door.view of the included role viewer\n"
                    "  site        site:acme/HQ/Tower\n");
        expect_text(state, "stranger door.view door:acme/HQ/D1", MONDAY_MORNING,
                    (uint32_t[]){ 2001, 2003, 0 },
                    "  user        stranger (known by Unix groups only)\n"
                    "  unix group  2001\n"
                    "  group       group:acme/mapped\n"
                    "  grant       viewer at site:acme/HQ by group:acme/mapped\n"
                    "  role        viewer\n"
                    "  permission  door.view\n"
                    "  site        site:acme/HQ\n");
}

static void places_are_shown_only_to_those_who_may_see_them(void **state)
{
        Explanation explanation;
        char *text = explain(state, "manager door.unlock door:acme/HQ/D2", MONDAY_MORNING, NULL,
                             true, &explanation);
        assert_non_null(strstr(text, ", acme.conf:"));
        free(text);
        text = explain(state, "manager door.unlock door:acme/HQ/D2", MONDAY_MORNING, NULL, false,
                       &explanation);
        assert_null(strstr(text, ".conf"));
        free(text);
}

static void a_denial_tells_the_nearest_misses_first(void **state)
{
        expect_text(state, "timed site.configure site:acme/HQ", MONDAY_MORNING + 5 * DAY, NULL,
                    "\n"
                    "Roles of timed, the nearest first:\n"
                    "  - manager at site:acme/HQ: ended 2026-06-02T00:00:00Z\n"
                    "\n"
                    "The smallest change that would allow it:\n"
                    "  - give timed the role admin at site:acme/HQ\n");
        expect_text(
                state, "both flags.use site:acme/HQ", MONDAY_MORNING, NULL,
                "\n"
                "Roles of both, the nearest first:\n"
                "  - admin at every site of organization:acme, implied by system: does not give "
                "it\n"
                "  - system at organization:acme: does not give it\n"
                "  - people at organization:acme: does not give it\n"
                "  - viewer at site:acme/HQ by group:acme/viewers: a higher role of the same "
                "ladder counts instead\n"
                "\n"
                "No role, access or date that could be given would allow it.\n");
        expect_text(state, "admin site.configure site:acme/HQ2", MONDAY_MORNING, NULL,
                    "\n"
                    "Roles of admin, the nearest first:\n"
                    "  - admin at site:acme/HQ/Tower: gives it there, not here\n"
                    "\n"
                    "The smallest change that would allow it:\n"
                    "  - give admin the role admin at site:acme/HQ2\n");
        expect_text(
                state, "viewer site.configure site:acme/HQ", MONDAY_MORNING, NULL,
                "\n"
                "Roles of viewer, the nearest first:\n"
                "  - viewer at site:acme/HQ by group:acme/viewers: does not give it; admin does\n"
                "\n"
                "The smallest change that would allow it:\n"
                "  - give viewer the role admin at site:acme/HQ\n");
        expect_text(state, "flag flags.use site:acme/HQ", MONDAY_MORNING, NULL,
                    "\n"
                    "Roles of flag, the nearest first:\n"
                    "  - old-flag at site:acme/HQ: has no effect without another role\n"
                    "\n"
                    "No role, access or date that could be given would allow it.\n");
}

static void what_is_misspelt_is_suggested(void **state)
{
        expect_text(state, "viewer door.vieew door:acme/HQ/D1", MONDAY_MORNING, NULL,
                    "Did you mean door.view?\n");
        expect_text(state, "viewer unlock door:acme/HQ/D1", MONDAY_MORNING, NULL,
                    "Did you mean door.unlock?\n");
        expect_text(state, "viewer suspend user:acme/viewer", MONDAY_MORNING, NULL, "");
        expect_text(state, "viewer door.view door:acme/HQ/E1", MONDAY_MORNING, NULL,
                    "Did you mean door:acme/HQ/D1?\n");
        expect_text(state, "viewer door.view door:acme/HQ/Towre/D3", MONDAY_MORNING, NULL,
                    "Did you mean door:acme/HQ/Tower/D3?\n");
        expect_text(state, "viewer door.view door:acme/Somewhere/Else", MONDAY_MORNING, NULL, "");
        Explanation explanation;
        char *text = explain(state, "veiwer door.view door:acme/HQ/D1", MONDAY_MORNING, NULL, false,
                             &explanation);
        assert_non_null(strstr(text, "Did you mean user:acme/viewer?"));
        free(text);
}

/* The kinds of the remedies of a denial, in order. */
static void expect_remedies(void **state, const char *line, const uint32_t *groups,
                            const RemedyKind *kinds, size_t count)
{
        Explanation explanation;
        free(explain(state, line, MONDAY_MORNING, groups, true, &explanation));
        if (explanation.remedy_count != count)
                fprintf(stderr, "%s\n", line);
        assert_int_equal(explanation.remedy_count, count);
        for (size_t i = 0; i < count; i++)
                assert_int_equal(explanation.remedies[i].kind, kinds[i]);
}

#define KINDS(...)                                                                                 \
        (const RemedyKind[]){ __VA_ARGS__ },                                                       \
                sizeof((const RemedyKind[]){ __VA_ARGS__ }) / sizeof(RemedyKind)

static void the_smallest_change_takes_the_role_that_gives_the_least(void **state)
{
        Explanation explanation;
        free(explain(state, "nobody door.view door:acme/HQ/D1", MONDAY_MORNING, NULL, true,
                     &explanation));
        const ImageRole *role = image_role(decide_image(state), explanation.remedies[0].role);
        assert_true(text_is(image_string(decide_image(state), role->name), "guard"));
        expect_remedies(state, "nobody door.view door:acme/HQ/D1", NULL, KINDS(REMEDY_GRANT_ROLE));
        expect_remedies(state, "lonely door.unlock door:acme/HQ/D1", NULL,
                        KINDS(REMEDY_ADD_ACCESS_GROUP));
        expect_remedies(state, "nobody door.unlock door:acme/HQ/D1", NULL,
                        KINDS(REMEDY_GRANT_ROLE, REMEDY_ADD_ACCESS_GROUP));
        expect_remedies(state, "nightly door.unlock door:acme/HQ/D1", NULL, KINDS(REMEDY_WAIT));
        expect_remedies(state, "manager support.enable organization:acme", NULL,
                        KINDS(REMEDY_GRANT_ROLE));
        expect_remedies(state, "system user.migrate user:acme/legacy", NULL,
                        KINDS(REMEDY_GRANT_ROLE));
}

static void the_person_is_mended_first(void **state)
{
        expect_remedies(state, "stranger door.view door:acme/HQ/D1", NULL,
                        KINDS(REMEDY_DECLARE_USER, REMEDY_GRANT_ROLE));
        expect_remedies(state, "badge door.view door:acme/HQ/D1", NULL, KINDS(REMEDY_MAKE_MEMBER));
        expect_remedies(state, "stranger door.view door:acme/HQ/D1", (uint32_t[]){ 2001, 0 },
                        KINDS(REMEDY_DECLARE_USER));
        expect_remedies(state, "stranger door.view door:acme/HQ/D1", (uint32_t[]){ 2003, 0 },
                        KINDS(REMEDY_DECLARE_USER, REMEDY_GRANT_ROLE));
        expect_remedies(state, "stranger door.enter door:acme/HQ/D1", NULL,
                        KINDS(REMEDY_DECLARE_USER, REMEDY_ADD_ACCESS_GROUP));
        expect_remedies(state, "suspended door.unlock door:acme/HQ/D1", NULL, KINDS(REMEDY_RESUME));
        expect_remedies(state, "late door.unlock door:acme/HQ/D1", NULL,
                        KINDS(REMEDY_CHANGE_DATES));
        expect_remedies(state, "unfit door.enter door:acme/HQ/D1", NULL,
                        KINDS(REMEDY_RESUME, REMEDY_CHANGE_DATES));
        expect_remedies(state, "suspended door.unlock door:acme/HQ/D2", NULL,
                        KINDS(REMEDY_RESUME, REMEDY_SWITCH_ON));
}

static void every_switch_that_is_off_has_to_be_switched_on(void **state)
{
        Explanation explanation;
        expect_remedies(state, "dark door.unlock door:acme/Dark/Cellar/D6", NULL,
                        KINDS(REMEDY_SWITCH_ON, REMEDY_SWITCH_ON, REMEDY_SWITCH_ON));
        free(explain(state, "dark door.unlock door:acme/Dark/Cellar/D6", MONDAY_MORNING, NULL, true,
                     &explanation));
        assert_int_equal(explanation.remedies[0].type, RESOURCE_SITE);
        assert_int_equal(explanation.remedies[1].type, RESOURCE_SITE);
        assert_int_equal(explanation.remedies[2].type, RESOURCE_DOOR);
        assert_int_not_equal(explanation.remedies[0].place.line,
                             explanation.remedies[1].place.line);
        expect_remedies(state, "switched door.unlock door:acme/HQ/D2", NULL,
                        KINDS(REMEDY_SWITCH_ON, REMEDY_SWITCH_ON));
}

static void objects_are_named_or_declared(void **state)
{
        expect_remedies(state, "manager schedule.apply door:acme/HQ/D1", NULL,
                        KINDS(REMEDY_NAME_OBJECT));
        expect_remedies(state, "manager schedule.apply door:acme/HQ/D1 with=schedule:acme/ghost",
                        NULL, KINDS(REMEDY_DECLARE_OBJECT));
        expect_remedies(state, "viewer roll-call.mark site:acme/HQ with=roll-call:acme/HQ/R", NULL,
                        KINDS(REMEDY_NAME_OBJECT));
        expect_remedies(state, "admin role.grant site:acme/HQ/Tower with=user:acme/ghost", NULL,
                        KINDS(REMEDY_DECLARE_OBJECT));
}

static void what_no_change_can_turn_has_no_remedy(void **state)
{
        static const char *const LINES[] = {
                "people user.edit user:acme/kept",
                "admin role.grant site:acme/HQ/Tower with=user:acme/admin",
                "both user.migrate user:acme/nobody",
                "viewer door.enter door:acme/HQ2/D1", /* no access level holds it */
                "nobody flags.use site:acme/HQ",      /* legacy roles are not given */
        };
        Explanation explanation;
        for (size_t i = 0; i < sizeof(LINES) / sizeof(LINES[0]); i++) {
                char *text = explain(state, LINES[i], MONDAY_MORNING, NULL, true, &explanation);
                assert_int_equal(explanation.decision.outcome, OUTCOME_DENY);
                assert_int_equal(explanation.remedy_count, 0);
                assert_non_null(strstr(text, "No role, access or date"));
                free(text);
        }
}

static void waiting_is_offered_only_while_everything_else_holds(void **state)
{
        /* On Friday evening the next time is Monday; a grant that has ended by then is no way. */
        Explanation explanation;
        char *text = explain(state, "viewer door.unlock door:acme/HQ/D1",
                             MONDAY_MORNING + 4 * DAY + 12 * HOUR, NULL, false, &explanation);
        assert_int_equal(explanation.remedies[0].kind, REMEDY_WAIT);
        assert_int_equal(explanation.remedies[0].at_s, MONDAY_MORNING + 7 * DAY - 3 * HOUR);
        assert_non_null(strstr(text,
                               "wait until 2026-06-08T06:00:00Z (08:00 in Europe/Berlin), when "
                               "access-level:acme/day-doors is on"));
        free(text);
        /* His dates end before the schedule is on again: nothing to wait for. */
        free(explain(state, "late door.enter door:acme/HQ/D1", 1777593600 - HOUR, NULL, true,
                     &explanation));
        assert_int_equal(explanation.decision.reason, REASON_NOT_PERMITTED_AT_THIS_TIME);
        assert_int_equal(explanation.remedy_count, 0);
}

static void a_stream_that_fails_is_an_error(void **state)
{
        DecisionContext context = { .now_s = MONDAY_MORNING };
        Query query = query_of("viewer door.view door:acme/HQ/D1");
        Explanation explanation;
        FILE *full = fopen("/dev/full", "we");
        assert_non_null(full);
        setvbuf(full, NULL, _IONBF, 0);
        assert_true(policy_explain(decide_image(state), &context, &query, true, full,
                                   &explanation) < 0);
        fclose(full);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(one_line_names_the_grant_or_what_is_missing),
                cmocka_unit_test(an_allow_is_a_chain_from_the_person_to_the_place),
                cmocka_unit_test(places_are_shown_only_to_those_who_may_see_them),
                cmocka_unit_test(a_denial_tells_the_nearest_misses_first),
                cmocka_unit_test(what_is_misspelt_is_suggested),
                cmocka_unit_test(the_smallest_change_takes_the_role_that_gives_the_least),
                cmocka_unit_test(the_person_is_mended_first),
                cmocka_unit_test(every_switch_that_is_off_has_to_be_switched_on),
                cmocka_unit_test(objects_are_named_or_declared),
                cmocka_unit_test(what_no_change_can_turn_has_no_remedy),
                cmocka_unit_test(waiting_is_offered_only_while_everything_else_holds),
                cmocka_unit_test(a_stream_that_fails_is_an_error),
        };
        return cmocka_run_group_tests(tests, decide_setup, decide_teardown) ? 1 : 0;
}
