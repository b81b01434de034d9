/* SPDX-License-Identifier: MIT */
/* Tests of explain_delegation.c and remedy_delegation.c, word for word, and of what explanations
 * say about entities, customized roles and members. */
#include "delegate_fixture.h"
#include "policy/explain.h"

typedef int (*Write)(const Image *image, const DecisionContext *context, const Query *query,
                     FILE *stream);

static int write_line(const Image *image, const DecisionContext *context, const Query *query,
                      FILE *stream)
{
        Decision decision = policy_decide(image, context, query, NULL);
        return policy_describe(image, context, query, &decision, false, stream);
}

static int write_explanation(const Image *image, const DecisionContext *context, const Query *query,
                             FILE *stream)
{
        Explanation explanation;
        return policy_explain(image, context, query, false, stream, &explanation);
}

static void expect_written(void **state, Write write, const char *line, const char *expected)
{
        DecisionContext context = { .now_s = SOME_NOON };
        Query query = delegate_query(line);
        char *text = NULL;
        size_t size;
        FILE *stream = open_memstream(&text, &size);
        assert_non_null(stream);
        assert_int_equal(write(decide_image(state), &context, &query, stream), 0);
        fclose(stream);
        if (strcmp(text, expected) != 0)
                fprintf(stderr, "%s\n", line);
        assert_string_equal(text, expected);
        free(text);
}

static const DecideCase LINES[] = {
        { "warden grant looker@acme/HQ user:acme/plain", "warden at site:acme/HQ" },
        { "looker grant looker@acme/HQ user:acme/plain",
          "no role in force gives looker site.give at site:acme/HQ or everything.give at "
          "organization:acme" },
        { "chief grant chief user:acme/plain",
          "no role in force gives chief everything.give at organization:acme" },
        { "warden add-member user:acme/plain with=group:acme/two-sites",
          "no role in force gives warden site.give at site:acme/Branch or everything.give "
          "at organization:acme, needed for looker at site:acme/Branch" },
        { "clerk migrate user:acme/old",
          "no role in force gives clerk user.move at user:acme/old" },
        { "outside grant chief user:acme/plain", "organization:acme has no member outside" },
        { "stranger grant chief user:acme/plain", "organization:acme does not know stranger" },
        { "warden grant looker@acme/HQ user:acme/warden",
          "warden at site:acme/HQ: needs target-not-self, but warden may not do this to "
          "himself or to a group he is in" },
        { "warden grant looker@acme/HQ user:acme/outside",
          "user:acme/outside is no member of organization:acme" },
        { "boss grant boss user:acme/outside",
          "user:acme/outside is no member of organization:acme" },
        { "boss grant looker@acme/HQ user:acme/flag",
          "user:acme/flag has to be migrated first: holds old-flag at site:acme/HQ" },
        { "boss grant boss group:acme/bare", "only users may hold boss, not group:acme/bare" },
        { "boss grant pool user:acme/plain", "only groups may hold pool, not user:acme/plain" },
        { "boss grant looker user:acme/plain",
          "looker is a role of a site: write looker@acme/SITE" },
        { "boss migrate user:acme/old with=chief@acme/HQ",
          "chief is a role of the organization, not of a site: no @SITE" },
        { "boss grant crown user:acme/plain", "crown is granted to nobody" },
        { "boss revoke crown user:acme/crowned", "crown is taken from nobody" },
        { "boss add-member user:acme/plain with=group:acme/mixed",
          "group:acme/mixed carries crown, which is granted to nobody" },
        { "boss add-member user:acme/plain with=group:acme/kept",
          "group:acme/kept is synced from a directory and is changed there only" },
        { "clerk add-member user:acme/plain with=access-group:acme/kept",
          "clerk at organization:acme: needs target-not-synced, but the target is synced "
          "from a directory and is changed there only" },
        { "boss grant looker@acme/HQ user:acme/looker",
          "user:acme/looker holds it already: looker at site:acme/HQ" },
        { "boss revoke looker@acme/HQ user:acme/plain",
          "user:acme/plain does not hold it by a grant of its own: looker at "
          "site:acme/HQ" },
        { "boss migrate user:acme/plain", "user:acme/plain holds no legacy role" },
        { "boss add-member user:acme/staffed with=group:acme/bare",
          "user:acme/staffed is in group:acme/bare already" },
        { "boss remove-member user:acme/plain with=group:acme/bare",
          "user:acme/plain is not listed in group:acme/bare" },
        { "boss customize looker +link.share organization:acme",
          "looker cannot be customized; these roles can: watcher, director" },
        { "boss customize watcher +door.view organization:acme",
          "door.view cannot be customized; of watcher these can: archive.view, "
          "link.share" },
        { "boss grant lookre@acme/HQ user:acme/plain",
          "no catalogue and no custom role of organization:acme is named lookre" },
        { "boss grant looker@acme/HQX user:acme/plain", "site:acme/HQX is not declared" },
        { "boss grant looker@acme/HQ user:acme/plane", "user:acme/plane is not declared" },
        { "boss add-member user:acme/plain with=group:acme/bear",
          "group:acme/bear is not declared" },
        { "boss customize watcher +link.shard organization:acme",
          "no catalogue declares link.shard" },
};

static void the_line_says_what_is_missing(void **state)
{
        for (size_t i = 0; i < sizeof(LINES) / sizeof(LINES[0]); i++)
                expect_written(state, write_line, LINES[i].line, LINES[i].expected);
}

static void an_allow_says_by_what_and_for_what(void **state)
{
        expect_written(state, write_explanation, "grouped grant looker@acme/HQ user:acme/plain",
                       "  user        user:acme/grouped\n"
                       "  group       group:acme/wardens\n"
                       "  grant       warden at site:acme/HQ by group:acme/wardens\n"
                       "  role        warden\n"
                       "  permission  site.give\n"
                       "  for         looker at site:acme/HQ to user:acme/plain\n");
        expect_written(state, write_explanation, "both migrate user:acme/old with=looker@acme/HQ",
                       "  user        user:acme/both\n"
                       "  grant       chief at organization:acme\n"
                       "  role        chief\n"
                       "  permission  user.move\n"
                       "  for         migrating user:acme/old\n"
                       "\n"
                       "  user        user:acme/both\n"
                       "  grant       warden at every site of organization:acme, implied by chief\n"
                       "  role        warden\n"
                       "  permission  site.give\n"
                       "  for         looker at site:acme/HQ to user:acme/old\n");
        expect_written(state, write_explanation,
                       "warden remove-member user:acme/grouped with=group:acme/wardens",
                       "  user        user:acme/warden\n"
                       "  grant       warden at site:acme/HQ\n"
                       "  role        warden\n"
                       "  permission  site.take\n"
                       "  for         warden at site:acme/HQ of group:acme/wardens from "
                       "user:acme/grouped\n");
        expect_written(state, write_explanation,
                       "clerk add-member user:acme/plain with=access-group:acme/staff",
                       "  user        user:acme/clerk\n"
                       "  grant       clerk at organization:acme\n"
                       "  role        clerk\n"
                       "  permission  staff.add\n"
                       "  for         putting user:acme/plain into access-group:acme/staff\n");
        expect_written(state, write_explanation,
                       "boss customize watcher -archive.view organization:acme",
                       "  user        user:acme/boss\n"
                       "  grant       boss at organization:acme\n"
                       "  role        boss\n"
                       "  permission  look.change\n"
                       "  for         watcher -archive.view in organization:acme\n");
}

#define BY(remedy)           "\nThe smallest change that would allow it:\n" remedy
#define NEVER                "\nNo role, access or date that could be given would allow it.\n"
#define NEAREST(who, misses) "\nRoles of " who ", the nearest first:\n" misses

static void a_denial_says_what_would_turn_it(void **state)
{
        static const DecideCase CASES[] = {
                { "looker grant looker@acme/HQ user:acme/plain",
                  NEAREST("looker", "  - looker at site:acme/HQ: does not give it; warden does\n")
                          BY("  - give looker the role warden at site:acme/HQ\n") },
                { "tower grant looker@acme/HQ user:acme/plain",
                  NEAREST("tower", "  - warden at site:acme/HQ/Tower: gives it there, not here\n")
                          BY("  - give tower the role warden at site:acme/HQ\n") },
                { "warden grant looker@acme/HQ user:acme/warden",
                  BY("  - give warden the role boss at organization:acme\n") },
                { "outside grant chief user:acme/plain",
                  BY("  - make outside a member of organization:acme\n") },
                { "stranger grant looker@acme/HQ user:acme/plain",
                  BY("  - list stranger among the users of organization:acme\n"
                     "  - give stranger the role warden at site:acme/HQ\n") },
                { "warden grant looker@acme/HQ user:acme/outside",
                  BY("  - make user:acme/outside a member of organization:acme\n") },
                { "plain grant clerk user:acme/outside",
                  BY("  - make user:acme/outside a member of organization:acme\n"
                     "  - give plain the role boss at organization:acme\n") },
                { "warden grant looker@acme/HQ user:acme/old",
                  BY("  - have user:acme/old migrated first\n") },
                { "boss-old grant looker@acme/HQ user:acme/boss-old", NEVER },
                { "boss grant boss group:acme/bare", NEVER },
                { "plain grant boss user:acme/plain", NEVER },
                { "boss grant crown user:acme/plain", NEVER },
                { "boss grant looker user:acme/plain", NEVER },
                { "boss add-member user:acme/plain with=group:acme/kept", NEVER },
                { "boss add-member user:acme/plain with=group:acme/mixed", NEVER },
                { "boss customize looker +link.share organization:acme", NEVER },
                { "boss customize looker default organization:acme", NEVER },
                { "plain customize looker default organization:acme", NEVER },
                { "boss grant looker@acme/HQ user:acme/looker",
                  "\nNothing has to be changed for that.\n" },
                { "clerk migrate user:acme/old with=looker@acme/HQ",
                  NEAREST("clerk",
                          "  - clerk at organization:acme: has no effect without another role\n")
                          BY("  - give clerk the role chief at organization:acme\n") },
                { "boss add-member user:acme/outside with=group:acme/bare",
                  BY("  - make user:acme/outside a member of organization:acme\n") },
                { "boss grant lookre@acme/HQ user:acme/plain", "Did you mean looker?\n" },
                { "holder grant plate-raeder user:acme/plain", "Did you mean plate-reader?\n" },
                { "boss grant looker@acme/HQX user:acme/plain", "Did you mean site:acme/HQ?\n" },
                { "boss grant looker@acme/HQ user:acme/plane", "Did you mean user:acme/plain?\n" },
                { "boss add-member user:acme/plain with=group:acme/bear",
                  "Did you mean group:acme/bare?\n" },
                { "bos grant looker@acme/HQ user:acme/plain",
                  "Did you mean user:acme/boss?\n" BY(
                          "  - list bos among the users of organization:acme\n"
                          "  - give bos the role warden at site:acme/HQ\n") },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++)
                expect_written(state, write_explanation, CASES[i].line, CASES[i].expected);
}

/* Applies nothing: asks what somebody else may who has what the remedy says. */
static void what_would_turn_a_denial_does(void **state)
{
        static const DecideCase CASES[] = {
                { "warden grant looker@acme/HQ user:acme/plain", "allow granted-by-role" },
                { "boss grant looker@acme/HQ user:acme/boss", "allow granted-by-role" },
                { "warden grant looker@acme/HQ user:acme/moved", "allow granted-by-role" },
                { "both migrate user:acme/old with=looker@acme/HQ", "allow granted-by-role" },
        };
        DECIDE_EXPECT_ALL(state, CASES);
}

static void customized_roles_name_the_line_that_changed_them(void **state)
{
        static const DecideCase CUSTOMIZED[] = {
                { "watcher archive.view site:acme/HQ private=false",
                  "no role in force at site:acme/HQ gives watcher archive.view; archive.view was "
                  "removed from watcher by the organization" },
                { "watcher archive.secret site:acme/HQ",
                  "no role in force at site:acme/HQ gives watcher archive.secret" },
                { "director archive.view site:acme/HQ private=true",
                  "director at site:acme/HQ: needs archive-not-private, but the archive "
                  "is private" },
                { "director archive.view site:acme/HQ",
                  "director at site:acme/HQ: needs archive-not-private, but private=false is not "
                  "stated" },
        };
        for (size_t i = 0; i < sizeof(CUSTOMIZED) / sizeof(CUSTOMIZED[0]); i++)
                expect_written(state, write_line, CUSTOMIZED[i].line, CUSTOMIZED[i].expected);
        expect_written(state, write_explanation, "watcher link.share site:acme/HQ",
                       "  user        user:acme/watcher\n"
                       "  grant       watcher at site:acme/HQ\n"
                       "  role        watcher\n"
                       "  permission  link.share, added to watcher by the organization\n"
                       "  site        site:acme/HQ\n");
        expect_written(state, write_explanation, "watcher archive.view site:acme/HQ private=false",
                       NEAREST("watcher", "  - watcher at site:acme/HQ: archive.view was removed "
                                          "from watcher by the organization\n")
                               BY("  - give watcher the role director at site:acme/HQ\n"));
        expect_written(state, write_explanation, "director archive.view site:acme/HQ",
                       BY("  - add private=false to the question\n"));
        expect_written(state, write_explanation, "director archive.view site:acme/HQ private=true",
                       NEVER);
        expect_written(state, write_explanation, "director archive.secret site:acme/HQ",
                       NEAREST("director",
                               "  - director at site:acme/HQ: has no effect without another role\n")
                               BY("  - give director the role boss at organization:acme\n"));
        /* In the other organization the role is as the catalogue has it. */
        expect_written(state, write_explanation, "boss archive.view site:beta/HQ private=false",
                       BY("  - give boss the role watcher at site:beta/HQ\n"));
}

static void entities_and_members_are_told(void **state)
{
        expect_written(state, write_explanation, "plain member.look organization:acme",
                       "  user        user:acme/plain\n"
                       "  member      organization:acme\n"
                       "  role        member\n"
                       "  permission  member.look\n");
        expect_written(state, write_line, "plain member.look organization:acme",
                       "member by membership");
        expect_written(state, write_line, "plain self.set user:acme/boss",
                       "member by membership: needs target-is-self, but plain does this for "
                       "himself only");
        expect_written(state, write_explanation, "plain self.set user:acme/boss", NEVER);
        expect_written(state, write_explanation, "plain thing.read entity:acme/plates",
                       BY("  - give plain the role plate-reader at organization:acme\n"));
        expect_written(state, write_explanation, "plain thing.read entity:acme/cameras",
                       BY("  - give plain the role reader at organization:acme\n"));
        expect_written(state, write_explanation, "outside member.look organization:acme",
                       BY("  - make outside a member of organization:acme\n"));
}

int main(void)
{
        static const struct CMUnitTest TESTS[] = {
                cmocka_unit_test(the_line_says_what_is_missing),
                cmocka_unit_test(an_allow_says_by_what_and_for_what),
                cmocka_unit_test(a_denial_says_what_would_turn_it),
                cmocka_unit_test(what_would_turn_a_denial_does),
                cmocka_unit_test(customized_roles_name_the_line_that_changed_them),
                cmocka_unit_test(entities_and_members_are_told),
        };
        return cmocka_run_group_tests(TESTS, decide_setup, decide_teardown) ? 1 : 0;
}
