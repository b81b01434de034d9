/* SPDX-License-Identifier: MIT */
/* doorward test: the policy's own tests. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/complain.h"
#include "cli/offline.h"
#include "cli/output.h"
#include "policy/policy_test.h"

/* With --json the failures go to standard error as text, the counts to standard output. */
static int run_tests(const Options *options, const Offline *offline)
{
        bool json = options->given & OPTION_JSON;
        PolicyTestResult result;
        int r = policy_tests_run(offline->model, offline->image, json ? stderr : stdout, &result);
        if (r < 0) {
                complain("test", "%s", strerror(-r));
                return EXIT_UNABLE;
        }
        if (json) {
                r = output_json(json_pack("{s:i, s:i}", "passed", (int)result.passed, "failed",
                                          (int)result.failed));
                if (r != 0)
                        return r;
        } else {
                printf("%zu passed, %zu failed\n", result.passed, result.failed);
        }
        if (result.passed + result.failed == 0)
                fputs("doorward test: there is no test in tests.d\n", stderr);
        return result.failed ? EXIT_DENIED : EXIT_ALLOWED;
}

static int run(const Options *options)
{
        Offline offline;
        int status = offline_open("test", options, &offline);
        if (status == 0)
                status = run_tests(options, &offline);
        offline_close(&offline);
        return status;
}

const Command command_test = {
        .name = "test",
        .arguments = "",
        .summary = "Run the policy's tests (tests.d)",
        .details = "Exit status: 0 all hold, 1 some fail, 3 the policy has errors.\n",
        .options = OPTIONS_OFFLINE,
        .words_min = 0,
        .words_max = 0,
        .run = run,
};
