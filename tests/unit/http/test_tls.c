/* SPDX-License-Identifier: MIT */
/* Tests of tls.c. What a peer's certificate must be is tested with peers: integration/http.sh. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/tls.h"

static void a_fingerprint_is_the_digest_of_the_bytes(void **state)
{
        char text[HTTP_CERTIFICATE_SIZE];
        gnutls_datum_t bytes = { .data = (unsigned char *)"abc", .size = 3 };
        assert_int_equal(tls_fingerprint(&bytes, text), 0);
        /* FIPS 180-4, the example of one block */
        assert_string_equal(text, "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61"
                                  "f20015ad");
}

static void only_a_certificate_has_an_end(void **state)
{
        int64_t expires_s = 1;
        gnutls_datum_t bytes = { .data = (unsigned char *)"abc", .size = 3 };
        assert_true(tls_expiry(&bytes, &expires_s) < 0);
        assert_int_equal(expires_s, 1);
}

static void the_priorities_are_known_and_hold_nothing_old(void **state)
{
        gnutls_priority_t priorities;
        const unsigned *list;
        assert_int_equal(gnutls_priority_init(&priorities, TLS_PRIORITIES, NULL), 0);
        int count = gnutls_priority_protocol_list(priorities, &list);
        assert_int_equal(count, 2);
        assert_int_equal(list[0], GNUTLS_TLS1_3);
        assert_int_equal(list[1], GNUTLS_TLS1_2);
        count = gnutls_priority_mac_list(priorities, &list);
        assert_int_equal(count, 1);
        assert_int_equal(list[0], GNUTLS_MAC_AEAD);
        count = gnutls_priority_kx_list(priorities, &list);
        for (int i = 0; i < count; i++)
                assert_true(list[i] == GNUTLS_KX_ECDHE_ECDSA || list[i] == GNUTLS_KX_ECDHE_RSA);
        gnutls_priority_deinit(priorities);
}

static void every_code_has_its_alert(void **state)
{
        assert_int_equal(tls_alert_for("certificate-expired"), GNUTLS_A_CERTIFICATE_EXPIRED);
        assert_int_equal(tls_alert_for("certificate-untrusted"), GNUTLS_A_UNKNOWN_CA);
        assert_int_equal(tls_alert_for("certificate-purpose"), GNUTLS_A_UNSUPPORTED_CERTIFICATE);
        assert_int_equal(tls_alert_for("unknown-caller"), GNUTLS_A_ACCESS_DENIED);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_fingerprint_is_the_digest_of_the_bytes),
                cmocka_unit_test(only_a_certificate_has_an_end),
                cmocka_unit_test(the_priorities_are_known_and_hold_nothing_old),
                cmocka_unit_test(every_code_has_its_alert),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
