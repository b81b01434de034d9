/* SPDX-License-Identifier: MIT */
/*
 * Result
 *
 * PAM_SUCCESS for one number only, PAM_IGNORE for one reason only; whatever is not in
 * the table could not be decided.
 */
#include "pam/result.h"

#include <security/pam_modules.h>

#include <doorward/doorward.h>

/* The first row that fits counts. */
static const struct Row {
        uint32_t outcome;
        const char *reason; /* NULL: any other */
        int code;
} ROWS[] = {
        /* Nothing was decided; an allow of this kind must not pass for one either. */
        { DOORWARD_ALLOW, "below-minimum-uid", PAM_IGNORE },
        { DOORWARD_DENY, "below-minimum-uid", PAM_IGNORE },

        { DOORWARD_ALLOW, NULL, PAM_SUCCESS },

        { DOORWARD_DENY, "unknown-subject", PAM_USER_UNKNOWN },
        { DOORWARD_DENY, "journal-failed", PAM_AUTHINFO_UNAVAIL },
        { DOORWARD_DENY, NULL, PAM_PERM_DENIED },

        /* What the daemon cannot make sense of: a door service without a door, a door or a host
         * that the policy does not declare. */
        { DOORWARD_CANNOT_DECIDE, "malformed-query", PAM_SERVICE_ERR },
        { DOORWARD_CANNOT_DECIDE, "unknown-resource", PAM_SERVICE_ERR },
        { DOORWARD_CANNOT_DECIDE, "unknown-permission", PAM_SERVICE_ERR },
        { DOORWARD_CANNOT_DECIDE, NULL, PAM_AUTHINFO_UNAVAIL },
};

int result_from_answer(uint32_t outcome, Text reason)
{
        for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++)
                if (ROWS[i].outcome == outcome &&
                    (!ROWS[i].reason || text_is(reason, ROWS[i].reason)))
                        return ROWS[i].code;
        return PAM_AUTHINFO_UNAVAIL;
}
