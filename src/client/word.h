/* SPDX-License-Identifier: MIT */
/* Words: forms that can be checked before anything is sent. All accept NULL, which has none. */
#pragma once

#include <stdbool.h>

/* A number of at most 64 bits without leading zeros. */
bool word_is_card(const char *word);

/* 32 hexadecimal digits, lower case. */
bool word_is_id(const char *word);

/* A line of 1 to 256 bytes: UTF-8 without control characters. */
bool word_is_line(const char *word);
