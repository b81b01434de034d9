/* SPDX-License-Identifier: MIT */
/*
 * Scanner
 *
 * The bytes of a file as tokens of libconfig's language, each checked by itself. Used by the
 * prescan alone, which adds the grammar.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "policy/diagnostics.h"
#include "policy/limits.h"

typedef enum Token {
        TOKEN_NAME,
        TOKEN_STRING,
        TOKEN_VALUE, /* a number, true or false */
        TOKEN_EQUALS,
        TOKEN_COMMA,
        TOKEN_SEMICOLON,
        TOKEN_OPEN,
        TOKEN_CLOSE,
        TOKEN_END,
} Token;

/* What the grammar waits for. */
typedef enum Expectation {
        EXPECT_NAME,         /* or the end of the group */
        EXPECT_NAME_OR_MARK, /* after a value in a group: also ; or , */
        EXPECT_STRING_TOO,   /* after a string in a group: also another string, joined to it */
        EXPECT_EQUALS,
        EXPECT_VALUE,
        EXPECT_FIRST_ELEMENT, /* or the end of the list */
        EXPECT_ELEMENT,
        EXPECT_COMMA, /* or the end of the list */
} Expectation;

typedef struct Bracket {
        char kind; /* one of "{([" */
        uint32_t line;
        uint32_t members; /* of a group */
} Bracket;

typedef struct Scanner {
        Diagnostics *diagnostics;
        uint32_t file;
        uint32_t line;
        char *data, *position, *end;
        char *token; /* where the latest token starts */
        bool faulty; /* something was reported */
        bool lost;   /* the grammar was left: only tokens are checked */
        Expectation expectation;
        unsigned depth;
        uint32_t string_line; /* of the latest string of a list, and its end */
        char *string_end;
        Bracket brackets[SOURCE_BRACKETS_MAX + 1]; /* the file itself is the group at 0 */
} Scanner;

/* Reports an error of a line of the scanned file. */
#define scanner_error(scanner, at_line, ...)                                                       \
        do {                                                                                       \
                (scanner)->faulty = true;                                                          \
                diagnostics_error((scanner)->diagnostics, (Place){ (scanner)->file, (at_line) },   \
                                  __VA_ARGS__);                                                    \
        } while (0)

/* Checks what holds for all bytes of the file: no NUL, UTF-8, no byte order mark. */
void scanner_bytes_check(Scanner *scanner);

/* Moves behind the next token, reports what is wrong inside it, and skips what is none.
 * Return: the token, which lies from scanner->token to scanner->position. */
Token scanner_next(Scanner *scanner);
