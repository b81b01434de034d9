/* SPDX-License-Identifier: MIT */
/* Tests of policy/model.h: defaults, and lists that grow. */
#include "load_fixture.h"

static void a_new_model_has_the_defaults_of_a_host_without_settings(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        const ModelHostSettings *settings = &fixture.model->settings;
        assert_false(settings->stated);
        assert_false(settings->observe);
        assert_false(settings->sessions_need_journal);
        assert_true(settings->unlocks_need_journal);
        assert_null(settings->host.name);
        assert_int_equal(settings->host_organization, MODEL_NONE);
        assert_int_equal(settings->daemon.clients, 1024);
        assert_int_equal(settings->daemon.journal_mebibytes, 1024);
        assert_int_equal(settings->daemon.clock_ahead_seconds, 3600);
        assert_int_equal(settings->daemon.clock_offline_days, 30);
        load_fixture_done(&fixture);
        assert_null(model_free(NULL));
}

static void a_list_keeps_its_items_when_it_grows(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        LIST_OF(uint32_t) list = { 0 };
        for (uint32_t i = 0; i < 10000; i++) {
                uint32_t *item = model_append(fixture.model, &list);
                assert_non_null(item);
                assert_int_equal(*item, 0);
                *item = i;
        }
        assert_int_equal(list.count, 10000);
        for (uint32_t i = 0; i < 10000; i++)
                assert_int_equal(list.items[i], i);
        load_fixture_done(&fixture);
}

static void an_item_is_zeroed_where_another_was_taken_back(void **state)
{
        LoadFixture fixture;
        load_fixture_init(&fixture);
        LIST_OF(uint64_t) list = { 0 };
        *model_append(fixture.model, &list) = 7;
        list.count--;
        assert_int_equal(*model_append(fixture.model, &list), 0);
        load_fixture_done(&fixture);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_new_model_has_the_defaults_of_a_host_without_settings),
                cmocka_unit_test(a_list_keeps_its_items_when_it_grows),
                cmocka_unit_test(an_item_is_zeroed_where_another_was_taken_back),
        };
        return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
