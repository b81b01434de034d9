/* SPDX-License-Identifier: MIT */
/*
 * pam_doorward.so
 *
 * The six functions that PAM calls. This is the host's process: no state of our own, no thread, no
 * signal, no standard output, no descriptor left behind. A thread that is cancelled meanwhile ends
 * after the call, which its deadline bounds.
 */
#define PAM_SM_AUTH
#define PAM_SM_ACCOUNT
#define PAM_SM_SESSION
#define PAM_SM_PASSWORD
#include <security/pam_modules.h>

#include <pthread.h>

#include "pam/visit.h"

#define EXPORTED __attribute__((visibility("default")))

static int decide(pam_handle_t *handle, int flags, SessionPhase phase, int argc, const char **argv)
{
        int cancel_state;
        pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
        int code = visit_decide(handle, flags, phase, argc, argv);
        pthread_setcancelstate(cancel_state, NULL);
        return code;
}

EXPORTED int pam_sm_acct_mgmt(pam_handle_t *handle, int flags, int argc, const char **argv)
{
        return decide(handle, flags, SESSION_PHASE_ACCOUNT, argc, argv);
}

EXPORTED int pam_sm_open_session(pam_handle_t *handle, int flags, int argc, const char **argv)
{
        return decide(handle, flags, SESSION_PHASE_OPEN, argc, argv);
}

EXPORTED int pam_sm_close_session(pam_handle_t *handle, int flags, int argc, const char **argv)
{
        int cancel_state;
        pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
        visit_end(handle, flags, argc, argv);
        pthread_setcancelstate(cancel_state, NULL);
        return PAM_SUCCESS;
}

/* The rest is exported because a stack that names a module in a phase for which it has no function
 * locks everybody out. */

EXPORTED int pam_sm_authenticate(pam_handle_t *handle, int flags, int argc, const char **argv)
{
        return PAM_IGNORE;
}

EXPORTED int pam_sm_setcred(pam_handle_t *handle, int flags, int argc, const char **argv)
{
        return PAM_IGNORE;
}

EXPORTED int pam_sm_chauthtok(pam_handle_t *handle, int flags, int argc, const char **argv)
{
        return PAM_IGNORE;
}
