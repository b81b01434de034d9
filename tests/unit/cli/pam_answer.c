/* SPDX-License-Identifier: MIT */
/* A PAM module for tests: returns the number that is its first argument, from every function. */
#include <stdlib.h>

#include <security/pam_modules.h>

#define ENTRY(name)                                                                                \
        __attribute__((visibility("default"))) int name(pam_handle_t *handle, int flags, int argc, \
                                                        const char **argv)                         \
        {                                                                                          \
                return argc == 1 ? (int)strtol(argv[0], NULL, 10) : PAM_SERVICE_ERR;               \
        }                                                                                          \
        struct entry_needs_a_semicolon_##name

ENTRY(pam_sm_authenticate);
ENTRY(pam_sm_setcred);
ENTRY(pam_sm_acct_mgmt);
ENTRY(pam_sm_open_session);
ENTRY(pam_sm_close_session);
ENTRY(pam_sm_chauthtok);
