/* SPDX-License-Identifier: MIT */
/* Tests of subscription_request.c through doorward_subscribe(): words are checked before anything
 * is connected. What good ones become is seen in test_subscription.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <doorward/doorward.h>

static doorward *door;
static doorward_subscription *subscription;

static void words_of_another_kind_are_refused(void **state)
{
        static char many[201][32];
        static const char *list[202];
        static const struct {
                int kind;
                const char *words[3];
        } WRONG[] = {
                { DOORWARD_EVENTS, { "follow" } },
                { DOORWARD_EVENTS, { "" } },
                { DOORWARD_EVENTS, { "denied=1" } },
                { DOORWARD_EVENTS, { "denied", "denied" } },
                { DOORWARD_EVENTS, { "since=" } },
                { DOORWARD_EVENTS, { "since=-1" } },
                { DOORWARD_EVENTS, { "since=tomorrow" } },
                { DOORWARD_EVENTS, { "user=" } },
                { DOORWARD_EVENTS, { "user" } },
                { DOORWARD_EVENTS, { "user=a", "user=b" } },
                { DOORWARD_EVENTS, { "revision=r1" } },
                { DOORWARD_COMMANDS, { NULL } },
                { DOORWARD_COMMANDS, { "with=" } },
                { DOORWARD_COMMANDS, { "user=a" } },
                { DOORWARD_REVISIONS, { "with=door:a/b" } },
                { DOORWARD_REVISIONS, { "revision=" } },
                { DOORWARD_REVISIONS, { "revision=a", "revision=b" } },
                { 0, { NULL } },
                { 4, { NULL } },
        };
        for (size_t i = 0; i < sizeof(WRONG) / sizeof(WRONG[0]); i++)
                assert_int_equal(doorward_subscribe(door,
                                                    (enum doorward_subscription_kind)WRONG[i].kind,
                                                    WRONG[i].words, &subscription),
                                 -DOORWARD_ERROR_ARGUMENT);
        for (size_t i = 0; i < 201; i++) {
                (void)snprintf(many[i], sizeof(many[i]), "with=door:acme/HQ/D%zu", i);
                list[i] = many[i];
        }
        assert_int_equal(doorward_subscribe(door, DOORWARD_COMMANDS, list, &subscription),
                         -DOORWARD_ERROR_ARGUMENT);
        list[200] = NULL;
        assert_int_equal(doorward_subscribe(door, DOORWARD_COMMANDS, list, &subscription), 0);
        subscription = doorward_subscription_free(subscription);
        assert_int_equal(doorward_subscribe(door, DOORWARD_COMMANDS, NULL, &subscription),
                         -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_subscribe(NULL, DOORWARD_EVENTS, NULL, &subscription),
                         -DOORWARD_ERROR_ARGUMENT);
        assert_int_equal(doorward_subscribe(door, DOORWARD_EVENTS, NULL, NULL),
                         -DOORWARD_ERROR_ARGUMENT);
}

static void long_words_are_refused(void **state)
{
        char *huge = malloc((16 << 20) + 1);
        assert_non_null(huge);
        memset(huge, 'a', 16 << 20);
        huge[16 << 20] = '\0';
        memcpy(huge, "user=", 5);
        const char *words[] = { huge, NULL };
        assert_int_equal(doorward_subscribe(door, DOORWARD_EVENTS, words, &subscription),
                         -DOORWARD_ERROR_ARGUMENT);
        memcpy(huge, "revision=", 9);
        assert_int_equal(doorward_subscribe(door, DOORWARD_REVISIONS, words, &subscription),
                         -DOORWARD_ERROR_ARGUMENT);
        free(huge);
}

static int set_up(void **state)
{
        return doorward_new(&door, "/nonexistent/s");
}

static int tear_down(void **state)
{
        door = doorward_free(door);
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(words_of_another_kind_are_refused),
                cmocka_unit_test(long_words_are_refused),
        };
        return cmocka_run_group_tests(tests, set_up, tear_down) ? 1 : 0;
}
