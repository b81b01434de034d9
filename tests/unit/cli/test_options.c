/* SPDX-License-Identifier: MIT */
/* Tests of cli/options.h: where options stand, what they set, how they are refused. */
#include "captured.h"

#include <string.h>

#include "cli/command.h"
#include "cli/options.h"
#include "util/timestamp.h"

#define ALL           UINT32_MAX
#define ARGUMENTS_MAX 80

/* Reads the arguments behind "check", up to a NULL. */
static int read_arguments(uint32_t accepted, const char *const *arguments, Options *ret_options,
                          char **ret_complaint)
{
        static char *argv[ARGUMENTS_MAX + 2];
        int argc = 1;
        argv[0] = (char *)(uintptr_t) "check";
        while (arguments[argc - 1] && argc <= ARGUMENTS_MAX) {
                argv[argc] = (char *)(uintptr_t)arguments[argc - 1];
                argc++;
        }
        argv[argc] = NULL;
        Captured errors = captured_begin(stderr);
        int result = options_read("check", accepted, argc, argv, ret_options);
        *ret_complaint = captured_end(&errors);
        for (int i = 1; i < argc; i++)
                assert_ptr_equal(argv[i], arguments[i - 1]);
        return result;
}

#define ARGUMENTS(...) ((const char *[]){ __VA_ARGS__, NULL })
#define NO_ARGUMENTS   ((const char *[]){ NULL })

static Options accepted(uint32_t bits, const char *const *arguments)
{
        Options options;
        char *complaint;
        int result = read_arguments(bits, arguments, &options, &complaint);
        if (result != 0)
                print_error("%s", complaint);
        assert_int_equal(result, 0);
        assert_string_equal(complaint, "");
        free(complaint);
        return options;
}

static void refused(uint32_t bits, const char *const *arguments, const char *text)
{
        Options options = { .word_count = 42 };
        char *complaint;
        assert_int_equal(read_arguments(bits, arguments, &options, &complaint), EXIT_USAGE);
        assert_int_equal(options.word_count, 42);
        if (!strstr(complaint, text))
                print_error("no '%s' in: %s", text, complaint);
        assert_non_null(strstr(complaint, text));
        assert_int_equal(strncmp(complaint, "doorward check: ", 16), 0);
        assert_ptr_equal(strchr(complaint, '\n'), complaint + strlen(complaint) - 1);
        free(complaint);
}

static void assert_words(const Options *options, const char *const *words)
{
        int count = 0;
        while (words[count])
                count++;
        assert_int_equal(options->word_count, count);
        for (int i = 0; i < count; i++)
                assert_string_equal(options->words[i], words[i]);
}

static void nothing_given_is_the_default(void **state)
{
        Options options = accepted(ALL, NO_ARGUMENTS);
        assert_int_equal(options.given, 0);
        assert_int_equal(options.word_count, 0);
        assert_non_null(options.policy);
        assert_non_null(options.roles);
        assert_null(options.state);
        assert_null(options.socket);
        assert_null(options.batch);
        assert_false(options.help);
        assert_string_equal(options.pam_directory, "/etc/pam.d");
        assert_true(options.at_s > INT64_C(1700000000));
        assert_in_range(options.timeout_ms, 1, 3600000);
}

static void options_stand_before_and_behind_the_words(void **state)
{
        Options options = accepted(ALL, ARGUMENTS("--policy", "p", "--json", "a", "b", "c",
                                                  "--at=1970-01-01T00:00:10Z", "--roles", "r"));
        assert_words(&options, ARGUMENTS("a", "b", "c"));
        assert_int_equal(options.given, OPTION_POLICY | OPTION_JSON | OPTION_AT | OPTION_ROLES);
        assert_string_equal(options.policy, "p");
        assert_string_equal(options.roles, "r");
        assert_int_equal(options.at_s, 10);
        refused(ALL, ARGUMENTS("a", "--json", "b"), "'b' follows an option");
        refused(ALL, ARGUMENTS("--json", "a", "--via", "b"), "'b' follows an option");
}

static void the_word_behind_customize_and_a_role_is_none(void **state)
{
        Options options = accepted(ALL, ARGUMENTS("a", "customize", "viewer", "-door.view",
                                                  "organization:acme", "--json"));
        assert_words(&options,
                     ARGUMENTS("a", "customize", "viewer", "-door.view", "organization:acme"));
        assert_int_equal(options.given, OPTION_JSON);
        options = accepted(ALL, ARGUMENTS("a", "customize", "viewer", "--json", "o"));
        assert_words(&options, ARGUMENTS("a", "customize", "viewer", "--json", "o"));
        refused(ALL, ARGUMENTS("a", "customize", "-viewer", "x", "o"), "unknown option -viewer");
        refused(ALL, ARGUMENTS("a", "customise", "viewer", "-x", "o"), "unknown option -x");
}

/* As read_arguments(), of `doorward customize`. */
static int read_customize(const char *const *arguments, Options *ret_options)
{
        static char *argv[ARGUMENTS_MAX + 2];
        int argc = 1;
        argv[0] = (char *)(uintptr_t) "customize";
        for (; arguments[argc - 1]; argc++)
                argv[argc] = (char *)(uintptr_t)arguments[argc - 1];
        Captured errors = captured_begin(stderr);
        int result = options_read("customize", ALL, argc, argv, ret_options);
        free(captured_end(&errors));
        return result;
}

static void the_second_word_of_the_command_customize_is_never_an_option(void **state)
{
        Options options;
        assert_int_equal(
                read_customize(ARGUMENTS("--json", "viewer", "-door.view", "o", "--dry-run"),
                               &options),
                0);
        assert_words(&options, ARGUMENTS("viewer", "-door.view", "o"));
        assert_int_equal(options.given, OPTION_JSON | OPTION_DRY_RUN);
        assert_int_equal(read_customize(ARGUMENTS("viewer", "--json", "o"), &options), 0);
        assert_words(&options, ARGUMENTS("viewer", "--json", "o"));
        assert_int_equal(read_customize(ARGUMENTS("-viewer", "x", "o"), &options), EXIT_USAGE);
        assert_int_equal(read_customize(ARGUMENTS("viewer", "x", "-o"), &options), EXIT_USAGE);
}

static void dates_roles_and_formats_are_read(void **state)
{
        Options options = accepted(ALL, NO_ARGUMENTS);
        assert_int_equal(options.from_s, TIMESTAMP_MIN);
        assert_int_equal(options.until_s, TIMESTAMP_MAX);
        assert_int_equal(options.format, FORMAT_TEXT);
        assert_null(options.organization);
        options = accepted(ALL, ARGUMENTS("--from", "1970-01-01T00:00:10Z", "--until",
                                          "1970-01-01T00:00:20Z", "--role", "a", "--role", "b",
                                          "--format", "markdown", "--organization", "acme"));
        assert_int_equal(options.from_s, 10);
        assert_int_equal(options.until_s, 20);
        assert_int_equal(options.role_count, 2);
        assert_string_equal(options.with_roles[1], "b");
        assert_int_equal(options.format, FORMAT_MARKDOWN);
        assert_string_equal(options.organization, "acme");
        refused(ALL, ARGUMENTS("--from", "noon"), "'noon' is no value of --from");
        refused(ALL, ARGUMENTS("--until", "noon"), "'noon' is no value of --until");
        refused(ALL, ARGUMENTS("--format", "CSV"), "'CSV' is no value of --format");
        const char *many[QUERY_ROLES_MAX + 2] = { NULL };
        for (int i = 0; i <= QUERY_ROLES_MAX; i++)
                many[i] = "--role=r";
        refused(ALL, many, "'r' is no value of --role");
}

static void behind_two_dashes_everything_is_a_word(void **state)
{
        Options options = accepted(ALL, ARGUMENTS("--json", "--", "--help", "-x", "--"));
        assert_words(&options, ARGUMENTS("--help", "-x", "--"));
        assert_int_equal(options.given, OPTION_JSON);
        options = accepted(ALL, ARGUMENTS("a", "--json", "--"));
        assert_words(&options, ARGUMENTS("a"));
        options = accepted(ALL, ARGUMENTS("--"));
        assert_int_equal(options.word_count, 0);
        options = accepted(ALL, ARGUMENTS("--user", "--", "a", "--json"));
        assert_string_equal(options.user, "--");
        assert_words(&options, ARGUMENTS("a"));
        assert_int_equal(options.given, OPTION_USER | OPTION_JSON);
        refused(ALL, ARGUMENTS("a", "--json", "--", "b"), "'b' follows an option");
}

static void a_single_dash_is_a_word(void **state)
{
        Options options = accepted(ALL, ARGUMENTS("-", "a", "--batch", "-"));
        assert_words(&options, ARGUMENTS("-", "a"));
        assert_string_equal(options.batch, "-");
}

static void names_are_written_in_full(void **state)
{
        refused(ALL, ARGUMENTS("--pol", "p"), "unknown option --pol");
        refused(ALL, ARGUMENTS("--jso"), "unknown option --jso");
        refused(ALL, ARGUMENTS("--pol=p"), "unknown option --pol");
        refused(ALL, ARGUMENTS("--h"), "unknown option --h");
        refused(ALL, ARGUMENTS("-j"), "unknown option -j");
        refused(ALL, ARGUMENTS("--nothing"), "unknown option --nothing");
}

static void values_are_there_once_and_not_empty(void **state)
{
        refused(ALL, ARGUMENTS("--policy"), "a value is missing after --policy");
        refused(ALL, ARGUMENTS("--policy", ""), "the value of --policy is empty");
        refused(ALL, ARGUMENTS("--policy="), "the value of --policy is empty");
        refused(ALL, ARGUMENTS("--policy", "p", "a", "--policy", "p"),
                "option --policy is given twice");
        refused(ALL, ARGUMENTS("--json=1"), "--json takes no value");
        refused(ALL, ARGUMENTS("--help=1"), "--help takes no value");
        refused(ALL, ARGUMENTS("--at", "noon"), "'noon' is no value of --at");
        refused(ALL, ARGUMENTS("--since", "noon"), "'noon' is no value of --since");
        refused(ALL, ARGUMENTS("--timeout", "0"), "'0' is no value of --timeout");
        refused(ALL, ARGUMENTS("--timeout", "3600001"), "'3600001' is no value of --timeout");
}

static void a_command_takes_its_own_options_only(void **state)
{
        refused(OPTION_JSON, ARGUMENTS("--policy", "p"), "takes no option --policy");
        Options options = accepted(OPTION_JSON, ARGUMENTS("--json"));
        assert_int_equal(options.given, OPTION_JSON);
}

static void what_would_have_no_effect_is_refused(void **state)
{
        uint32_t bits = OPTION_LIVE | OPTIONS_LIVE;
        refused(bits, ARGUMENTS("--socket", "s", "a"), "--socket and --timeout need --live");
        refused(bits, ARGUMENTS("a", "--timeout", "5"), "--socket and --timeout need --live");
        Options options = accepted(bits, ARGUMENTS("a", "--timeout", "5", "--live"));
        assert_int_equal(options.timeout_ms, 5);
        options = accepted(OPTIONS_LIVE, ARGUMENTS("--socket", "s"));
        assert_string_equal(options.socket, "s");
}

static void help_stands_alone(void **state)
{
        assert_true(accepted(ALL, ARGUMENTS("--help")).help);
        refused(ALL, ARGUMENTS("--help", "a"), "--help stands alone");
        refused(ALL, ARGUMENTS("a", "b", "--help"), "--help stands alone");
        refused(ALL, ARGUMENTS("--json", "--help"), "--help stands alone");
}

static void unix_groups_may_be_several(void **state)
{
        Options options = accepted(ALL, ARGUMENTS("--unix-group", "a", "x", "--unix-group", "b"));
        assert_int_equal(options.unix_group_count, 2);
        assert_string_equal(options.unix_groups[0], "a");
        assert_string_equal(options.unix_groups[1], "b");
        const char *many[OPTION_UNIX_GROUPS_MAX + 2] = { NULL };
        for (int i = 0; i <= OPTION_UNIX_GROUPS_MAX; i++)
                many[i] = "--unix-group=g";
        refused(ALL, many, "'g' is no value of --unix-group");
        many[OPTION_UNIX_GROUPS_MAX] = NULL;
        assert_int_equal(accepted(ALL, many).unix_group_count, OPTION_UNIX_GROUPS_MAX);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(nothing_given_is_the_default),
                cmocka_unit_test(options_stand_before_and_behind_the_words),
                cmocka_unit_test(the_word_behind_customize_and_a_role_is_none),
                cmocka_unit_test(the_second_word_of_the_command_customize_is_never_an_option),
                cmocka_unit_test(dates_roles_and_formats_are_read),
                cmocka_unit_test(behind_two_dashes_everything_is_a_word),
                cmocka_unit_test(a_single_dash_is_a_word),
                cmocka_unit_test(names_are_written_in_full),
                cmocka_unit_test(values_are_there_once_and_not_empty),
                cmocka_unit_test(a_command_takes_its_own_options_only),
                cmocka_unit_test(what_would_have_no_effect_is_refused),
                cmocka_unit_test(help_stands_alone),
                cmocka_unit_test(unix_groups_may_be_several),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
