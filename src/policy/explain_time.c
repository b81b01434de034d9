/* SPDX-License-Identifier: MIT */
/*
 * Explain: time and live state
 *
 * Denials that depend on the hour, the day, or on what was changed at the doors. What stands in the
 * text is told with its line; what was changed live with who did it, when, why and by which
 * decision, and that only to those who may see lines too: a reason such as "lost badge" is nobody
 * else's business.
 */
#include "policy/door_state.h"
#include "policy/explain_parts.h"
#include "util/timestamp.h"

#define NOTE_TEXT_SIZE 512 /* bytes of a stated reason that are shown */

static const ImagePlace NO_PLACE = { IMAGE_NONE, 0 };

/* ---- Who changed it ---- */

void print_note(const Printer *printer, const LiveNote *note, const char *before)
{
        char time[TIMESTAMP_TEXT_SIZE], text[NOTE_TEXT_SIZE];
        if (!note || !printer->with_places)
                return;
        fprintf(printer->stream, "%s %s by ", before, timestamp_format(note->at_s, time));
        print_text(printer, note->by);
        if (note->why.size > 0)
                fprintf(printer->stream, ": %s", text_escape(note->why, text, sizeof(text)));
        if (note->decision_id.size == 0)
                return;
        fputs(" (decision ", printer->stream);
        print_text(printer, note->decision_id);
        fputc(')', printer->stream);
}

static void print_until(const Printer *printer, int64_t until_s)
{
        char time[TIMESTAMP_TEXT_SIZE];
        if (printer->with_places && until_s != TIMESTAMP_MAX)
                fprintf(printer->stream, " until %s,", timestamp_format(until_s, time));
}

/* ---- The question once more ---- */

/* What a denial is about, with everything found. It points into itself: not to be copied. */
typedef struct Asked {
        Subject subject;
        Target target;
        Engine engine;
} Asked;

/* Return: false when the query names nothing of this organization's. */
static bool asked_find(const Printer *printer, const Denial *denial, Asked *asked)
{
        const Query *query = denial->query;
        *asked = (Asked){ .subject = { .user = IMAGE_NONE } };
        if (policy_find_target(printer->image, &query->resource, &asked->target) != REASON_NONE)
                return false;
        asked->subject.organization = asked->target.organization;
        (void)policy_find_subject(printer->image, denial->context, asked->target.organization,
                                  query->user, &asked->subject);
        asked->engine = (Engine){ .image = printer->image,
                                  .context = denial->context,
                                  .subject = &asked->subject,
                                  .user = image_user(printer->image, asked->subject.user),
                                  .target = &asked->target,
                                  .query = query };
        return true;
}

static DoorSituation situation_of(const Printer *printer, const Denial *denial)
{
        Target target;
        bool found = policy_find_target(printer->image, &denial->query->resource, &target) ==
                             REASON_NONE &&
                     target.type == RESOURCE_DOOR;
        return policy_door_situation(printer->image, denial->context,
                                     found ? target.index : IMAGE_NONE);
}

/* ---- The person ---- */

static void print_access_of(const Printer *printer, const Denial *denial)
{
        fputs("the access of ", printer->stream);
        print_text(printer, denial->query->user);
}

void tell_suspended(const Printer *printer, Denial *denial)
{
        print_access_of(printer, denial);
        fputs(" is suspended", printer->stream);
        print_note(printer, denial->note, " since");
}

void tell_dates(const Printer *printer, Denial *denial)
{
        char buffer[TIMESTAMP_TEXT_SIZE];
        const ImageUser *user = image_user(printer->image, denial->user);
        const LiveUser *live = live_user(denial->context->live, denial->user);
        bool expired = denial->reason == REASON_EXPIRED;
        print_access_of(printer, denial);
        fputs(expired ? " ended" : " does not begin before", printer->stream);
        if (denial->note && live)
                fprintf(printer->stream, " %s",
                        timestamp_format(expired ? live->until_s : live->from_s, buffer));
        else if (user)
                fprintf(printer->stream, " %s",
                        timestamp_format(expired ? user->access_until_s : user->access_from_s,
                                         buffer));
        print_note(printer, denial->note, ", as set");
}

/* ---- Schedules and exceptions ---- */

static void print_exception(const Printer *printer, const ImageException *exception)
{
        const ImageOrganization *organization =
                image_organization(printer->image, exception->organization);
        fputs(exception->kind == SCHEDULE_KIND_DOOR ? "door-exception:" : "access-exception:",
              printer->stream);
        if (organization)
                print_string(printer, organization->name);
        fputc('/', printer->stream);
        print_string(printer, exception->name);
}

static void print_schedule(const Printer *printer, uint32_t index, uint32_t zone_index)
{
        const ImageSchedule *schedule = image_schedule(printer->image, index);
        const ImageZone *zone = image_zone(printer->image, zone_index);
        fputs("the schedule ", printer->stream);
        if (schedule)
                print_string(printer, schedule->name);
        if (!zone)
                return;
        fputs(" (", printer->stream);
        print_string(printer, zone->name);
        fputc(')', printer->stream);
}

uint32_t level_zone(const Printer *printer, const ImageAccessLevel *level, const Query *query)
{
        Target target;
        bool found = policy_find_target(printer->image, &query->resource, &target) == REASON_NONE;
        const ImageDoor *door = found && target.type == RESOURCE_DOOR
                                        ? image_door(printer->image, target.index)
                                        : NULL;
        ScheduleQuestion question = { level->schedule, level->exceptions,
                                      door ? door->zone : IMAGE_NONE };
        return schedule_zone(printer->image, &question);
}

/* What an access level's schedule, or the exception that replaces it, says at the door now. */
static ScheduleFinding level_finding(const Printer *printer, const ImageAccessLevel *level,
                                     const Denial *denial)
{
        Asked asked;
        ScheduleFinding found = { REASON_NONE, IMAGE_NONE, DOOR_STATE_COUNT, NO_PLACE };
        if (!asked_find(printer, denial, &asked))
                return found;
        ScheduleQuestion question = access_schedule(&asked.engine, level);
        (void)schedule_find(printer->image, &question, denial->context, &found);
        return found;
}

void tell_level(const Printer *printer, Denial *denial)
{
        const ImageAccessLevel *level = image_access_level(printer->image, denial->access_level);
        if (!level)
                return;
        bool ended = denial->reason == REASON_SCHEDULE_ENDED;
        ScheduleFinding found = level_finding(printer, level, denial);
        const ImageException *exception = image_exception(printer->image, found.exception);
        print_resource(printer, RESOURCE_ACCESS_LEVEL, denial->access_level);
        if (exception) {
                fputs(ended ? " has " : " is off now: today ", printer->stream);
                print_exception(printer, exception);
                fputs(ended ? ", whose calendar is not known that far ahead"
                            : " replaces its schedule",
                      printer->stream);
                denial->place = exception->place;
                return;
        }
        fputs(" has ", printer->stream);
        print_schedule(printer, level->schedule, level_zone(printer, level, denial->query));
        fputs(ended ? ", whose time zone is not known that far ahead" : ", which is off now",
              printer->stream);
}

/* ---- The door ---- */

static void print_door(const Printer *printer, const Denial *denial)
{
        print_text(printer, denial->query->resource.whole);
}

static const ImageDoor *door_of(const Printer *printer, const Denial *denial)
{
        Target target;
        bool found = policy_find_target(printer->image, &denial->query->resource, &target) ==
                             REASON_NONE &&
                     target.type == RESOURCE_DOOR;
        return found ? image_door(printer->image, target.index) : NULL;
}

/* What makes the door's state what it is; its line becomes that of the denial. */
static void print_state_source(const Printer *printer, Denial *denial,
                               const DoorSituation *situation)
{
        const ImageDoor *door = door_of(printer, denial);
        const ImageException *exception = image_exception(printer->image, situation->exception);
        ScheduleQuestion question = { door ? door->schedule : IMAGE_NONE,
                                      { { 0, 0 }, 0, 0 },
                                      door ? door->zone : IMAGE_NONE };
        denial->place = situation->state_place;
        switch (situation->state_source) {
        case DOOR_SOURCE_OVERRIDE:
                fputs(" by an override", printer->stream);
                print_until(printer, situation->state_until_s);
                print_note(printer, situation->state_note, " made");
                return;
        case DOOR_SOURCE_EXCEPTION:
                fputs(" today by ", printer->stream);
                if (exception)
                        print_exception(printer, exception);
                return;
        case DOOR_SOURCE_SCHEDULE:
                fputs(" now by ", printer->stream);
                print_schedule(printer, question.schedule,
                               schedule_zone(printer->image, &question));
                return;
        default:
                fputs(" whenever nothing says otherwise", printer->stream);
        }
}

void tell_door_locked(const Printer *printer, Denial *denial)
{
        DoorSituation situation = situation_of(printer, denial);
        print_door(printer, denial);
        fputs(" is locked for badges", printer->stream);
        print_state_source(printer, denial, &situation);
}

void tell_code_required(const Printer *printer, Denial *denial)
{
        DoorSituation situation = situation_of(printer, denial);
        fputs("code=true is not stated, and ", printer->stream);
        print_door(printer, denial);
        fputs(" takes a badge with a code", printer->stream);
        print_state_source(printer, denial, &situation);
}

void tell_blocked(const Printer *printer, Denial *denial)
{
        DoorSituation situation = situation_of(printer, denial);
        print_door(printer, denial);
        fputs(" is blocked", printer->stream);
        if (situation.source == DOOR_SOURCE_BLOCK)
                print_until(printer, situation.until_s);
        print_note(printer, denial->note, " since");
}

void tell_locked_down(const Printer *printer, Denial *denial)
{
        fputs("the door is locked down by ", printer->stream);
        print_resource(printer, RESOURCE_LOCKDOWN, denial->lockdown);
        print_note(printer, denial->note, " since");
        fputs("; only its unlock list may pass", printer->stream);
}

/* A door's schedule or calendar does not reach this far. */
static void tell_door_ended(const Printer *printer, Denial *denial)
{
        DoorSituation situation = situation_of(printer, denial);
        const ImageException *exception = image_exception(printer->image, situation.exception);
        const ImageDoor *door = door_of(printer, denial);
        print_door(printer, denial);
        fputs(" has ", printer->stream);
        if (exception)
                print_exception(printer, exception);
        else
                print_schedule(printer, door ? door->schedule : IMAGE_NONE, IMAGE_NONE);
        fputs(exception ? ", whose calendar is not known that far ahead"
                        : ", whose time zone is not known that far ahead",
              printer->stream);
}

/* Which of the things that door access needs is denied for this reason. */
typedef enum Needed { NEEDED_PERSON, NEEDED_LEVEL, NEEDED_DOOR } Needed;

static Needed what_is_denied(const Printer *printer, const Denial *denial)
{
        Asked asked;
        Finding finding = FINDING_NONE;
        if (!asked_find(printer, denial, &asked))
                return NEEDED_PERSON;
        if (access_of_person(&asked.engine, &finding) == denial->reason)
                return NEEDED_PERSON;
        return access_by_levels(&asked.engine, &finding) == denial->reason ? NEEDED_LEVEL
                                                                           : NEEDED_DOOR;
}

void tell_schedule_ended(const Printer *printer, Denial *denial)
{
        bool of_level = denial->condition != CONDITION_CODE_WHERE_REQUIRED &&
                        what_is_denied(printer, denial) == NEEDED_LEVEL;
        if (of_level)
                tell_level(printer, denial);
        else
                tell_door_ended(printer, denial);
}

/* ---- The clock ---- */

static void clock_of_access(const Printer *printer, Denial *denial, Needed needed)
{
        DoorSituation situation = situation_of(printer, denial);
        switch (needed) {
        case NEEDED_PERSON:
                print_access_of(printer, denial);
                fputs(" has dates", printer->stream);
                print_note(printer, denial->note, ", set");
                return;
        case NEEDED_LEVEL:
                print_resource(printer, RESOURCE_ACCESS_LEVEL, denial->access_level);
                fputs(" depends on the time", printer->stream);
                return;
        case NEEDED_DOOR:
                fputs("the state of ", printer->stream);
                print_door(printer, denial);
                fputs(" depends on the time", printer->stream);
                if (situation.state_note)
                        print_state_source(printer, denial, &situation);
        }
}

void tell_clock(const Printer *printer, Denial *denial)
{
        if (denial->condition == CONDITION_DOOR_ACCESS_NOW)
                clock_of_access(printer, denial, what_is_denied(printer, denial));
        else if (denial->condition == CONDITION_CODE_WHERE_REQUIRED)
                clock_of_access(printer, denial, NEEDED_DOOR);
        else if (denial->condition == CONDITION_TARGET_HAS_LEGACY_ROLE)
                fputs("the target's legacy role has an end", printer->stream);
        else if (denial->condition == CONDITION_SITE_VISIBLE)
                fputs("a role of a site is held for a time", printer->stream);
        else if (denial->condition == CONDITION_BEFORE_2024_11_14)
                fputs("it depends on the day", printer->stream);
        else if (denial->gate == GATE_ACCESS_IN_FORCE || denial->role == IMAGE_NONE)
                clock_of_access(printer, denial, NEEDED_PERSON);
        else
                fputs("that, or a role it needs, is granted for a time", printer->stream);
        fputs(", and the clock cannot be trusted", printer->stream);
}

void tell_live_unknown(const Printer *printer, Denial *denial)
{
        fputs("suspensions, overrides and lockdowns could not be read", printer->stream);
        if (printer->with_places)
                fputs(": see the alert live-state-damaged of doorward status", printer->stream);
}
