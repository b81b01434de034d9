/* SPDX-License-Identifier: MIT */
/* Durations on the command line: a number and one unit, "30s", "10m", "2h" or "1d". */
#pragma once

#include <stdint.h>

#include "util/text.h"

/* Reads a duration as seconds. Return: 0, -EINVAL for another form, -ERANGE for none or more than
 * fits into 32 bits. */
int duration_parse(Text text, uint32_t *ret_seconds);
