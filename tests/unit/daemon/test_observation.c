/* SPDX-License-Identifier: MIT */
/* Tests of observation.c: what an OBSERVE may hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/observation.h"

#define STORE   "0123456789abcdef0123456789abcdef"
#define COMMAND "fedcba9876543210fedcba9876543210"

static uint8_t frame[MESSAGE_SIZE_MAX];
static Message message;
static Observations observations;

/* Reads pairs, written "NAME=VALUE|NAME=VALUE". Return: as observations_read(). */
static const char *read_pairs(const char *pairs)
{
        MessageWriter writer;
        size_t size;
        Text rest = text_from(pairs), pair;
        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_OBSERVE, 1, 0);
        while (rest.size > 0) {
                Text name, value, tail = TEXT_NULL;
                if (!text_split_first(rest, '|', &pair, &tail))
                        pair = rest;
                assert_true(text_split_first(pair, '=', &name, &value));
                message_write_pair(&writer, name, value);
                rest = tail;
        }
        assert_int_equal(message_writer_end(&writer, &size), 0);
        assert_int_equal(message_decode(frame, size, &message), 0);
        return observations_read(&message, &observations);
}

static void an_event_may_hold_all_of_its_parts_in_any_order(void **state)
{
        assert_null(read_pairs("store=" STORE "|event=access-taken|sequence=18446744073|"
                               "detail=left, the second reader|user=bob|card=8165538|"
                               "command=" COMMAND "|door=acme/HQ/D1|time=1780304400"));
        const Observation *event = &observations.events[0];
        assert_int_equal(observations.count, 1);
        assert_true(text_is(observations.store, STORE));
        assert_int_equal(event->kind, GATEWAY_ACCESS_TAKEN);
        assert_int_equal(event->sequence, 18446744073);
        assert_true(event->has_time);
        assert_int_equal(event->time_s, 1780304400);
        assert_true(text_is(event->door, "acme/HQ/D1"));
        assert_true(text_is(event->command_id, COMMAND));
        assert_true(text_is(event->card, "8165538"));
        assert_true(text_is(event->user, "bob"));
        assert_true(text_is(event->detail, "left, the second reader"));
}

static void what_is_not_stated_is_empty_also_behind_one_that_states_it(void **state)
{
        assert_null(read_pairs(
                "store=" STORE
                "|event=fire-detected|sequence=7|time=0|detail=x|card=18446744073709551615"
                "|event=gateway-started|sequence=8"));
        assert_int_equal(observations.count, 2);
        assert_true(observations.events[0].has_time);
        assert_false(observations.events[1].has_time);
        assert_int_equal(observations.events[1].card.size, 0);
        assert_int_equal(observations.events[1].detail.size, 0);
        assert_int_equal(observations.events[1].door.size, 0);
}

static const struct Wrong {
        const char *pairs, *problem;
} wrong[] = {
        { "event=gateway-started|sequence=1", "The first pair is the store" },
        { "store=" STORE, "There is no event" },
        { "store=|event=gateway-started|sequence=1", "The first pair is the store" },
        { "store=0123|event=gateway-started|sequence=1", "The first pair is the store" },
        { "store=0123456789ABCDEF0123456789abcdef|event=gateway-started|sequence=1",
          "The first pair is the store" },
        { "store=0123456789abcdef0123456789abcdeg|event=gateway-started|sequence=1",
          "The first pair is the store" },
        { "stone=" STORE "|event=gateway-started|sequence=1", "The first pair is the store" },
        { "store=" STORE "|sequence=1", "does not begin with its word" },
        { "store=" STORE "|store=" STORE "|event=gateway-started|sequence=1",
          "does not begin with its word" },
        { "store=" STORE "|event=door-ajar|sequence=1", "An event is unknown" },
        { "store=" STORE "|event=|sequence=1", "An event is unknown" },
        { "store=" STORE "|event=gateway-started", "has no sequence" },
        { "store=" STORE "|event=gateway-started|event=gateway-started|sequence=1",
          "has no sequence" },
        { "store=" STORE "|event=gateway-started|time=5|sequence=1", "does not follow its word" },
        { "store=" STORE "|event=gateway-started|sequence=0", "A sequence is" },
        { "store=" STORE "|event=gateway-started|sequence=01", "A sequence is" },
        { "store=" STORE "|event=gateway-started|sequence=-1", "A sequence is" },
        { "store=" STORE "|event=gateway-started|sequence=9223372036854775808", "A sequence is" },
        { "store=" STORE "|event=gateway-started|sequence=1|sequence=2", "twice" },
        { "store=" STORE "|event=gateway-started|sequence=1|time=1|time=1", "twice" },
        { "store=" STORE "|event=gateway-started|sequence=1|weather=fine", "none of those" },
        { "store=" STORE "|event=gateway-started|sequence=1|=", "none of those" },
        { "store=" STORE "|event=gateway-started|sequence=1|event=gateway-started|"
          "sequence=3",
          "do not follow each other" },
        { "store=" STORE "|event=gateway-started|sequence=2|event=gateway-started|"
          "sequence=2",
          "do not follow each other" },
        { "store=" STORE "|event=gateway-started|sequence=1|time=253402300800", "A time is" },
        { "store=" STORE "|event=gateway-started|sequence=1|time=-1", "A time is" },
        { "store=" STORE "|event=gateway-started|sequence=1|time=", "A time is" },
        { "store=" STORE "|event=door-opened|sequence=1", "names none" },
        { "store=" STORE "|event=door-opened|sequence=1|door=", "A door is the path" },
        { "store=" STORE "|event=door-opened|sequence=1|door=door:acme/HQ/D1",
          "A door is the path" },
        { "store=" STORE "|event=door-opened|sequence=1|door=acme/../D1", "A door is the path" },
        { "store=" STORE "|event=door-opened|sequence=1|door=acme", "A door is the path" },
        { "store=" STORE "|event=commanded|sequence=1|door=acme/HQ/D1", "names no command" },
        { "store=" STORE "|event=commanded|sequence=1|command=" COMMAND, "names none" },
        { "store=" STORE "|event=gateway-started|sequence=1|command=" COMMAND, "names no door" },
        { "store=" STORE "|event=commanded|sequence=1|door=acme/HQ/D1|command=1234",
          "A command is" },
        { "store=" STORE "|event=gateway-started|sequence=1|card=007", "A card is" },
        { "store=" STORE "|event=gateway-started|sequence=1|card=18446744073709551616",
          "A card is" },
        { "store=" STORE "|event=gateway-started|sequence=1|card=", "A card is" },
        { "store=" STORE "|event=gateway-started|sequence=1|user=two words", "A user is" },
        { "store=" STORE "|event=gateway-started|sequence=1|detail=", "A detail is" },
        { "store=" STORE "|event=gateway-started|sequence=1|detail=a\nb", "A detail is" },
        { "store=" STORE "|event=gateway-started|sequence=1|detail=\xff", "A detail is" },
};

/* Each is refused whole, with a sentence that says why. */
static void what_is_wrong_is_said(void **state)
{
        for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
                const char *problem = read_pairs(wrong[i].pairs);
                if (!problem || !strstr(problem, wrong[i].problem))
                        fail_msg("%s: %s", wrong[i].pairs, problem ? problem : "was taken");
        }
}

static void a_detail_has_a_limit(void **state)
{
        char pairs[512], detail[OBSERVATION_DETAIL_SIZE_MAX + 2];
        memset(detail, 'a', sizeof(detail));
        detail[OBSERVATION_DETAIL_SIZE_MAX] = '\0';
        (void)snprintf(pairs, sizeof(pairs),
                       "store=" STORE "|event=events-lost|sequence=1|detail=%s", detail);
        assert_null(read_pairs(pairs));
        detail[OBSERVATION_DETAIL_SIZE_MAX] = 'a';
        detail[OBSERVATION_DETAIL_SIZE_MAX + 1] = '\0';
        (void)snprintf(pairs, sizeof(pairs),
                       "store=" STORE "|event=events-lost|sequence=1|detail=%s", detail);
        assert_non_null(read_pairs(pairs));
}

/* So many events with all of their parts: what a message has room for, and one more. */
static const char *read_full(unsigned count)
{
        static char pairs[16384];
        size_t used = (size_t)snprintf(pairs, sizeof(pairs), "store=" STORE);
        for (unsigned i = 1; i <= count; i++)
                used += (size_t)snprintf(pairs + used, sizeof(pairs) - used,
                                         "|event=commanded|sequence=%u|time=1780304400|"
                                         "door=acme/HQ/D1|command=" COMMAND
                                         "|card=8165538|user=bob|detail=%u",
                                         i, i);
        return read_pairs(pairs);
}

static void fifteen_full_events_have_room_and_not_one_more(void **state)
{
        assert_null(read_full(OBSERVATIONS_MAX));
        assert_int_equal(message.field_count, 2 * 121);
        assert_int_equal(observations.count, OBSERVATIONS_MAX);
        assert_int_equal(observations.events[OBSERVATIONS_MAX - 1].sequence, OBSERVATIONS_MAX);
        assert_string_equal(
                read_pairs("store=" STORE
                           "|event=gateway-started|sequence=1|event=gateway-started|sequence=2"
                           "|event=gateway-started|sequence=3|event=gateway-started|sequence=4"
                           "|event=gateway-started|sequence=5|event=gateway-started|sequence=6"
                           "|event=gateway-started|sequence=7|event=gateway-started|sequence=8"
                           "|event=gateway-started|sequence=9|event=gateway-started|sequence=10"
                           "|event=gateway-started|sequence=11|event=gateway-started|sequence=12"
                           "|event=gateway-started|sequence=13|event=gateway-started|sequence=14"
                           "|event=gateway-started|sequence=15|event=gateway-started|sequence=16"),
                "There are more than 15 events.");
}

static void every_kind_of_event_has_a_row(void **state)
{
        static const char *const kinds[] = { "command", "passage", "door-state", "door-alarm",
                                             "gateway" };
        for (unsigned i = 0; i < GATEWAY_EVENT_KIND_COUNT; i++) {
                const ObservationRule *rule = observation_rule((GatewayEventKind)i);
                bool known = false;
                assert_non_null(rule->row_kind);
                for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++)
                        known = known || strcmp(rule->row_kind, kinds[k]) == 0;
                assert_true(known);
                assert_true(rule->needs_door || !rule->needs_command);
                assert_int_equal(rule->needs_command, i <= GATEWAY_COMMAND_UNKNOWN);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_event_may_hold_all_of_its_parts_in_any_order),
                cmocka_unit_test(what_is_not_stated_is_empty_also_behind_one_that_states_it),
                cmocka_unit_test(what_is_wrong_is_said),
                cmocka_unit_test(a_detail_has_a_limit),
                cmocka_unit_test(fifteen_full_events_have_room_and_not_one_more),
                cmocka_unit_test(every_kind_of_event_has_a_row),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
