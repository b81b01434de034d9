/* SPDX-License-Identifier: MIT */
/* Schema: policy tests, either of one decision or of everybody who may. */
#include "policy/schema.h"

static const char *outcome_word(unsigned index, uint32_t *ret_value)
{
        static const Outcome OUTCOMES[] = { OUTCOME_ALLOW, OUTCOME_DENY, OUTCOME_ERROR };
        if (index >= SCHEMA_COUNT(OUTCOMES))
                return NULL;
        *ret_value = OUTCOMES[index];
        return outcome_name(OUTCOMES[index]);
}

static const char *reason_word(unsigned index, uint32_t *ret_value)
{
        *ret_value = index + 1; /* the first one is "none" */
        return *ret_value < REASON_COUNT ? reason_name((Reason)*ret_value) : NULL;
}

/* The reason is kept as its name, once it is known to be one. */
static bool read_reason(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                        void *target)
{
        uint32_t reason;
        if (!schema_word_find(loader, key, setting, &reason))
                return false;
        *(const char **)schema_member(key, target) = reason_name((Reason)reason);
        return true;
}

/* users = [ ] says that nobody may; it has to be told from no users at all. */
static bool read_users(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                       void *target)
{
        ReferenceList *users = schema_member(key, target);
        if (!schema_read_references(loader, key, setting, target))
                return false;
        if (!users->items)
                users->items = arena_allocate(loader->model->arena, sizeof(Reference));
        return users->items ? true : schema_out_of_memory(loader);
}

static bool test_finish(Loader *loader, const config_setting_t *group, void *item)
{
        const ModelTest *test = item;
        if (!test->query == !test->who_can)
                return schema_error(loader, group,
                                    "a test needs exactly one of \"query\" and \"who_can\"");
        if (test->query && test->expect == 0)
                return schema_error(loader, group, "missing key \"expect\" in a test of a query");
        if (test->query && test->users.items)
                return schema_error(loader, group, "\"users\" belongs to \"who_can\"");
        if (test->who_can && !test->users.items)
                return schema_error(loader, group, "missing key \"users\" in a test of who_can");
        if (test->who_can && (test->expect != 0 || test->reason))
                return schema_error(loader, group, "\"expect\" and \"reason\" belong to \"query\"");
        return true;
}

#define FIELD(member) offsetof(ModelTest, member)
static const SchemaKey TEST_KEYS[] = {
        { "query", schema_read_title, FIELD(query) },
        { "who_can", schema_read_title, FIELD(who_can) },
        { "at", schema_read_time, FIELD(at_s), .flags = SCHEMA_REQUIRED },
        { "expect", schema_read_word, FIELD(expect), .words = outcome_word },
        { "reason", read_reason, FIELD(reason), .words = reason_word },
        { "users", read_users, FIELD(users), .form = FORM_PERSON },
};
#undef FIELD

static const SchemaTable TEST = {
        .title = "a test",
        .keys = TEST_KEYS,
        .count = SCHEMA_COUNT(TEST_KEYS),
        .item_size = sizeof(ModelTest),
        .place = offsetof(ModelTest, place),
        .whole = true,
        .finish = test_finish,
};

static const SchemaKey FILE_KEYS[] = {
        { "tests", schema_read_list, offsetof(Model, tests), .table = &TEST },
};

const SchemaTable SCHEMA_TESTS_FILE = {
        .title = "a file of tests",
        .keys = FILE_KEYS,
        .count = SCHEMA_COUNT(FILE_KEYS),
};
