/* SPDX-License-Identifier: MIT */
/*
 * Every way in which a change can be wrong, asked of the real daemon: each has an answer with a
 * reason of its own, and leaves the assignments, the image and the state folder byte by byte as
 * they were.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>

#include "change_fixture.h"

enum { FIELDS = 5, ANSWER_SIZE = 512 };

static int setup(void **state)
{
        static DaemonFixture fixture;
        change_fixture_set_up(&fixture);
        fixture_write(&fixture, "organizations.d/acme.d/more.conf",
                      "users = ( { name = \"guest\"; member = false; } );\n"
                      "groups = ( { name = \"kept\"; synced = true; },\n"
                      "           { name = \"bare\"; } );\n"
                      "entities = [ \"plates\" ];\n"
                      "roles = ( { name = \"clerk\"; entities = (\n"
                      "    { entity = \"plates\"; actions = [ \"read\" ]; } ); } );\n");
        *state = &fixture;
        return 0;
}

/* ---- What must not change ---- */

typedef struct Before {
        char assignments[4096], image[128];
        unsigned files;
} Before;

static unsigned files_of_assignments(const DaemonFixture *fixture)
{
        char path[160];
        unsigned count = 0;
        (void)snprintf(path, sizeof(path), "%s/assignments", fixture->state);
        DIR *directory = opendir(path);
        assert_non_null(directory);
        while (readdir(directory))
                count++;
        assert_int_equal(closedir(directory), 0);
        return count;
}

/* The line of the status with the revision that is served. */
static void find_revision(const DaemonFixture *fixture, char *text, size_t size)
{
        const char *status = plain(fixture, MESSAGE_STATUS);
        const char *line = strstr(status, "revision=");
        assert_non_null(line);
        (void)snprintf(text, size, "%.*s", (int)strcspn(line, "\n"), line);
}

static void look(const DaemonFixture *fixture, Before *ret_before)
{
        (void)snprintf(ret_before->assignments, sizeof(ret_before->assignments), "%s",
                       assignments(fixture));
        find_revision(fixture, ret_before->image, sizeof(ret_before->image));
        ret_before->files = files_of_assignments(fixture);
}

static void assert_unchanged(const DaemonFixture *fixture, const Before *before)
{
        Before after;
        look(fixture, &after);
        assert_string_equal(after.assignments, before->assignments);
        assert_string_equal(after.image, before->image);
        assert_int_equal(after.files, before->files);
        assert_false(has_candidate(fixture));
}

/* ---- Refused by the decision ---- */

typedef struct Refusal {
        uint32_t uid;
        const char *answer;
        TestField fields[FIELDS];
} Refusal;

#define ASKED(action, resource)                                                                    \
        { FIELD_ACTION, (action), 0 },                                                             \
        {                                                                                          \
                FIELD_RESOURCE, (resource), 0                                                      \
        }
#define MIGRATE(user, role)                                                                        \
        {                                                                                          \
                ASKED("migrate", user),                                                            \
                {                                                                                  \
                        FIELD_ROLE, role, 0                                                        \
                }                                                                                  \
        }
#define ADD(user, group)                                                                           \
        {                                                                                          \
                ASKED("add-member", user),                                                         \
                {                                                                                  \
                        FIELD_WITH, group, 0                                                       \
                }                                                                                  \
        }
#define REMOVE(user, group)                                                                        \
        {                                                                                          \
                ASKED("remove-member", user),                                                      \
                {                                                                                  \
                        FIELD_WITH, group, 0                                                       \
                }                                                                                  \
        }
#define CUSTOMIZE(role, changed)                                                                   \
        {                                                                                          \
                ASKED("customize", "organization:acme"), { FIELD_ROLE, role, 0 },                  \
                {                                                                                  \
                        FIELD_CUSTOMIZE, changed, 0                                                \
                }                                                                                  \
        }

static const Refusal REFUSALS[] = {
        /* A role where its level or holder does not fit */
        { ADA, "deny wrong-level", { GRANT("access-site-viewer", "user:acme/bob") } },
        { OLGA, "deny wrong-level", { GRANT("org-admin@acme/HQ", "user:acme/bob") } },
        { OLGA, "deny wrong-level", { GRANT("clerk@acme/HQ", "user:acme/bob") } },
        { ADA, "deny wrong-level", { REVOKE("access-site-viewer", "user:acme/bea") } },
        { OLGA, "deny users-only", { GRANT("org-admin", "group:acme/bare") } },
        /* Names */
        { ADA, "error unknown-role", { GRANT("access-site-vewer@acme/HQ", "user:acme/bob") } },
        { ADA,
          "error unknown-resource",
          { GRANT("access-site-viewer@acme/HQ2", "user:acme/bob") } },
        { ADA, "error unknown-resource", { GRANT(VIEWER_HQ, "user:acme/nobody") } },
        { ADA, "error unknown-resource", { GRANT(VIEWER_HQ, "group:acme/nobody") } },
        { OLGA, "error unknown-resource", ADD("user:acme/bob", "group:acme/nobody") },
        { OLGA, "error unknown-role", CUSTOMIZE("camera-site-vewer", "default") },
        { OLGA, "error unknown-permission",
          CUSTOMIZE("camera-site-viewer", "+camera.archive.look") },
        /* A customization outside the classes, of the role or of the permission */
        { OLGA, "deny not-customizable", CUSTOMIZE("camera-site-viewer", "-camera.live.view") },
        { OLGA, "deny not-customizable", CUSTOMIZE("access-site-viewer", "+camera.archive.view") },
        { OLGA, "deny not-customizable", CUSTOMIZE("clerk", "+camera.archive.view") },
        { BOB, "deny not-permitted", CUSTOMIZE("camera-site-viewer", "default") },
        /* A grant to somebody outside the organization */
        { ADA, "deny not-a-member", { GRANT(VIEWER_HQ, "user:acme/guest") } },
        { ADA, "deny not-a-member", ADD("user:acme/guest", "group:acme/night") },
        /* Oneself, and who has no authority */
        { ADA, "deny self-grant", { GRANT(VIEWER_HQ, "user:acme/ada") } },
        { ADA, "deny self-grant", ADD("user:acme/ada", "group:acme/night") },
        { BOB, "deny not-permitted", { GRANT(VIEWER_HQ, "user:acme/cleo") } },
        { BOB, "deny not-permitted", ADD("user:acme/cleo", "group:acme/night") },
        /* Legacy roles */
        { ADA, "deny legacy-frozen", { GRANT(VIEWER_HQ, "user:acme/leo") } },
        { UMA, "deny legacy-frozen", { REVOKE("legacy-access-control-manager", "user:acme/leo") } },
        { UMA, "deny not-grantable", { GRANT("legacy-access-control-manager", "user:acme/bob") } },
        { UMA, "deny no-change", MIGRATE("user:acme/bob", VIEWER_HQ) },
        { UMA, "deny wrong-level", MIGRATE("user:acme/leo", "access-site-viewer") },
        { UMA, "error unknown-role", MIGRATE("user:acme/leo", "access-site-vewer") },
        { UMA, "deny not-permitted", MIGRATE("user:acme/leo", "org-admin") },
        { ADA, "deny not-permitted", MIGRATE("user:acme/leo", VIEWER_HQ) },
        /* Groups that a directory keeps, and what is so already */
        { OLGA, "deny synced", ADD("user:acme/bob", "group:acme/kept") },
        { ADA, "deny no-change", { GRANT(VIEWER_HQ, "user:acme/bea") } },
        { ADA, "deny no-change", { REVOKE(VIEWER_HQ, "user:acme/bob") } },
        { ADA, "deny no-change", REMOVE("user:acme/bob", "group:acme/night") },
        /* A time that has passed, and one that never comes */
        { ADA,
          "error malformed-query",
          { GRANT(VIEWER_HQ, "user:acme/bob"), { FIELD_UNTIL, NULL, 1000000000 } } },
        { ADA,
          "error malformed-query",
          { GRANT(VIEWER_HQ, "user:acme/bob"),
            { FIELD_FROM, NULL, 4102444800 },
            { FIELD_UNTIL, NULL, 4102444799 } } },
};

static size_t count_fields(const TestField *fields)
{
        size_t count = 0;
        while (count < FIELDS && fields[count].tag != 0)
                count++;
        return count;
}

static unsigned count_of(const char *text, const char *part)
{
        unsigned count = 0;
        for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
                count++;
        return count;
}

static void what_may_not_be_is_refused_with_its_reason_and_leaves_all_as_it_was(void **state)
{
        DaemonFixture *fixture = *state;
        Before before;
        unsigned denied = 0;
        assert_true(fixture_start(fixture));
        /* So that there is something that could be damaged. */
        assert_answer(change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/cleo")), OUTCOME_ALLOW,
                      "granted-by-role");
        look(fixture, &before);
        for (size_t i = 0; i < sizeof(REFUSALS) / sizeof(*REFUSALS); i++) {
                const Refusal *refusal = &REFUSALS[i];
                char answer[ANSWER_SIZE];
                const Reply *reply = ask_as(fixture, refusal->uid, MESSAGE_CHANGE, refusal->fields,
                                            count_fields(refusal->fields));
                assert_int_equal(reply->type, MESSAGE_ANSWER);
                (void)snprintf(answer, sizeof(answer), "%s %s", outcome_name(reply->outcome),
                               reply->reason);
                if (strcmp(answer, refusal->answer) != 0)
                        print_error("refusal %zu\n", i);
                assert_string_equal(answer, refusal->answer);
                assert_unchanged(fixture, &before);
                denied += reply->outcome == OUTCOME_DENY;
        }
        const char *rows = plain(fixture, MESSAGE_EVENTS);
        assert_int_equal(count_of(rows, "decision=allow\n"), 1);
        assert_int_equal(count_of(rows, "kind=change\n") >= denied + 1, 1);
        assert_non_null(strstr(plain(fixture, MESSAGE_STATUS), "changes_made=1\n"));
        assert_false(sees_door(fixture, "bob"));
        assert_true(sees_door(fixture, "cleo"));
}

/* ---- Refused by what stands in the policy ---- */

/* A text that no policy may hold, and where that is said. */
typedef struct BadText {
        const char *text, *detail;
} BadText;

static const BadText BAD_POLICIES[] = {
        { "\nassignments = ( { user = \"bob\"; role = \"access-site-viewer\"; } );\n",
          "bad.conf:2: error: role \"access-site-viewer\" is of level site: it needs \"site\"" },
        { "\nassignments = ( { user = \"bob\"; role = \"org-admin\"; site = \"HQ\"; } );\n",
          "bad.conf:2: error: role \"org-admin\" is of level organization: it has no \"site\"" },
        { "groups = ( { name = \"g\";\n  roles = ( { role = \"org-admin\"; } ); } );\n",
          "bad.conf:2: error: role \"org-admin\" can be held by users only, not by a group" },
        { "roles = ( { name = \"r\"; entities = (\n"
          "  { entity = \"plate\"; actions = [ \"read\" ]; } ); } );\n",
          "bad.conf:2: error: there is no entity \"plate\"" },
        { "roles = ( { name = \"r\"; entities = (\n"
          "  { entity = \"plates\"; actions = [ \"open\" ]; } ); } );\n",
          "bad.conf:2: error: there is no action \"open\"" },
        { "customizations = (\n"
          "  { role = \"camera-site-viewer\"; add = [ \"camera.live.view\" ]; } );\n",
          "bad.conf:2: error: permission \"camera.live.view\" cannot be customized in role" },
        { "customizations = (\n  { role = \"org-admin\"; add = [ \"camera.archive.view\" ]; } );\n",
          "bad.conf:2: error: role \"org-admin\" cannot be customized" },
};

static const BadText BAD_CATALOGUES[] = {
        { "roles = ( { name = \"a\"; level = \"organization\"; includes = [ \"b\" ]; },\n"
          "          { name = \"b\"; level = \"organization\"; includes = [ \"a\" ]; } );\n",
          "own.conf:2: error: role \"a\" includes itself by way of \"b\"" },
        { "roles = (\n"
          "  { name = \"access-site-viewer\"; level = \"site\"; ladder = \"o\"; rank = 1; } );\n",
          "own.conf:2: error: duplicate role \"access-site-viewer\"" },
        { "roles = ( { name = \"a\"; level = \"site\"; rank = 1;\n"
          "            ladder = \"x\"; ladder = \"y\"; } );\n",
          "own.conf:2: error: a setting that stands above already" },
        { "roles = ( { name = \"a\"; level = \"site\"; rank = 1;\n"
          "            ladder = [ \"x\", \"y\" ]; } );\n",
          "own.conf:2: error: \"ladder\" must be a string" },
        { "roles = ( { name = \"a\"; level = \"organization\"; permissions = (\n"
          "  { name = \"org.permission.set\"; when = [ \"moon-is-full\" ]; } ); } );\n",
          "own.conf:2: error: unknown \"moon-is-full\" in \"when\"" },
};

/* Nothing is changed while the text is like that: all is refused, at its place, and stays. */
static void assert_refuses_changes(const DaemonFixture *fixture, const char *file,
                                   const BadText *bad)
{
        Before before;
        look(fixture, &before);
        fixture_write(fixture, file, bad->text);
        const Reply *reply = change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/bob"));
        assert_answer(reply, OUTCOME_ERROR, "policy-refused");
        if (!strstr(reply->detail, bad->detail))
                print_error("%s\n", reply->detail);
        assert_non_null(strstr(reply->detail, bad->detail));
        assert_unchanged(fixture, &before);
        assert_false(sees_door(fixture, "bob"));
}

static void a_policy_with_roles_that_do_not_fit_is_refused_and_stays_unused(void **state)
{
        DaemonFixture *fixture = *state;
        assert_true(fixture_start(fixture));
        for (size_t i = 0; i < sizeof(BAD_POLICIES) / sizeof(*BAD_POLICIES); i++)
                assert_refuses_changes(fixture, "organizations.d/acme.d/bad.conf",
                                       &BAD_POLICIES[i]);
        fixture_write(fixture, "organizations.d/acme.d/bad.conf", "");
        assert_answer(change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/bob")), OUTCOME_ALLOW,
                      "granted-by-role");
}

static void a_catalogue_that_leads_nowhere_is_refused_and_stays_unused(void **state)
{
        DaemonFixture *fixture = *state;
        char command[1024], folder[256];
        const char *roles = getenv("DOORWARD_ROLES");
        char *shipped = strdup(roles);
        assert_non_null(shipped);
        (void)snprintf(folder, sizeof(folder), "%s/roles", fixture->policy);
        (void)snprintf(command, sizeof(command),
                       "mkdir -m 755 '%s' && cp '%s'/*.conf '%s' && chmod 644 '%s'/*.conf", folder,
                       shipped, folder, folder);
        assert_int_equal(system(command), 0);
        assert_int_equal(setenv("DOORWARD_ROLES", folder, 1), 0);
        bool started = fixture_start(fixture);
        assert_int_equal(setenv("DOORWARD_ROLES", shipped, 1), 0);
        free(shipped);
        assert_true(started);
        for (size_t i = 0; i < sizeof(BAD_CATALOGUES) / sizeof(*BAD_CATALOGUES); i++)
                assert_refuses_changes(fixture, "roles/own.conf", &BAD_CATALOGUES[i]);
}

/* ---- Refused by the state folder ---- */

/* The image cannot be kept: the assignments are put back, and the journal says that the change it
 * has a row of was not made. */
static void what_cannot_be_put_into_force_is_taken_back(void **state)
{
        DaemonFixture *fixture = *state;
        char command[512], before[4096];
        assert_true(fixture_start(fixture));
        assert_answer(change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/cleo")), OUTCOME_ALLOW,
                      "granted-by-role");
        (void)snprintf(before, sizeof(before), "%s", assignments(fixture));
        /* Folders in the place of the next images */
        (void)snprintf(
                command, sizeof(command),
                "for n in 1 2 3 4 5 6; do mkdir '%s/images/'$n.image 2>/dev/null; done; true",
                fixture->state);
        assert_int_equal(system(command), 0);
        const Reply *reply = change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/bob"));
        assert_answer(reply, OUTCOME_ERROR, "policy-refused");
        assert_non_null(strstr(reply->detail, "the change cannot be put into force: "));
        assert_string_equal(assignments(fixture), before);
        assert_false(has_candidate(fixture));
        assert_false(sees_door(fixture, "bob"));
        const char *status = plain(fixture, MESSAGE_STATUS);
        assert_non_null(strstr(status, "alert=changes-failing\n"));
        assert_non_null(strstr(status, "changes_made=1\n"));
        assert_non_null(strstr(status, "last_change=refused\n"));
        const char *alarm = strstr(plain(fixture, MESSAGE_EVENTS), "kind=alarm\n");
        assert_non_null(alarm);
        assert_non_null(strstr(alarm, "decision=error\nreason=change-not-made\n"));
        assert_non_null(strstr(alarm, "why=the change cannot be put into force: "));
        assert_non_null(strstr(alarm, "before=-\nafter=-\n"));
        (void)snprintf(command, sizeof(command), "rmdir '%s/images/'?.image 2>/dev/null; true",
                       fixture->state);
        assert_int_equal(system(command), 0);
        assert_answer(change_as(fixture, ADA, GRANT(VIEWER_HQ, "user:acme/bob")), OUTCOME_ALLOW,
                      "granted-by-role");
        assert_true(sees_door(fixture, "bob"));
        assert_null(strstr(plain(fixture, MESSAGE_STATUS), "alert=changes-failing\n"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, change_fixture_tear_down)

int main(void)
{
        CHANGE_FIXTURE_NEEDS_ROOT();
        const struct CMUnitTest tests[] = {
                TEST(what_may_not_be_is_refused_with_its_reason_and_leaves_all_as_it_was),
                TEST(a_policy_with_roles_that_do_not_fit_is_refused_and_stays_unused),
                TEST(what_cannot_be_put_into_force_is_taken_back),
                TEST(a_catalogue_that_leads_nowhere_is_refused_and_stays_unused),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
