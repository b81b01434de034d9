/* SPDX-License-Identifier: MIT */
/*
 * Every code that a module can return, in a stack under test: what reaches the application?
 *
 * The stack's modules are all pam_return.so under the names of the real ones. doorward's code is
 * varied over all of PAM's, and a neighbour that can end a stack early (pam_unix for an expired
 * password, Red Hat's pam_localuser) over the codes that matter, in both phases. Exit status 0
 * means that nothing but PAM_SUCCESS, and PAM_IGNORE where the service documents it, was let in.
 *
 * usage: pam_matrix DIRECTORY SERVICE ignore-passes|ignore-denies
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <security/pam_appl.h>

#include "pam_code_names.h"

typedef struct Neighbour {
        const char *variable;
        const char *value;
} Neighbour;

/* What else happens in the stack while doorward returns its code. */
static const Neighbour NEIGHBOURS[] = {
        { "PAM_RETURN_nobody", "0" },
        { "PAM_RETURN_pam_unix", "12" },      /* PAM_NEW_AUTHTOK_REQD: "done" on Debian */
        { "PAM_RETURN_pam_sss", "10" },       /* PAM_USER_UNKNOWN */
        { "PAM_RETURN_pam_localuser", "6" },  /* not a local user: no early end */
        { "PAM_RETURN_pam_succeed_if", "7" }, /* not root */
};

static int matrix_converse(int n, const struct pam_message **messages,
                           struct pam_response **responses, void *data)
{
        (void)n, (void)messages, (void)responses, (void)data;
        return PAM_CONV_ERR;
}

/* Runs one phase in a new handle. Return: the code that the application gets. */
static int matrix_ask(const char *directory, const char *service, bool session)
{
        struct pam_conv conversation = { .conv = matrix_converse };
        pam_handle_t *handle = NULL;
        int r;

        r = pam_start_confdir(service, "alice", &conversation, directory, &handle);
        if (r == PAM_SUCCESS)
                r = session ? pam_open_session(handle, 0) : pam_acct_mgmt(handle, 0);
        pam_end(handle, r);
        return r;
}

/* Says whether the stack may answer an application with this. */
static bool matrix_is_right(int code, int answer, bool ignore_passes, bool expired)
{
        bool passes = answer == PAM_SUCCESS || (expired && answer == PAM_NEW_AUTHTOK_REQD);

        if (code == PAM_SUCCESS || (code == PAM_IGNORE && ignore_passes))
                return passes;
        if (code == PAM_NEW_AUTHTOK_REQD)
                return answer != PAM_SUCCESS; /* the module has no such answer */
        return answer != PAM_SUCCESS && answer != PAM_NEW_AUTHTOK_REQD;
}

static int matrix_run(const char *directory, const char *service, bool ignore_passes,
                      const Neighbour *neighbour)
{
        bool expired = strcmp(neighbour->variable, "PAM_RETURN_pam_unix") == 0;
        int wrong = 0;

        setenv(neighbour->variable, neighbour->value, 1);
        for (int code = 0; code < _PAM_RETURN_VALUES; code++) {
                for (int session = 0; session <= (expired ? 0 : 1); session++) {
                        char number[8];
                        int answer;

                        snprintf(number, sizeof(number), "%d", code);
                        setenv("PAM_RETURN_pam_doorward", number, 1);
                        answer = matrix_ask(directory, service, session);
                        if (matrix_is_right(code, answer, ignore_passes, expired))
                                continue;
                        wrong++;
                        printf("%s %s: doorward returns %s, the application gets %s (%s=%s)\n",
                               service, session ? "session" : "account", pam_code_name(code),
                               pam_code_name(answer), neighbour->variable, neighbour->value);
                }
        }
        unsetenv(neighbour->variable);
        return wrong;
}

int main(int argc, char **argv)
{
        int wrong = 0;

        if (argc != 4)
                return 2;
        for (size_t i = 0; i < sizeof(NEIGHBOURS) / sizeof(NEIGHBOURS[0]); i++)
                wrong += matrix_run(argv[1], argv[2], strcmp(argv[3], "ignore-passes") == 0,
                                    &NEIGHBOURS[i]);
        return wrong ? 1 : 0;
}
