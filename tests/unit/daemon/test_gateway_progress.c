/* SPDX-License-Identifier: MIT */
/* Tests of gateway_progress.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/gateway_progress.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

/* What a step is, in words. */
static const char *step_of(const char *known_store, uint64_t known, const char *store,
                           uint64_t first, size_t count)
{
        static char text[128];
        static Observations observations;
        Gateway gateway = { .is_known = true };
        gateway_record(&gateway, text_from(known_store), known);
        observations.store = text_from(store);
        observations.count = count;
        for (size_t i = 0; i < count; i++)
                observations.events[i].sequence = first + i;
        GatewayStep step = gateway_step(&gateway, &observations);
        (void)snprintf(text, sizeof(text), "%zu of %zu%s%s", count - step.first, count,
                       step.is_other_store ? ", other store" : "", step.gap_from ? ", gap" : "");
        if (step.gap_from)
                (void)snprintf(text + strlen(text), sizeof(text) - strlen(text), " %llu-%llu",
                               (unsigned long long)step.gap_from, (unsigned long long)step.gap_to);
        return text;
}

static void what_is_new_follows_from_what_is_recorded(void **state)
{
        /* The first that is ever heard. */
        assert_string_equal(step_of("", 0, A, 1, 3), "3 of 3");
        assert_string_equal(step_of("", 0, A, 4, 3), "3 of 3, gap 1-3");
        /* The next, some once more, all once more. */
        assert_string_equal(step_of(A, 10, A, 11, 3), "3 of 3");
        assert_string_equal(step_of(A, 10, A, 10, 3), "2 of 3");
        assert_string_equal(step_of(A, 10, A, 8, 3), "0 of 3");
        assert_string_equal(step_of(A, 10, A, 1, 2), "0 of 2");
        /* Some are missing. */
        assert_string_equal(step_of(A, 10, A, 12, 1), "1 of 1, gap 11-11");
        assert_string_equal(step_of(A, 10, A, INT64_MAX, 1), "1 of 1, gap 11-9223372036854775806");
        /* Another store begins anew. */
        assert_string_equal(step_of(A, 10, B, 1, 2), "2 of 2, other store");
        assert_string_equal(step_of(A, 10, B, 11, 1), "1 of 1, other store, gap 1-10");
        /* At the very end. */
        assert_string_equal(step_of(A, INT64_MAX, A, INT64_MAX, 1), "0 of 1");
}

static void an_event_is_applied_once_as_long_as_its_store_lasts(void **state)
{
        Gateway gateway = { 0 };
        assert_true(gateway_apply(&gateway, text_from(A), 5));
        assert_false(gateway_apply(&gateway, text_from(A), 5));
        assert_false(gateway_apply(&gateway, text_from(A), 4));
        assert_true(gateway_apply(&gateway, text_from(A), 6));
        assert_true(gateway_apply(&gateway, text_from(B), 1));
        assert_false(gateway_apply(&gateway, text_from(B), 1));
        /* What is applied is not what is recorded. */
        assert_string_equal(gateway.recorded.store, "");
}

static void what_a_lookup_found_is_recorded(void **state)
{
        Gateway gateway = { .found = { .store = A, .sequence = 7 } };
        gateway_know(&gateway);
        assert_true(gateway.is_known);
        assert_string_equal(gateway.recorded.store, A);
        assert_int_equal(gateway.recorded.sequence, 7);
        gateway = (Gateway){ .found = { .store = "" } };
        gateway_know(&gateway);
        assert_true(gateway.is_known);
        assert_int_equal(gateway.recorded.sequence, 0);
}

static void gateways_are_kept_by_name_and_bounded(void **state)
{
        Gateways gateways = { 0 };
        char name[GATEWAY_NAME_SIZE + 1];
        Gateway *first = gateways_find(&gateways, TEXT_LITERAL("caller:acme/gw-1"));
        assert_non_null(first);
        assert_string_equal(first->name, "caller:acme/gw-1");
        assert_false(first->is_known);
        assert_ptr_equal(gateways_find(&gateways, TEXT_LITERAL("caller:acme/gw-1")), first);
        assert_ptr_not_equal(gateways_find(&gateways, TEXT_LITERAL("caller:acme/gw-10")), first);
        memset(name, 'a', sizeof(name));
        assert_null(gateways_find(&gateways, (Text){ name, GATEWAY_NAME_SIZE }));
        assert_non_null(gateways_find(&gateways, (Text){ name, GATEWAY_NAME_SIZE - 1 }));
        while (gateways.count < GATEWAYS_MAX) {
                (void)snprintf(name, sizeof(name), "%zu", gateways.count);
                assert_non_null(gateways_find(&gateways, text_from(name)));
        }
        assert_null(gateways_find(&gateways, TEXT_LITERAL("one more")));
        assert_ptr_equal(gateways_find(&gateways, TEXT_LITERAL("caller:acme/gw-1")), first);
        gateways_close(&gateways);
        assert_int_equal(gateways.count, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_is_new_follows_from_what_is_recorded),
                cmocka_unit_test(an_event_is_applied_once_as_long_as_its_store_lasts),
                cmocka_unit_test(what_a_lookup_found_is_recorded),
                cmocka_unit_test(gateways_are_kept_by_name_and_bounded),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
