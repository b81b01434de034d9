/* SPDX-License-Identifier: MIT */
/*
 * Text stream
 *
 * A FILE that writes into memory of fixed size, opened once and used again and again: what the
 * engine prints about a decision gets into an answer without an allocation a request.
 */
#pragma once

#include <stdio.h>

#include "util/text.h"

typedef struct TextStream {
        FILE *file;
        char *buffer;
        size_t size, capacity;
} TextStream;

/* Return: 0 or -ENOMEM. */
int text_stream_open(size_t capacity, TextStream *ret_stream);
void text_stream_close(TextStream *stream);

/* Begins a new text. Return: where to write it, borrowed. The stream must not have moved in memory
 * since text_stream_open() returned. */
FILE *text_stream_begin(TextStream *stream);

/* Ends the text. Return: it without closing line ends, borrowed until the next
 * text_stream_begin(); what did not fit is left out. */
Text text_stream_end(TextStream *stream);
