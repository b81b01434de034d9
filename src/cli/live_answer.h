/* SPDX-License-Identifier: MIT */
/* Live answer: what the daemon answered to a command, fit for printing. */
#pragma once

#include "policy/vocabulary.h"
#include "util/timestamp.h"
#include "wire/message.h"

/* Texts are escaped, "" where not stated. */
typedef struct LiveAnswer {
        Outcome outcome;
        char reason[128];
        char detail[8192];
        char id[64];
        char revision[64];
        char not_after[TIMESTAMP_TEXT_SIZE];
        char door_state[64];
        char gateway[160];  /* of an unlock command; "none": nobody serves the door */
        uint32_t release_s; /* 0: none */
} LiveAnswer;

/* Takes a number off the wire: what is no outcome cannot decide. */
Outcome live_outcome(uint32_t number);

/* Copies what a MESSAGE_ANSWER says. */
void live_answer_read(const Message *message, LiveAnswer *ret_answer);

/* Prints the line of `check`: outcome, reason and detail, divided by tabs. */
void live_answer_print(const LiveAnswer *answer);
