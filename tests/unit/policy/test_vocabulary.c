/* SPDX-License-Identifier: MIT */
/* Tests of vocabulary.c and reason.c: every number has one name and every name one number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "policy/vocabulary.h"

static void every_resource_type_has_a_name_of_its_own(void **state)
{
        for (int i = 0; i < RESOURCE_TYPE_COUNT; i++) {
                ResourceType type = RESOURCE_TYPE_COUNT;
                assert_true(resource_type_from_name(text_from(resource_type_name(i)), &type));
                assert_int_equal(type, i);
        }
        ResourceType type;
        assert_false(resource_type_from_name(TEXT_LITERAL("Door"), &type));
        assert_false(resource_type_from_name(TEXT_LITERAL("doo"), &type));
        assert_false(resource_type_from_name(TEXT_LITERAL("door\0"), &type));
        assert_false(resource_type_from_name(TEXT_NULL, &type));
        assert_null(resource_type_name(RESOURCE_TYPE_COUNT));
}

static void every_condition_and_gate_has_a_name_of_its_own(void **state)
{
        for (int i = 0; i < CONDITION_COUNT; i++) {
                Condition condition = 0;
                assert_true(condition_from_name(text_from(condition_name(1 << i)), &condition));
                assert_int_equal(condition, 1 << i);
        }
        for (int i = 0; i < GATE_COUNT; i++) {
                Gate gate = 0;
                assert_true(gate_from_name(text_from(gate_name(1 << i)), &gate));
                assert_int_equal(gate, 1 << i);
        }
        assert_null(condition_name(1 << CONDITION_COUNT));
        assert_null(condition_name(3));
        assert_null(gate_name(0));
}

static void every_reason_has_a_name_and_a_sentence_of_its_own(void **state)
{
        for (int i = REASON_NONE + 1; i < REASON_COUNT; i++) {
                Reason reason = REASON_NONE;
                assert_true(reason_from_name(text_from(reason_name(i)), &reason));
                assert_int_equal(reason, i);
                const char *text = reason_text(i);
                assert_int_equal(text[strlen(text) - 1], '.');
                for (int k = REASON_NONE + 1; k < i; k++)
                        assert_string_not_equal(text, reason_text(k));
        }
        assert_null(reason_name(REASON_COUNT));
        assert_non_null(reason_text(REASON_COUNT));
        Reason reason;
        assert_false(reason_from_name(TEXT_LITERAL("none"), &reason));
}

static void onvif_reasons_are_those_of_its_specification(void **state)
{
        static const char *const ONVIF[] = { "CredentialNotEnabled",
                                             "CredentialNotActive",
                                             "CredentialExpired",
                                             "NotPermittedAtThisTime",
                                             "Unauthorized",
                                             "AntipassbackViolated",
                                             "Other" };
        for (int i = REASON_NONE + 1; i < REASON_COUNT; i++) {
                const char *name = reason_onvif(i);
                size_t found = 0;
                while (name && found < 7 && strcmp(name, ONVIF[found]) != 0)
                        found++;
                assert_true(found < 7);
        }
        assert_null(reason_onvif(REASON_GRANTED_BY_ROLE));
        assert_null(reason_onvif(REASON_OBSERVED));
        assert_string_equal(reason_onvif(REASON_SUSPENDED), "CredentialNotEnabled");
        assert_string_equal(reason_onvif(REASON_NOT_YET_ACTIVE), "CredentialNotActive");
        assert_string_equal(reason_onvif(REASON_EXPIRED), "CredentialExpired");
        assert_string_equal(reason_onvif(REASON_NOT_PERMITTED_AT_THIS_TIME),
                            "NotPermittedAtThisTime");
        assert_string_equal(reason_onvif(REASON_NOT_PERMITTED), "Unauthorized");
        assert_string_equal(reason_onvif(REASON_COUNT), "Other");
}

static void the_document_of_reasons_says_what_the_table_says(void **state)
{
        char row[512], *text = NULL;
        size_t size = 0;
        FILE *file = fopen(REASONS_DOCUMENT, "re");
        assert_non_null(file);
        assert_true(getdelim(&text, &size, '\0', file) > 0);
        fclose(file);
        for (int i = REASON_NONE + 1; i < REASON_COUNT; i++) {
                const char *onvif = reason_onvif(i);
                snprintf(row, sizeof(row), "\n| `%s` | %s |", reason_name(i), reason_text(i));
                const char *found = strstr(text, row);
                if (!found)
                        fprintf(stderr, "missing:%s\n", row);
                assert_non_null(found);
                snprintf(row, sizeof(row), "| %s |\n", onvif ? onvif : "-");
                const char *end = strchr(found + 1, '\n') + 1;
                assert_memory_equal(end - strlen(row), row, strlen(row));
        }
        free(text);
}

static void scopes_are_read_alone_and_joined(void **state)
{
        assert_int_equal(scopes_from_text(TEXT_LITERAL("door")), SCOPE_DOOR);
        assert_int_equal(scopes_from_text(TEXT_LITERAL("organization | site")),
                         SCOPE_ORGANIZATION | SCOPE_SITE);
        assert_int_equal(scopes_from_text(TEXT_LITERAL("site|account")),
                         SCOPE_SITE | SCOPE_ACCOUNT);
        static const char *const WRONG[] = { "",          " ",         "|",           "site |",
                                             "| site",    "site site", "site | site", "sites",
                                             "site, door" };
        for (size_t i = 0; i < sizeof(WRONG) / sizeof(WRONG[0]); i++)
                assert_int_equal(scopes_from_text(text_from(WRONG[i])), 0);
}

static void a_resource_is_asked_in_the_scopes_of_its_type(void **state)
{
        assert_int_equal(resource_type_scopes(RESOURCE_DOOR), SCOPE_DOOR | SCOPE_SITE);
        assert_int_equal(resource_type_scopes(RESOURCE_HOST), SCOPE_SITE);
        assert_int_equal(resource_type_scopes(RESOURCE_ARCHIVE), SCOPE_SITE);
        assert_int_equal(resource_type_scopes(RESOURCE_USER), SCOPE_USER);
        assert_int_equal(resource_type_scopes(RESOURCE_ACCESS_GROUP), SCOPE_GROUP);
        assert_int_equal(resource_type_scopes(RESOURCE_GROUP), 0);
        assert_int_equal(resource_type_scopes(RESOURCE_SCHEDULE), 0);
        assert_int_equal(resource_type_scopes(RESOURCE_ORGANIZATION),
                         SCOPE_ORGANIZATION | SCOPE_USER | SCOPE_GROUP | SCOPE_ACCOUNT);
        assert_int_equal(resource_type_scopes(RESOURCE_TYPE_COUNT), 0);
}

static void outcomes_states_and_levels_have_names(void **state)
{
        assert_string_equal(outcome_name(OUTCOME_ALLOW), "allow");
        assert_string_equal(outcome_name(OUTCOME_DENY), "deny");
        assert_string_equal(outcome_name(OUTCOME_ERROR), "error");
        assert_null(outcome_name((Outcome)0));
        assert_null(outcome_name((Outcome)1));
        DoorState door_state = DOOR_STATE_UNLOCKED;
        assert_true(door_state_from_name(TEXT_LITERAL("card-and-code"), &door_state));
        assert_int_equal(door_state, DOOR_STATE_CARD_AND_CODE);
        assert_false(door_state_from_name(TEXT_LITERAL("open"), &door_state));
        assert_string_equal(door_state_name(DOOR_STATE_ACCESS_CONTROLLED), "access-controlled");
        assert_string_equal(role_level_name(ROLE_LEVEL_ACCOUNT), "account");
        assert_null(role_level_name((RoleLevel)3));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_resource_type_has_a_name_of_its_own),
                cmocka_unit_test(every_condition_and_gate_has_a_name_of_its_own),
                cmocka_unit_test(every_reason_has_a_name_and_a_sentence_of_its_own),
                cmocka_unit_test(onvif_reasons_are_those_of_its_specification),
                cmocka_unit_test(the_document_of_reasons_says_what_the_table_says),
                cmocka_unit_test(scopes_are_read_alone_and_joined),
                cmocka_unit_test(a_resource_is_asked_in_the_scopes_of_its_type),
                cmocka_unit_test(outcomes_states_and_levels_have_names),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
