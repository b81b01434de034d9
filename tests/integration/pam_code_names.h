/* SPDX-License-Identifier: MIT */
/* Names of PAM's return codes as they stand in the headers, for output that people compare. */
#pragma once

#include <security/pam_appl.h>

#define PAM_CODE_NAME(code) [code] = #code

static const char *const PAM_CODE_NAMES[_PAM_RETURN_VALUES] = {
        PAM_CODE_NAME(PAM_SUCCESS),
        PAM_CODE_NAME(PAM_OPEN_ERR),
        PAM_CODE_NAME(PAM_SYMBOL_ERR),
        PAM_CODE_NAME(PAM_SERVICE_ERR),
        PAM_CODE_NAME(PAM_SYSTEM_ERR),
        PAM_CODE_NAME(PAM_BUF_ERR),
        PAM_CODE_NAME(PAM_PERM_DENIED),
        PAM_CODE_NAME(PAM_AUTH_ERR),
        PAM_CODE_NAME(PAM_CRED_INSUFFICIENT),
        PAM_CODE_NAME(PAM_AUTHINFO_UNAVAIL),
        PAM_CODE_NAME(PAM_USER_UNKNOWN),
        PAM_CODE_NAME(PAM_MAXTRIES),
        PAM_CODE_NAME(PAM_NEW_AUTHTOK_REQD),
        PAM_CODE_NAME(PAM_ACCT_EXPIRED),
        PAM_CODE_NAME(PAM_SESSION_ERR),
        PAM_CODE_NAME(PAM_CRED_UNAVAIL),
        PAM_CODE_NAME(PAM_CRED_EXPIRED),
        PAM_CODE_NAME(PAM_CRED_ERR),
        PAM_CODE_NAME(PAM_NO_MODULE_DATA),
        PAM_CODE_NAME(PAM_CONV_ERR),
        PAM_CODE_NAME(PAM_AUTHTOK_ERR),
        PAM_CODE_NAME(PAM_AUTHTOK_RECOVERY_ERR),
        PAM_CODE_NAME(PAM_AUTHTOK_LOCK_BUSY),
        PAM_CODE_NAME(PAM_AUTHTOK_DISABLE_AGING),
        PAM_CODE_NAME(PAM_TRY_AGAIN),
        PAM_CODE_NAME(PAM_IGNORE),
        PAM_CODE_NAME(PAM_ABORT),
        PAM_CODE_NAME(PAM_AUTHTOK_EXPIRED),
        PAM_CODE_NAME(PAM_MODULE_UNKNOWN),
        PAM_CODE_NAME(PAM_BAD_ITEM),
        PAM_CODE_NAME(PAM_CONV_AGAIN),
        PAM_CODE_NAME(PAM_INCOMPLETE),
};

/* Return: the name of a code, or "unknown". */
static inline const char *pam_code_name(int code)
{
        return code >= 0 && code < _PAM_RETURN_VALUES ? PAM_CODE_NAMES[code] : "unknown";
}
