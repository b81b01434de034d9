/* SPDX-License-Identifier: MIT */
/*
 * Tests of cli/pam_judge.h over the trees of pam.d/, whose path is the first argument: who gets
 * through which stack, and which line is blamed for it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "cli/pam_judge.h"

enum { DENIED = 1, UNAVAILABLE = 2, UNKNOWN_USER = 4, MISCONFIGURED = 8, MISSING = 16, ALL = 31 };

static const char *trees;
static const char *const nowhere[] = { "/nowhere", NULL };

/* Reads and judges. elsewhere: it does not matter whether the module is installed here. */
static PamJudgement judge(const char *tree, const char *name, bool elsewhere, PamService *service)
{
        char path[1024];
        PamModuleFolders folders = { nowhere, elsewhere };
        PamJudgement judgement;
        snprintf(path, sizeof(path), "%s/%s", trees, tree);
        assert_int_equal(pam_service_read(path, NULL, name, service), 0);
        assert_int_equal(pam_judge(service, &folders, &judgement), 0);
        return judgement;
}

static void assert_result(const char *tree, const char *name, PamResult expected)
{
        PamService service;
        PamJudgement judgement = judge(tree, name, true, &service);
        if (judgement.result != expected) {
                for (size_t i = 0; i < service.problems.count; i++)
                        print_error("%s:%u: %s\n", service.problems.items[i].file,
                                    service.problems.items[i].line, service.problems.items[i].text);
                fail_msg("%s/%s: %s, expected %s", tree, name, pam_result_name(judgement.result),
                         pam_result_name(expected));
        }
        pam_service_clear(&service);
}

/* One problem, at this place, with these answers; its text holds the words. */
static void assert_blamed(const char *tree, const char *name, const char *file, unsigned line,
                          PamSeverity severity, uint32_t answers, const char *words)
{
        PamService service;
        judge(tree, name, true, &service);
        for (size_t i = 0; i < service.problems.count; i++) {
                const PamProblem *problem = &service.problems.items[i];
                if (problem->line == line && problem->severity == severity &&
                    problem->answers == answers && strstr(problem->text, words) &&
                    strcmp(strrchr(problem->file, '/') + 1, file) == 0) {
                        pam_service_clear(&service);
                        return;
                }
        }
        for (size_t i = 0; i < service.problems.count; i++)
                print_error("%s:%u: %d %x %s\n", service.problems.items[i].file,
                            service.problems.items[i].line, service.problems.items[i].severity,
                            service.problems.items[i].answers, service.problems.items[i].text);
        fail_msg("%s/%s: %s:%u is not blamed for %x with '%s'", tree, name, file, line, answers,
                 words);
}

static void stacks_as_the_examples_have_them_obey(void **state)
{
        assert_result("debian", "sshd", PAM_RESULT_OBEYED);
        assert_result("debian", "sudo-i", PAM_RESULT_OBEYED);
        assert_result("debian", "door-unlock", PAM_RESULT_OBEYED);
        assert_result("redhat", "sshd", PAM_RESULT_OBEYED);
        assert_result("redhat", "sudo", PAM_RESULT_OBEYED);
        assert_result("traps", "dash", PAM_RESULT_OBEYED);
        assert_result("traps", "continued", PAM_RESULT_OBEYED);
        assert_result("traps", "jump-behind", PAM_RESULT_OBEYED);
        assert_result("traps", "substack-requisite", PAM_RESULT_OBEYED);
        assert_result("traps", "sufficient-deny", PAM_RESULT_OBEYED);
}

static void services_without_the_module_do_not_ask(void **state)
{
        assert_result("debian", "other", PAM_RESULT_NOT_ASKED);
        assert_result("debian", "passwd", PAM_RESULT_NOT_ASKED);
        assert_result("debian", "no-such-service", PAM_RESULT_NOT_ASKED);
        assert_result("traps", "not-asked-missing-include", PAM_RESULT_NOT_ASKED);
}

static void a_service_without_lines_asks_as_other_does(void **state)
{
        assert_result("traps", "no-account", PAM_RESULT_OBEYED);
        assert_result("traps", "no-such-service", PAM_RESULT_OBEYED);
}

static void a_soft_control_is_blamed(void **state)
{
        assert_result("traps", "optional", PAM_RESULT_THROUGH);
        assert_blamed("traps", "optional", "optional", 2, PAM_SEVERITY_ERROR, ALL,
                      "write: account required pam_doorward.so");
        assert_blamed("traps", "sufficient", "sufficient", 2, PAM_SEVERITY_ERROR, ALL,
                      "'sufficient'");
        assert_blamed("traps", "unavailable", "unavailable", 2, PAM_SEVERITY_ERROR, UNAVAILABLE,
                      "an outage of the daemon gets through");
        assert_blamed("traps", "module-unknown", "module-unknown", 2, PAM_SEVERITY_ERROR, MISSING,
                      "a missing module gets through");
}

static void the_line_copied_from_pam_sss_lets_unknown_users_through(void **state)
{
        assert_result("redhat", "su", PAM_RESULT_THROUGH);
        assert_blamed("redhat", "su", "su", 3, PAM_SEVERITY_ERROR, UNKNOWN_USER,
                      "[default=bad success=ok user_unknown=ignore]");
}

static void lines_before_it_are_blamed_for_passing_over_it(void **state)
{
        assert_result("redhat", "login", PAM_RESULT_THROUGH);
        assert_blamed("redhat", "login", "system-auth", 3, PAM_SEVERITY_ERROR, ALL,
                      "before the line that includes this file");
        assert_blamed("redhat", "login", "system-auth", 4, PAM_SEVERITY_ERROR, ALL,
                      "pam_usertype.so succeeds");
        assert_blamed("traps", "jump", "jump", 2, PAM_SEVERITY_ERROR, ALL, "before this one");
        assert_blamed("traps", "jump-substack", "jump-substack", 2, PAM_SEVERITY_ERROR, ALL,
                      "asks:2");
}

static void an_expired_password_is_a_way_through(void **state)
{
        assert_result("debian", "login", PAM_RESULT_THROUGH);
        assert_blamed("debian", "login", "common-account", 2, PAM_SEVERITY_ERROR, ALL,
                      "new_authtok_reqd");
        assert_result("debian", "su", PAM_RESULT_OBEYED); /* the session phase stops them */
        assert_blamed("debian", "su", "common-account", 2, PAM_SEVERITY_WARNING, ALL,
                      "new_authtok_reqd");
}

static void sudo_goes_on_after_a_session_error(void **state)
{
        assert_result("debian", "sudo", PAM_RESULT_THROUGH);
        assert_blamed("debian", "sudo", "sudo", 3, PAM_SEVERITY_ERROR, ALL, "session_err");
        assert_blamed("debian", "sudo-i", "sudo-i", 5, PAM_SEVERITY_WARNING, ALL, "session_err");
}

static void forgetting_the_answer_is_blamed_on_the_reset(void **state)
{
        assert_blamed("traps", "reset", "reset", 3, PAM_SEVERITY_ERROR, ALL, "write 'bad'");
}

static void what_locks_everybody_out_is_said(void **state)
{
        assert_result("traps", "broken-control", PAM_RESULT_BROKEN);
        assert_result("traps", "missing-include", PAM_RESULT_BROKEN);
        assert_result("traps", "missing-at-include", PAM_RESULT_BROKEN);
        assert_result("traps", "unfinished", PAM_RESULT_BROKEN);
        assert_result("traps", "typing-mistake", PAM_RESULT_BROKEN);
        assert_result("traps", "argument", PAM_RESULT_BROKEN);
        assert_blamed("traps", "argument", "argument", 2, PAM_SEVERITY_ERROR, 0, "timeout=0");
        assert_blamed("traps", "argument-twice", "argument-twice", 2, PAM_SEVERITY_ERROR, 0,
                      "given twice");
        assert_result("traps", "absolute", PAM_RESULT_BROKEN);
        assert_blamed("traps", "absolute", "absolute", 2, PAM_SEVERITY_ERROR, 0, "does not exist");
}

static void a_module_that_is_not_installed_is_said(void **state)
{
        PamService service;
        PamJudgement judgement = judge("debian", "sshd", false, &service);
        assert_int_equal(judgement.result, PAM_RESULT_BROKEN);
        assert_int_equal(service.problems.count, 1); /* once, not for every line */
        assert_non_null(strstr(service.problems.items[0].text, "/nowhere"));
        pam_service_clear(&service);
        assert_blamed("debian", "sshd", "sshd", 4, PAM_SEVERITY_NOTE, 0, "not installed");
}

static void cycles_cannot_be_judged(void **state)
{
        assert_result("traps", "loop", PAM_RESULT_UNREADABLE);
}

static void services_that_nobody_sits_at_are_noted(void **state)
{
        assert_result("traps", "cron", PAM_RESULT_OBEYED);
        assert_blamed("traps", "cron", "asks", 2, PAM_SEVERITY_NOTE, 0, "exempt = true");
}

static void the_account_phase_is_missed(void **state)
{
        PamService service;
        PamJudgement judgement = judge("debian", "sudo", true, &service);
        assert_false(judgement.asked[PAM_PHASE_ACCOUNT]);
        assert_true(judgement.asked[PAM_PHASE_SESSION]);
        pam_service_clear(&service);
        assert_blamed("debian", "sudo", "sudo", 4, PAM_SEVERITY_WARNING, 0,
                      "add: account required");
}

int main(int argc, char **argv)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(stacks_as_the_examples_have_them_obey),
                cmocka_unit_test(services_without_the_module_do_not_ask),
                cmocka_unit_test(a_service_without_lines_asks_as_other_does),
                cmocka_unit_test(a_soft_control_is_blamed),
                cmocka_unit_test(the_line_copied_from_pam_sss_lets_unknown_users_through),
                cmocka_unit_test(lines_before_it_are_blamed_for_passing_over_it),
                cmocka_unit_test(an_expired_password_is_a_way_through),
                cmocka_unit_test(sudo_goes_on_after_a_session_error),
                cmocka_unit_test(forgetting_the_answer_is_blamed_on_the_reset),
                cmocka_unit_test(what_locks_everybody_out_is_said),
                cmocka_unit_test(a_module_that_is_not_installed_is_said),
                cmocka_unit_test(cycles_cannot_be_judged),
                cmocka_unit_test(services_that_nobody_sits_at_are_noted),
                cmocka_unit_test(the_account_phase_is_missed),
        };
        if (argc != 2)
                return 2;
        trees = argv[1];
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
