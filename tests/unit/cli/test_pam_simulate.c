/* SPDX-License-Identifier: MIT */
/*
 * Tests of cli/pam_simulate.h: single rules of libpam's dispatch, and the search for ways against
 * trying everything. That the rules are libpam's is shown by test_pam_libpam.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/pam_simulate.h"
#include "random.h"

enum { LINES_MAX = 12, STACKS = 300, TRIED_MODULES_MAX = 2 };

/* A line of a stack under test, its answer with it. */
typedef struct Row {
        int level;
        const char *control; /* NULL: the line before a substack */
        int answer;
} Row;

static PamLine line_of(int level, const char *control, const char *module)
{
        PamLine line = { .kind = control ? PAM_LINE_MODULE : PAM_LINE_SUBSTACK,
                         .level = level,
                         .file = "",
                         .control_text = "",
                         .module = module };
        if (control)
                assert_true(pam_text_read_control(control, &line.control));
        return line;
}

static int run_rows(const Row *rows, size_t count)
{
        PamLine lines[LINES_MAX];
        int returns[LINES_MAX];
        for (size_t i = 0; i < count; i++) {
                lines[i] = line_of(rows[i].level, rows[i].control, "pam_some.so");
                returns[i] = rows[i].answer;
        }
        return pam_simulate(lines, count, returns);
}

#define RUN(...)                                                                                   \
        run_rows((const Row[]){ __VA_ARGS__ }, sizeof((Row[]){ __VA_ARGS__ }) / sizeof(Row))

static void a_stack_that_says_nothing_refuses(void **state)
{
        assert_int_equal(pam_simulate(NULL, 0, NULL), PAM_PERM_DENIED);
        assert_int_equal(RUN({ 0, "required", PAM_IGNORE }), PAM_PERM_DENIED);
        assert_int_equal(RUN({ 0, "optional", PAM_AUTH_ERR }), PAM_PERM_DENIED);
        assert_int_equal(RUN({ 0, "success=bad", PAM_SUCCESS }), PAM_PERM_DENIED);
}

static void the_first_failure_is_returned(void **state)
{
        assert_int_equal(RUN({ 0, "required", PAM_USER_UNKNOWN }, { 0, "required", PAM_AUTH_ERR },
                             { 0, "required", PAM_SUCCESS }),
                         PAM_USER_UNKNOWN);
        assert_int_equal(RUN({ 0, "required", PAM_SUCCESS }, { 0, "requisite", PAM_AUTH_ERR },
                             { 0, "required", PAM_USER_UNKNOWN }),
                         PAM_AUTH_ERR);
        assert_int_equal(RUN({ 0, "ignore=die", PAM_IGNORE }), PAM_PERM_DENIED);
}

static void sufficient_ends_the_stack_unless_it_has_failed(void **state)
{
        assert_int_equal(RUN({ 0, "sufficient", PAM_SUCCESS }, { 0, "required", PAM_AUTH_ERR }),
                         PAM_SUCCESS);
        assert_int_equal(RUN({ 0, "required", PAM_AUTH_ERR }, { 0, "sufficient", PAM_SUCCESS },
                             { 0, "required", PAM_SUCCESS }),
                         PAM_AUTH_ERR);
        assert_int_equal(RUN({ 0, "sufficient", PAM_AUTH_ERR }, { 0, "required", PAM_SUCCESS }),
                         PAM_SUCCESS);
}

static void what_is_good_but_no_success_stays(void **state)
{
        assert_int_equal(
                RUN({ 0, "required", PAM_NEW_AUTHTOK_REQD }, { 0, "required", PAM_SUCCESS }),
                PAM_NEW_AUTHTOK_REQD);
        assert_int_equal(
                RUN({ 0, "required", PAM_SUCCESS }, { 0, "required", PAM_NEW_AUTHTOK_REQD }),
                PAM_NEW_AUTHTOK_REQD);
}

static void jumps_count_lines_and_substacks(void **state)
{
        assert_int_equal(RUN({ 0, "success=1", PAM_SUCCESS }, { 0, "required", PAM_AUTH_ERR },
                             { 0, "required", PAM_SUCCESS }),
                         PAM_SUCCESS);
        assert_int_equal(RUN({ 0, "success=1", PAM_SUCCESS }, { 0, NULL, 0 },
                             { 1, "required", PAM_AUTH_ERR }, { 1, "required", PAM_AUTH_ERR },
                             { 0, "required", PAM_SUCCESS }),
                         PAM_SUCCESS);
        assert_int_equal(RUN({ 0, "required", PAM_SUCCESS }, { 0, "success=1", PAM_SUCCESS }),
                         PAM_PERM_DENIED);
        assert_int_equal(RUN({ 0, NULL, 0 }, { 1, "required", PAM_SUCCESS },
                             { 1, "success=1", PAM_SUCCESS }, { 0, "required", PAM_SUCCESS }),
                         PAM_PERM_DENIED);
        assert_int_equal(RUN({ 0, "required", PAM_SUCCESS }, { 0, "success=1", PAM_SUCCESS },
                             { 0, "required", PAM_AUTH_ERR }),
                         PAM_SUCCESS);
}

static void a_substack_keeps_done_and_die_to_itself(void **state)
{
        assert_int_equal(RUN({ 0, NULL, 0 }, { 1, "sufficient", PAM_SUCCESS },
                             { 1, "required", PAM_USER_UNKNOWN }, { 0, "required", PAM_AUTH_ERR }),
                         PAM_AUTH_ERR);
        assert_int_equal(RUN({ 0, NULL, 0 }, { 1, "requisite", PAM_AUTH_ERR },
                             { 0, "required", PAM_SUCCESS }),
                         PAM_AUTH_ERR);
}

static void reset_goes_back_to_where_the_substack_began(void **state)
{
        assert_int_equal(RUN({ 0, "required", PAM_AUTH_ERR }, { 0, "default=reset", PAM_SUCCESS },
                             { 0, "required", PAM_SUCCESS }),
                         PAM_SUCCESS);
        assert_int_equal(RUN({ 0, "required", PAM_AUTH_ERR }, { 0, NULL, 0 },
                             { 1, "required", PAM_USER_UNKNOWN },
                             { 1, "default=reset", PAM_SUCCESS }, { 1, "required", PAM_SUCCESS }),
                         PAM_AUTH_ERR);
        /* the second substack begins with what the first came to */
        assert_int_equal(RUN({ 0, NULL, 0 }, { 1, "required", PAM_AUTH_ERR }, { 0, NULL, 0 },
                             { 1, "default=reset", PAM_SUCCESS }, { 1, "required", PAM_SUCCESS }),
                         PAM_AUTH_ERR);
}

static void answers_that_are_none_refuse(void **state)
{
        assert_int_equal(RUN({ 0, "optional", -1 }, { 0, "required", PAM_SUCCESS }),
                         PAM_PERM_DENIED);
        assert_int_equal(RUN({ 0, "optional", _PAM_RETURN_VALUES }, { 0, "required", PAM_SUCCESS }),
                         PAM_PERM_DENIED);
        assert_int_equal(RUN({ 0, "default=ok", PAM_INCOMPLETE }, { 0, "required", PAM_SUCCESS }),
                         PAM_INCOMPLETE);
}

static void a_broken_line_refuses_as_its_control_says(void **state)
{
        PamLine lines[] = { line_of(0, "required", NULL), line_of(0, "required", "pam_some.so") };
        const int returns[] = { PAM_SUCCESS, PAM_SUCCESS };
        lines[0].kind = PAM_LINE_BROKEN;
        assert_int_equal(pam_simulate(lines, 2, returns), PAM_PERM_DENIED);
        assert_true(pam_text_read_control("optional", &lines[0].control));
        assert_int_equal(pam_simulate(lines, 2, returns), PAM_SUCCESS);
}

static const PamQuestion question = { .phase = PAM_PHASE_ACCOUNT,
                                      .module = "pam_asked.so",
                                      .answer = PAM_PERM_DENIED,
                                      .accepted = 1u << PAM_SUCCESS | 1u << PAM_NEW_AUTHTOK_REQD };

/* Tries every answer of the modules that are not asked about, one after the other. */
static bool try_all(const PamLine *lines, size_t count, int *returns, size_t from)
{
        while (from < count && lines[from].module[4] != 's') /* pam_some.so */
                from++;
        if (from == count)
                return question.accepted & 1u << pam_simulate(lines, count, returns);
        for (int code = 0; code < _PAM_RETURN_VALUES; code++) {
                returns[from] = code;
                if (code != PAM_INCOMPLETE && try_all(lines, count, returns, from + 1))
                        return true;
        }
        return false;
}

static const char *random_control(Random *random)
{
        static const char *const controls[] = {
                "required",
                "requisite",
                "optional",
                "sufficient",
                "success=ok default=reset",
                "success=1 default=ignore",
                "success=2 default=bad",
                "perm_denied=ok default=done",
                "new_authtok_reqd=done success=1 default=bad",
                "perm_denied=reset success=ok default=die",
        };
        return controls[random_below(random, sizeof(controls) / sizeof(*controls))];
}

/* A stack of two unknown modules and some whose answers are known. */
static size_t random_stack(Random *random, PamLine *lines, int *returns)
{
        static const struct {
                const char *module;
                int answer;
        } known[] = { { "pam_asked.so", PAM_PERM_DENIED },
                      { "pam_permit.so", PAM_SUCCESS },
                      { "pam_deny.so", PAM_AUTH_ERR } };
        size_t count = 1 + (size_t)random_below(random, 7);
        int level = 0, unknown = 0;
        for (size_t i = 0; i < count; i++) {
                int other = random_below(random, 3);
                bool free = unknown < TRIED_MODULES_MAX && random_chance(random, 40);
                level = random_chance(random, 70) ? level : random_below(random, level + 2);
                lines[i] = line_of(level, random_control(random),
                                   free ? "pam_some.so" : known[other].module);
                returns[i] = known[other].answer;
                unknown += free;
        }
        return count;
}

static void the_search_finds_a_way_exactly_when_there_is_one(void **state)
{
        Random random = { 42 };
        int ways_seen = 0, asked_seen = 0;
        for (int i = 0; i < STACKS; i++) {
                PamLine lines[LINES_MAX];
                int returns[LINES_MAX];
                PamWays ways = { 0 };
                bool asked = false;
                size_t count = random_stack(&random, lines, returns);
                for (size_t j = 0; j < count; j++)
                        asked = asked || pam_line_calls(&lines[j], question.module);
                if (!asked)
                        continue;
                bool expected = try_all(lines, count, returns, 0);
                assert_int_equal(pam_find_ways(lines, count, &question, &ways), 0);
                assert_int_equal(ways.count > 0, expected);
                ways_seen += expected;
                asked_seen++;
                vector_clear(&ways);
        }
        assert_true(ways_seen > STACKS / 10);
        assert_true(asked_seen - ways_seen > STACKS / 10);
}

static void every_line_that_lets_through_is_found_once(void **state)
{
        PamWays ways = { 0 };
        PamLine lines[] = { line_of(0, "sufficient", "pam_a.so"),
                            line_of(0, "success=2 default=ignore", "pam_b.so"),
                            line_of(0, "required", "pam_c.so"),
                            line_of(0, "optional", "pam_asked.so"),
                            line_of(0, "required", "pam_permit.so") };
        assert_int_equal(pam_find_ways(lines, 5, &question, &ways), 0);
        assert_int_equal(ways.count, 3);
        bool seen[5] = { false };
        for (size_t i = 0; i < ways.count; i++) {
                const PamWay *way = &ways.items[i];
                seen[way->line] = true;
                assert_int_equal(way->kind, way->line == 3 ? PAM_WAY_SOFT : PAM_WAY_PAST);
                assert_int_equal(way->module, 3);
                assert_int_equal(way->result, PAM_SUCCESS);
        }
        assert_true(seen[0] && seen[1] && seen[3]);
        vector_clear(&ways);
}

/* Every substack may be entered in four standings, each of which a reset could bring back. */
static void a_stack_with_too_many_possibilities_is_given_up(void **state)
{
        enum { COUNT = PAM_LEVELS_MAX + 2 };
        PamLine lines[COUNT] = { line_of(0, "success=1 default=ignore", "pam_some.so"),
                                 line_of(0, "optional", "pam_asked.so") };
        PamWays ways = { 0 };
        for (int level = 0; level < PAM_LEVELS_MAX; level++)
                lines[level + 2] =
                        line_of(level, "success=ok new_authtok_reqd=ok default=ignore abort=bad",
                                "pam_some.so");
        assert_int_equal(pam_find_ways(lines, COUNT, &question, &ways), 1);
        vector_clear(&ways);
        assert_int_equal(pam_find_ways(lines, COUNT / 2, &question, &ways), 0);
        assert_int_equal(ways.count, 2);
        vector_clear(&ways);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_stack_that_says_nothing_refuses),
                cmocka_unit_test(the_first_failure_is_returned),
                cmocka_unit_test(sufficient_ends_the_stack_unless_it_has_failed),
                cmocka_unit_test(what_is_good_but_no_success_stays),
                cmocka_unit_test(jumps_count_lines_and_substacks),
                cmocka_unit_test(a_substack_keeps_done_and_die_to_itself),
                cmocka_unit_test(reset_goes_back_to_where_the_substack_began),
                cmocka_unit_test(answers_that_are_none_refuse),
                cmocka_unit_test(a_broken_line_refuses_as_its_control_says),
                cmocka_unit_test(the_search_finds_a_way_exactly_when_there_is_one),
                cmocka_unit_test(every_line_that_lets_through_is_found_once),
                cmocka_unit_test(a_stack_with_too_many_possibilities_is_given_up),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
