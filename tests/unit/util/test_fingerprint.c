/* SPDX-License-Identifier: MIT */
/* Tests of fingerprint.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "util/fingerprint.h"

/* SHA-256 of nothing (FIPS 180-4). */
#define EMPTY "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void what_is_written_is_read_again(void **state)
{
        Fingerprint fingerprint;
        char text[FINGERPRINT_TEXT_SIZE];
        assert_true(fingerprint_parse(TEXT_LITERAL(EMPTY), &fingerprint));
        assert_int_equal(fingerprint.bytes[0], 0xe3);
        assert_int_equal(fingerprint.bytes[31], 0x55);
        assert_string_equal(fingerprint_format(&fingerprint, text), EMPTY);
}

static void every_other_form_is_refused(void **state)
{
        static const char *const BAD[] = {
                "",
                "sha256:",
                "sha1:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85555",
                "SHA256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85",
                "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8555",
                "sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
                "sha256:g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85 ",
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855sha256:",
        };
        Fingerprint fingerprint;
        for (size_t i = 0; i < sizeof(BAD) / sizeof(*BAD); i++)
                assert_false(fingerprint_parse(text_from(BAD[i]), &fingerprint));
        char with_nul[] = EMPTY;
        with_nul[10] = '\0';
        assert_false(fingerprint_parse((Text){ with_nul, sizeof(with_nul) - 1 }, &fingerprint));
}

static void they_are_compared_by_their_bytes(void **state)
{
        Fingerprint low = { { 0 } }, high = { { 0 } };
        high.bytes[31] = 1;
        assert_int_equal(fingerprint_compare(&low, &low), 0);
        assert_true(fingerprint_compare(&low, &high) < 0);
        assert_true(fingerprint_compare(&high, &low) > 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_is_written_is_read_again),
                cmocka_unit_test(every_other_form_is_refused),
                cmocka_unit_test(they_are_compared_by_their_bytes),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
