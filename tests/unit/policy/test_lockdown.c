/* SPDX-License-Identifier: MIT */
/* Tests of lockdown.c and delegation_lockdown.c: who passes, and who starts and ends one. */
#include "doors_fixture.h"

#include "policy/engine.h"
#include "policy/review.h"

static void only_who_is_listed_and_may_otherwise_passes(void **state)
{
        Doors *doors = doors_begin(state);
        doors_lockdown(doors, "fire", MONDAY_MORNING + HOUR);
        static const struct {
                const char *line, *expected;
        } CASES[] = {
                { "manager door.unlock door:acme/HQ/D1", "deny locked-down" },
                { "guard door.unlock door:acme/HQ/D1", "allow granted-by-role" },
                { "viewer door.unlock door:acme/HQ/D1", "allow granted-by-role" },
                { "viewer door.unlock door:acme/HQ/D3", "deny door-locked" },
                { "badge door.enter door:acme/HQ/D1", "deny locked-down" },
                { "viewer door.enter door:acme/HQ/D1", "allow door-access" },
                { "guard door.enter door:acme/HQ/D1", "deny no-door-access" },
                { "manager door.view door:acme/HQ/D1", "allow granted-by-role" },
                { "clerk door.unlock door:acme/HQ/D1", "deny not-permitted" },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
                doors_expect(doors, CASES[i].line, MONDAY_MORNING, CASES[i].expected);
        Decision decision = doors_ask(doors, "badge door.enter door:acme/HQ/D1", MONDAY_MORNING);
        assert_int_equal(decision.lockdown, doors_find(doors, RESOURCE_LOCKDOWN, "fire"));
        assert_ptr_equal(decision.note, &DOORS_NOTES[LIVE_LOCKDOWN]);
        assert_int_equal(decision.failed_gate, GATE_NO_LOCKDOWN);
        doors_expect(doors, "manager door.unlock door:acme/HQ/D1", MONDAY_MORNING + HOUR,
                     "allow granted-by-role");
        doors->clock_untrusted = true;
        doors_expect(doors, "manager door.unlock door:acme/HQ/D1", MONDAY_MORNING + HOUR,
                     "deny locked-down");
}

/* Whichever of them is asked alone. */
static void no_gate_passes_while_live_state_is_unknown(void **state)
{
        Doors *doors = doors_begin(state);
        doors->live.unknown = true;
        DecisionContext context = doors_context(doors, MONDAY_MORNING);
        Target target = { .type = RESOURCE_DOOR,
                          .index = doors_find(doors, RESOURCE_DOOR, "HQ/D1") };
        Engine engine = { .image = doors->decide.image, .context = &context, .target = &target };
        static const uint32_t GATES[] = { GATE_ACCESS_IN_FORCE, GATE_NO_LOCKDOWN,
                                          GATE_NOT_BLOCKED };
        for (size_t i = 0; i < sizeof(GATES) / sizeof(GATES[0]); i++) {
                Finding finding = FINDING_NONE;
                Gate failed;
                assert_int_equal(gates_test(&engine, GATES[i], &finding, &failed),
                                 REASON_LIVE_STATE_UNKNOWN);
                assert_int_equal(failed, GATES[i]);
        }
}

static void every_lockdown_that_is_on_has_to_list_him(void **state)
{
        Doors *doors = doors_begin(state);
        doors_lockdown(doors, "flood", INT64_MAX);
        doors_expect(doors, "viewer door.unlock door:acme/HQ/D1", MONDAY_MORNING,
                     "allow granted-by-role");
        doors_expect(doors, "guard door.unlock door:acme/HQ/D1", MONDAY_MORNING,
                     "deny locked-down");
        doors_lockdown(doors, "fire", INT64_MAX);
        doors_expect(doors, "viewer door.unlock door:acme/HQ/D1", MONDAY_MORNING,
                     "allow granted-by-role");
        doors_expect(doors, "badge door.enter door:acme/HQ/D1", MONDAY_MORNING, "deny locked-down");
        /* One that locks open keeps nobody out, and lets nobody in. */
        doors_begin(state);
        doors_lockdown(doors, "open", INT64_MAX);
        doors_expect(doors, "manager door.unlock door:acme/HQ/D1", MONDAY_MORNING,
                     "allow granted-by-role");
        doors_expect(doors, "visitor door.enter door:acme/HQ/D1", MONDAY_MORNING,
                     "deny no-door-access");
}

static void who_is_listed_starts_and_ends_it_or_who_has_the_say_everywhere(void **state)
{
        Doors *doors = doors_begin(state);
        static const struct {
                const char *line, *expected;
        } OFF[] = {
                { "badge start-lockdown lockdown:acme/fire", "allow listed" },
                { "outside start-lockdown lockdown:acme/fire", "allow listed" },
                { "suspended start-lockdown lockdown:acme/fire", "deny suspended" },
                { "chief start-lockdown lockdown:acme/fire", "allow granted-by-role" },
                { "admin start-lockdown lockdown:acme/fire", "deny not-permitted" },
                { "admin start-lockdown lockdown:acme/flood", "allow granted-by-role" },
                { "guard start-lockdown lockdown:acme/fire", "deny not-permitted" },
                { "nobody start-lockdown lockdown:acme/fire", "deny unknown-subject" },
                { "outside start-lockdown lockdown:acme/flood", "deny not-a-member" },
                { "badge start-lockdown lockdown:acme/dust", "error unknown-resource" },
                { "guard end-lockdown lockdown:acme/fire", "deny no-change" },
                { "badge end-lockdown lockdown:acme/fire", "deny not-permitted" },
        };
        for (size_t i = 0; i < sizeof(OFF) / sizeof(OFF[0]); i++)
                doors_expect(doors, OFF[i].line, MONDAY_MORNING, OFF[i].expected);
        doors_lockdown(doors, "fire", MONDAY_MORNING + HOUR);
        Decision decision = doors_expect(doors, "badge start-lockdown lockdown:acme/fire",
                                         MONDAY_MORNING, "deny no-change");
        assert_ptr_equal(decision.note, &DOORS_NOTES[LIVE_LOCKDOWN]);
        doors_expect(doors, "guard end-lockdown lockdown:acme/fire", MONDAY_MORNING,
                     "allow listed");
        doors_expect(doors, "chief end-lockdown lockdown:acme/fire", MONDAY_MORNING,
                     "allow granted-by-role");
        doors_expect(doors, "badge end-lockdown lockdown:acme/fire", MONDAY_MORNING,
                     "deny not-permitted");
        doors_expect(doors, "badge start-lockdown lockdown:acme/fire", MONDAY_MORNING + HOUR,
                     "allow listed");
        doors_suspend(doors, "badge");
        decision = doors_expect(doors, "badge start-lockdown lockdown:acme/fire",
                                MONDAY_MORNING + HOUR, "deny suspended");
        assert_ptr_equal(decision.note, &DOORS_NOTES[LIVE_SUSPENSION]);
}

static void what_is_not_known_starts_none(void **state)
{
        Doors *doors = doors_begin(state);
        doors->clock_untrusted = true;
        doors_expect(doors, "badge start-lockdown lockdown:acme/fire", MONDAY_MORNING,
                     "allow listed");
        doors_expect(doors, "temporary start-lockdown lockdown:acme/fire", MONDAY_MORNING,
                     "deny clock-untrusted");
        /* Which of the two sites comes first does not matter. */
        doors_expect(doors, "late start-lockdown lockdown:acme/fire", MONDAY_MORNING,
                     "deny clock-untrusted");
        doors->clock_untrusted = false;
        doors_expect(doors, "late start-lockdown lockdown:acme/fire", MONDAY_MORNING,
                     "allow granted-by-role");
        doors->live.unknown = true;
        doors_expect(doors, "badge start-lockdown lockdown:acme/fire", MONDAY_MORNING,
                     "deny live-state-unknown");
        doors_expect(doors, "chief end-lockdown lockdown:acme/fire", MONDAY_MORNING,
                     "deny live-state-unknown");
        doors_expect(doors, "admin end-lockdown lockdown:acme/fire", MONDAY_MORNING,
                     "deny not-permitted");
}

static void without_live_state_only_the_authority_is_asked(void **state)
{
        const Image *image = ((Doors *)*state)->decide.image;
        decide_expect_of(image, "badge start-lockdown lockdown:acme/fire", MONDAY_MORNING, NULL,
                         "allow listed");
        decide_expect_of(image, "guard end-lockdown lockdown:acme/fire", MONDAY_MORNING, NULL,
                         "allow listed");
        /* A Unix group that is mapped to a listed group. */
        decide_expect_of(image, "stranger end-lockdown lockdown:acme/fire", MONDAY_MORNING,
                         (uint32_t[]){ 2001, 0 }, "allow listed");
        decide_expect_of(image, "stranger end-lockdown lockdown:acme/fire", MONDAY_MORNING,
                         (uint32_t[]){ 2002, 0 }, "deny not-permitted");
}

static int join_name(void *data, Text name, const Decision *decision)
{
        char *names = data;
        snprintf(names + strlen(names), 512 - strlen(names), "%.*s ", (int)name.size, name.data);
        return 0;
}

static void who_can_knows_that_a_unix_group_may_be_on_a_list(void **state)
{
        Doors *doors = doors_begin(state);
        Resource door;
        char names[512] = "";
        assert_int_equal(resource_parse(TEXT_LITERAL("door:acme/HQ/D2"), &door, NULL), 0);
        doors_lockdown(doors, "fire", INT64_MAX);
        DecisionContext context = doors_context(doors, MONDAY_MORNING);
        assert_int_equal(policy_who_can(doors->decide.image, &context, TEXT_LITERAL("door.unlock"),
                                        &door, join_name, names),
                         0);
        assert_string_equal(names, "admin+unix-group:2001 chief+unix-group:2001 guard "
                                   "late+unix-group:2001 manager+unix-group:2001 "
                                   "temporary+unix-group:2001 timed+unix-group:2001 ");
        doors_begin(state);
        doors_suspend(doors, "guard");
        names[0] = '\0';
        context = doors_context(doors, MONDAY_MORNING);
        assert_int_equal(policy_who_can(doors->decide.image, &context, TEXT_LITERAL("door.unlock"),
                                        &door, join_name, names),
                         0);
        assert_string_equal(names, "admin chief late manager temporary timed ");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(only_who_is_listed_and_may_otherwise_passes),
                cmocka_unit_test(no_gate_passes_while_live_state_is_unknown),
                cmocka_unit_test(every_lockdown_that_is_on_has_to_list_him),
                cmocka_unit_test(who_is_listed_starts_and_ends_it_or_who_has_the_say_everywhere),
                cmocka_unit_test(what_is_not_known_starts_none),
                cmocka_unit_test(without_live_state_only_the_authority_is_asked),
                cmocka_unit_test(who_can_knows_that_a_unix_group_may_be_on_a_list),
        };
        return cmocka_run_group_tests(tests, doors_setup, doors_teardown) ? 1 : 0;
}
