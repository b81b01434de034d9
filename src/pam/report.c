/* SPDX-License-Identifier: MIT */
/*
 * Report
 *
 * Every text from outside is escaped, and what a person is shown holds nothing from outside but
 * hexadecimal digits.
 */
#include "pam/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <syslog.h>

#include <security/pam_ext.h>

enum {
        USER_TEXT_SIZE = 256, /* bytes shown of a name, with NUL */
        WHY_TEXT_SIZE = 256,
        DOOR_TEXT_SIZE = 512,
        SHOWN_DIGITS = 8,
};

static const struct Kind {
        int code;
        int priority;
        const char *verb;
        const char *shown; /* NULL: nothing */
} KINDS[] = {
        { PAM_SUCCESS, LOG_INFO, "allowed", NULL },
        { PAM_PERM_DENIED, LOG_NOTICE, "denied", "Access denied" },
        { PAM_USER_UNKNOWN, LOG_NOTICE, "denied", "Access denied" },
        { PAM_AUTHINFO_UNAVAIL, LOG_ERR, "not decided", "Access could not be decided" },
        { PAM_SERVICE_ERR, LOG_ERR, "not decided", "Access could not be decided" },
};

static const struct Kind *kind_of(int code)
{
        for (size_t i = 0; i < sizeof(KINDS) / sizeof(KINDS[0]); i++)
                if (KINDS[i].code == code)
                        return &KINDS[i];
        return NULL;
}

void report_log(const Report *report, int code)
{
        char user[USER_TEXT_SIZE], why[WHY_TEXT_SIZE], door[DOOR_TEXT_SIZE];
        const struct Kind *kind = kind_of(code);
        if (!kind)
                return;
        text_escape(report->user, user, sizeof(user));
        text_escape(report->why, why, sizeof(why));
        text_escape(report->door, door, sizeof(door));
        pam_syslog(report->handle, kind->priority,
                   "%s: %s %s%s%s: %s (%s%s%srequest %016" PRIx64 ")", report->phase,
                   report->user.size ? user : "(no user)", kind->verb,
                   report->door.size ? " at door:" : "", report->door.size ? door : "", why,
                   report->decision_id[0] ? "decision " : "", report->decision_id,
                   report->decision_id[0] ? ", " : "", report->request_id);
}

void report_show(const Report *report, int code)
{
        char request[17];
        const struct Kind *kind = kind_of(code);
        if (!kind || !kind->shown)
                return;
        snprintf(request, sizeof(request), "%016" PRIx64, report->request_id);
        (void)pam_error(report->handle, "%s (%.*s)", kind->shown, SHOWN_DIGITS,
                        report->decision_id[0] ? report->decision_id : request);
}

void report_debug(const Report *report, const char *what)
{
        char user[USER_TEXT_SIZE];
        text_escape(report->user, user, sizeof(user));
        pam_syslog(report->handle, LOG_DEBUG, "%s: %s: %s", report->phase, user, what);
}
