/* SPDX-License-Identifier: MIT */
/* Output: what several commands print, as text and as JSON. */
#pragma once

#include <jansson.h>

#include "cli/offline.h"

/* Prints one JSON document and a line end on standard output. Takes the value (NULL: out of
 * memory). Return: 0, or EXIT_UNABLE with a line on standard error. */
int output_json(json_t *value);

/* A JSON string of bytes that need not be UTF-8: such bytes are escaped as \xNN. Return: owned by
 * the caller, or NULL. */
json_t *output_json_text(Text text);

/* Prints a verdict: the line of `check`, then the explanation if there is one; or as JSON. words
 * are those of the query. Return: 0, or EXIT_UNABLE. */
int output_verdict(const Verdict *verdict, const Text *words, size_t count, bool json);

/* Says that memory ran out. Return: EXIT_UNABLE. */
int output_out_of_memory(void);
