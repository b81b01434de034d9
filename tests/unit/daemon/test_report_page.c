/* SPDX-License-Identifier: MIT */
/* Tests of report_page.c. */
#include "decide_fixture.h"

#include <inttypes.h>

#include "daemon/report_page.h"

static ReportPage page;

/* Begins a page; after NULL and limit < 0: not stated. */
static int begin(void **state, const char *after, int limit)
{
        static uint8_t frame[1024];
        MessageWriter writer;
        Message message;
        size_t size;
        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_WHAT_CAN, 1, 0);
        message_write_text(&writer, FIELD_USER, TEXT_LITERAL("alice"));
        if (after)
                message_write_text(&writer, FIELD_AFTER, text_from(after));
        if (limit >= 0)
                message_write_number(&writer, FIELD_LIMIT, (uint32_t)limit);
        assert_int_equal(message_writer_end(&writer, &size), 0);
        assert_int_equal(message_decode(frame, size, &message), 0);
        return report_page_begin(&message, decide_image(state), &page);
}

/* Counts answers until the page is full, at most count of all. Return: how many are on the page. */
static unsigned count(unsigned all)
{
        unsigned on_page = 0;
        for (unsigned i = 0; i < all; i++) {
                ReportPlace place = report_page_count(&page);
                if (place == REPORT_BEHIND_PAGE)
                        break;
                on_page += place == REPORT_ON_PAGE;
        }
        return on_page;
}

static void without_a_limit_everything_is_on_one_page(void **state)
{
        char token[REPORT_PAGE_TOKEN_SIZE];
        assert_int_equal(begin(state, NULL, -1), 0);
        assert_int_equal(count(1000), 1000);
        assert_int_equal(report_page_token(&page, token).size, 0);
}

static void pages_follow_each_other_without_gap(void **state)
{
        char token[REPORT_PAGE_TOKEN_SIZE], after[REPORT_PAGE_TOKEN_SIZE] = "";
        unsigned sizes[8], pages = 0;
        do {
                assert_int_equal(begin(state, pages > 0 ? after : NULL, 4), 0);
                sizes[pages] = count(10);
                Text next = report_page_token(&page, token);
                memcpy(after, next.size > 0 ? next.data : "", next.size);
                after[next.size] = '\0';
        } while (++pages < 8 && after[0] != '\0');
        assert_int_equal(pages, 3);
        assert_int_equal(sizes[0], 4);
        assert_int_equal(sizes[1], 4);
        assert_int_equal(sizes[2], 2);
}

static void a_page_that_just_fits_is_the_last_one(void **state)
{
        char token[REPORT_PAGE_TOKEN_SIZE];
        assert_int_equal(begin(state, NULL, 10), 0);
        assert_int_equal(count(10), 10);
        assert_int_equal(report_page_token(&page, token).size, 0);
}

static void a_page_of_none_says_whether_there_is_anything(void **state)
{
        char token[REPORT_PAGE_TOKEN_SIZE];
        assert_int_equal(begin(state, NULL, 0), 0);
        assert_int_equal(count(0), 0);
        assert_int_equal(report_page_token(&page, token).size, 0);
        assert_int_equal(begin(state, NULL, 0), 0);
        assert_int_equal(count(3), 0);
        assert_true(report_page_token(&page, token).size > 0);
}

static void a_token_of_another_policy_is_refused(void **state)
{
        char revision[IMAGE_REVISION_SIZE], token[64];
        (void)image_revision(decide_image(state), revision);
        revision[0] = revision[0] == '0' ? '1' : '0';
        (void)snprintf(token, sizeof(token), "%s.4", revision);
        assert_int_equal(begin(state, token, 4), REPORT_PAGE_CHANGED);
}

static void what_is_no_token_is_refused(void **state)
{
        char revision[IMAGE_REVISION_SIZE], token[64];
        static const char *const ENDS[] = { "", ".", ".-1", ".x", ".4294967296", ".4 ", "4" };
        (void)image_revision(decide_image(state), revision);
        for (size_t i = 0; i < sizeof(ENDS) / sizeof(*ENDS); i++) {
                (void)snprintf(token, sizeof(token), "%s%s", revision, ENDS[i]);
                assert_int_equal(begin(state, token, 4), REPORT_PAGE_MALFORMED);
        }
        assert_int_equal(begin(state, "", 4), REPORT_PAGE_MALFORMED);
        assert_int_equal(begin(state, ".4", 4), REPORT_PAGE_MALFORMED);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(without_a_limit_everything_is_on_one_page),
                cmocka_unit_test(pages_follow_each_other_without_gap),
                cmocka_unit_test(a_page_that_just_fits_is_the_last_one),
                cmocka_unit_test(a_page_of_none_says_whether_there_is_anything),
                cmocka_unit_test(a_token_of_another_policy_is_refused),
                cmocka_unit_test(what_is_no_token_is_refused),
        };
        return cmocka_run_group_tests(tests, decide_setup, decide_teardown) ? 1 : 0;
}
