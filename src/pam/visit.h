/* SPDX-License-Identifier: MIT */
/* One call of the module in a phase that the daemon decides about. */
#pragma once

#include <security/pam_modules.h>

#include "wire/message.h"

/*
 * Decides account or open_session. Return: PAM_SUCCESS, PAM_PERM_DENIED, PAM_USER_UNKNOWN,
 * PAM_AUTHINFO_UNAVAIL, PAM_SERVICE_ERR, or PAM_IGNORE for who is below minimum_uid.
 */
int visit_decide(pam_handle_t *handle, int flags, SessionPhase phase, int argc, const char **argv);

/* Has the end of a session recorded, if the daemon can be asked; never fails. */
void visit_end(pam_handle_t *handle, int flags, int argc, const char **argv);
