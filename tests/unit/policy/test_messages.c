/* SPDX-License-Identifier: MIT */
/*
 * The catalogue of messages: for every error and warning that a policy can have by its text, the
 * smallest policy that has it, and where it is reported. Each policy has that one and no other, so
 * that nobody has to look for the one that counts.
 */
#include "check_fixture.h"

#define ACME        CHECK_ACME
#define SITES       CHECK_SITES
#define USER(rest)  SITES "users = ( { name = \"u\"; " rest " } );\n"
#define GRANT(rest) USER("roles = ( { " rest " } );")
#define ROLE(rest)  "roles = ( { name = \"x\"; level = \"site\"; " rest " } );\n"
#define SESSION(rest)                                                                              \
        "host = \"acme/HQ/gw\"; break_glass = [ \"rescue\" ];\nsessions = ( { " rest " } );\n"
#define SCHEDULE                                                                                   \
        "schedules = ( { name = \"s\"; weekly = ( { days = [ \"mon\" ]; from = \"08:00\"; to = "   \
        "\"09:00\"; } ); } );"
#define XMAS   "access_levels = [ \"l\" ]; dates = [ \"2026-12-25\" ];"
#define LEGACY "roles = ( { name = \"old\"; level = \"site\"; legacy = true; } );\n"
#define ADMIN                                                                                      \
        "roles = ( { name = \"admin\"; level = \"organization\"; administers_organization = "      \
        "true; } );\n"

/* A policy, and the only thing that is wrong with it. CHECK_CATALOGUE comes with each. */
typedef struct Message {
        const char *what; /* as the contract calls it */
        SourceKind kind;  /* of `text` */
        const char *text;
        unsigned line;
        Severity severity;
        const char *phrase;
        const char *own_roles; /* NULL: none */
} Message;

#define ORG SOURCE_ORGANIZATION
#define SET SOURCE_SETTINGS
#define CAT SOURCE_CATALOGUE
#define TST SOURCE_TESTS
#define FRG SOURCE_FRAGMENT
#define E   SEVERITY_ERROR
#define W   SEVERITY_WARNING

static const Message MESSAGES[] = {
        /* unknown key */
        { "unknown key", ORG, ACME "usres = ( );", 2, E,
          "unknown key \"usres\" in an organization's file; did you mean \"users\"?" },
        { "unknown key", ORG, "organization = { name = \"acme\";\ntitel = \"A\"; };", 2, E,
          "unknown key \"titel\" in an organization; did you mean \"title\"?" },
        { "unknown key", ORG, ACME "users = ( { name = \"u\";\ncolour = 1; } );", 3, E,
          "unknown key \"colour\" in a user" },
        { "unknown key", ORG, ACME "access_groups = ( { name = \"g\";\nroles = ( ); } );", 3, E,
          "unknown key \"roles\" in an access group" },
        { "unknown key", SET, "break_glass = [ \"r\" ];\nenforce = 1;", 2, E,
          "unknown key \"enforce\" in doorward.conf" },
        { "unknown key", CAT, ROLE("rnak = 1;"), 1, E,
          "unknown key \"rnak\" in a role; did you mean \"rank\"?" },
        { "unknown key", TST,
          "tests = ( {\nexpext = \"allow\"; query = \"a b c\"; at = \"2026-06-01T09:00:00Z\"; "
          "expect = \"allow\"; } );",
          2, E, "unknown key \"expext\" in a test; did you mean \"expect\"?" },
        { "not supported yet", ORG, ACME "areas = ( );", 2, E, "\"areas\" is not supported yet" },
        /* missing key */
        { "missing key", ORG, "users = ( );\n", 1, E,
          "missing key \"organization\" in an organization's file" },
        { "missing key", ORG, "organization = {\n};", 1, E,
          "missing key \"name\" in an organization" },
        { "missing key", ORG, ACME "users = (\n{ uid = 7; } );", 3, E,
          "missing key \"name\" in a user" },
        { "missing key", ORG, ACME "people = (\n{ groups = [ ]; } );", 3, E,
          "missing key \"unix_group\" (or \"unix_gid\") in people" },
        { "missing key", ORG, GRANT("\nsite = \"HQ\";"), 3, E,
          "missing key \"role\" in a grant of a role" },
        { "missing key", SET, SESSION("\nexempt = true;"), 2, E,
          "missing key \"services\" in a session rule" },
        { "missing key", SET, SESSION("services = [ \"sshd\" ];"), 2, E,
          "exactly one of \"role\", \"permission\" and \"exempt\"" },
        { "missing key", SET, "break_glass = [ \"r\" ];\nenforcement = \"observe\";", 1, E,
          "needs \"observe_until\"" },
        { "missing key", TST, "tests = (\n{ query = \"a b c\"; expect = \"allow\"; } );", 2, E,
          "missing key \"at\" in a test" },
        { "missing key", TST, "tests = (\n{ query = \"a b c\"; at = \"2026-06-01T09:00:00Z\"; } );",
          2, E, "missing key \"expect\"" },
        { "missing key", TST, "tests = (\n{ who_can = \"a b\"; at = \"2026-06-01T09:00:00Z\"; } );",
          2, E, "missing key \"users\"" },
        { "missing key", CAT, "permissions = (\n{ name = \"p\"; } );", 2, E,
          "missing key \"scope\" in a permission" },
        /* wrong type */
        { "wrong type", ORG, USER("uid = \"7\";"), 3, E, "\"uid\" must be a number, not a string" },
        { "wrong type", ORG, USER("member = 1;"), 3, E,
          "\"member\" must be true or false, not a number" },
        { "wrong type", ORG, USER("name = 1;"), 3, E, "" },
        { "wrong type", ORG, ACME "users = { name = \"u\"; };", 2, E,
          "\"users\" must be a list of groups: ( { ... }, { ... } )" },
        { "wrong type", ORG, ACME "users = (\n\"u\" );", 3, E,
          "\"users\" must hold groups: { ... }" },
        { "wrong type", ORG, USER("groups = \"desk\";"), 3, E,
          "\"groups\" must be an array of strings, not a string" },
        { "wrong type", ORG, USER("access = ( );"), 3, E,
          "\"access\" must be a group { ... }, not a list ( )" },
        { "wrong type", ORG, USER("groups = [ \"desk\", 1 ];"), 3, E, "not all of one type" },
        { "no effect: never on", ORG, ACME "schedules = (\n{ name = \"s\"; weekly = ( ); } );", 3,
          W, "schedule \"s\" is never on: it has no window" },
        { "empty list", CAT, ROLE("\nholders = [ ];"), 2, E, "\"holders\" is empty" },
        /* duplicate name */
        { "duplicate name", ORG, ACME "users = ( { name = \"u\"; },\n{ name = \"u\"; } );", 3, E,
          "duplicate user \"u\": it already stands at acme.conf:2" },
        { "duplicate name", ORG, ACME "groups = ( { name = \"g\"; },\n{ name = \"g\"; } );", 3, E,
          "duplicate group \"g\": it already stands at acme.conf:2" },
        { "duplicate name", ORG,
          SITES "site_additions = ( { site = \"HQ\";\ndoors = ( { name = \"D1\"; } ); } );", 4, E,
          "duplicate door \"HQ/D1\"" },
        { "duplicate name", ORG, ACME "users = ( );\nusers = ( );", 3, E,
          "a setting that stands above already" },
        { "duplicate name", CAT, "roles = (\n{ name = \"viewer\"; level = \"site\"; } );", 2, E,
          "duplicate role \"viewer\": it already stands at roles.conf:" },
        { "a service in two rules", SET,
          SESSION("services = [ \"sshd\" ]; exempt = true; },\n{ services = [ \"sshd\" ]; role = "
                  "\"viewer\";"),
          3, E, "duplicate service \"sshd\"" },
        /* dangling reference */
        { "dangling reference", ORG, GRANT("role = \"vewer\"; site = \"HQ\";"), 3, E,
          "there is no role \"vewer\"; did you mean \"viewer\"?" },
        { "dangling reference", ORG, GRANT("role = \"viewer\"; site = \"HQ/Towr\";"), 3, E,
          "there is no site \"HQ/Towr\"; did you mean \"HQ/Tower\"?" },
        { "dangling reference", ORG, USER("groups = [ \"dsk\" ];"), 3, E,
          "there is no group \"dsk\"; did you mean \"desk\"?" },
        { "dangling reference", ORG, USER("access_groups = [ \"stuff\" ];"), 3, E,
          "there is no access group \"stuff\"; did you mean \"staff\"?" },
        { "dangling reference", ORG,
          SITES "floorplans = ( { name = \"f\"; doors = [\n\"HQ/D2\" ]; } );", 4, E,
          "there is no door \"HQ/D2\"; did you mean \"HQ/D1\"?" },
        { "dangling reference", ORG,
          SITES "access_levels = ( { name = \"l\";\nschedule = \"day\"; } );", 4, E,
          "there is no schedule \"day\"" },
        { "dangling reference", ORG, SITES "site_additions = (\n{ site = \"HQ/Towr\"; } );", 4, E,
          "there is no site \"HQ/Towr\"" },
        { "dangling reference", ORG,
          ACME "schedules = ( { name = \"s\"; timezone = \"Europe/Berlim\";\nweekly = ( { days = [ "
               "\"mon\" ]; from = \"08:00\"; to = \"09:00\"; } ); } );",
          2, E, "there is no time zone \"Europe/Berlim\" on this machine" },
        { "dangling reference", SET, "break_glass = [ \"r\" ];\nhost = \"acme/HQ/gv\";", 2, E,
          "there is no host \"HQ/gv\"; did you mean \"HQ/gw\"?" },
        { "dangling reference", SET,
          SESSION("services = [ \"sshd\" ]; permission = \"sight.view\";"), 2, E,
          "there is no permission \"sight.view\"" },
        { "dangling reference", CAT, ROLE("includes = [ \"vewer\" ];"), 1, E,
          "there is no role \"vewer\"; did you mean \"viewer\"?" },
        { "unknown word", ORG, ACME "door_exceptions = ( { name = \"x\";\nstate = \"loked\"; } );",
          3, E, "unknown \"loked\" in \"state\"; did you mean \"locked\"?" },
        /* what a role may be given to, and where */
        { "a site role without site", ORG, GRANT("role = \"viewer\";"), 3, E,
          "role \"viewer\" is of level site: it needs \"site\"" },
        { "a role that has no site", ORG, GRANT("role = \"owner\"; site = \"HQ\";"), 3, E,
          "role \"owner\" is of level organization: it has no \"site\"" },
        { "a role for users only", ORG,
          ACME "groups = ( { name = \"g\"; roles = (\n{ role = \"owner\"; } ); } );", 3, E,
          "role \"owner\" can be held by users only, not by a group" },
        { "a rule that lets everybody in", SET,
          SESSION("services = [ \"sshd\" ]; role = \"none\";"), 2, E,
          "role \"none\" is the bottom of its ladder" },
        { "a rule nobody can meet", SET, SESSION("services = [ \"sshd\" ]; role = \"owner\";"), 2,
          E, "role \"owner\" is not of level site" },
        { "a permission not asked there", SET,
          SESSION("services = [ \"sshd\" ]; permission = \"settings\";"), 2, E,
          "permission \"settings\" cannot be asked at a host" },
        { "a permission not asked at doors", SET,
          SESSION("services = [ \"x\" ]; permission = \"site.view\"; resource = \"door\";"), 2, E,
          "permission \"site.view\" is not of scope door" },
        { "a rule without host", SET,
          "break_glass = [ \"r\" ];\nsessions = ( { services = [ \"sshd\" ]; role = \"viewer\"; } "
          ");",
          2, E, "\"host\" does not say which one this is" },
        { "roles in a circle", CAT,
          "roles = ( { name = \"a\"; level = \"site\"; includes = [ \"b\" ]; },\n{ name = \"b\"; "
          "level = \"site\"; includes = [ \"a\" ]; } );",
          2, E, "role \"a\" includes itself by way of \"b\"" },
        { "a rank twice", CAT,
          "roles = (\n{ name = \"x\"; level = \"site\"; ladder = \"site\"; rank = 2; includes = [ "
          "\"viewer\" ]; } );",
          2, E, "rank 2 of ladder \"site\" belongs to \"manager\" already" },
        /* a number or date out of range */
        { "out of range", ORG, USER("uid = 0;"), 3, E, "\"uid\" must be 1 to 4294967294" },
        { "out of range", ORG, USER("uid = 65535;"), 3, E, "uid 65535 stands for no user" },
        { "out of range", ORG, USER("uid = 99999999999;"), 3, E, "does not fit into 32 bits" },
        { "out of range", ORG, USER("access = { from = \"2026-02-30T00:00:00Z\"; };"), 3, E,
          "\"2026-02-30T00:00:00Z\"" },
        { "out of range", ORG, USER("access = { from = \"2026-02-03\"; };"), 3, E,
          "is not a time such as 2026-06-01T09:00:00Z" },
        { "out of range", ORG,
          ACME "door_exceptions = ( { name = \"x\"; state = \"locked\"; dates = [\n\"2026-02-29\" "
               "]; } );",
          3, E, "\"2026-02-29\"" },
        { "out of range", ORG,
          ACME "schedules = ( { name = \"s\"; weekly = ( { days = [ \"mon\" ];\nfrom = \"25:00\"; "
               "to = \"09:00\"; } ); } );",
          3, E, "\"25:00\"" },
        { "out of range", SET, "break_glass = [ \"r\" ];\nlimits = { clients = 0; };", 2, E,
          "\"clients\" must be 1 to 65536" },
        { "out of range", SET,
          "break_glass = [ \"r\" ]; enforcement = \"observe\";\nobserve_until = "
          "\"2026-07-04T10:00:00Z\";",
          2, E, "\"observe_until\" is more than 30 days ahead" },
        { "out of range", ORG, ACME "users = ( { name = \"-u\"; } );", 2, E,
          "\"-u\" in \"name\" is not a name: 1 to 64 of" },
        { "an interval that ends before it starts", ORG,
          USER("access = { from = \"2026-06-02T00:00:00Z\"; until = \"2026-06-01T00:00:00Z\"; };"),
          3, E,
          "the interval ends (2026-06-01T00:00:00Z) before it starts (2026-06-02T00:00:00Z)" },
        { "an interval that ends before it starts", ORG,
          GRANT("role = \"system\";\nfrom = \"2026-06-02T00:00:00Z\"; until = "
                "\"2026-06-01T00:00:00Z\";"),
          3, E, "before it starts" },
        { "a window without length", ORG,
          ACME "schedules = ( { name = \"s\"; weekly = (\n{ days = [ \"mon\" ]; from = \"08:00\"; "
               "to = \"08:00\"; } ); } );",
          3, E, "a window must not end when it starts" },
        /* organizations, uids */
        { "another organization", ORG, "organization = {\nname = \"beta\"; };", 2, E,
          "the organization of this file is \"acme\"; \"beta\" would stand in a file of its own, "
          "beta.conf" },
        { "more than one file for an organization", FRG,
          "users = ( );\norganization = { name = \"acme\"; };", 2, E,
          "only acme.conf may hold \"organization\"" },
        { "two uids for one name", ORG,
          ACME "users = ( { name = \"u\"; uid = 7; },\n{ name = \"v\"; uid = 7; } );", 3, E,
          "uid 7 belongs to user \"u\" already, at acme.conf:2" },
        /* schedules, exceptions, lockdowns */
        { "unknown zone", ORG, ACME "sites = ( { name = \"HQ\";\ntimezone = \"Mars/Low\"; } );", 3,
          E, "there is no time zone \"Mars/Low\" on this machine" },
        { "days in a schedule", ORG, ACME "schedules = ( { name = \"s\";\nholidays = [ ]; } );", 3,
          E, "\"holidays\" does not stand in a schedule: days stand in \"access_exceptions\"" },
        { "a state where none may be", ORG,
          ACME "schedules = ( { name = \"s\"; weekly = ( { days = [ \"mon\" ]; from = \"08:00\"; "
               "to = \"09:00\";\nstate = \"locked\"; } ); } );",
          3, E, "access is on in a window and has no \"state\"" },
        { "missing key", ORG,
          ACME "door_schedules = ( { name = \"s\"; weekly = (\n{ days = [ \"mon\" ]; from = "
               "\"08:00\"; to = \"09:00\"; } ); } );",
          3, E, "missing key \"state\" in a door's weekly window" },
        { "the wrong kind of schedule", ORG,
          ACME "sites = ( { name = \"HQ\"; doors = ( { name = \"D\";\nschedule = \"s\"; } ); } "
               ");" SCHEDULE,
          3, E, "\"s\" is an access schedule (acme.conf:3): a door has one of \"door_schedules\"" },
        { "overlapping windows", ORG,
          ACME "door_schedules = ( { name = \"s\"; weekly = ( { days = [ \"mon\" ]; from = "
               "\"08:00\"; to = \"09:00\"; state = \"locked\"; },\n{ days = [ \"mon\" ]; from = "
               "\"08:30\"; to = \"09:30\"; state = \"unlocked\"; } ); } );",
          3, E, "this window (unlocked) and that at acme.conf:2 (locked) overlap" },
        { "overlapping exceptions", ORG,
          ACME "access_levels = (\n{ name = \"l\"; } ); access_exceptions = ( { name = \"x\"; " XMAS
               " }, { name = \"y\"; " XMAS " } );",
          3, E,
          "exceptions \"x\" (acme.conf:3) and \"y\" (acme.conf:3) of access level \"l\" both hold "
          "2026-12-25" },
        { "dangling", ORG,
          ACME
          "door_exceptions = ( { name = \"x\"; state = \"locked\";\ncalendars = [ \"c\" ]; } );",
          3, E, "there is no calendar \"c\"" },
        { "out of range", ORG, ACME "calendars = ( { name = \"c\";\nfile = \"../c.ics\"; } );", 3,
          E, "\"../c.ics\" in \"file\" is not the name of a file in calendars.d" },
        { "out of range", ORG,
          ACME "sites = ( { name = \"HQ\"; doors = ( { name = \"D\";\nrelease_time = 0; } ); } );",
          3, E, "\"release_time\" must be 1 to 600" },
        { "out of range", ORG,
          ACME "sites = ( { name = \"HQ\"; doors = (\n{ name = \"D\"; release_time = 9; "
               "extended_release_time = 8; } ); } );",
          3, E,
          "\"extended_release_time\" (8) is for people who need more time: it must not be less "
          "than \"release_time\" (9)" },
        { "out of range", ORG,
          SITES
          "lockdowns = ( { name = \"l\"; sites = [ \"HQ\" ];\nautomatic_end_minutes = 43201; } );",
          4, E, "\"automatic_end_minutes\" must be 1 to 43200" },
        { "a lockdown of no door", ORG,
          SITES "lockdowns = (\n{ name = \"l\"; sites = [ \"Branch\" ]; } );", 4, E,
          "lockdown \"l\" holds no door: there is none at its \"sites\" or below" },
        { "never on", ORG, ACME "door_schedules = (\n{ name = \"s\"; } );", 3, W,
          "schedule \"s\" is never on: it has no window" },
        { "no effect: no day", ORG,
          ACME "door_exceptions = (\n{ name = \"x\"; state = \"locked\"; } );", 3, W,
          "door exception \"x\" has no effect: neither \"dates\" nor \"calendars\" give it a day" },
        { "no effect: a window of another day", ORG, /* 2026-12-30 is a Wednesday */
          ACME
          "door_exceptions = ( { name = \"x\"; state = \"locked\"; dates = [ \"2026-12-30\" ];"
          " weekly = (\n{ days = [ \"thu\", \"mon\" ]; from = \"22:00\"; to = \"06:00\"; state = "
          "\"unlocked\"; } ); } );",
          3, W,
          "this window has no effect: none of the \"dates\" of exception \"x\" falls on its "
          "\"days\"" },
        { "no effect: no level", ORG,
          ACME "access_exceptions = (\n{ name = \"x\"; dates = [ \"2026-12-25\" ]; } );", 3, W,
          "access exception \"x\" has no effect: it names no \"access_levels\"" },
        /* warnings */
        { "no effect: the bottom", ORG, GRANT("role = \"none\"; site = \"HQ\";"), 3, W,
          "role \"none\" has no effect: it is the bottom of its ladder and takes nothing away" },
        { "no effect: lower under higher", ORG,
          GRANT("role = \"viewer\"; site = \"HQ/Tower\"; },\n{ role = \"manager\"; site = \"HQ\";"),
          3, W, "the grant of role \"viewer\" has no effect beside \"manager\" at acme.conf:4" },
        { "no effect: given twice", ORG,
          GRANT("role = \"viewer\"; site = \"HQ\"; },\n{ role = \"viewer\"; site = \"HQ\";"), 4, W,
          "the grant of role \"viewer\" has no effect beside \"viewer\" at acme.conf:3" },
        { "no effect: implied", ORG,
          GRANT("role = \"system\"; },\n{ role = \"manager\"; site = \"HQ\";"), 4, W,
          "the grant of role \"manager\" has no effect beside \"system\" at acme.conf:3" },
        { "no effect: not a member", ORG,
          USER("member = false; roles = ( { role = \"owner\"; } );"), 3, W,
          "user \"u\" is not a member (member = false): the roles given here have no effect" },
        { "no effect: without the role it requires", ORG, GRANT("role = \"flag\"; site = \"HQ\";"),
          3, W, "has no effect without a role that it requires",
          "roles = ( { name = \"old\"; level = \"organization\"; }, { name = \"flag\"; level = "
          "\"site\"; requires = [ \"old\" ]; } );\n" },
        { "a legacy role", ORG, GRANT("role = \"old\"; site = \"HQ\";"), 3, W,
          "legacy role \"old\" is still in use", LEGACY },
        { "a grant that has ended", ORG,
          GRANT("role = \"system\"; until = \"2026-06-01T00:00:00Z\";"), 3, W,
          "the grant of role \"system\" has ended, at 2026-06-01T00:00:00Z" },
        { "an organization without Org Admin", ORG, ACME, 1, W,
          "nobody holds a role that administers this organization", ADMIN },
        { "a uid that changes hands", ORG, USER("uid = 61184;"), 3, W,
          "uid 61184 does not belong to one person" },
        { "su without caller", SET, SESSION("services = [ \"su\" ]; role = \"viewer\";"), 2, W,
          "service \"su\" without subject = \"caller\": the rule asks about the user one becomes" },
        { "a rule for no service", SET, SESSION("services = [ ]; role = \"viewer\";"), 2, W,
          "this rule names no service: it has no effect" },
        { "no break-glass account", SET, "journal_failure = { };\n", 1, W,
          "no \"break_glass\" account" },
        { "observing has ended", SET,
          "break_glass = [ \"r\" ]; enforcement = \"observe\";\nobserve_until = "
          "\"2026-06-03T10:00:00Z\";",
          2, W, "\"observe_until\" has passed: sessions are enforced" },
        { "observing until, without observing", SET,
          "break_glass = [ \"r\" ];\nobserve_until = \"2026-06-09T10:00:00Z\";", 2, W,
          "\"observe_until\" has no effect" },
};

static const char *file_name(SourceKind kind)
{
        switch (kind) {
        case SOURCE_CATALOGUE:
                return "mine.conf";
        case SOURCE_SETTINGS:
                return "doorward.conf";
        case SOURCE_TESTS:
                return "tests.conf";
        case SOURCE_FRAGMENT:
                return "part.conf";
        default:
                return "acme.conf";
        }
}

/* Reads the policy of one message. */
static void message_load(LoadFixture *fixture, const Message *message)
{
        bool has_organization = message->kind == ORG || message->kind == FRG;
        load_fixture_init(fixture);
        check_load(fixture, SOURCE_CATALOGUE, "roles.conf", NULL, CHECK_CATALOGUE);
        check_load(fixture, SOURCE_CATALOGUE, "own.conf", NULL, message->own_roles);
        if (message->kind != ORG)
                check_load(fixture, SOURCE_ORGANIZATION, "acme.conf", "acme", CHECK_SITES);
        check_load(fixture, message->kind, file_name(message->kind),
                   has_organization ? "acme" : NULL, message->text);
        assert_int_equal(schema_additions_resolve(&fixture->loader), 0);
        model_check(fixture->model, CHECK_NOW);
}

static bool message_is_reported(const Message *message)
{
        LoadFixture fixture;
        size_t count;
        message_load(&fixture, message);
        const Diagnostic *found = diagnostics_sorted(fixture.diagnostics, &count);
        bool right = count == 1 && found->place.line == message->line &&
                     found->severity == message->severity && strstr(found->text, message->phrase) &&
                     strcmp(diagnostics_file_name(fixture.diagnostics, found->place.file),
                            file_name(message->kind)) == 0;
        if (!right) {
                fprintf(stderr, "%s: expected %s:%u: %s: ...%s..., found %zu:\n", message->what,
                        file_name(message->kind), message->line,
                        message->severity == SEVERITY_ERROR ? "error" : "warning", message->phrase,
                        count);
                diagnostics_print(fixture.diagnostics, stderr);
        }
        load_fixture_done(&fixture);
        return right;
}

static void each_mistake_has_one_message_at_its_place(void **state)
{
        size_t wrong = 0;
        for (size_t i = 0; i < sizeof(MESSAGES) / sizeof(MESSAGES[0]); i++)
                wrong += !message_is_reported(&MESSAGES[i]);
        assert_int_equal(wrong, 0);
}

/* One person of one name: the only message that takes two organizations. */
static void two_uids_for_one_name_are_found_across_organizations(void **state)
{
        CheckPolicy policy = { .catalogue = CHECK_CATALOGUE,
                               .organization =
                                       CHECK_ACME "users = ( { name = \"u\"; uid = 7; } );\n",
                               .other = "organization = { name = \"beta\"; };\n"
                                        "users = (\n{ name = \"u\"; uid = 8; } );\n" };
        check_expect(&policy,
                     "beta.conf:3: error: user \"u\" has uid 7 at acme.conf:2: a name is one "
                     "person in all organizations\n");
}

/* Whoever reads it is tired: no library's words, no line end, no capital of a sentence. */
static void messages_are_of_one_form(void **state)
{
        for (size_t i = 0; i < sizeof(MESSAGES) / sizeof(MESSAGES[0]); i++) {
                LoadFixture fixture;
                size_t count;
                message_load(&fixture, &MESSAGES[i]);
                const Diagnostic *found = diagnostics_sorted(fixture.diagnostics, &count);
                for (size_t k = 0; k < count; k++) {
                        size_t size = strlen(found[k].text);
                        assert_in_range(size, 10, 200);
                        assert_false(found[k].text[0] >= 'A' && found[k].text[0] <= 'Z');
                        assert_int_not_equal(found[k].text[size - 1], '.');
                        assert_null(strstr(found[k].text, "setting name"));
                        assert_null(strstr(found[k].text, "syntax error"));
                }
                load_fixture_done(&fixture);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_mistake_has_one_message_at_its_place),
                cmocka_unit_test(two_uids_for_one_name_are_found_across_organizations),
                cmocka_unit_test(messages_are_of_one_form),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
