/* SPDX-License-Identifier: MIT */
/*
 * Subscription request
 *
 * Fields ascend, words come in any order: the table is in the order of the fields, and each of its
 * rows takes its words. A word that no row takes is an error.
 */
#include "client/subscription_request.h"

#include <errno.h>

#include "util/number.h"

#define WORDS_MAX MESSAGE_FIELDS_MAX
#define DOORS_MAX 200 /* of a gateway */

typedef enum WordForm {
        FORM_TEXT,
        FORM_TEXTS, /* may be repeated */
        FORM_TIME,  /* seconds */
        FORM_FLAG,  /* the word alone */
        FORM_KNOWN, /* no field of this message */
} WordForm;

typedef struct WordRule {
        enum doorward_subscription_kind kind;
        const char *name;
        FieldTag tag;
        WordForm form;
} WordRule;

/* In the order of the tags for each kind. FOLLOW and SECONDS, which no word states, lie between. */
static const WordRule rules[] = {
        { DOORWARD_EVENTS, "user", FIELD_USER, FORM_TEXT },
        { DOORWARD_EVENTS, "resource", FIELD_RESOURCE, FORM_TEXT },
        { DOORWARD_EVENTS, "with", FIELD_WITH, FORM_TEXTS },
        { DOORWARD_EVENTS, NULL, FIELD_FOLLOW, FORM_FLAG },
        { DOORWARD_EVENTS, "since", FIELD_SINCE, FORM_TIME },
        { DOORWARD_EVENTS, "denied", FIELD_DENIED, FORM_FLAG },
        { DOORWARD_EVENTS, "would-deny", FIELD_WOULD_DENY, FORM_FLAG },
        { DOORWARD_COMMANDS, "with", FIELD_WITH, FORM_TEXTS },
        { DOORWARD_COMMANDS, NULL, FIELD_SECONDS, FORM_TIME },
        { DOORWARD_REVISIONS, NULL, FIELD_SECONDS, FORM_TIME },
        { DOORWARD_REVISIONS, "revision", FIELD_REVISION, FORM_KNOWN },
};
enum { RULE_COUNT = sizeof(rules) / sizeof(rules[0]) };

MessageType subscription_request_type(enum doorward_subscription_kind kind)
{
        switch (kind) {
        case DOORWARD_EVENTS:
                return MESSAGE_EVENTS;
        case DOORWARD_COMMANDS:
                return MESSAGE_TAKE;
        case DOORWARD_REVISIONS:
                return MESSAGE_WATCH;
        }
        return (MessageType)0;
}

/* What no word states. */
static void write_own(MessageWriter *writer, const WordRule *rule)
{
        if (rule->form == FORM_FLAG)
                message_write_flag(writer, rule->tag);
        else
                message_write_number(writer, rule->tag, SUBSCRIPTION_SECONDS);
}

/* Writes one word that is the rule's. Return: 0, -EINVAL. */
static int write_word(MessageWriter *writer, const WordRule *rule, Text value, Text *ret_known)
{
        uint64_t seconds;
        switch (rule->form) {
        case FORM_TEXT:
        case FORM_TEXTS:
                message_write_text(writer, rule->tag, value);
                return value.size > 0 ? 0 : -EINVAL;
        case FORM_TIME:
                if (number_parse(value, INT64_MAX, &seconds) < 0)
                        return -EINVAL;
                message_write_time(writer, rule->tag, (int64_t)seconds);
                return 0;
        case FORM_FLAG:
                message_write_flag(writer, rule->tag);
                return value.size == 0 ? 0 : -EINVAL;
        case FORM_KNOWN:
                *ret_known = value;
                return value.size > 0 ? 0 : -EINVAL;
        }
        return -EINVAL;
}

/* Writes the words that are the rule's. Return: how many, -EINVAL. */
static int write_rule(MessageWriter *writer, const WordRule *rule, const char *const *words,
                      Text *ret_known)
{
        int count = 0;
        for (size_t i = 0; words && words[i]; i++) {
                Text name, value, word = text_from(words[i]);
                if (i == WORDS_MAX)
                        return -EINVAL;
                if (rule->form == FORM_FLAG)
                        name = word, value = TEXT_NULL;
                else if (!text_split_first(word, '=', &name, &value))
                        continue;
                if (!text_is(name, rule->name))
                        continue;
                if (write_word(writer, rule, value, ret_known) < 0)
                        return -EINVAL;
                count++;
        }
        if (count > (rule->form == FORM_TEXTS ? DOORS_MAX : 1))
                return -EINVAL;
        return count;
}

int subscription_request_write(MessageWriter *writer, enum doorward_subscription_kind kind,
                               const char *const *words, Text *ret_known)
{
        int written = 0, given = 0;
        *ret_known = TEXT_NULL;
        for (size_t i = 0; i < RULE_COUNT; i++) {
                if (rules[i].kind != kind)
                        continue;
                if (!rules[i].name) {
                        write_own(writer, &rules[i]);
                        continue;
                }
                int r = write_rule(writer, &rules[i], words, ret_known);
                if (r < 0)
                        return r;
                written += r;
        }
        while (words && words[given])
                given++;
        if (kind == DOORWARD_COMMANDS && given == 0)
                return -EINVAL;
        return written == given ? 0 : -EINVAL;
}
