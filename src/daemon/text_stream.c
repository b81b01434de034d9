/* SPDX-License-Identifier: MIT */
/* Text stream: see text_stream.h. */
#include "daemon/text_stream.h"

#include <errno.h>
#include <stdio_ext.h>
#include <stdlib.h>

static ssize_t keep(void *cookie, const char *data, size_t size)
{
        TextStream *stream = cookie;
        size_t room = stream->capacity - stream->size;
        size_t kept = size < room ? size : room;
        memcpy(stream->buffer + stream->size, data, kept);
        stream->size += kept;
        return (ssize_t)size;
}

int text_stream_open(size_t capacity, TextStream *ret_stream)
{
        *ret_stream = (TextStream){ .capacity = capacity, .buffer = malloc(capacity) };
        if (!ret_stream->buffer)
                return -ENOMEM;
        ret_stream->file = fopencookie(ret_stream, "w", (cookie_io_functions_t){ .write = keep });
        if (!ret_stream->file)
                return -ENOMEM;
        /* One thread uses it: a lock at every character written would be for nobody. */
        (void)__fsetlocking(ret_stream->file, FSETLOCKING_BYCALLER);
        return 0;
}

void text_stream_close(TextStream *stream)
{
        if (stream->file)
                (void)fclose(stream->file);
        free(stream->buffer);
        *stream = (TextStream){ 0 };
}

FILE *text_stream_begin(TextStream *stream)
{
        /* What a description that failed has left behind is none of the next one's. */
        (void)fflush(stream->file);
        stream->size = 0;
        return stream->file;
}

Text text_stream_end(TextStream *stream)
{
        (void)fflush(stream->file);
        while (stream->size > 0 && stream->buffer[stream->size - 1] == '\n')
                stream->size--;
        return (Text){ stream->buffer, stream->size };
}
