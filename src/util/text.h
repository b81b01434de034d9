/* SPDX-License-Identifier: MIT */
/*
 * Text
 *
 * A view of bytes that belong to somebody else, with their length. Nothing here needs or adds a
 * closing NUL, so that a byte 0 inside a name can never shorten it.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef struct Text {
        const char *data; /* borrowed; may be NULL when size is 0 */
        size_t size;      /* bytes */
} Text;

#define TEXT_NULL       ((Text){ 0 })
#define TEXT_LITERAL(s) ((Text){ "" s, sizeof(s) - 1 })

/* Views a NUL-terminated string. Borrows it; NULL gives an empty text. */
static inline Text text_from(const char *string)
{
        return (Text){ string, string ? strlen(string) : 0 };
}

static inline bool text_equal(Text a, Text b)
{
        return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static inline bool text_is(Text text, const char *string)
{
        return text_equal(text, text_from(string));
}

/* Splits at the first (or last) separator. Return: true and both halves (without the separator),
 * or false and nothing set when the separator does not occur. Both halves borrow from the text. */
bool text_split_first(Text text, char separator, Text *ret_before, Text *ret_after);
bool text_split_last(Text text, char separator, Text *ret_before, Text *ret_after);

/* Compares by bytes, the shorter first when one begins the other.
 * Return: < 0, 0, > 0 as memcmp(). */
int text_compare(Text a, Text b);

/* Says whether the bytes are valid UTF-8 (RFC 3629: no surrogates, nothing above U+10FFFF, no
 * overlong form). */
bool text_is_utf8(Text text);

/* Says whether a text is one line of valid UTF-8 without control characters (C0, DEL and C1), fit
 * to be shown on terminals and in logs. */
bool text_is_printable(Text text);

/*
 * Makes a text from outside fit for a log line or a terminal: printable ASCII and valid UTF-8 above
 * U+009F stay, but for the characters that reorder or break the text around them (U+061C, U+200E-F,
 * U+2028-E, U+2066-9, U+FEFF); every other byte becomes \xNN, the backslash \\; what does not fit
 * ends in "...".
 * buffer_size counts the closing NUL and is at least 8.
 * Return: buffer.
 */
char *text_escape(Text text, char *buffer, size_t buffer_size);

/*
 * Damerau-Levenshtein distance of two names (optimal string alignment), for "did you mean".
 * Texts over 64 bytes are never near.
 * Return: the number of edits, or limit + 1 when there are more than limit.
 */
unsigned text_distance(Text a, Text b, unsigned limit);
