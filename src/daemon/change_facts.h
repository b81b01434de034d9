/* SPDX-License-Identifier: MIT */
/*
 * Facts of a change
 *
 * What every change has, of who holds what and of live state alike, from its request to its answer:
 * who asks, as the kernel knows him, a copy of what he asks, what was decided, and what the journal
 * and the answer say about it.
 */
#pragma once

#include "daemon/decision_id.h"
#include "daemon/request.h"

/* Lies in a change, which owns it. */
typedef struct ChangeFacts {
        Server *server;
        uint64_t request_id;
        Identity identity;
        pid_t pid;
        bool dry_run;
        uint32_t *groups; /* Unix groups of who asks, ascending; owned */
        size_t group_count;
        uint8_t *frame; /* what was asked; owned. message borrows from it */
        Message message;

        int64_t decided_s;
        DecisionId id;
        Outcome outcome;
        Reason reason;
        char revision[IMAGE_REVISION_SIZE]; /* that decided, or that holds the change */
        /* Owned; NULL: nothing to be said. */
        char *detail; /* the deciding grant, what is missing, or what was wrong */
        char *place;  /* FILE:LINE of what decided */
        char *before, *after;
} ChangeFacts;

/* Takes over what a request says, and makes a decision id. Return: 0; QUERY_MALFORMED: no message,
 * or a reason that is no printable line of at most CHANGE_REASON_MAX bytes; -ENOMEM, -errno. The
 * facts are to be cleared in any case. */
int change_facts_open(ChangeFacts *facts, const Request *request);
void change_facts_clear(ChangeFacts *facts);

/* The text of a field of the request; the empty text when it is absent. Borrowed. */
Text change_facts_text(const ChangeFacts *facts, FieldTag tag);

/* Forgets the texts of an earlier decision, and by which policy and when the next one is made. */
void change_facts_begin(ChangeFacts *facts, int64_t now_s);

/* Says whether the name that the uid of who asked has is still his: the policy may have changed
 * since. */
bool change_facts_is_himself(const ChangeFacts *facts);

/* The context of a decision, with his Unix groups where the policy reads them. Borrows from the
 * facts. */
DecisionContext change_facts_context(const ChangeFacts *facts);

/* Says where it was decided and, if wanted, what the detail of it is. */
void change_facts_place(ChangeFacts *facts, const Decision *decision);
void change_facts_describe(ChangeFacts *facts, const DecisionContext *context, const Query *query,
                           const Decision *decision, bool with_places);

/* It was denied, or cannot be made. detail (copied; may be NULL) says why. */
void change_facts_fail(ChangeFacts *facts, Outcome outcome, Reason reason, const char *detail);

/* It cannot be made because of what somebody wrote at a place. */
void change_facts_fail_by_hand(ChangeFacts *facts, ImagePlace place);

/* Says whether all texts that an allowed change must have are there, and makes it fail otherwise.
 */
bool change_facts_complete(ChangeFacts *facts);

/* Its row of the journal, and its answer, as decided. Borrow from the facts. */
JournalRow change_facts_row(const ChangeFacts *facts, const char *kind);
Answer change_facts_answer(const ChangeFacts *facts);
