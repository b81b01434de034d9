/* SPDX-License-Identifier: MIT */
/*
 * Reasons
 *
 * The closed list of why a decision is what it is: each has a name, a sentence, and where events to
 * door systems carry one, ONVIF's word. doc/REASONS.md has the table.
 */
#pragma once

#include <stdbool.h>

#include "util/text.h"

typedef enum Reason {
        REASON_NONE = 0,
        REASON_GRANTED_BY_ROLE,
        REASON_DOOR_ACCESS, /* a badge opens the door: no role needed */
        REASON_LISTED,      /* the lockdown lists the person: no role needed */
        REASON_UNKNOWN_SUBJECT,
        REASON_NOT_A_MEMBER,
        REASON_NOT_PERMITTED,
        REASON_NO_DOOR_ACCESS,
        REASON_NOT_PERMITTED_AT_THIS_TIME,
        REASON_NOT_YET_ACTIVE,
        REASON_EXPIRED,
        REASON_SUSPENDED,
        REASON_SYNCED,
        REASON_SELF_GRANT,
        REASON_LEGACY_FROZEN,
        REASON_USERS_ONLY,
        REASON_REMOTE_UNLOCK_DISABLED,
        REASON_LOCKED_DOWN,
        REASON_BLOCKED,
        REASON_DOOR_LOCKED,
        REASON_CODE_REQUIRED,
        REASON_ANTI_PASSBACK,
        REASON_NO_SESSION_RULE,
        REASON_NO_SUCH_OBJECT,
        REASON_NO_LEGACY_ROLE,
        REASON_NOT_ACTIVE,
        REASON_NO_CHANGE,
        REASON_NOT_CUSTOMIZABLE,
        REASON_NOT_GRANTABLE,
        REASON_WRONG_LEVEL,
        REASON_PRIVATE_ARCHIVE,
        REASON_NOT_SELF,
        REASON_EXEMPT,
        REASON_BREAK_GLASS,
        REASON_OBSERVED,
        REASON_BELOW_MINIMUM_UID,
        REASON_JOURNAL_FAILED,
        REASON_SCHEDULE_ENDED,
        REASON_CLOCK_UNTRUSTED,
        REASON_LIVE_STATE_UNKNOWN,
        REASON_UNKNOWN_CARD,
        REASON_GATEWAY_AWAY,
        REASON_COMMAND_UNKNOWN,
        REASON_COMMAND_CONSUMED,
        REASON_COMMAND_LATE,
        REASON_UNKNOWN_RESOURCE,
        REASON_UNKNOWN_PERMISSION,
        REASON_UNKNOWN_ROLE,
        REASON_MALFORMED_QUERY,
        REASON_WRITTEN_BY_HAND,
        REASON_POLICY_REFUSED,
        REASON_NO_POLICY,
        REASON_CORRUPT_IMAGE,
        REASON_COUNT,
} Reason;

/* The name of a reason, e.g. "not-permitted". NULL for a number outside the list. Static. */
const char *reason_name(Reason reason);

/* The reason of a name. Return: true and the reason, or false when the name is not in the list. */
bool reason_from_name(Text name, Reason *ret_reason);

/* One sentence for people, e.g. "The person's access is suspended." Static; never NULL. */
const char *reason_text(Reason reason);

/* The denial reason of the ONVIF Access Control service that events to door systems carry, e.g.
 * "CredentialNotEnabled"; NULL for an allow. Static. */
const char *reason_onvif(Reason reason);
