/* SPDX-License-Identifier: MIT */
/* Live actions: see live_action.h. */
#include "daemon/live_action.h"

#include <stdio.h>

#include "policy/image_inline.h"
#include "policy/limits.h"
#include "util/timestamp.h"

#define TIME_MAX 253402300799 /* 9999-12-31T23:59:59Z */

/* ---- What is so, and what shall be ---- */

static bool has_ended(const LiveCase *live, const LiveRecord *record)
{
        return record->ended || (!live->clock_untrusted && record->until_s <= live->note.at_s);
}

const LiveRecord *live_case_record(const LiveCase *live, LiveKind kind)
{
        const LiveRecord *record =
                live_records_find(live->records, kind, live->query->resource.whole);
        return record && !has_ended(live, record) ? record : NULL;
}

static LiveResult result_of(Reason reason)
{
        return (LiveResult){ .reason = reason, .place = { IMAGE_NONE, 0 } };
}

static LiveRecord new_record(const LiveCase *live, LiveKind kind)
{
        LiveRecord record = {
                .kind = kind,
                .resource = live->query->resource.whole,
                .note = live->note,
                .from_s = TIMESTAMP_MIN,
                .until_s = TIMESTAMP_MAX,
                .state = DOOR_STATE_COUNT,
        };
        record.note.kind = kind;
        return record;
}

static void add(LiveResult *result, StateChangeKind kind, LiveRecord record)
{
        result->changes[result->change_count++] = (StateChange){ kind, record };
}

/* One record in place of what there is, unless it says the same. */
static LiveResult put(const LiveCase *live, LiveRecord record)
{
        const LiveRecord *now = live_case_record(live, record.kind);
        bool same = now && now->from_s == record.from_s && now->until_s == record.until_s &&
                    (record.kind != LIVE_OVERRIDE || now->state == record.state);
        LiveResult result = result_of(same ? REASON_NO_CHANGE : REASON_NONE);
        if (!same)
                add(&result, STATE_CHANGE_PUT, record);
        return result;
}

/* Takes away what is in force of some kinds. */
static LiveResult take_away(const LiveCase *live, const LiveKind *kinds, size_t count)
{
        LiveResult result = result_of(REASON_NONE);
        for (size_t i = 0; i < count; i++)
                if (live_case_record(live, kinds[i]))
                        add(&result, STATE_CHANGE_REMOVE, new_record(live, kinds[i]));
        if (result.change_count == 0)
                result.reason = REASON_NO_CHANGE;
        return result;
}

static LiveResult by_hand(ImagePlace place)
{
        LiveResult result = result_of(REASON_WRITTEN_BY_HAND);
        result.place = place;
        return result;
}

static int64_t end_in(const LiveCase *live, uint32_t seconds)
{
        return seconds > 0 ? live->note.at_s + seconds : TIMESTAMP_MAX;
}

/* ---- People ---- */

static LiveResult suspend(const LiveCase *live)
{
        LiveResult result = put(live, new_record(live, LIVE_SUSPENSION));
        /* Who is suspended and still has sessions can be made to leave them. */
        if (result.reason == REASON_NO_CHANGE && live->statement->end_sessions) {
                result.reason = REASON_NONE;
                add(&result, STATE_CHANGE_PUT, new_record(live, LIVE_SUSPENSION));
        }
        return result;
}

/* Who was suspended, or given dates, would else just take that back: roles outlast both. */
static bool is_about_himself(const LiveCase *live)
{
        return text_equal(live->query->user, live->query->resource.path);
}

static LiveResult resume(const LiveCase *live)
{
        static const LiveKind KINDS[] = { LIVE_SUSPENSION };
        const ImageUser *user = image_inline_user(live->image, live->index);
        if (is_about_himself(live))
                return result_of(REASON_SELF_GRANT);
        if (user && user->flags & IMAGE_USER_SUSPENDED)
                return by_hand(user->access_place);
        return take_away(live, KINDS, 1);
}

static LiveResult dates(const LiveCase *live)
{
        const LiveStatement *statement = live->statement;
        const ImageUser *user = image_inline_user(live->image, live->index);
        LiveRecord record = new_record(live, LIVE_DATES);
        record.from_s = statement->from_s;
        record.until_s = statement->until_s;
        if (is_about_himself(live))
                return result_of(REASON_SELF_GRANT);
        if (record.until_s <= live->note.at_s) {
                LiveResult result = result_of(REASON_MALFORMED_QUERY);
                result.problem = "the end of the dates has passed already";
                return result;
        }
        if (user && user->flags & IMAGE_USER_HAS_DATES)
                return by_hand(user->access_place);
        return put(live, record);
}

/* Also dates that have ended: that is a change, and one that gives access again. */
static LiveResult clear_dates(const LiveCase *live)
{
        const ImageUser *user = image_inline_user(live->image, live->index);
        LiveResult result = result_of(REASON_NO_CHANGE);
        if (is_about_himself(live))
                return result_of(REASON_SELF_GRANT);
        if (!live_records_find(live->records, LIVE_DATES, live->query->resource.whole))
                return user && user->flags & IMAGE_USER_HAS_DATES ? by_hand(user->access_place)
                                                                  : result;
        result.reason = REASON_NONE;
        add(&result, STATE_CHANGE_REMOVE, new_record(live, LIVE_DATES));
        return result;
}

/* ---- Doors ---- */

static LiveResult override(const LiveCase *live)
{
        LiveRecord record = new_record(live, LIVE_OVERRIDE);
        record.state = live->statement->state;
        record.until_s = end_in(live, live->statement->seconds);
        return put(live, record);
}

static LiveResult block(const LiveCase *live)
{
        LiveRecord record = new_record(live, LIVE_BLOCK);
        record.until_s = end_in(live, live->statement->seconds);
        return put(live, record);
}

static LiveResult release(const LiveCase *live)
{
        static const LiveKind KINDS[] = { LIVE_OVERRIDE, LIVE_BLOCK };
        return take_away(live, KINDS, 2);
}

/* ---- Lockdowns ---- */

static LiveResult start_lockdown(const LiveCase *live)
{
        const ImageLockdown *lockdown = image_inline_lockdown(live->image, live->index);
        LiveRecord record = new_record(live, LIVE_LOCKDOWN);
        if (!lockdown)
                return result_of(REASON_CORRUPT_IMAGE);
        if (live_case_record(live, LIVE_LOCKDOWN))
                return result_of(REASON_NO_CHANGE);
        record.until_s = end_in(live, lockdown->automatic_end_s);
        return put(live, record);
}

static LiveResult end_lockdown(const LiveCase *live)
{
        static const LiveKind KINDS[] = { LIVE_LOCKDOWN };
        return take_away(live, KINDS, 1);
}

/* ---- The table ---- */

#define BIT(tag) (1ull << (tag))
#define ANY      (BIT(FIELD_ACTION) | BIT(FIELD_RESOURCE) | BIT(FIELD_WHY) | BIT(FIELD_DRY_RUN))

static const LiveAction actions[] = {
        { "suspend", "suspend", RESOURCE_USER, QUERY_PERMISSION, PERMISSION_COMMAND_SUSPEND,
          BIT(FIELD_END_SESSIONS), 0, suspend, false },
        { "resume", "resume", RESOURCE_USER, QUERY_PERMISSION, PERMISSION_COMMAND_RESUME, 0, 0,
          resume, true },
        { "dates", "dates", RESOURCE_USER, QUERY_PERMISSION, PERMISSION_COMMAND_DATES,
          BIT(FIELD_FROM) | BIT(FIELD_UNTIL), 0, dates, false },
        { "clear-dates", "dates", RESOURCE_USER, QUERY_PERMISSION, PERMISSION_COMMAND_DATES, 0, 0,
          clear_dates, true },
        { "override", "door", RESOURCE_DOOR, QUERY_PERMISSION, PERMISSION_COMMAND_OVERRIDE_DOOR, 0,
          BIT(FIELD_STATE) | BIT(FIELD_SECONDS), override, false },
        { "block", "door", RESOURCE_DOOR, QUERY_PERMISSION, PERMISSION_COMMAND_OVERRIDE_DOOR,
          BIT(FIELD_SECONDS), 0, block, false },
        { "release", "door", RESOURCE_DOOR, QUERY_PERMISSION, PERMISSION_COMMAND_OVERRIDE_DOOR, 0,
          0, release, true },
        { "start-lockdown", "lockdown", RESOURCE_LOCKDOWN, QUERY_START_LOCKDOWN,
          PERMISSION_COMMAND_LOCKDOWN, 0, 0, start_lockdown, false },
        { "end-lockdown", "lockdown", RESOURCE_LOCKDOWN, QUERY_END_LOCKDOWN,
          PERMISSION_COMMAND_LOCKDOWN, 0, 0, end_lockdown, true },
};

const LiveAction *live_action_find(Text name)
{
        for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++)
                if (text_is(name, actions[i].name))
                        return &actions[i];
        return NULL;
}

bool live_action_has_kind(Text kind)
{
        for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++)
                if (text_is(kind, actions[i].kind))
                        return true;
        return false;
}

/* ---- What is stated ---- */

static uint64_t fields_of(const Message *message)
{
        uint64_t fields = 0;
        for (size_t i = 0; i < message->field_count; i++)
                fields |= BIT(message->fields[i].tag);
        return fields;
}

static bool is_time(int64_t time_s)
{
        return time_s >= 0 && time_s <= TIME_MAX;
}

/* Return: NULL, or what is wrong with the dates. */
static const char *problem_of_dates(const LiveStatement *statement)
{
        bool has_from = statement->from_s != TIMESTAMP_MIN;
        bool has_until = statement->until_s != TIMESTAMP_MAX;
        if (!has_from && !has_until)
                return "dates need a start, an end, or both";
        if ((has_from && !is_time(statement->from_s)) ||
            (has_until && !is_time(statement->until_s)))
                return "a date lies outside the years 1970 to 9999";
        return statement->from_s < statement->until_s ? NULL : "the dates end before they begin";
}

static const char *problem_of_door(const Message *message, LiveStatement *statement)
{
        Text state;
        bool has_seconds = message_number(message, FIELD_SECONDS, &statement->seconds);
        if (has_seconds && (statement->seconds < 1 || statement->seconds > OVERRIDE_SECONDS_MAX))
                return "a door is overridden or blocked for 1 second to 31 days";
        if (message_text(message, FIELD_STATE, &state) &&
            !door_state_from_name(state, &statement->state))
                return "a door is unlocked, card-and-code, locked or access-controlled";
        return NULL;
}

int live_action_read(const LiveAction *action, const Message *message, LiveStatement *ret_statement,
                     const char **ret_problem)
{
        LiveStatement statement = {
                .from_s = TIMESTAMP_MIN,
                .until_s = TIMESTAMP_MAX,
                .state = DOOR_STATE_COUNT,
                .end_sessions = message_flag(message, FIELD_END_SESSIONS),
        };
        uint64_t fields = fields_of(message);
        const char *problem = NULL;
        (void)message_time(message, FIELD_FROM, &statement.from_s);
        (void)message_time(message, FIELD_UNTIL, &statement.until_s);
        if (fields & ~(ANY | action->may | action->must))
                problem = "the change states what it does not have";
        else if ((fields & action->must) != action->must)
                problem = "an override needs a state and how long it lasts";
        else if (action->work_out == dates)
                problem = problem_of_dates(&statement);
        else
                problem = problem_of_door(message, &statement);
        *ret_problem = problem;
        if (problem)
                return QUERY_MALFORMED;
        *ret_statement = statement;
        return 0;
}

/* ---- Texts ---- */

char *live_record_text(const LiveRecord *record, char buffer[static LIVE_RECORD_TEXT_SIZE])
{
        static const char *const WORDS[LIVE_KIND_COUNT] = {
                [LIVE_SUSPENSION] = "suspended",
                [LIVE_DATES] = "access",
                [LIVE_BLOCK] = "blocked",
                [LIVE_LOCKDOWN] = "on",
        };
        const char *word = record->kind == LIVE_OVERRIDE ? door_state_name(record->state)
                                                         : WORDS[record->kind];
        char from[TIMESTAMP_TEXT_SIZE], until[TIMESTAMP_TEXT_SIZE];
        bool has_from = record->from_s != TIMESTAMP_MIN;
        bool has_until = record->until_s != TIMESTAMP_MAX;
        (void)snprintf(buffer, LIVE_RECORD_TEXT_SIZE, "%s%s%s%s%s", word ? word : "-",
                       has_from ? " from " : "",
                       has_from ? timestamp_format(record->from_s, from) : "",
                       has_until ? " until " : "",
                       has_until ? timestamp_format(record->until_s, until) : "");
        return buffer;
}
