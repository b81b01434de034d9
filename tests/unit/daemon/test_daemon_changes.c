/* SPDX-License-Identifier: MIT */
/* Changes of who holds what, made by people through the real daemon. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "change_fixture.h"

static int setup(void **state)
{
        static DaemonFixture fixture;
        change_fixture_set_up(&fixture);
        assert_true(fixture_start(&fixture));
        *state = &fixture;
        return 0;
}

static void a_grant_is_in_force_when_it_is_answered_and_on_disk_and_in_the_journal(void **state)
{
        DaemonFixture *fixture = *state;
        assert_false(sees_door(fixture, "bob"));
        const Reply *reply = change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/bob"),
                                       { FIELD_WHY, "covers \"Monday\"", 0 });
        /* Fields ascend: WHY comes before ROLE, so this was no frame. */
        assert_int_equal(reply->type, 0);
        reply = change_as(fixture, ADA, { FIELD_ACTION, "grant", 0 },
                          { FIELD_RESOURCE, "user:acme/bob", 0 },
                          { FIELD_WHY, "covers \"Monday\"", 0 }, { FIELD_ROLE, VIEWER_HQ, 0 });
        assert_answer(reply, OUTCOME_ALLOW, "granted-by-role");
        assert_string_equal(reply->subject, "ada");
        assert_non_null(strstr(reply->detail, "access-site-admin"));
        assert_null(strstr(reply->detail, ".conf:"));
        assert_non_null(strstr(plain(fixture, MESSAGE_STATUS), reply->revision));
        assert_true(sees_door(fixture, "bob"));
        assert_non_null(strstr(assignments(fixture), "bob"));
        assert_non_null(strstr(assignments(fixture), "covers \\\"Monday\\\""));
        assert_non_null(strstr(assignments(fixture), "by = \"ada\"; at = \"2"));
        assert_false(has_candidate(fixture));
        const char *rows = plain(fixture, MESSAGE_EVENTS);
        assert_non_null(strstr(rows, "kind=change\n"));
        assert_non_null(strstr(rows, "subject=ada\n"));
        assert_non_null(strstr(rows, "caller_uid=4731\n"));
        assert_non_null(strstr(rows, "action=grant\nresource=user:acme/bob\ndecision=allow\n"));
        assert_non_null(strstr(rows, "why=covers \"Monday\"\nbefore=-\nafter=" VIEWER_HQ "\n"));
        assert_non_null(strstr(plain(fixture, MESSAGE_STATUS), "text=served\n"));
        assert_non_null(strstr(plain(fixture, MESSAGE_STATUS), "changes_made=1\n"));
        assert_non_null(strstr(plain(fixture, MESSAGE_STATUS), "last_change=done\n"));
}

static void what_was_granted_can_be_revoked_and_survives_being_killed(void **state)
{
        DaemonFixture *fixture = *state;
        assert_answer(change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/bob")), OUTCOME_ALLOW,
                      "granted-by-role");
        (void)fixture_stop(fixture, SIGKILL);
        assert_true(fixture_start(fixture));
        assert_true(sees_door(fixture, "bob"));
        assert_answer(change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/bob")), OUTCOME_DENY,
                      "no-change");
        assert_answer(change_as(fixture, ADA, REVOKE(VIEWER_HQ, "user:acme/bob")), OUTCOME_ALLOW,
                      "granted-by-role");
        assert_false(sees_door(fixture, "bob"));
        assert_null(strstr(assignments(fixture), "bob"));
        assert_non_null(strstr(plain(fixture, MESSAGE_EVENTS), "before=" VIEWER_HQ "\nafter=-\n"));
        (void)fixture_stop(fixture, SIGKILL);
        assert_true(fixture_start(fixture));
        assert_false(sees_door(fixture, "bob"));
}

static void a_grant_may_have_a_time(void **state)
{
        DaemonFixture *fixture = *state;
        uint32_t now = (uint32_t)time(NULL);
        const Reply *reply =
                change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/bob"),
                          { FIELD_FROM, NULL, now - 10 }, { FIELD_UNTIL, NULL, 4102444800u });
        assert_answer(reply, OUTCOME_ALLOW, "granted-by-role");
        assert_true(sees_door(fixture, "bob"));
        assert_non_null(strstr(plain(fixture, MESSAGE_EVENTS), "until 2100-01-01T00:00:00Z\n"));
        assert_answer(change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/cleo"),
                                { FIELD_UNTIL, NULL, now - 1 }),
                      OUTCOME_ERROR, "malformed-query");
        assert_answer(change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/cleo"),
                                { FIELD_FROM, NULL, now + 100 }, { FIELD_UNTIL, NULL, now + 100 }),
                      OUTCOME_ERROR, "malformed-query");
        assert_answer(change_as(fixture, ADA, REVOKE(VIEWER_HQ, "user:acme/bob"),
                                { FIELD_UNTIL, NULL, now + 100 }),
                      OUTCOME_ERROR, "malformed-query");
        assert_null(strstr(assignments(fixture), "cleo"));
}

static void who_may_not_is_denied_and_nothing_is_written(void **state)
{
        DaemonFixture *fixture = *state;
        assert_answer(change_as(fixture, BOB, GRANT(VIEWER_HQ, "user:acme/cleo")), OUTCOME_DENY,
                      "not-permitted");
        assert_answer(change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/ada")), OUTCOME_DENY,
                      "self-grant");
        assert_answer(
                change_as(fixture, ADA, GRANT("access-site-viewer@acme/Branch", "user:acme/bob")),
                OUTCOME_DENY, "not-permitted");
        assert_answer(change_as(fixture, ADA, GRANT("access-site-viewer", "user:acme/bob")),
                      OUTCOME_DENY, "wrong-level");
        assert_answer(change_as(fixture, ADA, GRANT("no-such-role", "user:acme/bob")),
                      OUTCOME_ERROR, "unknown-role");
        assert_answer(change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/nobody")), OUTCOME_ERROR,
                      "unknown-resource");
        assert_string_equal(assignments(fixture), "");
        const char *rows = plain(fixture, MESSAGE_EVENTS);
        assert_non_null(strstr(rows, "kind=change\n"));
        assert_non_null(strstr(rows, "decision=deny\nreason=self-grant\n"));
        assert_non_null(strstr(rows, "decision=deny\nreason=wrong-level\n"));
        assert_null(strstr(rows, "decision=allow\n"));
        assert_non_null(strstr(plain(fixture, MESSAGE_STATUS), "last_change=none\n"));
}

static void only_people_change_anything(void **state)
{
        DaemonFixture *fixture = *state;
        static const uint32_t uids[] = { 0, BRIDGE_UID, 59999, 65534 };
        for (size_t i = 0; i < sizeof(uids) / sizeof(*uids); i++) {
                const Reply *reply = change_as(fixture, uids[i], GRANT(VIEWER_HQ, "user:acme/bob"));
                assert_int_equal(reply->type, MESSAGE_REFUSAL);
                assert_string_equal(reply->reason,
                                    uids[i] < 50000 ? "not-allowed" : "unknown-caller");
        }
        assert_string_equal(assignments(fixture), "");
}

static void what_is_no_change_is_malformed(void **state)
{
        DaemonFixture *fixture = *state;
        char reason[1026];
        memset(reason, 'r', sizeof(reason) - 1);
        reason[sizeof(reason) - 1] = '\0';
#define assert_malformed(...)                                                                      \
        assert_answer(change_as(fixture, ADA, __VA_ARGS__), OUTCOME_ERROR, "malformed-query")
        assert_malformed({ FIELD_ACTION, "access.door.view", 0 },
                         { FIELD_RESOURCE, "door:acme/HQ/D1", 0 });
        assert_malformed({ FIELD_ACTION, "grant", 0 }, { FIELD_RESOURCE, "user:acme/bob", 0 });
        assert_malformed({ FIELD_ACTION, "grant", 0 }, { FIELD_RESOURCE, "user:acme/bob", 0 },
                         { FIELD_ROLE, VIEWER_HQ, 0 }, { FIELD_ROLE, VIEWER_HQ, 0 });
        assert_malformed({ FIELD_ACTION, "grant", 0 }, { FIELD_RESOURCE, "user:acme/bob", 0 },
                         { FIELD_ROLE, VIEWER_HQ, 0 }, { FIELD_CUSTOMIZE, "default", 0 });
        assert_malformed({ FIELD_ACTION, "grant", 0 }, { FIELD_RESOURCE, "door:acme/HQ/D1", 0 },
                         { FIELD_ROLE, VIEWER_HQ, 0 });
        assert_malformed({ FIELD_ACTION, "grant", 0 }, { FIELD_RESOURCE, "user:acme/bob", 0 },
                         { FIELD_ROLE, "access-site-viewer@other/HQ", 0 });
        assert_malformed({ FIELD_ACTION, "grant", 0 }, { FIELD_RESOURCE, "user:acme/bob", 0 },
                         { FIELD_WHY, reason, 0 }, { FIELD_ROLE, VIEWER_HQ, 0 });
        assert_malformed({ FIELD_ACTION, "grant", 0 }, { FIELD_RESOURCE, "user:acme/bob", 0 },
                         { FIELD_WHY, "two\nlines", 0 }, { FIELD_ROLE, VIEWER_HQ, 0 });
        assert_malformed({ FIELD_ACTION, "grant", 0 }, { FIELD_RESOURCE, "user:acme/bob", 0 },
                         { FIELD_WHY,
                           "\xc2\x9b"
                           "31m",
                           0 },
                         { FIELD_ROLE, VIEWER_HQ, 0 });
        assert_malformed({ FIELD_ACTION, "add-member", 0 }, { FIELD_RESOURCE, "user:acme/bob", 0 });
        assert_malformed({ FIELD_ACTION, "customize", 0 },
                         { FIELD_RESOURCE, "organization:acme", 0 },
                         { FIELD_ROLE, "camera-site-viewer", 0 },
                         { FIELD_CUSTOMIZE, "camera.archive.view", 0 });
        assert_string_equal(assignments(fixture), "");
}

static void a_trial_changes_nothing(void **state)
{
        DaemonFixture *fixture = *state;
        const Reply *reply = change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/bob"),
                                       { FIELD_DRY_RUN, NULL, 0 });
        assert_answer(reply, OUTCOME_ALLOW, "granted-by-role");
        assert_non_null(strstr(plain(fixture, MESSAGE_STATUS), reply->revision));
        assert_false(sees_door(fixture, "bob"));
        assert_string_equal(assignments(fixture), "");
        assert_null(strstr(plain(fixture, MESSAGE_EVENTS), "kind=change\n"));
        assert_answer(change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/ada"),
                                { FIELD_DRY_RUN, NULL, 0 }),
                      OUTCOME_DENY, "self-grant");
        assert_non_null(strstr(plain(fixture, MESSAGE_EVENTS), "kind=change\n"));
}

static void a_migration_takes_the_legacy_roles_and_gives_new_ones(void **state)
{
        DaemonFixture *fixture = *state;
        assert_answer(change_as(fixture, UMA, { FIELD_ACTION, "migrate", 0 },
                                { FIELD_RESOURCE, "user:acme/bob", 0 }),
                      OUTCOME_DENY, "no-change");
        assert_answer(change_as(fixture, UMA, { FIELD_ACTION, "migrate", 0 },
                                { FIELD_RESOURCE, "user:acme/leo", 0 },
                                { FIELD_ROLE, "access-site-manager@acme/HQ", 0 },
                                { FIELD_ROLE, "access-user-manager", 0 }),
                      OUTCOME_ALLOW, "granted-by-role");
        assert_non_null(strstr(plain(fixture, MESSAGE_EVENTS),
                               "before=legacy-access-control-manager\n"
                               "after=access-site-manager@acme/HQ, access-user-manager\n"));
        assert_int_equal(outcome_of(fixture, "leo", "access.door.unlock", "door:acme/HQ/D1"),
                         OUTCOME_ALLOW);
        assert_int_equal(outcome_of(fixture, "leo", "access.user.create", "organization:acme"),
                         OUTCOME_ALLOW);
        assert_int_equal(outcome_of(fixture, "leo", "access.building.delete", "organization:acme"),
                         OUTCOME_DENY);
}

static void a_migration_to_what_is_held_or_said_twice_gives_it_once(void **state)
{
        DaemonFixture *fixture = *state;
        fixture_write(fixture, "organizations.d/acme.d/mixed.conf",
                      "users = ( { name = \"max\"; roles = (\n"
                      "  { role = \"legacy-access-control-manager\"; },\n"
                      "  { role = \"access-site-viewer\"; site = \"HQ\"; } ); } );\n");
        (void)plain(fixture, MESSAGE_RELOAD);
        assert_made(change_as(fixture, UMA, { FIELD_ACTION, "migrate", 0 },
                              { FIELD_RESOURCE, "user:acme/max", 0 }, { FIELD_ROLE, VIEWER_HQ, 0 },
                              { FIELD_ROLE, "access-user-manager", 0 },
                              { FIELD_ROLE, "access-user-manager", 0 }));
        const char *first = strstr(assignments(fixture), "access-user-manager");
        assert_non_null(first);
        assert_null(strstr(first + 1, "access-user-manager"));
        assert_null(strstr(assignments(fixture), "access-site-viewer"));
}

static void whoever_is_taken_out_of_the_policy_is_out_at_once(void **state)
{
        DaemonFixture *fixture = *state;
        fixture_write(fixture, "organizations.d/acme.d/more.conf",
                      "users = ( { name = \"max\"; } );\n");
        (void)plain(fixture, MESSAGE_RELOAD);
        assert_made(change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/max")));
        assert_made(change_as(fixture, ADA, { FIELD_ACTION, "add-member", 0 },
                              { FIELD_RESOURCE, "user:acme/max", 0 },
                              { FIELD_WITH, "group:acme/night", 0 }));
        assert_true(sees_door(fixture, "max"));
        fixture_write(fixture, "organizations.d/acme.d/more.conf", "users = ( );\n");
        assert_non_null(strstr(plain(fixture, MESSAGE_RELOAD),
                               "warning: there is no user \"max\": this has no effect"));
        assert_false(sees_door(fixture, "max"));
        /* Nothing of it is lost, and other changes go on. */
        assert_made(change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/bob")));
        assert_non_null(strstr(assignments(fixture), "user = \"max\"; group = \"night\""));
}

static void members_come_and_go(void **state)
{
        DaemonFixture *fixture = *state;
        assert_answer(change_as(fixture, ADA, { FIELD_ACTION, "add-member", 0 },
                                { FIELD_RESOURCE, "user:acme/bob", 0 },
                                { FIELD_WITH, "group:acme/night", 0 }),
                      OUTCOME_ALLOW, "granted-by-role");
        assert_true(sees_door(fixture, "bob"));
        assert_non_null(
                strstr(plain(fixture, MESSAGE_EVENTS), "before=-\nafter=group:acme/night\n"));
        assert_answer(change_as(fixture, ADA, { FIELD_ACTION, "remove-member", 0 },
                                { FIELD_RESOURCE, "user:acme/bob", 0 },
                                { FIELD_WITH, "group:acme/night", 0 }),
                      OUTCOME_ALLOW, "granted-by-role");
        assert_false(sees_door(fixture, "bob"));
        assert_answer(change_as(fixture, UMA, { FIELD_ACTION, "add-member", 0 },
                                { FIELD_RESOURCE, "user:acme/bob", 0 },
                                { FIELD_WITH, "access-group:acme/staff", 0 }),
                      OUTCOME_ALLOW, "granted-by-role");
}

static void a_role_is_customized_and_restored(void **state)
{
        DaemonFixture *fixture = *state;
        assert_answer(change_as(fixture, OLGA, { FIELD_ACTION, "grant", 0 },
                                { FIELD_RESOURCE, "user:acme/bob", 0 },
                                { FIELD_ROLE, "camera-site-viewer@acme/HQ", 0 }),
                      OUTCOME_ALLOW, "granted-by-role");
        assert_int_equal(outcome_of(fixture, "bob", "camera.live-link.share", "site:acme/HQ"),
                         OUTCOME_DENY);
        assert_answer(change_as(fixture, OLGA, { FIELD_ACTION, "customize", 0 },
                                { FIELD_RESOURCE, "organization:acme", 0 },
                                { FIELD_ROLE, "camera-site-viewer", 0 },
                                { FIELD_CUSTOMIZE, "+camera.live-link.share", 0 }),
                      OUTCOME_ALLOW, "granted-by-role");
        assert_int_equal(outcome_of(fixture, "bob", "camera.live-link.share", "site:acme/HQ"),
                         OUTCOME_ALLOW);
        assert_answer(change_as(fixture, OLGA, { FIELD_ACTION, "customize", 0 },
                                { FIELD_RESOURCE, "organization:acme", 0 },
                                { FIELD_ROLE, "camera-site-viewer", 0 },
                                { FIELD_CUSTOMIZE, "default", 0 }),
                      OUTCOME_ALLOW, "granted-by-role");
        assert_int_equal(outcome_of(fixture, "bob", "camera.live-link.share", "site:acme/HQ"),
                         OUTCOME_DENY);
        const char *rows = plain(fixture, MESSAGE_EVENTS);
        assert_non_null(strstr(rows, "before=camera-site-viewer default\n"
                                     "after=camera-site-viewer +camera.live-link.share\n"));
        assert_non_null(strstr(rows, "before=camera-site-viewer +camera.live-link.share\n"
                                     "after=camera-site-viewer default\n"));
}

static void questions_about_granting_are_answered(void **state)
{
        DaemonFixture *fixture = *state;
        const TestField about_ada[] = { { FIELD_USER, "ada", 0 },
                                        GRANT(VIEWER_HQ, "user:acme/bob") };
        const TestField with_property[] = { { FIELD_USER, "ada", 0 },
                                            { FIELD_ACTION, "grant", 0 },
                                            { FIELD_RESOURCE, "user:acme/bob", 0 },
                                            { FIELD_PROPERTY, "active=true", 0 },
                                            { FIELD_ROLE, VIEWER_HQ, 0 } };
        assert_answer(ask_as(fixture, 0, MESSAGE_ASK, about_ada, 4), OUTCOME_ALLOW,
                      "granted-by-role");
        assert_answer(ask_as(fixture, ADA, MESSAGE_ASK, about_ada, 4), OUTCOME_ALLOW,
                      "granted-by-role");
        const Reply *reply = ask_as(fixture, BOB, MESSAGE_ASK, about_ada, 4);
        assert_int_equal(reply->type, MESSAGE_REFUSAL);
        assert_string_equal(reply->reason, "not-allowed");
        assert_answer(ask_as(fixture, 0, MESSAGE_ASK, with_property, 5), OUTCOME_ERROR,
                      "malformed-query");
        assert_string_equal(assignments(fixture), "");
}

/* Several people at once: nobody's change is lost, whoever shares a compile with whom. */
static void changes_at_once_are_all_made(void **state)
{
        enum { PEOPLE = 12 };
        DaemonFixture *fixture = *state;
        char text[2048] = "users = (";
        for (int i = 0; i < PEOPLE; i++)
                (void)snprintf(text + strlen(text), sizeof(text) - strlen(text),
                               "%s { name = \"p%d\"; }", i ? "," : "", i);
        (void)strcat(text, " );\n");
        fixture_write(fixture, "organizations.d/acme.d/more.conf", text);
        Reply reply;
        int fd = fixture_connect(fixture);
        fixture_ask_plain(fd, &reply, MESSAGE_RELOAD);
        (void)close(fd);
        assert_int_equal(reply.status, 0);
        pid_t pids[PEOPLE];
        for (int i = 0; i < PEOPLE; i++) {
                char target[32];
                (void)snprintf(target, sizeof(target), "user:acme/p%d", i);
                pids[i] = fork();
                if (pids[i] == 0)
                        _exit(change_as(fixture, ADA, GRANT(VIEWER_HQ, target))->outcome ==
                                              OUTCOME_ALLOW
                                      ? 0
                                      : 1);
        }
        for (int i = 0; i < PEOPLE; i++) {
                int status;
                assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
                assert_int_equal(status, 0);
        }
        for (int i = 0; i < PEOPLE; i++) {
                char name[16];
                (void)snprintf(name, sizeof(name), "p%d", i);
                assert_true(sees_door(fixture, name));
        }
        assert_non_null(strstr(plain(fixture, MESSAGE_STATUS), "changes_made=12\n"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, change_fixture_tear_down)

int main(void)
{
        CHANGE_FIXTURE_NEEDS_ROOT();
        const struct CMUnitTest tests[] = {
                TEST(a_grant_is_in_force_when_it_is_answered_and_on_disk_and_in_the_journal),
                TEST(what_was_granted_can_be_revoked_and_survives_being_killed),
                TEST(a_grant_may_have_a_time),
                TEST(who_may_not_is_denied_and_nothing_is_written),
                TEST(only_people_change_anything),
                TEST(what_is_no_change_is_malformed),
                TEST(a_trial_changes_nothing),
                TEST(a_migration_takes_the_legacy_roles_and_gives_new_ones),
                TEST(a_migration_to_what_is_held_or_said_twice_gives_it_once),
                TEST(whoever_is_taken_out_of_the_policy_is_out_at_once),
                TEST(members_come_and_go),
                TEST(a_role_is_customized_and_restored),
                TEST(questions_about_granting_are_answered),
                TEST(changes_at_once_are_all_made),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
