/* SPDX-License-Identifier: MIT */
/* Tests of pam/result.h: the table, and that nothing else is a success or ignored. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <security/pam_modules.h>

#include <doorward/doorward.h>

#include "pam/result.h"

/* Every reason that the engine or the daemon may give, and some that nobody gives. */
static const char *const REASONS[] = {
        "granted-by-role",
        "door-access",
        "unknown-subject",
        "not-a-member",
        "not-permitted",
        "no-door-access",
        "not-permitted-at-this-time",
        "not-yet-active",
        "expired",
        "suspended",
        "synced",
        "self-grant",
        "legacy-frozen",
        "users-only",
        "remote-unlock-disabled",
        "locked-down",
        "blocked",
        "anti-passback",
        "no-session-rule",
        "no-such-object",
        "no-legacy-role",
        "not-active",
        "no-change",
        "not-customizable",
        "exempt",
        "break-glass",
        "observed",
        "below-minimum-uid",
        "journal-failed",
        "schedule-ended",
        "clock-untrusted",
        "unknown-resource",
        "unknown-permission",
        "malformed-query",
        "no-policy",
        "corrupt-image",
        "a-reason-of-tomorrow",
        "below-minimum-uid-",
        "below-minimum-ui",
        "Below-minimum-uid",
        "",
};
enum { REASON_COUNT = sizeof(REASONS) / sizeof(REASONS[0]) };

static bool is(const char *reason, const char *other)
{
        return text_is(text_from(reason), other);
}

static void every_allow_but_one_is_a_success(void **state)
{
        for (size_t i = 0; i < REASON_COUNT; i++)
                assert_int_equal(result_from_answer(DOORWARD_ALLOW, text_from(REASONS[i])),
                                 is(REASONS[i], "below-minimum-uid") ? PAM_IGNORE : PAM_SUCCESS);
}

static void every_denial_is_one_but_for_three_reasons(void **state)
{
        for (size_t i = 0; i < REASON_COUNT; i++) {
                int code = PAM_PERM_DENIED;
                if (is(REASONS[i], "below-minimum-uid"))
                        code = PAM_IGNORE;
                else if (is(REASONS[i], "unknown-subject"))
                        code = PAM_USER_UNKNOWN;
                else if (is(REASONS[i], "journal-failed"))
                        code = PAM_AUTHINFO_UNAVAIL;
                assert_int_equal(result_from_answer(DOORWARD_DENY, text_from(REASONS[i])), code);
        }
}

static void what_cannot_be_decided_is_unavailable_or_set_up_wrongly(void **state)
{
        for (size_t i = 0; i < REASON_COUNT; i++) {
                bool wrong = is(REASONS[i], "malformed-query") ||
                             is(REASONS[i], "unknown-resource") ||
                             is(REASONS[i], "unknown-permission");
                assert_int_equal(result_from_answer(DOORWARD_CANNOT_DECIDE, text_from(REASONS[i])),
                                 wrong ? PAM_SERVICE_ERR : PAM_AUTHINFO_UNAVAIL);
        }
}

static void every_other_number_is_unavailable(void **state)
{
        for (uint32_t number = 0; number < 1024; number++) {
                uint32_t numbers[] = { number, ~number, number << 8, number << 22 };
                for (size_t n = 0; n < 4; n++) {
                        if (numbers[n] == DOORWARD_ALLOW || numbers[n] == DOORWARD_DENY ||
                            numbers[n] == DOORWARD_CANNOT_DECIDE)
                                continue;
                        for (size_t i = 0; i < REASON_COUNT; i++)
                                assert_int_equal(
                                        result_from_answer(numbers[n], text_from(REASONS[i])),
                                        PAM_AUTHINFO_UNAVAIL);
                }
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_allow_but_one_is_a_success),
                cmocka_unit_test(every_denial_is_one_but_for_three_reasons),
                cmocka_unit_test(what_cannot_be_decided_is_unavailable_or_set_up_wrongly),
                cmocka_unit_test(every_other_number_is_unavailable),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
