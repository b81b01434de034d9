/* SPDX-License-Identifier: MIT */
/*
 * Prescan
 *
 * Looks at the text of a file before libconfig does, and refuses all that libconfig would silently
 * read as something else: unclosed comments and strings, NUL, numbers that do not fit, escapes it
 * does not know, @include.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "policy/diagnostics.h"
#include "util/text.h"

/*
 * Checks the bytes of a file (data[size] is NUL). Every error is reported with its line. The text
 * may be changed without changing what it says, so that libconfig reads it and notes the right
 * lines.
 * Return: true when libconfig may read it, false when something was reported.
 */
bool prescan(Diagnostics *diagnostics, uint32_t file, char *data, size_t size);

/* What is wrong with a literal of digits, letters, signs and points, e.g. "does not fit into 32
 * bits; ...". Return: a static text, or NULL when libconfig reads it as the number it says. */
const char *prescan_number_problem(Text literal);
