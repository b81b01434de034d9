/* SPDX-License-Identifier: MIT */
/*
 * Facts
 *
 * Everything from outside is measured before it is copied or looked up: the name service never
 * sees a name that is too long or holds control characters.
 */
#include "pam/facts.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Valid UTF-8 without control characters, C1 (U+0080 to U+009F) included. */
static bool text_is_clean(Text text)
{
        for (size_t i = 0; i < text.size; i++) {
                unsigned char byte = (unsigned char)text.data[i];
                unsigned char next = i + 1 < text.size ? (unsigned char)text.data[i + 1] : 0;
                if (byte < 0x20 || byte == 0x7f || (byte == 0xc2 && next < 0xa0))
                        return false;
        }
        return text_is_utf8(text);
}

/* Reads one item; empty when it is not set. Return: false when it is not fit to be sent. */
static bool read_item(pam_handle_t *handle, int type, Text *ret_text)
{
        const void *item = NULL;
        if (pam_get_item(handle, type, &item) != PAM_SUCCESS)
                return false;
        *ret_text = (Text){ item, item ? strnlen(item, FACT_SIZE_MAX + 1) : 0 };
        return ret_text->size <= FACT_SIZE_MAX && text_is_clean(*ret_text);
}

static int read_items(pam_handle_t *handle, Facts *facts)
{
        /* Not pam_get_user(): that one asks a person for his name. */
        if (!read_item(handle, PAM_USER, &facts->user) || facts->user.size == 0)
                return FACTS_BAD_USER;
        if (!read_item(handle, PAM_SERVICE, &facts->service) || facts->service.size == 0 ||
            !read_item(handle, PAM_RUSER, &facts->remote_user) ||
            !read_item(handle, PAM_RHOST, &facts->remote_host) ||
            !read_item(handle, PAM_TTY, &facts->terminal))
                return FACTS_BAD_ITEM;
        return 0;
}

/* Without a readable file nobody is local, so nobody is exempt. */
static void find_local(Facts *facts)
{
        LocalUser users[] = { { .name = facts->user },
                              { .name = facts->caller_person.known
                                                ? text_from(facts->caller_person.name)
                                                : TEXT_NULL } };
        (void)local_users_find(LOCAL_USERS_FILE, users, 2);
        facts->user_is_local = users[0].is_local && (!facts->user_person.known ||
                                                     facts->user_person.uid == users[0].uid);
        facts->user_local_uid = users[0].uid;
        facts->caller_is_local = users[1].is_local && facts->caller_uid == users[1].uid;
        facts->caller_local_uid = users[1].uid;
}

int facts_collect(pam_handle_t *handle, Facts *ret_facts)
{
        memset(ret_facts, 0, sizeof(*ret_facts));
        int r = read_items(handle, ret_facts);
        if (r)
                return r;
        ret_facts->caller_uid = getuid();
        r = person_by_name(ret_facts->user.data, &ret_facts->user_person);
        if (r < 0)
                return r;
        r = person_by_uid(ret_facts->caller_uid, &ret_facts->caller_person);
        if (r < 0)
                return r;
        if (ret_facts->caller_person.known &&
            !text_is_clean(text_from(ret_facts->caller_person.name)))
                ret_facts->caller_person.known = false;
        find_local(ret_facts);
        return 0;
}

int facts_collect_groups(Facts *facts, uint32_t minimum_uid, bool for_door)
{
        int r = 0;
        if (facts->user_person.known && (for_door || !facts_user_is_exempt(facts, minimum_uid)))
                r = person_groups(&facts->user_person, facts->user.data, &facts->user_groups);
        if (r < 0)
                return r;
        if (facts->caller_person.known && (for_door || !facts_caller_is_exempt(facts, minimum_uid)))
                r = person_groups(&facts->caller_person, facts->caller_person.name,
                                  &facts->caller_groups);
        return r;
}

void facts_clear(Facts *facts)
{
        group_list_clear(&facts->user_groups);
        group_list_clear(&facts->caller_groups);
}

bool facts_user_is_exempt(const Facts *facts, uint32_t minimum_uid)
{
        return facts->user_is_local && facts->user_local_uid < minimum_uid;
}

bool facts_caller_is_exempt(const Facts *facts, uint32_t minimum_uid)
{
        return facts->caller_is_local && facts->caller_local_uid < minimum_uid;
}
