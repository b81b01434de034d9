/* SPDX-License-Identifier: MIT */
/* Items of the public library: a record of the daemon, copied out of its frame. */
#pragma once

#include <doorward/doorward.h>

#include "wire/message.h"

/* Copies a MESSAGE_RECORD. Return: 0 and the item (owned by the caller, doorward_item_free()),
 * -ENOMEM. */
int item_from_message(const Message *message, doorward_item **ret_item);

/* The value of a name in a MESSAGE_RECORD; the empty text when there is none. Borrowed. */
Text item_value_in(const Message *message, const char *name);
