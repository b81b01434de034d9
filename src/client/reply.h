/* SPDX-License-Identifier: MIT */
/* Reply: whether what came belongs to what was asked. */
#pragma once

#include <stdbool.h>

#include "wire/message.h"

/* Says whether a reply (not a refusal) is one to that request: of the right type, repeating what
 * was asked, and, if it allows what moves a lock, for that door and under that id. */
bool reply_is_to(const Message *request, const Message *reply);
