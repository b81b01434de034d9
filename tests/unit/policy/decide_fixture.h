/* SPDX-License-Identifier: MIT */
/*
 * What tests of the engine share: the policy of the folder decide/ as an image, and questions whose
 * answers are written as `check` prints them, "allow granted-by-role".
 */
#pragma once

#include "load_fixture.h"
#include "policy/schedule.h"
#include "policy/build.h"
#include "policy/decide.h"

/* Monday, 1 June 2026, 11:00 in Berlin: the schedule "day" is on. */
#define MONDAY_MORNING INT64_C(1780304400)
#define HOUR           INT64_C(3600)
#define DAY            (24 * HOUR)

typedef struct DecideFixture {
        LoadFixture load;
        Image *image;
} DecideFixture;

/* Reads a file of the folder decide/ into the model. */
static inline void decide_read(DecideFixture *fixture, SourceKind kind, const char *name,
                               const char *organization)
{
        char path[4096], *data = NULL;
        size_t size = 0;
        snprintf(path, sizeof(path), "%s/%s", DECIDE_POLICY, name);
        FILE *file = fopen(path, "re");
        assert_non_null(file);
        assert_true(getdelim(&data, &size, '\0', file) > 0);
        fclose(file);
        SourceFile source = { .kind = kind,
                              .organization = organization,
                              .file = diagnostics_file(fixture->load.diagnostics, name),
                              .data = data,
                              .size = strlen(data) };
        assert_int_equal(parse_file(&fixture->load.loader, &source), 0);
        assert_int_equal(schema_additions_resolve(&fixture->load.loader), 0);
        free(source.data);
}

static inline void decide_expect_no_errors(DecideFixture *fixture)
{
        if (diagnostics_errors(fixture->load.diagnostics) > 0)
                diagnostics_print(fixture->load.diagnostics, stderr);
        assert_int_equal(diagnostics_errors(fixture->load.diagnostics), 0);
}

/* Compiles what has been read. */
static inline void decide_compile(DecideFixture *fixture)
{
        decide_expect_no_errors(fixture);
        model_check(fixture->load.model, MONDAY_MORNING);
        model_resolve_unix_groups(fixture->load.model);
        decide_expect_no_errors(fixture);
        assert_int_equal(model_compile(fixture->load.model, MONDAY_MORNING, &fixture->image), 0);
}

/* Reads the whole folder. */
static inline void decide_read_all(DecideFixture *fixture)
{
        load_fixture_init(&fixture->load);
        decide_read(fixture, SOURCE_CATALOGUE, "roles.conf", NULL);
        decide_read(fixture, SOURCE_ORGANIZATION, "acme.conf", "acme");
        decide_read(fixture, SOURCE_ORGANIZATION, "beta.conf", "beta");
        decide_read(fixture, SOURCE_SETTINGS, "doorward.conf", NULL);
}

static inline void decide_fixture_done(DecideFixture *fixture)
{
        fixture->image = image_free(fixture->image);
        load_fixture_done(&fixture->load);
}

/* cmocka's set-up and tear-down of a group: *state is the fixture. */
static inline int decide_setup(void **state)
{
        DecideFixture *fixture = calloc(1, sizeof(*fixture));
        assert_non_null(fixture);
        decide_read_all(fixture);
        decide_compile(fixture);
        *state = fixture;
        return 0;
}

static inline int decide_teardown(void **state)
{
        decide_fixture_done(*state);
        free(*state);
        return 0;
}

static inline const Image *decide_image(void **state)
{
        return ((DecideFixture *)*state)->image;
}

/* A schedule as it is kept at the first site of the image. */
static inline ScheduleQuestion decide_schedule(const Image *image, uint32_t schedule)
{
        return (ScheduleQuestion){
                .schedule = schedule,
                .exceptions = { .known_until = INT32_MAX, .with_calendar = IMAGE_NONE },
                .zone = image_site(image, 0)->zone,
        };
}

static inline ScheduleState decide_schedule_at(const Image *image, uint32_t schedule, int64_t now_s)
{
        ScheduleQuestion question = decide_schedule(image, schedule);
        ScheduleFinding found;
        return schedule_find(image, &question, &(DecisionContext){ .now_s = now_s }, &found);
}

/* Asks. groups: Unix groups of the subject, ascending, ended by 0; NULL: none. */
static inline Decision decide_ask(const Image *image, const char *line, int64_t now_s,
                                  const uint32_t *groups)
{
        DecisionContext context = { .now_s = now_s, .unix_groups = groups };
        Query query;
        const char *problem;
        while (groups && groups[context.unix_group_count] != 0)
                context.unix_group_count++;
        assert_int_equal(query_parse_line(text_from(line), &query, &problem), 0);
        return policy_decide(image, &context, &query, NULL);
}

/* Asks whether a person holds a role, or a higher one, at a place. */
static inline Decision decide_ask_role(const Image *image, const char *user, const char *role,
                                       const char *where)
{
        DecisionContext context = { .now_s = MONDAY_MORNING };
        Resource resource;
        Target target;
        Subject subject;
        assert_int_equal(resource_parse(text_from(where), &resource, NULL), 0);
        assert_int_equal(policy_find_target(image, &resource, &target), REASON_NONE);
        assert_int_equal(policy_find_subject(image, &context, target.organization, text_from(user),
                                             &subject),
                         REASON_NONE);
        return policy_decide_role(image, &context, &subject,
                                  image_find_role(image, IMAGE_NONE, text_from(role)), &target,
                                  NULL);
}

/* Asks, and compares outcome and reason with "allow granted-by-role". */
static inline void decide_expect_of(const Image *image, const char *line, int64_t now_s,
                                    const uint32_t *groups, const char *expected)
{
        char answer[128];
        Decision decision = decide_ask(image, line, now_s, groups);
        snprintf(answer, sizeof(answer), "%s %s", outcome_name(decision.outcome),
                 reason_name(decision.reason));
        if (strcmp(answer, expected) != 0)
                fprintf(stderr, "%s\n", line);
        assert_string_equal(answer, expected);
}

/* A question at MONDAY_MORNING without Unix groups, and its answer. */
typedef struct DecideCase {
        const char *line;
        const char *expected;
} DecideCase;

#define DECIDE_EXPECT_ALL(state, cases)                                                            \
        for (size_t i = 0; i < sizeof(cases) / sizeof((cases)[0]); i++)                            \
        decide_expect_of(decide_image(state), (cases)[i].line, MONDAY_MORNING, NULL,               \
                         (cases)[i].expected)
