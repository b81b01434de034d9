/* SPDX-License-Identifier: MIT */
/*
 * Explain: reasons
 *
 * One function per reason that has something to tell beyond its own sentence. Written for somebody
 * who is tired and has to find the line to change.
 */
#include "policy/explain_parts.h"

const char *condition_object(Condition condition)
{
        switch (condition) {
        case CONDITION_SCHEDULE_EXISTS:
                return "with=schedule:...";
        case CONDITION_DOOR_EXCEPTION_EXISTS:
                return "with=door-exception:...";
        case CONDITION_TEMPLATE_EXISTS:
                return "with=roll-call-template:...";
        case CONDITION_ROLL_CALL_ACTIVE:
                return "with=roll-call:... of this site and active=true";
        case CONDITION_FLOORPLAN_SHOWS_SITE:
                return "with=floorplan:... that shows a door of this site";
        case CONDITION_TARGET_NOT_SYNCED:
        case CONDITION_TARGET_NOT_SELF:
                return "with=user:..., with=group:... or with=access-group:...";
        case CONDITION_TARGET_IS_MEMBER:
                return "with=user:... or with=group:...";
        case CONDITION_TARGET_HAS_LEGACY_ROLE:
        case CONDITION_TARGET_IS_SELF:
                return "with=user:...";
        case CONDITION_ARCHIVE_NOT_PRIVATE:
                return "private=false";
        case CONDITION_CODE_WHERE_REQUIRED:
                return "code=true";
        case CONDITION_DOOR_ACCESS_NOW:
        case CONDITION_BEFORE_2024_11_14:
        case CONDITION_SITE_VISIBLE:
        case CONDITION_CUSTOMIZATION_POSSIBLE:
                break;
        }
        return NULL;
}

static void no_door_access(const Printer *printer, Denial *denial)
{
        fputs("no access level holds both the door and an access group of ", printer->stream);
        print_text(printer, denial->query->user);
}

static void no_such_object(const Printer *printer, Denial *denial)
{
        const char *object = condition_object(denial->condition);
        fprintf(printer->stream, "the question names no declared %s", object ? object : "object");
}

static void not_active(const Printer *printer, Denial *denial)
{
        fputs("active=true is not stated of the roll call", printer->stream);
}

static void self(const Printer *printer, Denial *denial)
{
        print_text(printer, denial->query->user);
        fputs(" may not do this to himself or to a group he is in", printer->stream);
}

static void synced(const Printer *printer, Denial *denial)
{
        fputs("the target is synced from a directory and is changed there only", printer->stream);
}

static void not_self(const Printer *printer, Denial *denial)
{
        print_text(printer, denial->query->user);
        fputs(" does this for himself only", printer->stream);
}

static void not_a_member(const Printer *printer, Denial *denial)
{
        fputs("the target is no member of the organization", printer->stream);
}

static void private_archive(const Printer *printer, Denial *denial)
{
        fputs(denial->query->is_private == PROPERTY_TRUE ? "the archive is private"
                                                         : "private=false is not stated",
              printer->stream);
}

static void legacy_frozen(const Printer *printer, Denial *denial)
{
        fputs("legacy roles are changed by migrating only since that day", printer->stream);
}

static void not_permitted(const Printer *printer, Denial *denial)
{
        print_text(printer, denial->query->user);
        fputs(" holds no role of a site here", printer->stream);
}

static void no_legacy_role(const Printer *printer, Denial *denial)
{
        fputs("the target holds no legacy role", printer->stream);
}

static void switched_off(const Printer *printer, Denial *denial)
{
        fputs("remote unlock is switched off", printer->stream);
}

typedef void (*DenialText)(const Printer *printer, Denial *denial);

static const DenialText TEXTS[REASON_COUNT] = {
        [REASON_SUSPENDED] = tell_suspended,
        [REASON_NOT_YET_ACTIVE] = tell_dates,
        [REASON_EXPIRED] = tell_dates,
        [REASON_NO_DOOR_ACCESS] = no_door_access,
        [REASON_NOT_PERMITTED_AT_THIS_TIME] = tell_level,
        [REASON_SCHEDULE_ENDED] = tell_schedule_ended,
        [REASON_CLOCK_UNTRUSTED] = tell_clock,
        [REASON_LIVE_STATE_UNKNOWN] = tell_live_unknown,
        [REASON_DOOR_LOCKED] = tell_door_locked,
        [REASON_CODE_REQUIRED] = tell_code_required,
        [REASON_BLOCKED] = tell_blocked,
        [REASON_LOCKED_DOWN] = tell_locked_down,
        [REASON_NO_SUCH_OBJECT] = no_such_object,
        [REASON_NOT_ACTIVE] = not_active,
        [REASON_SELF_GRANT] = self,
        [REASON_SYNCED] = synced,
        [REASON_NO_LEGACY_ROLE] = no_legacy_role,
        [REASON_REMOTE_UNLOCK_DISABLED] = switched_off,
        [REASON_NOT_SELF] = not_self,
        [REASON_NOT_A_MEMBER] = not_a_member,
        [REASON_PRIVATE_ARCHIVE] = private_archive,
        [REASON_LEGACY_FROZEN] = legacy_frozen,
        [REASON_NOT_PERMITTED] = not_permitted,
};

void print_denial(const Printer *printer, const Denial *denial)
{
        Denial told = *denial;
        if ((unsigned)denial->reason < REASON_COUNT && TEXTS[denial->reason])
                TEXTS[denial->reason](printer, &told);
        else
                fputs(reason_text(denial->reason), printer->stream);
        print_place(printer, told.place);
}
