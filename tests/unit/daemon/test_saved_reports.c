/* SPDX-License-Identifier: MIT */
/* Tests of saved_reports.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/saved_reports.h"

static void change(SavedReports *reports, StateChangeKind kind, const char *owner, const char *name,
                   const char *definition)
{
        StateChange made = { .kind = kind,
                             .record = { .resource = text_from(name),
                                         .note = { .by = text_from(owner),
                                                   .why = text_from(definition),
                                                   .at_s = 77 } } };
        saved_reports_apply(reports, &made);
}

static void reports_are_found_replaced_and_deleted(void **state)
{
        SavedReports reports = { 0 };
        change(&reports, STATE_CHANGE_SAVE_REPORT, "vera", "b", "2 one\n");
        change(&reports, STATE_CHANGE_SAVE_REPORT, "vera", "a", "2 two\n");
        change(&reports, STATE_CHANGE_SAVE_REPORT, "al", "b", "2 three\n");
        change(&reports, STATE_CHANGE_SAVE_REPORT, "vera", "b", "2 four\n");
        assert_int_equal(reports.list.count, 3);
        assert_string_equal(reports.list.items[0].owner, "al");
        assert_string_equal(reports.list.items[1].name, "a");
        const SavedReport *found =
                saved_reports_find(&reports, TEXT_LITERAL("vera"), TEXT_LITERAL("b"));
        assert_string_equal(found->definition, "2 four\n");
        assert_int_equal(found->saved_s, 77);
        assert_null(saved_reports_find(&reports, TEXT_LITERAL("ver"), TEXT_LITERAL("b")));
        assert_null(saved_reports_find(&reports, TEXT_LITERAL("al"), TEXT_LITERAL("a")));
        change(&reports, STATE_CHANGE_DELETE_REPORT, "vera", "a", "");
        change(&reports, STATE_CHANGE_DELETE_REPORT, "vera", "none", "");
        assert_int_equal(reports.list.count, 2);
        assert_null(saved_reports_find(&reports, TEXT_LITERAL("vera"), TEXT_LITERAL("a")));
        assert_non_null(saved_reports_find(&reports, TEXT_LITERAL("vera"), TEXT_LITERAL("b")));
        saved_reports_clear(&reports);
        assert_int_equal(reports.list.count, 0);
}

static void there_is_an_end_to_saving(void **state)
{
        SavedReports reports = { 0 };
        char name[16], owner[16];
        for (int i = 0; i < SAVED_REPORTS_OWNER_MAX; i++) {
                (void)snprintf(name, sizeof(name), "r%d", i);
                assert_true(
                        saved_reports_has_room(&reports, TEXT_LITERAL("vera"), text_from(name)));
                change(&reports, STATE_CHANGE_SAVE_REPORT, "vera", name, "");
        }
        assert_false(saved_reports_has_room(&reports, TEXT_LITERAL("vera"), TEXT_LITERAL("more")));
        /* One of the same name takes no room, and others have theirs. */
        assert_true(saved_reports_has_room(&reports, TEXT_LITERAL("vera"), TEXT_LITERAL("r0")));
        assert_true(saved_reports_has_room(&reports, TEXT_LITERAL("al"), TEXT_LITERAL("more")));
        for (int i = SAVED_REPORTS_OWNER_MAX; i < SAVED_REPORTS_MAX; i++) {
                (void)snprintf(owner, sizeof(owner), "u%d", i);
                change(&reports, STATE_CHANGE_SAVE_REPORT, owner, "r", "");
        }
        assert_false(saved_reports_has_room(&reports, TEXT_LITERAL("al"), TEXT_LITERAL("more")));
        saved_reports_clear(&reports);
}

static void what_is_on_its_way_to_the_disk_takes_room(void **state)
{
        SavedReports reports = { 0 };
        const Text vera = TEXT_LITERAL("vera"), more = TEXT_LITERAL("more");
        char name[16];
        for (int i = 0; i < SAVED_REPORTS_OWNER_MAX - 1; i++) {
                (void)snprintf(name, sizeof(name), "r%d", i);
                change(&reports, STATE_CHANGE_SAVE_REPORT, "vera", name, "");
        }
        assert_true(saved_reports_has_room(&reports, vera, more));
        assert_int_equal(saved_reports_begin(&reports, vera), 0);
        assert_false(saved_reports_has_room(&reports, vera, more));
        assert_true(saved_reports_has_room(&reports, TEXT_LITERAL("al"), more));
        saved_reports_end(&reports, TEXT_LITERAL("al")); /* has none */
        assert_false(saved_reports_has_room(&reports, vera, more));
        saved_reports_end(&reports, vera);
        assert_true(saved_reports_has_room(&reports, vera, more));
        assert_int_equal(saved_reports_begin(&reports, vera), 0);
        saved_reports_clear(&reports);
}

static void decode(uint8_t *frame, size_t size, MessageWriter *writer, Message *message)
{
        assert_int_equal(message_writer_end(writer, &size), 0);
        assert_int_equal(message_decode(frame, size, message), 0);
}

static void a_definition_comes_back_as_the_request_it_was(void **state)
{
        uint8_t frame[4096], again[4096];
        char definition[LIVE_TEXT_MAX];
        size_t size = 0;
        MessageWriter writer;
        Message message, run;
        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_REPORT, 5, 0);
        message_write_text(&writer, FIELD_USER, TEXT_LITERAL("ben"));
        message_write_text(&writer, FIELD_ACTION, TEXT_LITERAL("save"));
        message_write_text(&writer, FIELD_RESOURCE, TEXT_LITERAL("site:acme/HQ"));
        message_write_text(&writer, FIELD_WITH, TEXT_LITERAL("door:acme/HQ/D1"));
        message_write_time(&writer, FIELD_SINCE, -5);
        message_write_flag(&writer, FIELD_DENIED);
        message_write_time(&writer, FIELD_UNTIL, 4102444800);
        decode(frame, size, &writer, &message);
        assert_true(saved_report_define(&message, definition, sizeof(definition)));
        SavedReport report = { .definition = definition };

        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_EVENTS, 9, 0);
        message_write_text(&writer, FIELD_USER, TEXT_LITERAL("vera"));
        message_write_time(&writer, FIELD_SINCE, 100);
        message_write_text(&writer, FIELD_FORMAT, TEXT_LITERAL("csv"));
        message_write_text(&writer, FIELD_REPORT, TEXT_LITERAL("weekly"));
        decode(frame, size, &writer, &message);
        assert_int_equal(saved_report_request(&report, &message, again, sizeof(again), &size), 0);
        assert_int_equal(message_decode(again, size, &run), 0);
        Text text;
        int64_t time_s;
        assert_int_equal(run.type, MESSAGE_EVENTS);
        assert_int_equal(run.request_id, 9);
        assert_true(message_text(&run, FIELD_USER, &text) && text_is(text, "ben"));
        assert_true(message_text(&run, FIELD_RESOURCE, &text) && text_is(text, "site:acme/HQ"));
        assert_true(message_text(&run, FIELD_WITH, &text) && text_is(text, "door:acme/HQ/D1"));
        assert_true(message_time(&run, FIELD_SINCE, &time_s) && time_s == 100);
        assert_true(message_time(&run, FIELD_UNTIL, &time_s) && time_s == 4102444800);
        assert_true(message_flag(&run, FIELD_DENIED));
        assert_true(message_text(&run, FIELD_FORMAT, &text) && text_is(text, "csv"));
        assert_false(message_text(&run, FIELD_REPORT, &text));
}

static void what_is_too_long_or_has_lines_is_not_saved(void **state)
{
        uint8_t frame[4096];
        char definition[LIVE_TEXT_MAX];
        static char user[2000];
        size_t size = 0;
        MessageWriter writer;
        Message message;
        memset(user, 'a', sizeof(user) - 1);
        const char *const users[] = { user, "ben\n3 site:other/HQ" };
        for (size_t i = 0; i < 2; i++) {
                message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_REPORT, 5, 0);
                message_write_text(&writer, FIELD_USER, text_from(users[i]));
                message_write_text(&writer, FIELD_ACTION, TEXT_LITERAL("save"));
                decode(frame, size, &writer, &message);
                assert_false(saved_report_define(&message, definition, sizeof(definition)));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_is_on_its_way_to_the_disk_takes_room),
                cmocka_unit_test(reports_are_found_replaced_and_deleted),
                cmocka_unit_test(there_is_an_end_to_saving),
                cmocka_unit_test(a_definition_comes_back_as_the_request_it_was),
                cmocka_unit_test(what_is_too_long_or_has_lines_is_not_saved),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
