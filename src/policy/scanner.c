/* SPDX-License-Identifier: MIT */
/*
 * Scanner
 *
 * One table says for every byte where it is of interest, so that the inside of strings and comments
 * costs one look-up a byte. data[size] is NUL, so looking one byte ahead is always allowed.
 */
#include "policy/scanner.h"

#include <string.h>

#include "policy/prescan.h"

enum { ESCAPED_SIZE = 96 };

/* Classes of bytes. */
enum {
        NAME_BYTE = 1 << 0,    /* inside a name */
        NAME_START = 1 << 1,   /* at the start of a name */
        NUMBER_BYTE = 1 << 2,  /* inside anything that starts like a number */
        NUMBER_START = 1 << 3, /* at its start */
        STRING_STOP = 1 << 4,  /* worth a look within a string */
        COMMENT_STOP = 1 << 5, /* worth a look within a comment */
};

#define LETTER (NAME_BYTE | NAME_START | NUMBER_BYTE)
#define STOP   (STRING_STOP | COMMENT_STOP)

/* clang-format off */
static const uint8_t CLASSES[256] = {
        [0x00 ... 0x08] = STOP, [0x0a ... 0x1f] = STOP, [0x7f] = STOP,
        [0xe2] = STOP, /* the first byte of marks that turn the direction of writing */
        ['"'] = STRING_STOP, ['\\'] = STRING_STOP,
        ['*'] = LETTER | COMMENT_STOP,
        ['A' ... 'Z'] = LETTER, ['a' ... 'z'] = LETTER,
        ['0' ... '9'] = NAME_BYTE | NUMBER_BYTE | NUMBER_START,
        ['_'] = NAME_BYTE | NUMBER_BYTE,
        ['-'] = NAME_BYTE | NUMBER_BYTE | NUMBER_START,
        ['+'] = NUMBER_BYTE | NUMBER_START, ['.'] = NUMBER_BYTE | NUMBER_START,
};
/* clang-format on */

static inline uint8_t class_of(char byte)
{
        return CLASSES[(unsigned char)byte];
}

/* ---- Bytes that may stand nowhere ---- */

/* A line end; a lone CR is none to libconfig, and what follows it would look like a new line while
 * it still belongs to the comment. Marks that turn the direction of writing show a reader another
 * text than the one that is parsed (CVE-2021-42574). */
static void special_byte_check(Scanner *scanner)
{
        unsigned char byte = (unsigned char)*scanner->position;
        size_t left = (size_t)(scanner->end - scanner->position);
        if (byte == '\n') {
                scanner->line++;
        } else if (byte == 0xe2) {
                const unsigned char *bytes = (const unsigned char *)scanner->position;
                if (left >= 3 && ((bytes[1] == 0x80 && bytes[2] >= 0xaa && bytes[2] <= 0xae) ||
                                  (bytes[1] == 0x81 && bytes[2] >= 0xa6 && bytes[2] <= 0xa9)))
                        scanner_error(scanner, scanner->line,
                                      "a character that turns the direction of writing");
        } else if (byte == '\r' && left >= 2 && scanner->position[1] == '\n') {
                ; /* CR LF */
        } else if (byte != 0 && (byte < 0x20 || byte == 0x7f)) {
                scanner_error(scanner, scanner->line, "the control character \\x%02x", byte);
        }
}

/* Names the lines that hold a NUL or bytes that are no UTF-8. Only called when there are some. */
static void raw_lines_check(Scanner *scanner)
{
        uint32_t line = 1;
        for (char *start = scanner->data; start < scanner->end; line++) {
                size_t left = (size_t)(scanner->end - start);
                char *stop = memchr(start, '\n', left);
                size_t size = stop ? (size_t)(stop - start) : left;
                if (memchr(start, 0, size))
                        scanner_error(scanner, line, "a NUL byte");
                if (!text_is_utf8((Text){ start, size }))
                        scanner_error(scanner, line, "bytes that are not UTF-8");
                start += size + 1;
        }
}

void scanner_bytes_check(Scanner *scanner)
{
        static const char BYTE_ORDER_MARK[] = "\xef\xbb\xbf";
        size_t size = (size_t)(scanner->end - scanner->data);
        if (size >= 3 && memcmp(scanner->data, BYTE_ORDER_MARK, 3) == 0) {
                scanner_error(scanner, 1, "a byte order mark (save the file as UTF-8 without one)");
                scanner->position += 3;
        }
        if (memchr(scanner->data, 0, size) || !text_is_utf8((Text){ scanner->data, size }))
                raw_lines_check(scanner);
}

/* ---- Tokens ---- */

static void line_comment_skip(Scanner *scanner)
{
        char *start = scanner->position;
        for (; scanner->position < scanner->end; scanner->position++) {
                if (!(class_of(*scanner->position) & COMMENT_STOP))
                        continue;
                if (*scanner->position == '\n')
                        return;
                special_byte_check(scanner);
        }
        /* libconfig 1.5 takes a comment only with a line end behind it. */
        memset(start, ' ', (size_t)(scanner->end - start));
}

static void block_comment_skip(Scanner *scanner)
{
        uint32_t line = scanner->line;
        for (scanner->position += 2; scanner->position < scanner->end; scanner->position++) {
                if (!(class_of(*scanner->position) & COMMENT_STOP))
                        continue;
                if (scanner->position[0] == '*' && scanner->position[1] == '/') {
                        scanner->position += 2;
                        return;
                }
                special_byte_check(scanner);
        }
        scanner_error(scanner, line, "a comment that starts here is not closed");
        scanner->lost = true;
}

/* Moves to the first byte that belongs to a token. */
static void blanks_skip(Scanner *scanner)
{
        while (scanner->position < scanner->end) {
                char byte = *scanner->position, next = scanner->position[1];
                if (byte == '#' || (byte == '/' && next == '/')) {
                        line_comment_skip(scanner);
                } else if (byte == '/' && next == '*') {
                        block_comment_skip(scanner);
                } else if (byte == ' ' || byte == '\t') {
                        scanner->position++;
                } else if (class_of(byte) & COMMENT_STOP && byte != '*' &&
                           (unsigned char)byte < 0x80) {
                        special_byte_check(scanner);
                        scanner->position++;
                } else {
                        return;
                }
        }
}

static int hex_value(char byte)
{
        static const char DIGITS[] = "00112233445566778899aAbBcCdDeEfF";
        const char *found = byte ? strchr(DIGITS, byte) : NULL;
        return found ? (int)(found - DIGITS) / 2 : -1;
}

/* Checks the escape at a backslash and moves behind it. */
static void escape_scan(Scanner *scanner)
{
        char kind = scanner->position[1];
        scanner->position++;
        if (kind != '\0' && strchr("\\\"nrtf", kind)) {
                scanner->position++;
                return;
        }
        int high = kind == 'x' || kind == 'X' ? hex_value(scanner->position[1]) : -1;
        int low = high >= 0 ? hex_value(scanner->position[2]) : -1;
        if (low < 0) {
                scanner_error(
                        scanner, scanner->line,
                        "an escape that is not known (known are \\\\ \\\" \\n \\r \\t \\f and "
                        "\\xNN)");
                return;
        }
        if (high == 0 && low == 0)
                scanner_error(scanner, scanner->line, "the escape \\x00 within a string");
        scanner->position += 3;
}

static Token string_scan(Scanner *scanner)
{
        char *start = ++scanner->position;
        while (scanner->position < scanner->end && *scanner->position != '\n') {
                if (!(class_of(*scanner->position) & STRING_STOP)) {
                        scanner->position++;
                } else if (*scanner->position == '"') {
                        if (scanner->position - start > SOURCE_TOKEN_SIZE_MAX)
                                scanner_error(scanner, scanner->line,
                                              "a string of more than %d bytes",
                                              SOURCE_TOKEN_SIZE_MAX);
                        scanner->position++;
                        return TOKEN_STRING;
                } else if (*scanner->position == '\\') {
                        escape_scan(scanner);
                } else {
                        special_byte_check(scanner);
                        scanner->position++;
                }
        }
        scanner_error(scanner, scanner->line,
                      "a string that starts here is not closed on its line");
        scanner->lost = true;
        return TOKEN_STRING;
}

/* Skips the run of bytes of a class. Return: the run. */
static Text run_scan(Scanner *scanner, uint8_t class)
{
        char *start = scanner->position;
        while (class_of(*scanner->position) & class)
                scanner->position++;
        Text run = { start, (size_t)(scanner->position - start) };
        if (run.size > SOURCE_TOKEN_SIZE_MAX)
                scanner_error(scanner, scanner->line, "a word of more than %d bytes",
                              SOURCE_TOKEN_SIZE_MAX);
        return run;
}

static Token number_scan(Scanner *scanner)
{
        char escaped[ESCAPED_SIZE];
        Text literal = run_scan(scanner, NUMBER_BYTE);
        const char *problem = prescan_number_problem(literal);
        if (problem)
                scanner_error(scanner, scanner->line, "%s %s",
                              text_escape(literal, escaped, sizeof(escaped)), problem);
        return TOKEN_VALUE;
}

static Token word_scan(Scanner *scanner)
{
        Text word = run_scan(scanner, NAME_BYTE);
        bool is_boolean = (word.size == 4 && strncasecmp(word.data, "true", 4) == 0) ||
                          (word.size == 5 && strncasecmp(word.data, "false", 5) == 0);
        return is_boolean ? TOKEN_VALUE : TOKEN_NAME;
}

/* Reports a byte that starts no token, and skips the rest of its line. */
static void garbage_report(Scanner *scanner)
{
        static const char INCLUDE[] = "@include";
        char escaped[ESCAPED_SIZE];
        size_t left = (size_t)(scanner->end - scanner->position);
        if (left >= strlen(INCLUDE) && memcmp(scanner->position, INCLUDE, strlen(INCLUDE)) == 0)
                scanner_error(
                        scanner, scanner->line,
                        "@include is refused; every .conf file of a folder is read by itself");
        else if (*scanner->position != '\0' && (unsigned char)*scanner->position < 0x80)
                scanner_error(
                        scanner, scanner->line, "%s has no meaning here",
                        text_escape((Text){ scanner->position, 1 }, escaped, sizeof(escaped)));
        else
                scanner_error(scanner, scanner->line,
                              "a character outside of strings and comments that is not ASCII");
        scanner->lost = true;
        while (scanner->position < scanner->end && *scanner->position != '\n')
                scanner->position++;
}

static Token mark_token(char byte)
{
        switch (byte) {
        case '=':
        case ':':
                return TOKEN_EQUALS;
        case ',':
                return TOKEN_COMMA;
        case ';':
                return TOKEN_SEMICOLON;
        case '{':
        case '(':
        case '[':
                return TOKEN_OPEN;
        case '}':
        case ')':
        case ']':
                return TOKEN_CLOSE;
        default:
                return TOKEN_END; /* no mark */
        }
}

/* Moves to the next token and behind it. */
Token scanner_next(Scanner *scanner)
{
        for (;;) {
                blanks_skip(scanner);
                scanner->token = scanner->position;
                if (scanner->position >= scanner->end)
                        return TOKEN_END;
                char byte = *scanner->position;
                if (byte == '"')
                        return string_scan(scanner);
                if (class_of(byte) & NAME_START)
                        return word_scan(scanner);
                if (class_of(byte) & NUMBER_START)
                        return number_scan(scanner);
                Token token = mark_token(byte);
                if (token != TOKEN_END) {
                        scanner->position++;
                        return token;
                }
                garbage_report(scanner);
        }
}
