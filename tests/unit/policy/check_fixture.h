/* SPDX-License-Identifier: MIT */
/* What tests of the checks share: texts of a whole policy in, everything that is reported out. */
#pragma once

#include "load_fixture.h"
#include "policy/build.h"

#define CHECK_NOW INT64_C(1780480800) /* 2026-06-03T10:00:00Z */

/* The texts of a policy; NULL: no such file. */
typedef struct CheckPolicy {
        const char *catalogue;    /* roles.conf */
        const char *own_roles;    /* own.conf: roles.d */
        const char *organization; /* acme.conf */
        const char *other;        /* beta.conf: a second organization */
        const char *settings;     /* doorward.conf */
        const char *managed;      /* managed/acme.conf: managed assignments */
} CheckPolicy;

/* A catalogue with the roles that most tests need. */
#define CHECK_CATALOGUE                                                                            \
        "permissions = ( { name = \"door.view\"; scope = \"door\"; },\n"                           \
        "  { name = \"door.unlock\"; scope = \"door\"; command = \"unlock\"; },\n"                 \
        "  { name = \"site.view\"; scope = \"organization | site\"; },\n"                          \
        "  { name = \"settings\"; scope = \"organization\"; } );\n"                                \
        "roles = (\n"                                                                              \
        "  { name = \"none\"; level = \"site\"; ladder = \"site\"; rank = 0; },\n"                 \
        "  { name = \"viewer\"; level = \"site\"; ladder = \"site\"; rank = 1;\n"                  \
        "    permissions = ( { name = \"door.view\"; } ); },\n"                                    \
        "  { name = \"manager\"; level = \"site\"; ladder = \"site\"; rank = 2;\n"                 \
        "    includes = [ \"viewer\" ]; permissions = ( { name = \"door.unlock\"; } ); },\n"       \
        "  { name = \"system\"; level = \"organization\"; holders = [ \"user\", \"group\" ];\n"    \
        "    implies = ( { role = \"manager\"; at = \"all-sites\"; } ); },\n"                      \
        "  { name = \"owner\"; level = \"organization\"; holders = [ \"user\" ];\n"                \
        "    permissions = ( { name = \"settings\"; } ); } );\n"

/* An organization without anything, its lists to follow from line 2 on. */
#define CHECK_ACME "organization = { name = \"acme\"; };\n"

/* The same with sites HQ and HQ/Tower, a door, a host, a group and an access group, on line 2. */
#define CHECK_SITES                                                                                \
        CHECK_ACME                                                                                 \
        "sites = ( { name = \"HQ\"; doors = ( { name = \"D1\"; } ); hosts = ( { name = \"gw\"; }"  \
        " ); sites = ( { name = \"Tower\"; } ); }, { name = \"Branch\"; } ); "                     \
        "groups = ( { name = \"desk\"; } ); access_groups = ( { name = \"staff\"; } );\n"

static inline void check_load(LoadFixture *fixture, SourceKind kind, const char *name,
                              const char *organization, const char *text)
{
        if (!text)
                return;
        SourceFile file = { .kind = kind,
                            .organization = organization,
                            .file = diagnostics_file(fixture->diagnostics, name),
                            .data = strdup(text),
                            .size = strlen(text) };
        assert_non_null(file.data);
        assert_int_equal(parse_file(&fixture->loader, &file), 0);
        free(file.data);
}

/* Loads and checks a policy. */
static inline void check_run(LoadFixture *fixture, const CheckPolicy *policy)
{
        load_fixture_init(fixture);
        check_load(fixture, SOURCE_CATALOGUE, "roles.conf", NULL, policy->catalogue);
        check_load(fixture, SOURCE_CATALOGUE, "own.conf", NULL, policy->own_roles);
        check_load(fixture, SOURCE_ORGANIZATION, "acme.conf", "acme", policy->organization);
        assert_int_equal(schema_additions_resolve(&fixture->loader), 0);
        check_load(fixture, SOURCE_ORGANIZATION, "beta.conf", "beta", policy->other);
        check_load(fixture, SOURCE_SETTINGS, "doorward.conf", NULL, policy->settings);
        check_load(fixture, SOURCE_MANAGED, "managed/acme.conf", "acme", policy->managed);
        load_fixture_expect(fixture, "");
        model_check(fixture->model, CHECK_NOW);
}

/* Loads and checks a policy and compares everything that is reported; loading reports nothing. */
static inline void check_expect(const CheckPolicy *policy, const char *expected)
{
        LoadFixture fixture;
        check_run(&fixture, policy);
        load_fixture_expect(&fixture, expected);
        load_fixture_done(&fixture);
}
