/* SPDX-License-Identifier: MIT */
/* Tests of journal_entry.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/journal_entry.h"

static void texts_are_copied(void **state)
{
        char user[] = "alice";
        JournalRow row = { .time_s = 7 };
        row.texts[JOURNAL_USER] = text_from(user);
        row.texts[JOURNAL_WHY] = TEXT_LITERAL("the last text");
        JournalEntry *entry = journal_entry_new(&row);
        assert_non_null(entry);
        memset(user, 'x', sizeof(user) - 1);
        assert_true(text_is(entry->row.texts[JOURNAL_USER], "alice"));
        assert_true(text_is(entry->row.texts[JOURNAL_WHY], "the last text"));
        assert_int_equal(entry->row.texts[JOURNAL_SERVICE].size, 0);
        assert_int_equal(entry->row.time_s, 7);
        free(entry);
}

static void control_characters_are_escaped(void **state)
{
        JournalRow row = { 0 };
        row.texts[JOURNAL_USER] = TEXT_LITERAL("a\nb\x1b[2J\xff\\");
        JournalEntry *entry = journal_entry_new(&row);
        assert_non_null(entry);
        Text text = entry->row.texts[JOURNAL_USER];
        for (size_t i = 0; i < text.size; i++)
                assert_in_range((unsigned char)text.data[i], ' ', '~');
        assert_true(text_is(text, "a\\x0ab\\x1b[2J\\xff\\\\"));
        free(entry);
}

static void long_texts_are_cut(void **state)
{
        static char text[200000];
        memset(text, 'a', sizeof(text));
        JournalRow row = { 0 };
        for (size_t i = 0; i < JOURNAL_TEXT_COUNT; i++)
                row.texts[i] = (Text){ text, sizeof(text) };
        JournalEntry *entry = journal_entry_new(&row);
        assert_non_null(entry);
        for (size_t i = 0; i < JOURNAL_TEXT_COUNT; i++)
                assert_in_range(entry->row.texts[i].size, 1, JOURNAL_TEXT_MAX);
        free(entry);
}

static void facts_are_copied_as_they_are(void **state)
{
        char store[] = "0123456789abcdef";
        JournalRow row = { .sequence = 7 };
        row.texts[JOURNAL_RESOURCE] = TEXT_LITERAL("door:acme/HQ/D1");
        row.facts[JOURNAL_FACT_STORE] = text_from(store);
        row.facts[JOURNAL_FACT_DOOR] = TEXT_LITERAL("acme/HQ/D1");
        JournalEntry *entry = journal_entry_new(&row);
        assert_non_null(entry);
        memset(store, 'x', sizeof(store) - 1);
        assert_true(text_is(entry->row.facts[JOURNAL_FACT_STORE], "0123456789abcdef"));
        assert_true(text_is(entry->row.facts[JOURNAL_FACT_DOOR], "acme/HQ/D1"));
        assert_int_equal(entry->row.facts[JOURNAL_FACT_CERTIFICATE].size, 0);
        assert_true(text_is(entry->site, "acme/HQ/"));
        /* What says that a change was not made is not of the gateway's telling. */
        assert_int_equal(journal_entry_not_made(&entry->row, TEXT_NULL).sequence, 0);
        free(entry);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(texts_are_copied),
                cmocka_unit_test(control_characters_are_escaped),
                cmocka_unit_test(long_texts_are_cut),
                cmocka_unit_test(facts_are_copied_as_they_are),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
