/* SPDX-License-Identifier: MIT */
/*
 * A PAM module for tests that returns what it is told.
 *
 * `pam_return.so name=NAME` stands for the module NAME in a stack under test. The environment
 * variable PAM_RETURN_NAME holds the number it returns from account and session; without it that
 * is PAM_SUCCESS. PAM_RETURN_NAME=7s means: only in the session phase.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <security/pam_modules.h>

#define MODULE_EXPORT __attribute__((visibility("default")))

static int pam_return_code(int argc, const char **argv, int is_session)
{
        char variable[64];
        char *end = NULL;
        const char *text;
        long code;

        if (argc < 1 || strncmp(argv[0], "name=", 5) != 0)
                return PAM_SERVICE_ERR;
        if (snprintf(variable, sizeof(variable), "PAM_RETURN_%s", argv[0] + 5) >=
            (int)sizeof(variable))
                return PAM_SERVICE_ERR;

        text = getenv(variable);
        if (!text)
                return PAM_SUCCESS;
        code = strtol(text, &end, 10);
        if (end == text || code < 0 || code >= _PAM_RETURN_VALUES)
                return PAM_SERVICE_ERR;
        return *end == 's' && !is_session ? PAM_SUCCESS : (int)code;
}

MODULE_EXPORT int pam_sm_authenticate(pam_handle_t *handle, int flags, int argc, const char **argv)
{
        (void)handle, (void)flags;
        return pam_return_code(argc, argv, 0);
}

MODULE_EXPORT int pam_sm_setcred(pam_handle_t *handle, int flags, int argc, const char **argv)
{
        (void)handle, (void)flags;
        return pam_return_code(argc, argv, 0);
}

MODULE_EXPORT int pam_sm_acct_mgmt(pam_handle_t *handle, int flags, int argc, const char **argv)
{
        (void)handle, (void)flags;
        return pam_return_code(argc, argv, 0);
}

MODULE_EXPORT int pam_sm_open_session(pam_handle_t *handle, int flags, int argc, const char **argv)
{
        (void)handle, (void)flags;
        return pam_return_code(argc, argv, 1);
}

MODULE_EXPORT int pam_sm_close_session(pam_handle_t *handle, int flags, int argc, const char **argv)
{
        (void)handle, (void)flags;
        return pam_return_code(argc, argv, 1);
}

MODULE_EXPORT int pam_sm_chauthtok(pam_handle_t *handle, int flags, int argc, const char **argv)
{
        (void)handle, (void)flags;
        return pam_return_code(argc, argv, 0);
}
