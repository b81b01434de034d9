/* SPDX-License-Identifier: MIT */
/*
 * The proof of cli/pam_stack.h and cli/pam_simulate.h: random services, each read and run by libpam
 * itself and by the simulation, come to the same result in both phases.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <security/pam_appl.h>

#include "cli/pam_simulate.h"
#include "random_stack.h"
#include "scratch.h"

enum { SERVICES = 800, SEED = 20241114 };

static const char *module;

/* libpam forgets what it has read of a service that it gives up. LeakSanitizer asks for this. */
const char *__lsan_default_suppressions(void);
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void)
{
        return "leak:libpam.so\n";
}

typedef struct Results {
        int phase[PAM_PHASE_COUNT];
} Results;

static int converse(int count, const struct pam_message **messages, struct pam_response **ret,
                    void *data)
{
        return PAM_CONV_ERR;
}

static Results ask_libpam(const char *folder)
{
        const struct pam_conv conversation = { .conv = converse };
        pam_handle_t *handle = NULL;
        Results results;
        int r = pam_start_confdir(RANDOM_SERVICE, "alice", &conversation, folder, &handle);
        if (r != PAM_SUCCESS) {
                assert_int_equal(r, PAM_ABORT);
                return (Results){ { PAM_ABORT, PAM_ABORT } };
        }
        results.phase[PAM_PHASE_ACCOUNT] = pam_acct_mgmt(handle, 0);
        results.phase[PAM_PHASE_SESSION] = pam_open_session(handle, 0);
        pam_end(handle, results.phase[PAM_PHASE_SESSION]);
        return results;
}

static int run(const PamLines *lines)
{
        int returns[PAM_LINES_MAX] = { 0 };
        for (size_t i = 0; i < lines->count; i++) {
                const PamLine *line = &lines->items[i];
                if (line->kind != PAM_LINE_MODULE)
                        continue;
                if (strcmp(line->module, module) != 0)
                        returns[i] = PAM_MODULE_UNKNOWN;
                else
                        returns[i] = line->argument_count == 1
                                             ? (int)strtol(line->arguments[0], NULL, 10)
                                             : PAM_SERVICE_ERR;
        }
        return pam_simulate(lines->items, lines->count, returns);
}

static Results simulate(const char *folder)
{
        PamService service;
        Results results = { { PAM_ABORT, PAM_ABORT } };
        assert_int_equal(pam_service_read(folder, NULL, RANDOM_SERVICE, &service), 0);
        for (PamPhase phase = 0; phase < PAM_PHASE_COUNT && !service.refused; phase++)
                results.phase[phase] = run(&service.lines[phase]);
        pam_service_clear(&service);
        return results;
}

static void the_simulation_agrees_with_libpam(void **state)
{
        char folder[SCRATCH_SIZE];
        Random random = { SEED };
        int seen[_PAM_RETURN_VALUES] = { 0 };
        assert_int_equal(scratch_new(folder), 0);
        for (int i = 0; i < SERVICES; i++) {
                random_service_write(&random, folder, module);
                Results expected = ask_libpam(folder), found = simulate(folder);
                for (PamPhase phase = 0; phase < PAM_PHASE_COUNT; phase++) {
                        if (found.phase[phase] != expected.phase[phase])
                                fail_msg("service %d in %s, %s: libpam returns %d, the simulation "
                                         "%d",
                                         i, folder, pam_phase_name(phase), expected.phase[phase],
                                         found.phase[phase]);
                        seen[expected.phase[phase]]++;
                }
        }
        scratch_remove(folder);
        /* the services are worth comparing only when they come to different ends */
        assert_true(seen[PAM_SUCCESS] > SERVICES / 5);
        assert_true(seen[PAM_PERM_DENIED] > SERVICES / 5);
        assert_true(seen[PAM_USER_UNKNOWN] > SERVICES / 50);
        assert_true(seen[PAM_NEW_AUTHTOK_REQD] > SERVICES / 50);
        assert_true(seen[PAM_ABORT] > 0);
}

int main(int argc, char **argv)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(the_simulation_agrees_with_libpam),
        };
        char *path = argc == 2 ? realpath(argv[1], NULL) : NULL;
        if (!path)
                return 2;
        module = path;
        int failed = cmocka_run_group_tests(tests, NULL, NULL);
        free(path);
        return failed ? 1 : 0;
}
