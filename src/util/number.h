/* SPDX-License-Identifier: MIT */
/* Numbers: the one place where digits from outside become integers. */
#pragma once

#include <stdint.h>

#include "util/text.h"

/*
 * Reads an unsigned decimal number: digits only, no sign, no space, no leading zero but "0" itself.
 * Return: 0 and the number, -EINVAL for another form (the empty text too), -ERANGE above
 * maximum.
 */
int number_parse(Text text, uint64_t maximum, uint64_t *ret_number);
