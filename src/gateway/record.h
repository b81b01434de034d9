/* SPDX-License-Identifier: MIT */
/* Record: reading the pairs of a RECORD by their names. */
#pragma once

#include "wire/message.h"

/* The value behind a name. Return: true and the text (borrowed from the message). */
bool record_text(const Message *record, const char *name, Text *ret_text);

/* The number behind a name. Return: true and it, false when it is absent, no number or above
 * maximum. */
bool record_number(const Message *record, const char *name, uint64_t maximum, uint64_t *ret_number);
