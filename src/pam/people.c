/* SPDX-License-Identifier: MIT */
/*
 * People
 *
 * getpwnam_r() and getpwuid_r() with a buffer that grows up to a limit. An error of the name
 * service is kept apart from "no such person", as far as its modules do so (getpwnam(3), ERRORS).
 */
#include "pam/people.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "util/cleanup.h"

#define BUFFER_SIZE_FIRST 2048
#define GROUPS_FIRST      64

/* One question: by name, or by uid when the name is NULL. */
typedef struct Question {
        const char *name;
        uint32_t uid;
} Question;

static int ask(const Question *question, struct passwd *entry, char *buffer, size_t size,
               struct passwd **ret_found)
{
        if (question->name)
                return getpwnam_r(question->name, entry, buffer, size, ret_found);
        return getpwuid_r(question->uid, entry, buffer, size, ret_found);
}

static bool means_unknown(int error)
{
        return error == 0 || error == ENOENT || error == ESRCH || error == EBADF || error == EPERM;
}

static void copy_person(const struct passwd *entry, Person *ret_person)
{
        size_t size = strnlen(entry->pw_name, PERSON_NAME_SIZE_MAX + 1);
        if (size > PERSON_NAME_SIZE_MAX)
                return;
        ret_person->known = true;
        ret_person->uid = entry->pw_uid;
        ret_person->gid = entry->pw_gid;
        memcpy(ret_person->name, entry->pw_name, size + 1);
}

static int look_up(const Question *question, Person *ret_person)
{
        ret_person->known = false;
        for (size_t size = BUFFER_SIZE_FIRST; size <= PERSON_BUFFER_SIZE_MAX; size *= 2) {
                struct passwd entry, *found = NULL;
                _cleanup_free_ char *buffer = malloc(size);
                if (!buffer)
                        return -ENOMEM;
                int error = ask(question, &entry, buffer, size, &found);
                if (error == ERANGE)
                        continue;
                if (found)
                        copy_person(found, ret_person);
                return found || means_unknown(error) ? 0 : -error;
        }
        return -ERANGE;
}

int person_by_name(const char *name, Person *ret_person)
{
        return look_up(&(Question){ .name = name }, ret_person);
}

int person_by_uid(uint32_t uid, Person *ret_person)
{
        return look_up(&(Question){ .uid = uid }, ret_person);
}

void group_list_clear(GroupList *list)
{
        free(list->groups);
        *list = (GroupList){ 0 };
}

static int compare(const void *a, const void *b)
{
        uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
        return (left > right) - (left < right);
}

static size_t sort_and_deduplicate(uint32_t *groups, size_t count)
{
        size_t kept = 0;
        qsort(groups, count, sizeof(*groups), compare);
        for (size_t i = 0; i < count; i++)
                if (kept == 0 || groups[i] != groups[kept - 1])
                        groups[kept++] = groups[i];
        return kept;
}

int person_groups(const Person *person, const char *name, GroupList *ret_list)
{
        _Static_assert(sizeof(gid_t) == sizeof(uint32_t), "groups are sent as 32 bits");
        for (int room = GROUPS_FIRST; room <= GROUPS_MAX;) {
                _cleanup_free_ uint32_t *groups = calloc((size_t)room, sizeof(*groups));
                if (!groups)
                        return -ENOMEM;
                int count = room;
                if (getgrouplist(name, person->gid, groups, &count) >= 0) {
                        ret_list->count = sort_and_deduplicate(groups, (size_t)count);
                        ret_list->groups = groups;
                        groups = NULL;
                        return 0;
                }
                /* It says how many there are; without memory it says nothing new. */
                if (count <= room)
                        return -ENOMEM;
                room = count;
        }
        return -E2BIG;
}
