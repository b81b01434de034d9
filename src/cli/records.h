/* SPDX-License-Identifier: MIT */
/* Records: rows of the journal and of lists, one a line. */
#pragma once

#include "cli/live.h"

/* Prints a record as one line of "NAME=VALUE" separated by spaces, empty values left out, values
 * with spaces in double quotes; or one JSON object. data points to a bool: JSON. A LiveReceiver. */
int records_print_line(void *data, const Message *record);
