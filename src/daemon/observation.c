/* SPDX-License-Identifier: MIT */
/* Observations: see observation.h. One table says what each pair of an event may hold, another what
 * each kind of event needs. */
#include "daemon/observation.h"

#include "policy/query.h"
#include "util/name.h"
#include "util/number.h"

#define TIME_MAX_S 253402300799ull /* 9999-12-31T23:59:59Z */

#define COMMAND    "command", true, true
#define PASSAGE    "passage", true, false
#define DOOR_STATE "door-state", true, false
#define DOOR_ALARM "door-alarm", true, false
#define ANY_ALARM  "door-alarm", false, false /* of a door, or of a whole controller */
#define GATEWAY    "gateway", false, false

static const ObservationRule rules[GATEWAY_EVENT_KIND_COUNT] = {
        [GATEWAY_COMMANDED] = { COMMAND, NULL },
        [GATEWAY_COMMAND_REFUSED] = { COMMAND, NULL },
        [GATEWAY_COMMAND_FAILED] = { COMMAND, NULL },
        [GATEWAY_COMMAND_LATE] = { COMMAND, NULL },
        [GATEWAY_COMMAND_UNKNOWN] = { COMMAND, NULL },
        [GATEWAY_LOCK_UNLOCKED] = { DOOR_STATE, NULL },
        [GATEWAY_LOCK_LOCKED] = { DOOR_STATE, NULL },
        [GATEWAY_DOOR_OPENED] = { DOOR_STATE, NULL },
        [GATEWAY_DOOR_CLOSED] = { DOOR_STATE, NULL },
        [GATEWAY_ACCESS_TAKEN] = { PASSAGE, NULL },
        [GATEWAY_ACCESS_NOT_TAKEN] = { PASSAGE, NULL },
        [GATEWAY_CONTROLLER_GRANTED] = { PASSAGE, NULL },
        [GATEWAY_CONTROLLER_DENIED] = { PASSAGE, NULL },
        [GATEWAY_EXIT_REQUESTED] = { PASSAGE, NULL },
        [GATEWAY_DOOR_FORCED_OPEN] = { DOOR_ALARM, "door-forced-open" },
        [GATEWAY_DOOR_OPEN_TOO_LONG] = { DOOR_ALARM, "door-open-too-long" },
        [GATEWAY_DOOR_ALARM_NORMAL] = { DOOR_ALARM, NULL },
        [GATEWAY_TAMPER_DETECTED] = { ANY_ALARM, "door-tamper" },
        [GATEWAY_TAMPER_ENDED] = { ANY_ALARM, NULL },
        [GATEWAY_FAULT_DETECTED] = { ANY_ALARM, "door-fault" },
        [GATEWAY_FAULT_ENDED] = { ANY_ALARM, NULL },
        [GATEWAY_FIRE_DETECTED] = { ANY_ALARM, "fire-detected" },
        [GATEWAY_FIRE_ENDED] = { ANY_ALARM, NULL },
        [GATEWAY_CONTROLLER_LOST] = { GATEWAY, "controller-lost" },
        [GATEWAY_CONTROLLER_FOUND] = { GATEWAY, NULL },
        [GATEWAY_EVENTS_LOST] = { GATEWAY, "events-lost" },
        [GATEWAY_STARTED] = { GATEWAY, NULL },
        [GATEWAY_CLOCK_DIFFERS] = { GATEWAY, NULL },
};

const ObservationRule *observation_rule(GatewayEventKind kind)
{
        return &rules[kind];
}

static bool is_id(Text text)
{
        if (text.size != OBSERVATION_STORE_DIGITS)
                return false;
        for (size_t i = 0; i < text.size; i++)
                if (!memchr("0123456789abcdef", text.data[i], 16))
                        return false;
        return true;
}

/* ---- The pairs of an event ---- */

static bool read_sequence(Text value, Observation *event)
{
        return number_parse(value, INT64_MAX, &event->sequence) == 0 && event->sequence > 0;
}

static bool read_time(Text value, Observation *event)
{
        uint64_t seconds;
        event->has_time = number_parse(value, TIME_MAX_S, &seconds) == 0;
        event->time_s = event->has_time ? (int64_t)seconds : 0;
        return event->has_time;
}

static bool read_door(Text value, Observation *event)
{
        Resource resource;
        event->door = value;
        return resource_parse_path(RESOURCE_DOOR, value, &resource, NULL) == 0;
}

static bool read_command(Text value, Observation *event)
{
        event->command_id = value;
        return is_id(value);
}

static bool read_card(Text value, Observation *event)
{
        uint64_t number;
        event->card = value;
        return number_parse(value, UINT64_MAX, &number) == 0;
}

static bool read_user(Text value, Observation *event)
{
        event->user = value;
        return name_is_valid_user(value);
}

static bool read_detail(Text value, Observation *event)
{
        event->detail = value;
        return value.size > 0 && value.size <= OBSERVATION_DETAIL_SIZE_MAX &&
               text_is_printable(value);
}

static const struct Part {
        const char *name;
        bool (*read)(Text value, Observation *event);
        const char *problem;
} parts[] = {
        { "sequence", read_sequence, "A sequence is a decimal number from 1." },
        { "time", read_time, "A time is in seconds since 1970, up to the year 9999." },
        { "door", read_door, "A door is the path of a door, organization first." },
        { "command", read_command, "A command is 32 hexadecimal digits." },
        { "card", read_card, "A card is a decimal number of 64 bits." },
        { "user", read_user, "A user is no user's name." },
        { "detail", read_detail, "A detail is one line of at most 256 bytes." },
};

#define PART_COUNT (sizeof(parts) / sizeof(*parts))

static const char *read_part(Text name, Text value, unsigned *seen, Observation *event)
{
        for (size_t i = 0; i < PART_COUNT; i++) {
                if (!text_is(name, parts[i].name))
                        continue;
                if (*seen & 1u << i)
                        return "A pair of an event stands there twice.";
                if (*seen == 0 && i > 0)
                        return "The sequence of an event does not follow its word.";
                *seen |= 1u << i;
                return parts[i].read(value, event) ? NULL : parts[i].problem;
        }
        return "A pair is none of those of an event.";
}

/* ---- Events ---- */

static const char *check_event(const Observations *observations)
{
        const Observation *event = &observations->events[observations->count - 1];
        const ObservationRule *rule = observation_rule(event->kind);
        if (event->sequence == 0)
                return "An event has no sequence.";
        if (observations->count > 1 && event[-1].sequence + 1 != event->sequence)
                return "Sequences do not follow each other.";
        if (rule->needs_door && event->door.size == 0)
                return "An event of a door names none.";
        if (event->command_id.size > 0 && event->door.size == 0)
                return "A command's event names no door.";
        if (rule->needs_command && event->command_id.size == 0)
                return "A command's event names no command.";
        return NULL;
}

static const char *begin_event(Text word, Observations *observations)
{
        if (observations->count == OBSERVATIONS_MAX)
                return "There are more than 15 events.";
        Observation *event = &observations->events[observations->count++];
        *event = (Observation){ 0 };
        return gateway_event_from_word(word, &event->kind) ? NULL : "An event is unknown.";
}

/* The pairs behind the first one. */
static const char *read_events(const Message *message, Observations *observations)
{
        unsigned seen = 0;
        const char *problem = NULL;
        Text name, value;
        for (size_t i = 1; !problem && message_text_at(message, FIELD_NAME, i, &name) &&
                           message_text_at(message, FIELD_VALUE, i, &value);
             i++) {
                if (text_is(name, "event")) {
                        if (observations->count > 0)
                                problem = check_event(observations);
                        if (!problem)
                                problem = begin_event(value, observations);
                        seen = 0;
                } else if (observations->count == 0) {
                        problem = "The first event does not begin with its word.";
                } else {
                        problem = read_part(name, value, &seen,
                                            &observations->events[observations->count - 1]);
                }
        }
        if (!problem && observations->count == 0)
                problem = "There is no event.";
        return problem ? problem : check_event(observations);
}

const char *observations_read(const Message *message, Observations *ret_observations)
{
        Text name;
        ret_observations->count = 0;
        if (!message_text_at(message, FIELD_NAME, 0, &name) || !text_is(name, "store") ||
            !message_text_at(message, FIELD_VALUE, 0, &ret_observations->store) ||
            !is_id(ret_observations->store))
                return "The first pair is the store, 32 hexadecimal digits.";
        return read_events(message, ret_observations);
}
