/* SPDX-License-Identifier: MIT */
/* Tests of word.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "client/word.h"

static void a_card_is_a_number(void **state)
{
        static const char *const GOOD[] = { "0", "8165538", "18446744073709551615" };
        static const char *const BAD[] = { NULL,  "",    "08165538",
                                           "-1",  "1 ",  " 1",
                                           "0x1", "1.0", "18446744073709551616" };
        for (size_t i = 0; i < sizeof(GOOD) / sizeof(GOOD[0]); i++)
                assert_true(word_is_card(GOOD[i]));
        for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
                assert_false(word_is_card(BAD[i]));
}

static void an_id_has_32_digits(void **state)
{
        static const char *const BAD[] = { NULL,
                                           "",
                                           "00112233445566778899aabbccddeef",
                                           "00112233445566778899aabbccddeeff0",
                                           "00112233445566778899AABBCCDDEEFF",
                                           "00112233445566778899aabbccddeefg" };
        assert_true(word_is_id("00112233445566778899aabbccddeeff"));
        for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
                assert_false(word_is_id(BAD[i]));
}

static void a_line_is_short_and_can_be_shown(void **state)
{
        static const char *const BAD[] = { NULL, "", "two\nlines", "\x1b[2J", "\xff\xfe", "\x7f" };
        char line[258];
        memset(line, 'a', sizeof(line));
        line[257] = '\0';
        assert_false(word_is_line(line));
        line[256] = '\0';
        assert_true(word_is_line(line));
        assert_true(word_is_line("T\xc3\xbcr offen"));
        for (size_t i = 0; i < sizeof(BAD) / sizeof(BAD[0]); i++)
                assert_false(word_is_line(BAD[i]));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_card_is_a_number),
                cmocka_unit_test(an_id_has_32_digits),
                cmocka_unit_test(a_line_is_short_and_can_be_shown),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
