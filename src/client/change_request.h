/* SPDX-License-Identifier: MIT */
/* Change request: the arguments of doorward_change() as fields of a MESSAGE_CHANGE. */
#pragma once

#include <doorward/doorward.h>

#include "wire/message.h"

/*
 * Writes all fields; what does not fit into the message sticks in the writer. options may be NULL.
 * Return: 0, -EINVAL for options that are too small or of a later version that states more than
 * this one knows, for an empty text, or a time before 1970.
 */
int change_request_write(MessageWriter *writer, const char *verb, const char *resource,
                         const char *const *roles, const struct doorward_change_options *options);
