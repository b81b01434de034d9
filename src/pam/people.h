/* SPDX-License-Identifier: MIT */
/*
 * People
 *
 * What the name service of this host knows about somebody. It may take as long as it likes: the
 * host program asks it the same questions.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PERSON_NAME_SIZE_MAX   1024       /* bytes; nobody is known under a longer name */
#define PERSON_BUFFER_SIZE_MAX (1u << 20) /* bytes of one entry of the name service */
#define GROUPS_MAX             4096       /* groups of one person */

typedef struct Person {
        bool known; /* the rest is set only then */
        uint32_t uid;
        uint32_t gid;
        char name[PERSON_NAME_SIZE_MAX + 1]; /* as the name service writes it */
} Person;

/* Ascending, without repeats. */
typedef struct GroupList {
        uint32_t *groups; /* owned */
        size_t count;
} GroupList;

/* Frees and empties; an empty list is accepted. */
void group_list_clear(GroupList *list);

/* Look somebody up. Return: 0 (known or not), -errno when the name service cannot say. */
int person_by_name(const char *name, Person *ret_person);
int person_by_uid(uint32_t uid, Person *ret_person);

/*
 * The Unix groups of somebody known, under the name given, the main group among them.
 * Return: 0 and the groups (owned by the caller), -E2BIG above GROUPS_MAX, -ENOMEM.
 */
int person_groups(const Person *person, const char *name, GroupList *ret_list);
