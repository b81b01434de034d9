/* SPDX-License-Identifier: MIT */
/* Door record: see door_record.h. */
#include "policy/door_record.h"

#include <inttypes.h>
#include <stdio.h>

#include "util/timestamp.h"

#define RESOURCE_TEXT_SIZE (RESOURCE_SIZE_MAX + 64)

static void pair(const RecordWriter *writer, const char *name, Text value)
{
        if (value.size > 0)
                writer->pair(writer->data, name, value);
}

static void resource_pair(const RecordWriter *writer, const char *name, const Image *image,
                          ResourceType type, uint32_t index)
{
        char buffer[RESOURCE_TEXT_SIZE];
        pair(writer, name, image_resource(image, type, index, buffer, sizeof(buffer)));
}

static void time_pair(const RecordWriter *writer, const char *name, int64_t time_s)
{
        char buffer[TIMESTAMP_TEXT_SIZE];
        if (time_s != TIMESTAMP_MAX)
                pair(writer, name, text_from(timestamp_format(time_s, buffer)));
}

static void note_pairs(const RecordWriter *writer, const LiveNote *note, int64_t until_s,
                       bool with_note)
{
        if (note)
                time_pair(writer, "since", note->at_s);
        if (note && with_note) {
                pair(writer, "by", note->by);
                pair(writer, "why", note->why);
        }
        time_pair(writer, "until", until_s);
}

/* A block or a lockdown that came later stands, and an open door is open anyway. */
static DoorMode shown_mode(DoorMode mode, bool accessed)
{
        return accessed && mode == DOOR_MODE_LOCKED ? DOOR_MODE_ACCESSED : mode;
}

/* When something else will be the source, or give another state. */
static int64_t until_of(const Image *image, const DecisionContext *context, uint32_t door,
                        const DoorSituation *situation)
{
        bool by_schedule = situation->source == DOOR_SOURCE_SCHEDULE ||
                           situation->source == DOOR_SOURCE_EXCEPTION;
        return by_schedule && situation->unknown == REASON_NONE
                       ? policy_door_state_until(image, context, door)
                       : situation->until_s;
}

static void aspect_pairs(const RecordWriter *writer, const DoorObservation *observation,
                         DoorAspect aspect, const char *name)
{
        char since[32];
        DoorPhysical state = observation->aspects[aspect].state;
        if (state == DOOR_PHYSICAL_UNKNOWN)
                return;
        pair(writer, name, text_from(door_physical_name(state)));
        (void)snprintf(since, sizeof(since), "%s_since", name);
        time_pair(writer, since, observation->aspects[aspect].since_s);
}

/* What the door does, as far as gateways have told: the lock first, which is always said. */
static void observation_pairs(const RecordWriter *writer, const DoorObservation *observation,
                              int64_t now_s)
{
        static const DoorObservation nothing = { 0 };
        const DoorObservation *seen =
                observation && !observation->gateway_is_away ? observation : &nothing;
        char age[24];
        if (seen->aspects[DOOR_ASPECT_LOCK].state == DOOR_PHYSICAL_UNKNOWN)
                pair(writer, "observed", text_from(door_mode_name(DOOR_MODE_UNKNOWN)));
        aspect_pairs(writer, seen, DOOR_ASPECT_LOCK, "observed");
        for (DoorAspect i = DOOR_ASPECT_CONTACT; i < DOOR_ASPECT_COUNT; i++)
                aspect_pairs(writer, seen, i, door_aspect_name(i));
        if (!observation)
                return;
        pair(writer, "observed_by", observation->gateway);
        time_pair(writer, "observed_at", observation->told_s);
        (void)snprintf(age, sizeof(age), "%" PRId64,
                       now_s > observation->told_s ? now_s - observation->told_s : 0);
        pair(writer, "observed_age", text_from(age));
        if (observation->gateway_is_away)
                pair(writer, "gateway", TEXT_LITERAL("away"));
}

void door_record_write(const Image *image, const DecisionContext *context, uint32_t door,
                       const DoorView *view, const RecordWriter *writer)
{
        char place[IMAGE_PLACE_SIZE];
        DoorSituation found = policy_door_situation(image, context, door);
        const DoorSituation *situation = &found;
        resource_pair(writer, "door", image, RESOURCE_DOOR, door);
        pair(writer, "mode",
             text_from(door_mode_name(shown_mode(situation->mode, view->accessed))));
        observation_pairs(writer, view->observation, context->now_s);
        pair(writer, "state", text_from(door_state_name(situation->state)));
        if (situation->unknown != REASON_NONE)
                pair(writer, "unknown", text_from(reason_name(situation->unknown)));
        pair(writer, "source", text_from(door_source_name(situation->source)));
        if (situation->lockdown != IMAGE_NONE)
                resource_pair(writer, "lockdown", image, RESOURCE_LOCKDOWN, situation->lockdown);
        note_pairs(writer, situation->note, until_of(image, context, door, situation),
                   view->with_note);
        if (view->with_places && situation->place.file != IMAGE_NONE)
                pair(writer, "place",
                     text_from(image_place(image, situation->place, place, sizeof(place))));
}

static const char *state_of(const DecisionContext *context, const LiveLockdown *live)
{
        if (!context->live || context->live->unknown)
                return "unknown";
        return live ? "on" : "off";
}

void lockdown_record_write(const Image *image, const DecisionContext *context, uint32_t index,
                           bool with_note, const RecordWriter *writer)
{
        const ImageLockdown *lockdown = image_lockdown(image, index);
        const LiveLockdown *live = live_lockdown_find(context->live, index);
        char count[24];
        if (!lockdown)
                return;
        if (live && !context->clock_untrusted && context->now_s >= live->until_s)
                live = NULL;
        (void)snprintf(count, sizeof(count), "%" PRIu32, lockdown->doors.count);
        resource_pair(writer, "lockdown", image, RESOURCE_LOCKDOWN, index);
        pair(writer, "state", text_from(state_of(context, live)));
        pair(writer, "mode", text_from(door_mode_name((DoorMode)lockdown->mode)));
        pair(writer, "doors", text_from(count));
        if (live)
                note_pairs(writer, live->note, live->until_s, with_note);
}
