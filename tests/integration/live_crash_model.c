/* SPDX-License-Identifier: MIT */
/* What a load of live changes has been told: see live_crash_model.h. */
#include "live_crash_model.h"

#include <stdlib.h>
#include <string.h>

#include "util/timestamp.h"

/* Dates that have begun, or have not, and end in their own second each. */
#define FROM_PAST   INT64_C(315532800)  /* 1980 */
#define FROM_FUTURE INT64_C(3786912000) /* 2090 */
#define UNTIL       INT64_C(3944678400) /* 2095 */

/* No override or block ends while a test runs, and no two end in the same second. */
#define SECONDS_MIN 3600
#define SECONDS_MAX (20 * 24 * 3600)

bool thing_is_person(int thing)
{
        return thing < PEOPLE;
}

bool thing_is_lockdown(int thing)
{
        return thing == THINGS - 1;
}

const char *thing_name(int worker, int thing, char buffer[static NAME_SIZE])
{
        if (thing_is_lockdown(thing))
                (void)snprintf(buffer, NAME_SIZE, "lockdown:acme/w%d", worker);
        else if (thing_is_person(thing))
                (void)snprintf(buffer, NAME_SIZE, "user:acme/w%d-%d", worker, thing);
        else
                (void)snprintf(buffer, NAME_SIZE, "door:acme/HQ/w%d-%d", worker, thing - PEOPLE);
        return buffer;
}

LiveKind thing_kind(int thing, int record)
{
        if (thing_is_lockdown(thing))
                return record == 0 ? LIVE_LOCKDOWN : LIVE_KIND_COUNT;
        if (thing_is_person(thing))
                return record == 0 ? LIVE_SUSPENSION : LIVE_DATES;
        return record == 0 ? LIVE_OVERRIDE : LIVE_BLOCK;
}

/* ---- Changes ---- */

static Change change_of(const char *action, const char *kind, uint32_t first, uint32_t second)
{
        return (Change){ action, kind, { { first, second } } };
}

Change change_choose(int thing, Version version, uint32_t number, uint32_t random)
{
        uint32_t first = version.number[0], second = version.number[1];
        bool other = random % 2;
        if (thing_is_lockdown(thing))
                return first ? change_of("end-lockdown", "lockdown", 0, 0)
                             : change_of("start-lockdown", "lockdown", number, 0);
        if (thing_is_person(thing)) {
                if (random % 4 < 2)
                        return first ? change_of("resume", "resume", 0, second)
                                     : change_of("suspend", "suspend", number, second);
                return second && other ? change_of("clear-dates", "dates", first, 0)
                                       : change_of("dates", "dates", first, number);
        }
        if ((first || second) && random % 3 == 0)
                return change_of("release", "door", 0, 0);
        return other ? change_of("override", "door", number, second)
                     : change_of("block", "door", first, number);
}

bool change_apply(const char *action, uint32_t number, Version *version)
{
        static const struct {
                const char *action;
                bool touches[RECORDS], makes;
        } EFFECTS[] = {
                { "suspend", { true, false }, true },
                { "resume", { true, false }, false },
                { "dates", { false, true }, true },
                { "clear-dates", { false, true }, false },
                { "override", { true, false }, true },
                { "block", { false, true }, true },
                { "release", { true, true }, false },
                { "start-lockdown", { true, false }, true },
                { "end-lockdown", { true, false }, false },
        };
        for (size_t i = 0; i < sizeof(EFFECTS) / sizeof(*EFFECTS); i++) {
                if (strcmp(action, EFFECTS[i].action) != 0)
                        continue;
                for (int at = 0; at < RECORDS; at++)
                        if (EFFECTS[i].touches[at])
                                version->number[at] = EFFECTS[i].makes ? number : 0;
                return true;
        }
        return false;
}

static DoorState override_state(uint32_t number)
{
        return (DoorState)(number % DOOR_STATE_COUNT);
}

static int64_t dates_from(uint32_t number)
{
        return number % 2 ? FROM_FUTURE : FROM_PAST;
}

size_t change_write(const Change *change, uint32_t number, int worker, int thing,
                    uint64_t request_id, uint8_t *frame, size_t size)
{
        char name[NAME_SIZE], why[NAME_SIZE];
        MessageWriter writer;
        bool overrides = strcmp(change->action, "override") == 0;
        (void)snprintf(why, sizeof(why), "change %u", number);
        message_writer_begin(&writer, frame, size, MESSAGE_CHANGE, request_id, 0);
        message_write_text(&writer, FIELD_ACTION, text_from(change->action));
        message_write_text(&writer, FIELD_RESOURCE, text_from(thing_name(worker, thing, name)));
        message_write_text(&writer, FIELD_WHY, text_from(why));
        if (strcmp(change->action, "dates") == 0) {
                message_write_time(&writer, FIELD_FROM, dates_from(number));
                message_write_time(&writer, FIELD_UNTIL, UNTIL + number);
        }
        if (overrides)
                message_write_text(&writer, FIELD_STATE,
                                   text_from(door_state_name(override_state(number))));
        if (overrides || strcmp(change->action, "block") == 0)
                message_write_number(&writer, FIELD_SECONDS, SECONDS_MIN + number % SECONDS_MAX);
        if (message_writer_end(&writer, &size) < 0)
                abort();
        return size;
}

/* ---- Versions ---- */

bool version_suspends(Version version)
{
        return version.number[0] != 0;
}

bool version_is_early(Version version)
{
        return version.number[1] != 0 && dates_from(version.number[1]) == FROM_FUTURE;
}

bool version_blocks(Version version)
{
        return version.number[1] != 0;
}

bool version_locks(Version version)
{
        return version.number[0] != 0;
}

DoorState version_door_state(Version version)
{
        return version.number[0] ? override_state(version.number[0]) : DOOR_STATE_ACCESS_CONTROLLED;
}

bool version_equal(Version a, Version b)
{
        return memcmp(&a, &b, sizeof(a)) == 0;
}

bool record_fits(const LiveRecord *record, uint32_t number)
{
        int64_t seconds = SECONDS_MIN + number % SECONDS_MAX;
        bool has_from = record->from_s != TIMESTAMP_MIN,
             has_until = record->until_s != TIMESTAMP_MAX;
        switch (record->kind) {
        case LIVE_DATES:
                return record->from_s == dates_from(number) && record->until_s == UNTIL + number &&
                       !record->ended;
        case LIVE_OVERRIDE:
                return !has_from && record->until_s == record->note.at_s + seconds &&
                       record->state == override_state(number);
        case LIVE_BLOCK:
                return !has_from && record->until_s == record->note.at_s + seconds;
        default:
                return !has_from && !has_until;
        }
}

/* ---- Files ---- */

void model_write(const Model *model, FILE *file)
{
        for (int i = 0; i < WORKERS * THINGS; i++) {
                const Thing *thing = &model->things[i / THINGS][i % THINGS];
                (void)fprintf(file, "thing %u %s %u %s %d %d %u %u\n",
                              thing->acknowledged.number[0], thing->id[0],
                              thing->acknowledged.number[1], thing->id[1], thing->has_waiting,
                              thing->was_seen, thing->waiting.number[0], thing->waiting.number[1]);
        }
}

bool model_read(Model *model, FILE *file)
{
        for (int i = 0; i < WORKERS * THINGS; i++) {
                Thing *thing = &model->things[i / THINGS][i % THINGS];
                int has_waiting, was_seen;
                if (fscanf(file, "thing %u %32s %u %32s %d %d %u %u\n",
                           &thing->acknowledged.number[0], thing->id[0],
                           &thing->acknowledged.number[1], thing->id[1], &has_waiting, &was_seen,
                           &thing->waiting.number[0], &thing->waiting.number[1]) != 8)
                        return false;
                thing->has_waiting = has_waiting;
                thing->was_seen = was_seen;
        }
        return true;
}
