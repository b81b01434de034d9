/* SPDX-License-Identifier: MIT */
/*
 * Policy tests
 *
 * Each test is asked of the engine like any other question. What fails is said in one line that
 * begins with the place of the test, so that an editor can jump there.
 */
#include "policy/policy_test.h"

#include <errno.h>

#include "policy/review.h"

#define SHOWN_SIZE 512 /* bytes of a query shown in a message */

typedef struct TestRun {
        const Model *model;
        const Image *image;
        const ModelTest *test;
        FILE *stream;
} TestRun;

/* Begins the line of a failing test. Return: false, so that a caller can return it. */
static bool failed(const TestRun *run, const char *question)
{
        const ModelTest *test = run->test;
        char shown[SHOWN_SIZE], time[TIMESTAMP_TEXT_SIZE];
        fprintf(run->stream, "%s:%u: failed: %s%s at %s: ",
                diagnostics_file_name(run->model->diagnostics, test->place.file), test->place.line,
                test->query ? "" : "who can ",
                text_escape(text_from(question), shown, sizeof(shown)),
                timestamp_format(test->at_s, time));
        return false;
}

/* ---- query = ... ---- */

static bool query_test(const TestRun *run)
{
        const ModelTest *test = run->test;
        DecisionContext context = { .now_s = test->at_s };
        Query query;
        const char *problem = NULL;
        if (query_parse_line(text_from(test->query), &query, &problem) != 0) {
                failed(run, test->query);
                fprintf(run->stream, "not a query: %s\n", problem);
                return false;
        }
        Decision decision = policy_decide(run->image, &context, &query, NULL);
        const char *got = reason_name(decision.reason);
        if (decision.outcome == test->expect &&
            (!test->reason || text_is(text_from(test->reason), got)))
                return true;
        failed(run, test->query);
        fprintf(run->stream, "expected %s", outcome_name(test->expect));
        if (test->reason)
                fprintf(run->stream, " (%s)", test->reason);
        fprintf(run->stream, ", got %s (%s)\n", outcome_name(decision.outcome), got);
        return false;
}

/* ---- who_can = ... ---- */

/* People found, held against the people listed. */
typedef struct Attendance {
        const ReferenceList *expected;
        bool *present; /* one for each of expected */
        FILE *extra;   /* names that are not listed, each after ", " */
        size_t extra_count;
} Attendance;

static int person_found(void *data, Text name, const Decision *decision)
{
        Attendance *attendance = data;
        bool listed = false;
        for (uint32_t i = 0; i < attendance->expected->count; i++) {
                if (!text_is(name, attendance->expected->items[i].name))
                        continue;
                attendance->present[i] = true;
                listed = true;
        }
        /* Which Unix groups there are differs from machine to machine; a test is about people. */
        if (listed || (name.size > 0 && memchr(name.data, ':', name.size)))
                return 0;
        attendance->extra_count++;
        return fprintf(attendance->extra, ", %.*s", (int)name.size, name.data) < 0 ? -ENOMEM : 0;
}

static bool attendance_is_full(const TestRun *run, const Attendance *attendance, const char *extra)
{
        size_t missing = 0;
        for (uint32_t i = 0; i < attendance->expected->count; i++)
                missing += !attendance->present[i];
        if (missing == 0 && attendance->extra_count == 0)
                return true;
        failed(run, run->test->who_can);
        const char *separator = "missing: ";
        for (uint32_t i = 0; i < attendance->expected->count; i++) {
                if (attendance->present[i])
                        continue;
                fprintf(run->stream, "%s%s", separator, attendance->expected->items[i].name);
                separator = ", ";
        }
        if (attendance->extra_count > 0)
                fprintf(run->stream, "%sextra: %s", missing > 0 ? "; " : "", extra + 2);
        fputc('\n', run->stream);
        return false;
}

/* Asks and compares. Return: 0 and whether the list is complete, or -errno. */
static int people_compare(const TestRun *run, Text permission, const Resource *resource,
                          bool *ret_passed)
{
        const ModelTest *test = run->test;
        _cleanup_free_ char *extra = NULL;
        size_t extra_size;
        _cleanup_free_ bool *present = calloc((size_t)test->users.count + 1, sizeof(bool));
        FILE *stream = open_memstream(&extra, &extra_size);
        Attendance attendance = { &test->users, present, stream, 0 };
        int result = -ENOMEM;
        if (present && stream)
                result = policy_who_can(run->image, &(DecisionContext){ .now_s = test->at_s },
                                        permission, resource, person_found, &attendance);
        if (stream && fclose(stream) != 0 && result == 0)
                result = -ENOMEM;
        if (result < 0)
                return result;
        if (result > 0) {
                *ret_passed = failed(run, test->who_can);
                fprintf(run->stream, "cannot be decided (%s)\n", reason_name((Reason)result));
        } else {
                *ret_passed = attendance_is_full(run, &attendance, extra);
        }
        return 0;
}

static int who_can_test(const TestRun *run, bool *ret_passed)
{
        Text words[2];
        Resource resource;
        const char *problem = "PERMISSION RESOURCE is expected";
        if (query_split(text_from(run->test->who_can), words, 2) == 2 &&
            resource_parse(words[1], &resource, &problem) == 0)
                return people_compare(run, words[0], &resource, ret_passed);
        *ret_passed = failed(run, run->test->who_can);
        fprintf(run->stream, "not a question: %s\n", problem);
        return 0;
}

int policy_tests_run(const Model *model, const Image *image, FILE *stream,
                     PolicyTestResult *ret_result)
{
        PolicyTestResult result = { 0 };
        TestRun run = { .model = model, .image = image, .stream = stream };
        for (uint32_t i = 0; i < model->tests.count; i++) {
                bool passed = false;
                run.test = &model->tests.items[i];
                if (run.test->query) {
                        passed = query_test(&run);
                } else {
                        int problem = who_can_test(&run, &passed);
                        if (problem < 0)
                                return problem;
                }
                if (passed)
                        result.passed++;
                else
                        result.failed++;
        }
        *ret_result = result;
        return 0;
}
