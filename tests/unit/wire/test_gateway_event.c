/* SPDX-License-Identifier: MIT */
/* Tests of gateway_event.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wire/gateway_event.h"

static void every_kind_has_a_word_of_its_own(void **state)
{
        for (int i = 0; i < GATEWAY_EVENT_KIND_COUNT; i++) {
                const char *word = gateway_event_word((GatewayEventKind)i);
                GatewayEventKind kind;
                assert_non_null(word);
                assert_int_equal(strspn(word, "abcdefghijklmnopqrstuvwxyz-"), strlen(word));
                assert_true(gateway_event_from_word(text_from(word), &kind));
                assert_int_equal(kind, i);
        }
}

static void what_is_outside_the_list_has_none(void **state)
{
        GatewayEventKind kind = GATEWAY_STARTED;
        assert_null(gateway_event_word(GATEWAY_EVENT_KIND_COUNT));
        assert_null(gateway_event_word((GatewayEventKind)-1));
        assert_false(gateway_event_from_word(TEXT_LITERAL("commande"), &kind));
        assert_false(gateway_event_from_word(TEXT_LITERAL("COMMANDED"), &kind));
        assert_false(gateway_event_from_word(TEXT_LITERAL(""), &kind));
        assert_int_equal(kind, GATEWAY_STARTED);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_kind_has_a_word_of_its_own),
                cmocka_unit_test(what_is_outside_the_list_has_none),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
