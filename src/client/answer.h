/* SPDX-License-Identifier: MIT */
/* Answers of the public library: a reply of the daemon, copied out of its frame. */
#pragma once

#include <doorward/doorward.h>

#include "wire/message.h"

/*
 * Copies a MESSAGE_ANSWER, MESSAGE_REFUSAL or MESSAGE_END. The latter two, and an outcome that is
 * not one of the three numbers, cannot decide.
 * Return: 0 and the answer (owned by the caller, doorward_answer_free()), -ENOMEM.
 */
int answer_from_message(const Message *message, doorward_answer **ret_answer);
