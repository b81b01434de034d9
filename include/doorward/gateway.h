/* SPDX-License-Identifier: MIT */
/* libdoorward: what moves a lock, and tells of it. Included by doorward.h. */
#pragma once

#include <doorward/doorward.h>

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

/* As doorward_enter(), of whom the card belongs to: card is its number, 1 to 20 decimal digits
 * without leading zeros. doorward_answer_subject() says who that is. */
int doorward_enter_card(doorward *connection, const char *card, const char *door,
                        enum doorward_code code, doorward_answer **ret_answer);
int doorward_enter_card_begin(doorward *connection, const char *card, const char *door,
                              enum doorward_code code);

/*
 * Uses up an unlock command: decision_id is that of the allow, door its door ("door:acme/HQ/D1").
 * DOORWARD_ALLOW is given once, and says for how long the door is to be released and until when;
 * then, and only then, the lock may be moved, once. After an error the command may have been used
 * up or not: the lock must not be moved. For a listed caller that may unlock there, and root.
 */
int doorward_consume(doorward *connection, const char *decision_id, const char *door,
                     doorward_answer **ret_answer);
int doorward_consume_begin(doorward *connection, const char *decision_id, const char *door);

#define DOORWARD_EVENTS_MAX 15 /* of one report */

/* What happened at a door or a controller. Members that are not stated are 0. */
struct doorward_event {
        const char *event; /* a word, such as "commanded", "door-opened", "access-taken" */
        uint64_t sequence; /* from 1, one more for each event of a store */
        int64_t time_s;    /* when it happened (UTC) */
        const char *door;  /* "acme/HQ/D1" */
        const char
                *command; /* id of the unlock command that it belongs to: 32 hexadecimal digits */
        const char *card, *user;
        const char *detail; /* one line of at most 256 bytes */
};

/*
 * Reports 1 to DOORWARD_EVENTS_MAX events in the order of their sequence. store is the id of the
 * numbering, 32 hexadecimal digits, lower case: made at random once and kept; events that were
 * recorded already are not recorded again. Words and forms are checked before anything is sent.
 * Return: 0, and all of them are on disk; the answer decides nothing, its reason is "recorded".
 * -REFUSED with an answer: nothing was taken. After another error report the same again. For a
 * listed caller that may report.
 */
int doorward_report(doorward *connection, const char *store, const struct doorward_event *events,
                    size_t count, doorward_answer **ret_answer);
int doorward_report_begin(doorward *connection, const char *store,
                          const struct doorward_event *events, size_t count);

/* Whom it was decided for; of an allowed unlock the gateway that the command was handed to
 * ("caller:acme/gw-1"), or "none" when no gateway serves the door: then the caller has to consume
 * it. "" when not stated. */
const char *doorward_answer_subject(const doorward_answer *answer);
const char *doorward_answer_gateway(const doorward_answer *answer);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif
