/* SPDX-License-Identifier: MIT */
/*
 * Tests of cli/batch.h on the example organization; the first argument is the folder conf. Whatever
 * bytes are put in, as many lines come out.
 */
#include "captured.h"

#include <string.h>

#include "cli/batch.h"
#include "cli/command.h"
#include "policy/limits.h"
#include "scratch.h"

#define ALLOWED "diana access.lockdown.create site:acme/HQ"
#define DENIED  "robin access.lockdown.create site:acme/HQ"

static const char *conf;
static char scratch[SCRATCH_SIZE], roles[SCRATCH_PATH_SIZE], policy[SCRATCH_PATH_SIZE],
        batch[SCRATCH_PATH_SIZE];

static int setup(void **state)
{
        char path[1024];
        if (scratch_new(scratch) != 0 || scratch_make_folder(scratch, "policy") != 0)
                return -1;
        snprintf(path, sizeof(path), "%s/roles", conf);
        if (scratch_copy_configuration(scratch, "roles", path) != 0)
                return -1;
        snprintf(path, sizeof(path), "%s/example/organizations.d", conf);
        if (scratch_copy_configuration(scratch, "policy/organizations.d", path) != 0)
                return -1;
        scratch_path(scratch, "roles", roles);
        scratch_path(scratch, "policy", policy);
        scratch_path(scratch, "batch", batch);
        return 0;
}

static int teardown(void **state)
{
        scratch_remove(scratch);
        return 0;
}

/* Runs a batch of bytes. Return: the exit status, and what was printed (owned by the caller). */
static int batch_of(const char *bytes, size_t size, char **ret_output)
{
        FILE *file = fopen(batch, "we");
        assert_non_null(file);
        assert_int_equal(fwrite(bytes, 1, size, file), size);
        fclose(file);
        Options options = { .given = OPTION_STATE | OPTION_BATCH,
                            .policy = policy,
                            .roles = roles,
                            .state = scratch,
                            .batch = batch,
                            .at_s = INT64_C(1780304400) };
        Captured output = captured_begin(stdout);
        int status = batch_run(&options);
        *ret_output = captured_end(&output);
        return status;
}

static size_t count_lines(const char *text)
{
        size_t count = 0;
        for (; *text; text++)
                count += *text == '\n';
        return count;
}

/* The outcomes of all lines as one letter each. */
static void assert_outcomes(const char *bytes, size_t size, const char *outcomes, int status)
{
        char *output;
        assert_int_equal(batch_of(bytes, size, &output), status);
        assert_int_equal(count_lines(output), strlen(outcomes));
        const char *line = output;
        for (size_t i = 0; outcomes[i]; i++) {
                assert_int_equal(line[0], outcomes[i]);
                line = strchr(line, '\n') + 1;
        }
        free(output);
}

#define ASSERT_OUTCOMES(bytes, outcomes, status)                                                   \
        assert_outcomes(bytes, sizeof(bytes) - 1, outcomes, status)

static void each_line_has_its_answer(void **state)
{
        ASSERT_OUTCOMES("", "", 0);
        ASSERT_OUTCOMES(ALLOWED "\n", "a", 0);
        ASSERT_OUTCOMES(ALLOWED, "a", 0);
        ASSERT_OUTCOMES(ALLOWED "\n" DENIED "\n" ALLOWED, "ada", 0);
        ASSERT_OUTCOMES("\n", "e", EXIT_UNABLE);
        ASSERT_OUTCOMES("\n\n" ALLOWED "\n\n", "eeae", EXIT_UNABLE);
        ASSERT_OUTCOMES("  " ALLOWED "\t\n \t \n", "ae", EXIT_UNABLE);
}

static void odd_bytes_belong_to_their_line(void **state)
{
        ASSERT_OUTCOMES(ALLOWED "\r\n" ALLOWED "\n", "ea", EXIT_UNABLE);
        ASSERT_OUTCOMES(ALLOWED "\0\n" ALLOWED "\n", "ea", EXIT_UNABLE);
        ASSERT_OUTCOMES("\0" ALLOWED "\n\0\n\0", "eee", EXIT_UNABLE);
        ASSERT_OUTCOMES("diana\0 access.lockdown.create site:acme/HQ\n", "e", EXIT_UNABLE);
        ASSERT_OUTCOMES("\xff\xfe\n\x1b[2J\n" ALLOWED, "eea", EXIT_UNABLE);
}

/* A line of that many bytes in all, then one that is allowed. */
static void long_line(size_t size, char outcome)
{
        char outcomes[] = { outcome, 'a', '\0' };
        size_t whole = size + 1 + strlen(ALLOWED);
        char *bytes = malloc(whole + 1);
        assert_non_null(bytes);
        memset(bytes, ' ', size);
        memcpy(bytes, DENIED, strlen(DENIED));
        sprintf(bytes + size, "\n%s", ALLOWED);
        assert_outcomes(bytes, whole, outcomes, outcome == 'e' ? EXIT_UNABLE : 0);
        free(bytes);
}

static void a_long_line_is_one_line(void **state)
{
        long_line(QUERY_SIZE_MAX - 1, 'd');
        long_line(QUERY_SIZE_MAX, 'd');
        long_line(QUERY_SIZE_MAX + 1, 'e');
        long_line(QUERY_SIZE_MAX + 2, 'e');
        long_line(QUERY_SIZE_MAX + 3, 'e');
        long_line(1 << 20, 'e');
}

static void many_words_are_no_query(void **state)
{
        ASSERT_OUTCOMES("a b c d=e f=g h=i j=k l=m n=o p=q r=s t=u v=w x=y z=a b=c d=e f\n", "e",
                        EXIT_UNABLE);
}

/* As many lines out as in, for bytes from a small generator. */
static void any_bytes_give_as_many_lines(void **state)
{
        static const char ALPHABET[] = "ab \t\r\0\n\n\xff:/=.-";
        uint32_t seed = 12345;
        for (int round = 0; round < 200; round++) {
                char bytes[512], *output;
                size_t lines = 0, size = 1 + round * 2;
                for (size_t i = 0; i < size; i++) {
                        seed = seed * 1664525 + 1013904223;
                        bytes[i] = ALPHABET[(seed >> 16) % (sizeof(ALPHABET) - 1)];
                        lines += bytes[i] == '\n';
                }
                lines += bytes[size - 1] != '\n';
                assert_int_equal(batch_of(bytes, size, &output), EXIT_UNABLE);
                assert_int_equal(count_lines(output), lines);
                free(output);
        }
}

static void a_file_that_cannot_be_read_is_no_empty_batch(void **state)
{
        Options options = { .given = OPTION_STATE | OPTION_BATCH,
                            .policy = policy,
                            .roles = roles,
                            .state = scratch,
                            .batch = "/nonexistent/batch" };
        Captured errors = captured_begin(stderr);
        assert_int_equal(batch_run(&options), EXIT_UNABLE);
        options.batch = scratch;
        assert_int_equal(batch_run(&options), EXIT_UNABLE);
        char *text = captured_end(&errors);
        assert_non_null(strstr(text, "doorward check: /nonexistent/batch: No such file"));
        assert_non_null(strstr(text, "Is a directory"));
        free(text);
}

int main(int argc, char **argv)
{
        if (argc != 2)
                return 1;
        conf = argv[1];
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_line_has_its_answer),
                cmocka_unit_test(odd_bytes_belong_to_their_line),
                cmocka_unit_test(a_long_line_is_one_line),
                cmocka_unit_test(many_words_are_no_query),
                cmocka_unit_test(any_bytes_give_as_many_lines),
                cmocka_unit_test(a_file_that_cannot_be_read_is_no_empty_batch),
        };
        return cmocka_run_group_tests(tests, setup, teardown) ? 1 : 0;
}
