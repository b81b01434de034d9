/* SPDX-License-Identifier: MIT */
/*
 * Text
 *
 * Nearly everything that passes through here is ASCII, so UTF-8 is checked by words of 8 bytes
 * until one holds a byte over 0x7f, and only that is looked at closely.
 */
#include "util/text.h"

#include <limits.h>
#include <stdint.h>

enum { DISTANCE_SIZE_MAX = 64 };

bool text_split_first(Text text, char separator, Text *ret_before, Text *ret_after)
{
        const char *found = text.size ? memchr(text.data, separator, text.size) : NULL;
        if (!found)
                return false;
        size_t position = (size_t)(found - text.data);
        *ret_before = (Text){ text.data, position };
        *ret_after = (Text){ found + 1, text.size - position - 1 };
        return true;
}

bool text_split_last(Text text, char separator, Text *ret_before, Text *ret_after)
{
        const char *found = text.size ? memrchr(text.data, separator, text.size) : NULL;
        if (!found)
                return false;
        size_t position = (size_t)(found - text.data);
        *ret_before = (Text){ text.data, position };
        *ret_after = (Text){ found + 1, text.size - position - 1 };
        return true;
}

int text_compare(Text a, Text b)
{
        size_t common = a.size < b.size ? a.size : b.size;
        int order = common ? memcmp(a.data, b.data, common) : 0;
        return order ? order : (a.size > b.size) - (a.size < b.size);
}

/* Counts the ASCII bytes before the first other byte, less up to 7 of them. */
static size_t ascii_size(const unsigned char *bytes, size_t size)
{
        static const uint64_t HIGH_BITS = UINT64_C(0x8080808080808080);
        uint64_t words[4];
        size_t i = 0;

        for (; size - i >= sizeof(words); i += sizeof(words)) {
                memcpy(words, bytes + i, sizeof(words));
                if ((words[0] | words[1] | words[2] | words[3]) & HIGH_BITS)
                        break;
        }
        for (; size - i >= sizeof(words[0]); i += sizeof(words[0])) {
                memcpy(words, bytes + i, sizeof(words[0]));
                if (words[0] & HIGH_BITS)
                        break;
        }
        return i;
}

/* Measures the character at the start of size > 0 bytes (RFC 3629 section 4).
 * Return: 1 to 4, or 0 when the bytes are no UTF-8. */
static inline size_t character_size(const unsigned char *bytes, size_t size)
{
        unsigned char lead = bytes[0], low = 0x80, high = 0xbf;
        size_t wanted;

        if (lead < 0x80)
                return 1;
        if (lead < 0xc2 || lead > 0xf4)
                return 0;
        wanted = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        if (size < wanted)
                return 0;
        /* Overlong forms, surrogates and what lies above U+10FFFF show in the second byte. */
        if (lead == 0xe0)
                low = 0xa0;
        else if (lead == 0xf0)
                low = 0x90;
        else if (lead == 0xed)
                high = 0x9f;
        else if (lead == 0xf4)
                high = 0x8f;
        if (bytes[1] < low || bytes[1] > high)
                return 0;
        for (size_t i = 2; i < wanted; i++)
                if ((bytes[i] & 0xc0) != 0x80)
                        return 0;
        return wanted;
}

bool text_is_utf8(Text text)
{
        const unsigned char *bytes = (const unsigned char *)text.data;
        size_t i = 0;

        while (i < text.size) {
                if (bytes[i] < 0x80)
                        i += ascii_size(bytes + i, text.size - i);
                /* The rest of the word: at least one step, so that the loop always advances. */
                for (int step = 0; step < 8 && i < text.size; step++) {
                        size_t size = character_size(bytes + i, text.size - i);
                        if (size == 0)
                                return false;
                        i += size;
                }
        }
        return true;
}

bool text_is_printable(Text text)
{
        const unsigned char *bytes = (const unsigned char *)text.data;
        for (size_t i = 0; i < text.size; i++) {
                bool is_c1 = bytes[i] == 0xc2 && i + 1 < text.size && bytes[i + 1] < 0xa0;
                if (bytes[i] < 0x20 || bytes[i] == 0x7f || is_c1)
                        return false;
        }
        return text_is_utf8(text);
}

/* Characters that reorder or break the text around them: a name must not disguise a log line.
 * U+061C, which takes two bytes, and U+200E-F, U+2028-E, U+2066-9 and U+FEFF, which take three. */
static bool is_disguise(const unsigned char *bytes, size_t taken)
{
        if (taken == 2)
                return bytes[0] == 0xd8 && bytes[1] == 0x9c;
        if (taken != 3)
                return false;
        if (bytes[0] == 0xef)
                return bytes[1] == 0xbb && bytes[2] == 0xbf;
        if (bytes[0] != 0xe2)
                return false;
        if (bytes[1] == 0x80)
                return bytes[2] == 0x8e || bytes[2] == 0x8f ||
                       (bytes[2] >= 0xa8 && bytes[2] <= 0xae);
        return bytes[1] == 0x81 && bytes[2] >= 0xa6 && bytes[2] <= 0xa9;
}

/* Writes what stands for the first character or byte. Return: the bytes taken. */
static size_t escape_one(const unsigned char *bytes, size_t size, char piece[static 4],
                         size_t *ret_piece_size)
{
        static const char HEX[] = "0123456789abcdef";
        size_t taken = character_size(bytes, size);
        bool is_c1 = taken == 2 && bytes[0] == 0xc2 && bytes[1] < 0xa0;

        if (taken == 1 && bytes[0] == '\\') {
                memcpy(piece, "\\\\", 2);
                *ret_piece_size = 2;
                return 1;
        }
        if ((taken > 1 && !is_c1 && !is_disguise(bytes, taken)) ||
            (taken == 1 && bytes[0] >= 0x20 && bytes[0] < 0x7f)) {
                memcpy(piece, bytes, taken);
                *ret_piece_size = taken;
                return taken;
        }
        memcpy(piece, (char[]){ '\\', 'x', HEX[bytes[0] >> 4], HEX[bytes[0] & 15] }, 4);
        *ret_piece_size = 4;
        return 1;
}

char *text_escape(Text text, char *buffer, size_t buffer_size)
{
        static const char DOTS[] = "...";
        const unsigned char *bytes = (const unsigned char *)text.data;
        size_t used = 0, used_before_dots = 0; /* the latest length that leaves room for them */
        char piece[4];

        for (size_t i = 0, piece_size; i < text.size;) {
                i += escape_one(bytes + i, text.size - i, piece, &piece_size);
                if (used + piece_size >= buffer_size) {
                        memcpy(buffer + used_before_dots, DOTS, sizeof(DOTS));
                        return buffer;
                }
                memcpy(buffer + used, piece, piece_size);
                used += piece_size;
                if (used + sizeof(DOTS) <= buffer_size)
                        used_before_dots = used;
        }
        buffer[used] = '\0';
        return buffer;
}

static unsigned smaller(unsigned a, unsigned b)
{
        return a < b ? a : b;
}

typedef unsigned DistanceRow[DISTANCE_SIZE_MAX + 1];

/* Fills one row of the matrix: the distances of a's first i bytes to every beginning of b.
 * rows: those of i, i - 1 and i - 2. Return: the smallest distance in the row. */
static unsigned distance_row(Text a, Text b, size_t i, DistanceRow *const rows[3])
{
        unsigned *row = *rows[0], *above = *rows[1], *above2 = *rows[2];
        unsigned smallest = row[0] = (unsigned)i;

        for (size_t j = 1; j <= b.size; j++) {
                bool same = a.data[i - 1] == b.data[j - 1];
                row[j] = smaller(smaller(above[j], row[j - 1]) + 1, above[j - 1] + !same);
                if (i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] &&
                    a.data[i - 2] == b.data[j - 1])
                        row[j] = smaller(row[j], above2[j - 2] + 1);
                smallest = smaller(smallest, row[j]);
        }
        return smallest;
}

unsigned text_distance(Text a, Text b, unsigned limit)
{
        unsigned too_many = limit < UINT_MAX ? limit + 1 : limit;
        size_t difference = a.size > b.size ? a.size - b.size : b.size - a.size;
        DistanceRow rows[3];

        if (a.size > DISTANCE_SIZE_MAX || b.size > DISTANCE_SIZE_MAX || difference > limit)
                return too_many;
        for (size_t j = 0; j <= b.size; j++)
                rows[0][j] = (unsigned)j;
        for (size_t i = 1; i <= a.size; i++) {
                DistanceRow *const latest[3] = { &rows[i % 3], &rows[(i + 2) % 3],
                                                 &rows[(i + 1) % 3] };
                /* Distances never fall from row to row; a swap skips a row, but costs the 1 by
                 * which that row rose at most. So nothing below gets nearer. */
                if (distance_row(a, b, i, latest) > limit)
                        return too_many;
        }
        return smaller(rows[a.size % 3][b.size], too_many);
}
