/* SPDX-License-Identifier: MIT */
/* Change text: what is so once a change was made, in one sentence. */
#pragma once

#include <stdio.h>

#include "cli/options.h"
#include "policy/query.h"

/* Writes the sentence without its full stop. */
void change_text_write(const Query *query, const Options *options, FILE *stream);
