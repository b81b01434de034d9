/* SPDX-License-Identifier: MIT */
/* Batch: `doorward check --batch FILE`, a line out for every line in. */
#pragma once

#include "cli/options.h"

/*
 * Decides every line of options->batch ("-": standard input). A line that is no query, or one
 * longer than a query may be, gives "error", a tab and "malformed-query".
 * Return: 0 when every line was decided, EXIT_UNABLE otherwise.
 */
int batch_run(const Options *options);
