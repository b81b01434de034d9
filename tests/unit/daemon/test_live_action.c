/* SPDX-License-Identifier: MIT */
/* Tests of live_action.c: what each action may state, and what it makes of the records; on the
 * policy of tests/unit/policy/decide. */
#include "decide_fixture.h"

#include "daemon/live_action.h"
#include "util/timestamp.h"

enum { NOW = 1000 };

/* ---- What is stated ---- */

static uint8_t frame[4096];

/* Reads a request with an action and what `add` writes. Return: the problem, or NULL. */
static const char *problem_of(const char *action, void (*add)(MessageWriter *writer))
{
        MessageWriter writer;
        Message message;
        LiveStatement statement;
        const char *problem = NULL;
        size_t size;
        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_CHANGE, 1, 0);
        message_write_text(&writer, FIELD_ACTION, text_from(action));
        message_write_text(&writer, FIELD_RESOURCE, TEXT_LITERAL("door:acme/HQ/D1"));
        if (add)
                add(&writer);
        assert_int_equal(message_writer_end(&writer, &size), 0);
        assert_int_equal(message_decode(frame, size, &message), 0);
        const LiveAction *found = live_action_find(text_from(action));
        assert_non_null(found);
        int r = live_action_read(found, &message, &statement, &problem);
        assert_int_equal(r, problem ? QUERY_MALFORMED : 0);
        return problem;
}

#define WRITER(name, ...)                                                                          \
        static void name(MessageWriter *writer)                                                    \
        {                                                                                          \
                __VA_ARGS__;                                                                       \
        }

WRITER(no_seconds, message_write_text(writer, FIELD_STATE, TEXT_LITERAL("locked")))
WRITER(no_state, message_write_number(writer, FIELD_SECONDS, 60))
WRITER(zero, message_write_text(writer, FIELD_STATE, TEXT_LITERAL("locked"));
       message_write_number(writer, FIELD_SECONDS, 0))
WRITER(longest, message_write_text(writer, FIELD_STATE, TEXT_LITERAL("locked"));
       message_write_number(writer, FIELD_SECONDS, OVERRIDE_SECONDS_MAX))
WRITER(too_long, message_write_text(writer, FIELD_STATE, TEXT_LITERAL("locked"));
       message_write_number(writer, FIELD_SECONDS, OVERRIDE_SECONDS_MAX + 1))
WRITER(bad_state, message_write_text(writer, FIELD_STATE, TEXT_LITERAL("Locked"));
       message_write_number(writer, FIELD_SECONDS, 60))
WRITER(from, message_write_time(writer, FIELD_FROM, 5))
WRITER(reversed, message_write_time(writer, FIELD_FROM, 5);
       message_write_time(writer, FIELD_UNTIL, 5))
WRITER(before_1970, message_write_time(writer, FIELD_FROM, -1))
WRITER(after_9999, message_write_time(writer, FIELD_UNTIL, INT64_C(253402300800)))
WRITER(end_sessions, message_write_flag(writer, FIELD_END_SESSIONS))
WRITER(role, message_write_text(writer, FIELD_ROLE, TEXT_LITERAL("org-admin")))
WRITER(with, message_write_text(writer, FIELD_WITH, TEXT_LITERAL("group:acme/viewers")))
WRITER(why_and_dry_run, message_write_text(writer, FIELD_WHY, TEXT_LITERAL("so"));
       message_write_flag(writer, FIELD_DRY_RUN))

static void what_is_stated_has_its_bounds(void **state)
{
        static const struct {
                const char *action;
                void (*add)(MessageWriter *writer);
                const char *problem; /* a part of it; NULL: none */
        } CASES[] = {
                { "override", NULL, "needs a state" },
                { "override", no_seconds, "needs a state" },
                { "override", no_state, "needs a state" },
                { "override", zero, "1 second to 31 days" },
                { "override", longest, NULL },
                { "override", too_long, "1 second to 31 days" },
                { "override", bad_state, "card-and-code" },
                { "block", NULL, NULL },
                { "block", no_state, NULL },
                { "block", no_seconds, "does not have" },
                { "release", NULL, NULL },
                { "release", no_state, "does not have" },
                { "dates", NULL, "a start, an end" },
                { "dates", from, NULL },
                { "dates", reversed, "end before they begin" },
                { "dates", before_1970, "1970 to 9999" },
                { "dates", after_9999, "1970 to 9999" },
                { "clear-dates", NULL, NULL },
                { "clear-dates", from, "does not have" },
                { "suspend", end_sessions, NULL },
                { "suspend", why_and_dry_run, NULL },
                { "suspend", role, "does not have" },
                { "suspend", with, "does not have" },
                { "resume", end_sessions, "does not have" },
                { "start-lockdown", why_and_dry_run, NULL },
                { "end-lockdown", no_state, "does not have" },
        };
        for (size_t i = 0; i < sizeof(CASES) / sizeof(CASES[0]); i++) {
                const char *problem = problem_of(CASES[i].action, CASES[i].add);
                if (!CASES[i].problem)
                        assert_null(problem);
                else if (!problem || !strstr(problem, CASES[i].problem))
                        fail_msg("case %zu: %s", i, problem ? problem : "no problem");
        }
        assert_null(live_action_find(TEXT_LITERAL("grant")));
        assert_null(live_action_find(TEXT_LITERAL("Suspend")));
        assert_null(live_action_find(TEXT_NULL));
}

/* ---- What comes of it ---- */

typedef struct World {
        const Image *image;
        LiveRecords *records;
        Query query;
        LiveStatement statement;
        bool clock_untrusted;
        int64_t now_s;
} World;

static World world;

static void begin(void **state, const char *resource)
{
        world.image = decide_image(state);
        live_records_free(world.records);
        world.records = live_records_new();
        world.query = (Query){ 0 };
        assert_int_equal(resource_parse(text_from(resource), &world.query.resource, NULL), 0);
        world.statement = (LiveStatement){ .from_s = TIMESTAMP_MIN,
                                           .until_s = TIMESTAMP_MAX,
                                           .state = DOOR_STATE_COUNT };
        world.clock_untrusted = false;
        world.now_s = NOW;
}

static void apply(const LiveResult *result)
{
        for (size_t i = 0; i < result->change_count; i++) {
                const StateChange *change = &result->changes[i];
                if (change->kind == STATE_CHANGE_PUT)
                        assert_int_equal(live_records_put(world.records, &change->record), 0);
                else
                        assert_true(live_records_remove(world.records, change->record.kind,
                                                        change->record.resource));
        }
}

/* Works an action out and applies what comes of it. */
static LiveResult work_out(const char *action)
{
        LiveCase live = {
                .image = world.image,
                .records = world.records,
                .clock_untrusted = world.clock_untrusted,
                .query = &world.query,
                .statement = &world.statement,
                .note = { .at_s = world.now_s,
                          .by = TEXT_LITERAL("uma"),
                          .decision_id = TEXT_LITERAL("0123456789abcdef0123456789abcdef") },
                .index = image_find(
                        world.image, world.query.resource.type,
                        image_find_organization(world.image, world.query.resource.organization),
                        world.query.resource.path),
        };
        LiveResult result = live_action_find(text_from(action))->work_out(&live);
        if (result.reason == REASON_NONE)
                apply(&result);
        else
                assert_int_equal(result.change_count, 0);
        return result;
}

static void a_suspension_comes_once_and_goes_once(void **state)
{
        begin(state, "user:acme/viewer");
        assert_int_equal(work_out("resume").reason, REASON_NO_CHANGE);
        assert_int_equal(work_out("suspend").reason, REASON_NONE);
        assert_int_equal(work_out("suspend").reason, REASON_NO_CHANGE);
        world.statement.end_sessions = true;
        assert_int_equal(work_out("suspend").reason, REASON_NONE);
        assert_int_equal(live_records_count(world.records), 1);
        assert_int_equal(work_out("resume").reason, REASON_NONE);
        assert_int_equal(live_records_count(world.records), 0);
}

static void what_the_text_says_is_changed_there(void **state)
{
        begin(state, "user:acme/suspended");
        LiveResult result = work_out("resume");
        assert_int_equal(result.reason, REASON_WRITTEN_BY_HAND);
        assert_true(result.place.file != IMAGE_NONE);
        assert_int_equal(work_out("suspend").reason, REASON_NONE);
        assert_int_equal(work_out("resume").reason, REASON_WRITTEN_BY_HAND);
}

static void dates_that_have_ended_can_be_taken_away(void **state)
{
        begin(state, "user:acme/viewer");
        assert_int_equal(work_out("clear-dates").reason, REASON_NO_CHANGE);
        world.statement.until_s = NOW;
        assert_int_equal(work_out("dates").reason, REASON_MALFORMED_QUERY);
        world.statement.until_s = NOW + 1;
        assert_int_equal(work_out("dates").reason, REASON_NONE);
        assert_int_equal(work_out("dates").reason, REASON_NO_CHANGE);
        world.now_s = NOW + 1;
        assert_int_equal(work_out("clear-dates").reason, REASON_NONE);
        assert_int_equal(live_records_count(world.records), 0);
}

static void nobody_takes_back_what_was_done_to_him(void **state)
{
        begin(state, "user:acme/viewer");
        assert_int_equal(work_out("suspend").reason, REASON_NONE);
        world.statement.until_s = NOW + 60;
        assert_int_equal(work_out("dates").reason, REASON_NONE);
        world.query.user = TEXT_LITERAL("viewer");
        world.statement.until_s = NOW + 120;
        assert_int_equal(work_out("resume").reason, REASON_SELF_GRANT);
        assert_int_equal(work_out("dates").reason, REASON_SELF_GRANT);
        assert_int_equal(work_out("clear-dates").reason, REASON_SELF_GRANT);
        assert_int_equal(live_records_count(world.records), 2);
        assert_int_equal(work_out("suspend").reason, REASON_NO_CHANGE);
        world.query.user = TEXT_LITERAL("viewe");
        assert_int_equal(work_out("resume").reason, REASON_NONE);
        assert_int_equal(work_out("clear-dates").reason, REASON_NONE);
}

/* As long as there is a record it can be taken away, whatever the policy knows. */
static void what_is_left_of_somebody_unknown_can_be_taken_away(void **state)
{
        begin(state, "user:acme/nobody");
        assert_int_equal(work_out("resume").reason, REASON_NO_CHANGE);
        assert_int_equal(work_out("suspend").reason, REASON_NONE);
        assert_int_equal(work_out("resume").reason, REASON_NONE);
        static const char *const AWAY[] = { "resume", "clear-dates", "release", "end-lockdown" };
        static const char *const NEW[] = { "suspend", "dates", "override", "block",
                                           "start-lockdown" };
        for (size_t i = 0; i < sizeof(AWAY) / sizeof(*AWAY); i++)
                assert_true(live_action_find(text_from(AWAY[i]))->takes_away);
        for (size_t i = 0; i < sizeof(NEW) / sizeof(*NEW); i++)
                assert_false(live_action_find(text_from(NEW[i]))->takes_away);
}

static void an_override_that_says_the_same_is_no_change(void **state)
{
        begin(state, "door:acme/HQ/D1");
        world.statement.state = DOOR_STATE_LOCKED;
        world.statement.seconds = 60;
        assert_int_equal(work_out("override").reason, REASON_NONE);
        assert_int_equal(work_out("override").reason, REASON_NO_CHANGE);
        world.statement.state = DOOR_STATE_UNLOCKED;
        assert_int_equal(work_out("override").reason, REASON_NONE);
        world.now_s++;
        assert_int_equal(work_out("override").reason, REASON_NONE);
        assert_int_equal(live_records_count(world.records), 1);
}

static void a_release_ends_override_and_block(void **state)
{
        begin(state, "door:acme/HQ/D1");
        assert_int_equal(work_out("release").reason, REASON_NO_CHANGE);
        assert_int_equal(work_out("block").reason, REASON_NONE);
        assert_int_equal(work_out("block").reason, REASON_NO_CHANGE);
        assert_int_equal(work_out("release").change_count, 1);
        world.statement.state = DOOR_STATE_LOCKED;
        world.statement.seconds = 60;
        assert_int_equal(work_out("block").reason, REASON_NONE);
        assert_int_equal(work_out("override").reason, REASON_NONE);
        assert_int_equal(work_out("release").change_count, 2);
        assert_int_equal(live_records_count(world.records), 0);
}

static void what_has_ended_counts_as_absent_while_the_clock_is_trusted(void **state)
{
        begin(state, "door:acme/HQ/D1");
        world.statement.seconds = 60;
        assert_int_equal(work_out("block").reason, REASON_NONE);
        world.now_s = NOW + 60;
        world.clock_untrusted = true;
        assert_int_equal(work_out("release").reason, REASON_NONE);
        assert_int_equal(work_out("block").reason, REASON_NONE);
        world.now_s = NOW + 120;
        world.clock_untrusted = false;
        assert_int_equal(work_out("release").reason, REASON_NO_CHANGE);
        assert_int_equal(live_records_count(world.records), 1);
}

static void a_record_is_told_in_words(void **state)
{
        char text[LIVE_RECORD_TEXT_SIZE];
        LiveRecord record = { .kind = LIVE_OVERRIDE,
                              .from_s = TIMESTAMP_MIN,
                              .until_s = 60,
                              .state = DOOR_STATE_CARD_AND_CODE };
        assert_string_equal(live_record_text(&record, text),
                            "card-and-code until 1970-01-01T00:01:00Z");
        record = (LiveRecord){ .kind = LIVE_DATES, .from_s = 0, .until_s = 60 };
        assert_string_equal(live_record_text(&record, text),
                            "access from 1970-01-01T00:00:00Z until 1970-01-01T00:01:00Z");
        record = (LiveRecord){ .kind = LIVE_SUSPENSION,
                               .from_s = TIMESTAMP_MIN,
                               .until_s = TIMESTAMP_MAX };
        assert_string_equal(live_record_text(&record, text), "suspended");
        record.kind = LIVE_BLOCK;
        assert_string_equal(live_record_text(&record, text), "blocked");
        record.kind = LIVE_LOCKDOWN;
        assert_string_equal(live_record_text(&record, text), "on");
}

static int teardown(void **state)
{
        world.records = live_records_free(world.records);
        return decide_teardown(state);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_is_stated_has_its_bounds),
                cmocka_unit_test(a_suspension_comes_once_and_goes_once),
                cmocka_unit_test(what_the_text_says_is_changed_there),
                cmocka_unit_test(dates_that_have_ended_can_be_taken_away),
                cmocka_unit_test(nobody_takes_back_what_was_done_to_him),
                cmocka_unit_test(what_is_left_of_somebody_unknown_can_be_taken_away),
                cmocka_unit_test(an_override_that_says_the_same_is_no_change),
                cmocka_unit_test(a_release_ends_override_and_block),
                cmocka_unit_test(what_has_ended_counts_as_absent_while_the_clock_is_trusted),
                cmocka_unit_test(a_record_is_told_in_words),
        };
        return cmocka_run_group_tests(tests, decide_setup, teardown) ? 1 : 0;
}
