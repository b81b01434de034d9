/* SPDX-License-Identifier: MIT */
/* What tests of doors share: questions whose answers are written as `check` prints them. */
#pragma once

#include "doors_live.h"

static inline DecisionContext doors_context(const Doors *doors, int64_t now_s)
{
        return (DecisionContext){ .now_s = now_s,
                                  .live = &doors->live,
                                  .clock_untrusted = doors->clock_untrusted };
}

static inline int64_t doors_time(const char *text)
{
        int64_t time_s;
        assert_int_equal(timestamp_parse(text_from(text), &time_s), 0);
        return time_s;
}

static inline Decision doors_ask(const Doors *doors, const char *line, int64_t now_s)
{
        DecisionContext context = doors_context(doors, now_s);
        Query query;
        assert_int_equal(query_parse_line(text_from(line), &query, NULL), 0);
        return policy_decide(doors->decide.image, &context, &query, NULL);
}

static inline Decision doors_expect(const Doors *doors, const char *line, int64_t now_s,
                                    const char *expected)
{
        char answer[128];
        Decision decision = doors_ask(doors, line, now_s);
        snprintf(answer, sizeof(answer), "%s %s", outcome_name(decision.outcome),
                 reason_name(decision.reason));
        if (strcmp(answer, expected) != 0)
                fprintf(stderr, "%s\n", line);
        assert_string_equal(answer, expected);
        return decision;
}

/* Expects "MODE by SOURCE" of a door, its state and what says so. */
static inline DoorSituation doors_expect_mode(const Doors *doors, const char *path, int64_t now_s,
                                              const char *expected)
{
        char answer[128];
        DecisionContext context = doors_context(doors, now_s);
        DoorSituation door = policy_door_situation(doors->decide.image, &context,
                                                   doors_find(doors, RESOURCE_DOOR, path));
        const char *state = door_state_name(door.state);
        snprintf(answer, sizeof(answer), "%s by %s, %s by %s", door_mode_name(door.mode),
                 door_source_name(door.source), state ? state : reason_name(door.unknown),
                 door_source_name(door.state_source));
        assert_string_equal(answer, expected);
        return door;
}
