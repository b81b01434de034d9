/* SPDX-License-Identifier: MIT */
/* Tests of session.c: rules, exemptions, break-glass, uids, doors, observe mode. */
#include "decide_fixture.h"
#include "policy/session.h"

#define MINIMUM_UID 1000

/* A request of somebody whom NSS knows and who is not in /etc/passwd. */
static SessionRequest request_of(const char *service, const char *user)
{
        return (SessionRequest){ .service = text_from(service),
                                 .user = text_from(user),
                                 .user_uid_known = true,
                                 .user_uid = 5000,
                                 .caller = text_from("manager"),
                                 .caller_uid = 5001,
                                 .minimum_uid = MINIMUM_UID };
}

static SessionDecision session_ask(void **state, const SessionRequest *request)
{
        return policy_decide_session(decide_image(state),
                                     &(DecisionContext){ .now_s = MONDAY_MORNING }, request, NULL);
}

static void expect_session(void **state, const SessionRequest *request, Outcome outcome,
                           Reason reason)
{
        SessionDecision session = session_ask(state, request);
        assert_string_equal(reason_name(session.decision.reason), reason_name(reason));
        assert_int_equal(session.decision.outcome, outcome);
        assert_int_equal(session.real.reason, reason);
        assert_false(session.observed);
}

static void a_role_rule_asks_for_the_role_at_the_host(void **state)
{
        static const struct {
                const char *user;
                Outcome outcome;
                Reason reason;
        } CASES[] = {
                { "manager", OUTCOME_ALLOW, REASON_GRANTED_BY_ROLE },
                { "system", OUTCOME_ALLOW, REASON_GRANTED_BY_ROLE },
                { "viewer", OUTCOME_DENY, REASON_NOT_PERMITTED },
                { "admin", OUTCOME_DENY, REASON_NOT_PERMITTED }, /* of the Tower only */
                { "suspended", OUTCOME_DENY, REASON_SUSPENDED },
                { "badge", OUTCOME_DENY, REASON_NOT_A_MEMBER },
                { "stranger", OUTCOME_DENY, REASON_UNKNOWN_SUBJECT },
                { "", OUTCOME_DENY, REASON_UNKNOWN_SUBJECT },
                { "no name\n", OUTCOME_DENY, REASON_UNKNOWN_SUBJECT },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
                SessionRequest request = request_of("sshd", CASES[i].user);
                expect_session(state, &request, CASES[i].outcome, CASES[i].reason);
        }
}

static void a_decision_says_what_was_asked_and_by_which_rule(void **state)
{
        const Image *image = decide_image(state);
        SessionRequest request = request_of("login", "manager");
        SessionDecision session = session_ask(state, &request);
        assert_int_equal(session.role, image_find_role(image, IMAGE_NONE, TEXT_LITERAL("manager")));
        assert_int_equal(session.permission, IMAGE_NONE);
        assert_int_equal(session.target.type, RESOURCE_HOST);
        assert_int_equal(session.target.index, image_header(image)->settings.host);
        assert_int_equal(session.rule.line, 5);
        assert_true(text_is(session.subject, "manager"));
        assert_true(text_is(session.service, "login"));
        assert_false(session.for_door);
        assert_false(session.subject_is_caller);
        assert_int_equal(session.decision.place.line,
                         image_grant(image, session.decision.grant)->place.line);
}

static void a_permission_rule_asks_about_the_caller_where_it_says_so(void **state)
{
        SessionRequest request = request_of("sudo", "root");
        expect_session(state, &request, OUTCOME_DENY, REASON_NOT_PERMITTED);
        request.caller = text_from("system");
        expect_session(state, &request, OUTCOME_ALLOW, REASON_GRANTED_BY_ROLE);
        assert_true(text_is(session_ask(state, &request).subject, "system"));
        assert_true(session_ask(state, &request).subject_is_caller);
        request.caller = TEXT_NULL;
        expect_session(state, &request, OUTCOME_DENY, REASON_UNKNOWN_SUBJECT);
}

static void groups_count_for_the_one_who_is_asked_about(void **state)
{
        static const uint32_t MANAGERS[] = { 2002, 2003 };
        SessionRequest request = request_of("sshd", "stranger");
        request.caller_groups = MANAGERS;
        request.caller_group_count = 2;
        expect_session(state, &request, OUTCOME_DENY, REASON_UNKNOWN_SUBJECT);
        request.user_groups = MANAGERS;
        request.user_group_count = 2;
        expect_session(state, &request, OUTCOME_ALLOW, REASON_GRANTED_BY_ROLE);
        request.user = TEXT_NULL; /* somebody without a name is nobody, whatever his groups */
        expect_session(state, &request, OUTCOME_DENY, REASON_UNKNOWN_SUBJECT);
}

static void a_permission_at_a_host_is_shut_to_the_suspended(void **state)
{
        /* site.configure has no gate of its own. */
        SessionRequest request = request_of("sudo", "root");
        Model *model = ((DecideFixture *)*state)->load.model;
        ModelUser *user = NULL;
        for (uint32_t i = 0; i < model->organizations.items[0].users.count; i++)
                if (strcmp(model->organizations.items[0].users.items[i].name, "system") == 0)
                        user = &model->organizations.items[0].users.items[i];
        assert_non_null(user);
        user->suspended = true;
        user->access_place = (Place){ 1, 7 };
        Image *image = NULL;
        assert_int_equal(model_compile(model, MONDAY_MORNING, &image), 0);
        user->suspended = false;
        request.caller = text_from("system");
        SessionDecision session = policy_decide_session(
                image, &(DecisionContext){ .now_s = MONDAY_MORNING }, &request, NULL);
        assert_int_equal(session.decision.outcome, OUTCOME_DENY);
        assert_int_equal(session.decision.reason, REASON_SUSPENDED);
        assert_int_equal(session.decision.place.line, 7);
        image_free(image);
}

static void a_service_without_a_rule_is_denied(void **state)
{
        SessionRequest request = request_of("ftp", "system");
        expect_session(state, &request, OUTCOME_DENY, REASON_NO_SESSION_RULE);
        request.service = TEXT_NULL;
        expect_session(state, &request, OUTCOME_DENY, REASON_NO_SESSION_RULE);
        request.service = text_from("sshd2");
        expect_session(state, &request, OUTCOME_DENY, REASON_NO_SESSION_RULE);
}

static void an_exempt_service_lets_anybody_pass(void **state)
{
        SessionRequest request = request_of("cron", "stranger");
        expect_session(state, &request, OUTCOME_ALLOW, REASON_EXEMPT);
}

static void a_break_glass_account_of_passwd_is_let_in(void **state)
{
        SessionRequest request = request_of("sshd", "rescue");
        expect_session(state, &request, OUTCOME_DENY, REASON_UNKNOWN_SUBJECT);
        request.user_is_local = true;
        request.user_local_uid = 1500;
        expect_session(state, &request, OUTCOME_ALLOW, REASON_BREAK_GLASS);
        assert_true(session_ask(state, &request).break_glass);
        request.service = text_from("ftp");
        expect_session(state, &request, OUTCOME_ALLOW, REASON_BREAK_GLASS);
        /* Whoever calls is the one for sudo, and a door is not a way into the machine. */
        request.service = text_from("sudo");
        expect_session(state, &request, OUTCOME_DENY, REASON_NOT_PERMITTED);
        request.service = text_from("door-unlock");
        request.door = text_from("acme/HQ/D1");
        expect_session(state, &request, OUTCOME_DENY, REASON_UNKNOWN_SUBJECT);
}

static void local_accounts_below_the_minimum_are_left_to_others(void **state)
{
        SessionRequest request = request_of("sshd", "root");
        request.user_uid = 0;
        expect_session(state, &request, OUTCOME_DENY, REASON_UNKNOWN_SUBJECT);
        request.user_is_local = true;
        request.user_local_uid = MINIMUM_UID;
        expect_session(state, &request, OUTCOME_DENY, REASON_UNKNOWN_SUBJECT);
        request.user_local_uid = MINIMUM_UID - 1;
        expect_session(state, &request, OUTCOME_ALLOW, REASON_BELOW_MINIMUM_UID);
        request.service = text_from("door-unlock");
        request.door = text_from("acme/HQ/D1");
        expect_session(state, &request, OUTCOME_DENY, REASON_UNKNOWN_SUBJECT);
}

static void without_a_rule_both_must_be_system_accounts(void **state)
{
        SessionRequest request = request_of("ftp", "root");
        request.user_is_local = true;
        request.user_local_uid = 0;
        expect_session(state, &request, OUTCOME_DENY, REASON_NO_SESSION_RULE);
        request.caller_is_local = true;
        request.caller_local_uid = MINIMUM_UID;
        expect_session(state, &request, OUTCOME_DENY, REASON_NO_SESSION_RULE);
        request.caller_local_uid = 0;
        expect_session(state, &request, OUTCOME_ALLOW, REASON_BELOW_MINIMUM_UID);
}

static void a_person_with_another_uid_is_somebody_else(void **state)
{
        SessionRequest request = request_of("sshd", "numbered");
        expect_session(state, &request, OUTCOME_DENY, REASON_UNKNOWN_SUBJECT);
        request.user_uid = 4711;
        expect_session(state, &request, OUTCOME_ALLOW, REASON_GRANTED_BY_ROLE);
        request.user_uid = 5000;
        request.user_uid_known = false; /* NSS does not know him: decided by name */
        expect_session(state, &request, OUTCOME_ALLOW, REASON_GRANTED_BY_ROLE);
        request = request_of("sudo", "root");
        request.caller = text_from("numbered");
        expect_session(state, &request, OUTCOME_DENY, REASON_UNKNOWN_SUBJECT);
        request.caller_uid = 4711;
        expect_session(state, &request, OUTCOME_ALLOW, REASON_GRANTED_BY_ROLE);
}

static void a_door_service_asks_at_the_door(void **state)
{
        static const struct {
                const char *user, *door;
                Outcome outcome;
                Reason reason;
        } CASES[] = {
                { "viewer", "acme/HQ/D1", OUTCOME_ALLOW, REASON_GRANTED_BY_ROLE },
                { "manager", "acme/HQ/D2", OUTCOME_DENY, REASON_REMOTE_UNLOCK_DISABLED },
                { "manager", "acme/HQ2/D1", OUTCOME_DENY, REASON_NOT_PERMITTED },
                { "nobody", "beta/HQ/D1", OUTCOME_ALLOW, REASON_GRANTED_BY_ROLE },
                { "viewer", "acme/HQ/D9", OUTCOME_ERROR, REASON_UNKNOWN_RESOURCE },
                { "viewer", "", OUTCOME_ERROR, REASON_MALFORMED_QUERY },
                { "viewer", "door:acme/HQ/D1", OUTCOME_ERROR, REASON_MALFORMED_QUERY },
                { "viewer", "acme/../D1", OUTCOME_ERROR, REASON_MALFORMED_QUERY },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
                SessionRequest request = request_of("door-unlock", CASES[i].user);
                request.door = text_from(CASES[i].door);
                expect_session(state, &request, CASES[i].outcome, CASES[i].reason);
                assert_true(session_ask(state, &request).for_door);
        }
}

/* The same policy while the host observes. */
static Image *observing_image(void **state, bool with_host)
{
        Model *model = ((DecideFixture *)*state)->load.model;
        ModelHostSettings settings = model->settings;
        Image *image = NULL;
        model->settings.observe = true;
        model->settings.observe_until_s = MONDAY_MORNING + DAY;
        if (!with_host)
                model->settings.host = (Reference){ .index = MODEL_NONE };
        assert_int_equal(model_compile(model, MONDAY_MORNING, &image), 0);
        model->settings = settings;
        return image;
}

static void observing_lets_in_what_would_be_denied_until_it_ends(void **state)
{
        static const char *const SERVICES[] = { "sshd", "sudo", "ftp" };
        Image *image = observing_image(state, true);
        for (size_t i = 0; i < 3; i++) {
                SessionRequest request = request_of(SERVICES[i], "stranger");
                SessionDecision session = policy_decide_session(
                        image, &(DecisionContext){ .now_s = MONDAY_MORNING }, &request, NULL);
                assert_int_equal(session.decision.outcome, OUTCOME_ALLOW);
                assert_int_equal(session.decision.reason, REASON_OBSERVED);
                assert_int_equal(session.real.outcome, OUTCOME_DENY);
                assert_true(session.observed);
                session = policy_decide_session(
                        image, &(DecisionContext){ .now_s = MONDAY_MORNING + DAY }, &request, NULL);
                assert_int_equal(session.decision.outcome, OUTCOME_DENY);
                assert_false(session.observed);
        }
        SessionRequest allowed = request_of("sshd", "manager");
        SessionDecision session = policy_decide_session(
                image, &(DecisionContext){ .now_s = MONDAY_MORNING }, &allowed, NULL);
        assert_int_equal(session.decision.reason, REASON_GRANTED_BY_ROLE);
        assert_false(session.observed);
        image_free(image);
}

static void doors_and_errors_are_never_observed(void **state)
{
        Image *image = observing_image(state, true);
        SessionRequest request = request_of("door-unlock", "stranger");
        request.door = text_from("acme/HQ/D1");
        SessionDecision session = policy_decide_session(
                image, &(DecisionContext){ .now_s = MONDAY_MORNING }, &request, NULL);
        assert_int_equal(session.decision.outcome, OUTCOME_DENY);
        assert_int_equal(session.decision.reason, REASON_UNKNOWN_SUBJECT);
        image_free(image);

        image = observing_image(state, false);
        request = request_of("sshd", "manager");
        session = policy_decide_session(image, &(DecisionContext){ .now_s = MONDAY_MORNING },
                                        &request, NULL);
        assert_int_equal(session.decision.outcome, OUTCOME_ERROR);
        assert_int_equal(session.decision.reason, REASON_UNKNOWN_RESOURCE);
        assert_false(session.observed);
        image_free(image);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_role_rule_asks_for_the_role_at_the_host),
                cmocka_unit_test(a_decision_says_what_was_asked_and_by_which_rule),
                cmocka_unit_test(a_permission_rule_asks_about_the_caller_where_it_says_so),
                cmocka_unit_test(groups_count_for_the_one_who_is_asked_about),
                cmocka_unit_test(a_permission_at_a_host_is_shut_to_the_suspended),
                cmocka_unit_test(a_service_without_a_rule_is_denied),
                cmocka_unit_test(an_exempt_service_lets_anybody_pass),
                cmocka_unit_test(a_break_glass_account_of_passwd_is_let_in),
                cmocka_unit_test(local_accounts_below_the_minimum_are_left_to_others),
                cmocka_unit_test(without_a_rule_both_must_be_system_accounts),
                cmocka_unit_test(a_person_with_another_uid_is_somebody_else),
                cmocka_unit_test(a_door_service_asks_at_the_door),
                cmocka_unit_test(observing_lets_in_what_would_be_denied_until_it_ends),
                cmocka_unit_test(doors_and_errors_are_never_observed),
        };
        return cmocka_run_group_tests(tests, decide_setup, decide_teardown) ? 1 : 0;
}
