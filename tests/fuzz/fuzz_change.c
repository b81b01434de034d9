/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: a list of changes
 *
 * Checked besides memory: what is taken can be written, and gives the very same bytes again; what
 * is refused sets nothing.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz_target.h"
#include "policy/change.h"

enum { MARK = 12345 };

static void promise(bool kept)
{
        if (!kept)
                abort();
}

static void write_and_compare(const Change *changes, size_t count, const uint8_t *data, size_t size)
{
        char *text = NULL;
        size_t text_size;
        FILE *stream = open_memstream(&text, &text_size);
        promise(stream != NULL);
        for (size_t i = 0; i < count; i++)
                promise(change_write(&changes[i], stream) == 0);
        fclose(stream);
        promise(text_size == size && (size == 0 || memcmp(text, data, size) == 0));
        free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        Change changes[CHANGES_MAX];
        size_t count = MARK;
        char *text = malloc(size + 1);
        promise(text != NULL);
        if (size > 0)
                memcpy(text, data, size);
        int result = changes_parse(text, size, changes, &count);
        if (result == 0)
                write_and_compare(changes, count, data, size);
        else
                promise(result == -EPROTO && count == MARK);
        free(text);
        return 0;
}
