/* SPDX-License-Identifier: MIT */
/* Subscription request: the words of a subscription as fields of a message. */
#pragma once

#include <doorward/doorward.h>

#include "wire/message.h"

#define SUBSCRIPTION_SECONDS 30 /* how long the daemon may wait before it answers a poll */

/* The message that a kind asks with; 0: there is no such kind. */
MessageType subscription_request_type(enum doorward_subscription_kind kind);

/*
 * Writes the words of a subscription and what goes with its kind, all but how it goes on.
 * *ret_known: the revision that "revision=" states (borrowed), or the empty text. Return: 0,
 * -EINVAL for words that are none of that kind's; texts that do not fit are the writer's error.
 */
int subscription_request_write(MessageWriter *writer, enum doorward_subscription_kind kind,
                               const char *const *words, Text *ret_known);
