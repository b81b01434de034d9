/* SPDX-License-Identifier: MIT */
/*
 * Reasons
 *
 * The one table of reason codes; doc/REASONS.md says the same with what to do about each, and a
 * test holds the two together.
 */
#include "policy/reason.h"

#include <stddef.h>

typedef struct ReasonWord {
        const char *name;
        const char *text;
        const char *onvif; /* NULL: no denial */
} ReasonWord;

/* Denial reasons of the ONVIF Access Control Service Specification, section "Access denied". */
#define NOT_ENABLED   "CredentialNotEnabled"
#define NOT_ACTIVE    "CredentialNotActive"
#define EXPIRED       "CredentialExpired"
#define NOT_THIS_TIME "NotPermittedAtThisTime"
#define UNAUTHORIZED  "Unauthorized"
#define PASSBACK      "AntipassbackViolated"
#define OTHER         "Other"

/* clang-format off */
static const ReasonWord REASONS[REASON_COUNT] = {
        [REASON_NONE] = { "none", "No reason.", NULL },
        [REASON_GRANTED_BY_ROLE] = { "granted-by-role", "A role in force gives the permission.", NULL },
        [REASON_DOOR_ACCESS] = { "door-access", "The person's door access is in force.", NULL },
        [REASON_LISTED] = { "listed", "The lockdown lists the person.", NULL },
        [REASON_UNKNOWN_SUBJECT] = { "unknown-subject",
                "The organization does not know this person.", UNAUTHORIZED },
        [REASON_NOT_A_MEMBER] = { "not-a-member",
                "The person is known, but is no member of the organization.", UNAUTHORIZED },
        [REASON_NOT_PERMITTED] = { "not-permitted",
                "No role in force there gives the permission.", UNAUTHORIZED },
        [REASON_NO_DOOR_ACCESS] = { "no-door-access",
                "No access level gives the person this door.", UNAUTHORIZED },
        [REASON_NOT_PERMITTED_AT_THIS_TIME] = { "not-permitted-at-this-time",
                "The schedule of the person's access level is off now.", NOT_THIS_TIME },
        [REASON_NOT_YET_ACTIVE] = { "not-yet-active",
                "The person's access has not begun.", NOT_ACTIVE },
        [REASON_EXPIRED] = { "expired", "The person's access has ended.", EXPIRED },
        [REASON_SUSPENDED] = { "suspended", "The person's access is suspended.", NOT_ENABLED },
        [REASON_SYNCED] = { "synced",
                "The user or group is synced from a directory and is changed there only.", OTHER },
        [REASON_SELF_GRANT] = { "self-grant",
                "Nobody does this to himself or to a group he is in.", OTHER },
        [REASON_LEGACY_FROZEN] = { "legacy-frozen",
                "The user has legacy roles and has to be migrated first.", OTHER },
        [REASON_USERS_ONLY] = { "users-only", "Only users may hold this role, not groups.", OTHER },
        [REASON_REMOTE_UNLOCK_DISABLED] = { "remote-unlock-disabled",
                "Remote unlock is switched off for the door, a site, the organization or the person.",
                OTHER },
        [REASON_LOCKED_DOWN] = { "locked-down",
                "The door is locked down and the person is not on the list.", OTHER },
        [REASON_BLOCKED] = { "blocked", "The door is blocked.", OTHER },
        [REASON_DOOR_LOCKED] = { "door-locked",
                "The door is locked for badges now, by its schedule, an exception or an override.",
                NOT_THIS_TIME },
        [REASON_CODE_REQUIRED] = { "code-required",
                "The door takes a badge and a code now, and no code is stated.", OTHER },
        [REASON_ANTI_PASSBACK] = { "anti-passback",
                "The person has not left the area that he would enter again.", PASSBACK },
        [REASON_NO_SESSION_RULE] = { "no-session-rule",
                "No session rule of this host names the service.", OTHER },
        [REASON_NO_SUCH_OBJECT] = { "no-such-object",
                "An object that is needed is not named, not declared, or not of this place.", OTHER },
        [REASON_NO_LEGACY_ROLE] = { "no-legacy-role", "The user holds no legacy role.", OTHER },
        [REASON_NOT_ACTIVE] = { "not-active", "The roll call is not stated to be active.", OTHER },
        [REASON_NO_CHANGE] = { "no-change", "That would change nothing.", OTHER },
        [REASON_NOT_CUSTOMIZABLE] = { "not-customizable",
                "This role or permission cannot be customized.", OTHER },
        [REASON_NOT_GRANTABLE] = { "not-grantable",
                "This role is given to nobody by a grant, and taken from nobody.", OTHER },
        [REASON_WRONG_LEVEL] = { "wrong-level",
                "A role of a site is granted at a site, any other role without one.", OTHER },
        [REASON_PRIVATE_ARCHIVE] = { "private-archive",
                "The archive is private, or not stated not to be.", OTHER },
        [REASON_NOT_SELF] = { "not-self", "Everybody does this for himself only.", OTHER },
        [REASON_EXEMPT] = { "exempt", "The service is exempt on this host.", NULL },
        [REASON_BREAK_GLASS] = { "break-glass", "The account is a break-glass account.", NULL },
        [REASON_OBSERVED] = { "observed",
                "It would be denied, but this host only observes for now.", NULL },
        [REASON_BELOW_MINIMUM_UID] = { "below-minimum-uid",
                "The account is a local system account, which is not decided about.", NULL },
        [REASON_JOURNAL_FAILED] = { "journal-failed",
                "The decision could not be written to the journal.", OTHER },
        [REASON_SCHEDULE_ENDED] = { "schedule-ended",
                "The compiled schedule does not reach this far into the future.", OTHER },
        [REASON_CLOCK_UNTRUSTED] = { "clock-untrusted", "The clock cannot be trusted.", OTHER },
        [REASON_LIVE_STATE_UNKNOWN] = { "live-state-unknown",
                "Suspensions, overrides and lockdowns could not be read.", OTHER },
        [REASON_UNKNOWN_CARD] = { "unknown-card", "Nobody of the organization has this card.",
                OTHER },
        [REASON_GATEWAY_AWAY] = { "gateway-away",
                "The gateway of the door is not connected; nothing was commanded.", OTHER },
        [REASON_COMMAND_UNKNOWN] = { "command-unknown",
                "There is no such unlock command for this door.", OTHER },
        [REASON_COMMAND_CONSUMED] = { "command-consumed",
                "The unlock command has been used up.", OTHER },
        [REASON_COMMAND_LATE] = { "command-late", "The unlock command is too old.", OTHER },
        [REASON_UNKNOWN_RESOURCE] = { "unknown-resource",
                "The resource is not declared, or the permission is not asked on its kind.", OTHER },
        [REASON_UNKNOWN_PERMISSION] = { "unknown-permission",
                "No catalogue declares this permission.", OTHER },
        [REASON_UNKNOWN_ROLE] = { "unknown-role",
                "No catalogue declares this role, and the organization has no such custom role.",
                OTHER },
        [REASON_WRITTEN_BY_HAND] = { "written-by-hand",
                "It stands in a file that is written by hand, and is changed there.", OTHER },
        [REASON_POLICY_REFUSED] = { "policy-refused",
                "The policy with this change in it is refused.", OTHER },
        [REASON_MALFORMED_QUERY] = { "malformed-query", "This is not a query.", OTHER },
        [REASON_NO_POLICY] = { "no-policy", "No policy is loaded.", OTHER },
        [REASON_CORRUPT_IMAGE] = { "corrupt-image", "The compiled policy is damaged.", OTHER },
};
/* clang-format on */

const char *reason_name(Reason reason)
{
        return (unsigned)reason < REASON_COUNT ? REASONS[reason].name : NULL;
}

const char *reason_text(Reason reason)
{
        return (unsigned)reason < REASON_COUNT ? REASONS[reason].text : "Unknown reason.";
}

const char *reason_onvif(Reason reason)
{
        return (unsigned)reason < REASON_COUNT ? REASONS[reason].onvif : OTHER;
}

bool reason_from_name(Text name, Reason *ret_reason)
{
        for (unsigned i = REASON_NONE + 1; i < REASON_COUNT; i++) {
                if (text_is(name, REASONS[i].name)) {
                        *ret_reason = (Reason)i;
                        return true;
                }
        }
        return false;
}
