/* SPDX-License-Identifier: MIT */
/* Tests of metrics.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/metrics.h"

static Metrics metrics;

static int set_up(void **state)
{
        memset(&metrics, 0, sizeof(metrics));
        return 0;
}

/* What is printed has this line as often. */
static void expect(const char *line, unsigned times)
{
        char *text = NULL, *rest, *found;
        size_t size;
        unsigned count = 0;
        FILE *stream = open_memstream(&text, &size);
        assert_non_null(stream);
        metrics_print(&metrics, stream);
        assert_int_equal(fclose(stream), 0);
        for (rest = text; (found = strsep(&rest, "\n"));)
                count += strcmp(found, line) == 0;
        free(text);
        assert_int_equal(count, times);
}

static void refusals_are_counted_by_code(void **state)
{
        metrics_count_refusal(&metrics, "too-large");
        metrics_count_refusal(&metrics, "too-slow");
        metrics_count_refusal(&metrics, "too-large");
        expect("doorward_http_refusals_total{code=\"too-large\"} 2", 1);
        expect("doorward_http_refusals_total{code=\"too-slow\"} 1", 1);
}

/* The code of a refused question is a text of an answer that is gone when the next one comes. */
static void a_code_is_kept_when_its_text_is_gone(void **state)
{
        char code[METRICS_CODE_SIZE + 8] = "malformed-json";
        metrics_count_refusal(&metrics, code);
        memset(code, 'x', sizeof(code) - 1);
        code[sizeof(code) - 1] = '\0';
        metrics_count_refusal(&metrics, code);
        metrics_count_refusal(&metrics, code);
        expect("doorward_http_refusals_total{code=\"malformed-json\"} 1", 1);
        assert_int_equal(metrics.codes[1].count, 2);
        assert_int_equal(strlen(metrics.codes[1].code), METRICS_CODE_SIZE - 1);
}

static void answers_are_counted_by_path_class_and_time(void **state)
{
        metrics_count_answer(&metrics, "/a", 200, 500);
        metrics_count_answer(&metrics, "/a", 404, 501);
        metrics_count_answer(&metrics, "/a", 204, 2000000);
        metrics_count_answer(&metrics, "other", 503, 1);
        expect("doorward_http_answers_total{path=\"/a\",status=\"2xx\"} 2", 1);
        expect("doorward_http_answers_total{path=\"/a\",status=\"4xx\"} 1", 1);
        expect("doorward_http_answers_total{path=\"other\",status=\"5xx\"} 1", 1);
        expect("doorward_http_answer_seconds_bucket{path=\"/a\",le=\"0.0005\"} 1", 1);
        expect("doorward_http_answer_seconds_bucket{path=\"/a\",le=\"0.001\"} 2", 1);
        expect("doorward_http_answer_seconds_bucket{path=\"/a\",le=\"1\"} 2", 1);
        expect("doorward_http_answer_seconds_bucket{path=\"/a\",le=\"+Inf\"} 3", 1);
        expect("doorward_http_answer_seconds_sum{path=\"/a\"} 2.001001", 1);
        expect("doorward_http_answer_seconds_count{path=\"/a\"} 3", 1);
}

static void more_codes_than_there_is_room_for_are_left_out(void **state)
{
        static char codes[METRICS_CODES_MAX + 2][16];
        for (int i = 0; i < METRICS_CODES_MAX + 2; i++) {
                (void)snprintf(codes[i], sizeof(codes[i]), "code-%d", i);
                metrics_count_refusal(&metrics, codes[i]);
        }
        metrics_count_refusal(&metrics, codes[0]);
        expect("doorward_http_refusals_total{code=\"code-0\"} 2", 1);
        expect("doorward_http_refusals_total{code=\"code-49\"} 1", 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup(refusals_are_counted_by_code, set_up),
                cmocka_unit_test_setup(a_code_is_kept_when_its_text_is_gone, set_up),
                cmocka_unit_test_setup(answers_are_counted_by_path_class_and_time, set_up),
                cmocka_unit_test_setup(more_codes_than_there_is_room_for_are_left_out, set_up),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
