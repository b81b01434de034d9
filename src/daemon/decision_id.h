/* SPDX-License-Identifier: MIT */
/* Decision ids: 128 random bits as 32 hexadecimal digits, so that nobody can guess the id of an
 * unlock command. */
#pragma once

#include "util/text.h"

#define DECISION_ID_SIZE 33 /* with the NUL */

typedef struct DecisionId {
        char digits[DECISION_ID_SIZE];
} DecisionId;

/* Makes an id. Return: 0 and the id; -errno when the kernel gives no random numbers. */
int decision_id_make(DecisionId *ret_id);

/* Views an id. Borrows it. */
Text decision_id_text(const DecisionId *id);
