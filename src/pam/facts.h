/* SPDX-License-Identifier: MIT */
/*
 * Facts
 *
 * What the module tells the daemon about a session: PAM's items, the name service's people, and
 * /etc/passwd itself.
 */
#pragma once

#include <security/pam_modules.h>

#include "pam/local_users.h"
#include "pam/people.h"
#include "util/text.h"

#define FACT_SIZE_MAX 1024 /* bytes of one item */

typedef struct Facts {
        /* PAM's items, borrowed from the handle; valid UTF-8 without control characters */
        Text service;
        Text user;
        /* Claims of whoever logs in; empty: not stated */
        Text remote_user;
        Text remote_host;
        Text terminal;
        uint32_t caller_uid; /* real uid of this process */
        Person user_person;
        Person caller_person;
        /* In /etc/passwd itself, with the uid that the name service gives too: somebody of whom
         * files and name service say different things is nobody's local account. */
        bool user_is_local, caller_is_local;
        uint32_t user_local_uid, caller_local_uid;
        GroupList user_groups, caller_groups; /* owned */
} Facts;

enum FactsProblem {
        FACTS_BAD_USER = 1, /* PAM_USER is absent, empty, too long or no text */
        FACTS_BAD_ITEM = 2, /* another item is too long or no text, or there is no service */
};

/*
 * Collects everything but the groups. The facts are to be cleared with facts_clear().
 * Return: 0, a FactsProblem, -errno when the name service cannot say.
 */
int facts_collect(pam_handle_t *handle, Facts *ret_facts);

/*
 * Adds the Unix groups of user and caller as far as the name service knows them; not those of a
 * system account, whom no rule but one of a door asks about (for_door). Return: 0, -E2BIG, -ENOMEM.
 */
int facts_collect_groups(Facts *facts, uint32_t minimum_uid, bool for_door);

void facts_clear(Facts *facts);

/* Says whether /etc/passwd itself gives the user (the caller) a uid below the minimum. */
bool facts_user_is_exempt(const Facts *facts, uint32_t minimum_uid);
bool facts_caller_is_exempt(const Facts *facts, uint32_t minimum_uid);
