/* SPDX-License-Identifier: MIT */
/* Replies: what goes back to a client, encoded and sent. */
#pragma once

#include "daemon/client.h"
#include "policy/vocabulary.h"
#include "wire/message.h"

/* An answer to a question. user, action and resource repeat the request; empty texts and a time of
 * 0 are left out. Texts are borrowed. */
typedef struct Answer {
        uint64_t request_id;
        Text user, action, resource;
        Outcome outcome;
        Text reason, detail, explanation, decision_id, revision;
        int64_t not_after_s;
        Text subject, door;
        uint32_t release_s; /* of an unlock command; 0: none */
        Text door_state;
        Text gateway; /* of an unlock command; "none": no gateway serves the door */
        bool has_sessions_ended;
        uint32_t sessions_ended;
} Answer;

/* Why a request itself is refused. */
struct Refusal {
        const char *reason; /* stable code */
        uint32_t status;    /* exit status of a command line program: 1 denied, 3 could not */
        const char *message;
};

/* Not at all: this peer may not ask this. */
extern const Refusal refusal_not_allowed, refusal_unknown_caller, refusal_unknown_certificate;
/* Not now. */
extern const Refusal refusal_rate_limited, refusal_busy, refusal_no_policy, refusal_name_unknown;
/* Not so. */
extern const Refusal refusal_too_large, refusal_why_missing, refusal_properties;

/* Return: 0 and the size, -EMSGSIZE, -EINVAL. */
int answer_encode(const Answer *answer, void *buffer, size_t capacity, size_t *ret_size);

/* Sends an answer; one that is too large for a frame becomes a refusal.
 * Return: as client_send(). */
int reply_answer(Client *client, const Answer *answer);

/* Sends a refusal. decision_id may be empty. Return: as client_send(). */
int reply_refusal(Client *client, uint64_t request_id, const Refusal *refusal, Text decision_id);

/* Sends the end of one page of a list. after: where the next one begins; empty: there is none.
 * Return: as client_send(). */
int reply_page_end(Client *client, uint64_t request_id, uint32_t record_count, Text after);

/* Sends the end of a list. message may be empty. Return: as client_send(). */
int reply_end(Client *client, uint64_t request_id, uint32_t record_count, uint32_t status,
              Text message);
