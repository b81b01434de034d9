/* SPDX-License-Identifier: MIT */
/*
 * Prescan
 *
 * The small grammar of libconfig (names in groups, values in arrays and lists) on top of the
 * scanner's tokens. What is wrong inside a token is reported and scanning goes
 * on; after an error of the grammar only tokens are looked at, since whatever followed would be
 * guesswork.
 *
 * Invariants, on which the safety of the parse rests:
 *  1. No byte 0 and no invalid UTF-8 reaches libconfig.
 *  2. Every comment, string and bracket is closed in the file in which it was opened.
 *  3. Every number means to libconfig what its digits say.
 *  4. No "@" stands outside strings and comments.
 *  5. Brackets nest at most SOURCE_BRACKETS_MAX deep (config_destroy() recurses).
 */
#include "policy/prescan.h"

#include <string.h>

#include "policy/scanner.h"

enum { ESCAPED_SIZE = 96 };

static const char *expectation_text(const Scanner *scanner)
{
        static const char *const TEXTS[] = {
                [EXPECT_NAME] = "the name of a setting",
                [EXPECT_NAME_OR_MARK] = "a semicolon or the name of a setting",
                [EXPECT_STRING_TOO] = "a semicolon or the name of a setting",
                [EXPECT_EQUALS] = "an equals sign",
                [EXPECT_VALUE] = "a value",
                [EXPECT_FIRST_ELEMENT] = "a value or the closing bracket",
                [EXPECT_ELEMENT] = "a value after the comma",
                [EXPECT_COMMA] = "a comma or the closing bracket",
        };
        return TEXTS[scanner->expectation];
}

static bool wants_value(const Scanner *scanner)
{
        return scanner->expectation >= EXPECT_VALUE && scanner->expectation <= EXPECT_ELEMENT;
}

static void syntax_report(Scanner *scanner, Token token)
{
        char escaped[ESCAPED_SIZE];
        Text text = { scanner->token, (size_t)(scanner->position - scanner->token) };
        scanner->lost = true;
        if (token == TOKEN_END)
                scanner_error(scanner, scanner->line, "expected %s, found the end of the file",
                              expectation_text(scanner));
        else
                scanner_error(scanner, scanner->line, "expected %s, found %s%s",
                              expectation_text(scanner),
                              text_escape(text, escaped, sizeof(escaped)),
                              token == TOKEN_NAME && wants_value(scanner)
                                      ? "; a text stands in quotation marks"
                                      : "");
}

static bool in_group(const Scanner *scanner)
{
        return scanner->brackets[scanner->depth].kind == '{';
}

static void value_end(Scanner *scanner, bool is_string)
{
        if (!in_group(scanner)) {
                scanner->expectation = EXPECT_COMMA;
                scanner->string_end = is_string ? scanner->position : NULL;
                scanner->string_line = scanner->line;
        } else {
                scanner->expectation = is_string ? EXPECT_STRING_TOO : EXPECT_NAME_OR_MARK;
        }
}

/* libconfig notes for a string of a list the line of the token behind it. So this token is brought
 * up to the string, and what stood between them comes after it. */
static void mark_bring_up(Scanner *scanner, char mark)
{
        if (!scanner->string_end || scanner->string_line == scanner->line)
                return;
        memmove(scanner->string_end + 1, scanner->string_end,
                (size_t)(scanner->token - scanner->string_end));
        *scanner->string_end = mark;
}

static void bracket_open(Scanner *scanner, char kind)
{
        if (scanner->brackets[scanner->depth].kind == '[') {
                scanner_error(scanner, scanner->line,
                              "a %c within [ ]; groups and lists stand in ( )", kind);
                scanner->lost = true;
                return;
        }
        if (scanner->depth == SOURCE_BRACKETS_MAX) {
                scanner_error(scanner, scanner->line, "brackets nest more than %d deep",
                              SOURCE_BRACKETS_MAX);
                scanner->lost = true;
                return;
        }
        scanner->brackets[++scanner->depth] = (Bracket){ .kind = kind, .line = scanner->line };
        scanner->expectation = kind == '{' ? EXPECT_NAME : EXPECT_FIRST_ELEMENT;
}

static void bracket_close(Scanner *scanner, char mark)
{
        const Bracket *open = &scanner->brackets[scanner->depth];
        char wanted = open->kind == '{' ? '}' : open->kind == '(' ? ')' : ']';
        if (scanner->depth == 0) {
                scanner_error(scanner, scanner->line, "a %c that closes nothing", mark);
                scanner->lost = true;
        } else if (mark != wanted) {
                scanner_error(scanner, scanner->line, "a %c where the %c of line %u is still open",
                              mark, open->kind, open->line);
                scanner->lost = true;
        } else {
                if (scanner->expectation == EXPECT_COMMA)
                        mark_bring_up(scanner, mark);
                scanner->depth--;
                value_end(scanner, false);
        }
}

static void comma_take(Scanner *scanner)
{
        mark_bring_up(scanner, ',');
        scanner->expectation = EXPECT_ELEMENT;
}

static void name_take(Scanner *scanner)
{
        if (++scanner->brackets[scanner->depth].members > SOURCE_MEMBERS_MAX) {
                scanner_error(scanner, scanner->line, "more than %d settings in one group",
                              SOURCE_MEMBERS_MAX);
                scanner->lost = true;
        }
        scanner->expectation = EXPECT_EQUALS;
}

/* What may come where. Return: false when the token may not stand here. */
static bool token_take(Scanner *scanner, Token token)
{
        Expectation expectation = scanner->expectation;
        char mark = *scanner->token;
        bool wants_name = expectation <= EXPECT_STRING_TOO;
        bool value_may_follow = wants_value(scanner);
        if (token == TOKEN_NAME && wants_name)
                name_take(scanner);
        else if (token == TOKEN_EQUALS && expectation == EXPECT_EQUALS)
                scanner->expectation = EXPECT_VALUE;
        else if (token == TOKEN_VALUE && value_may_follow)
                value_end(scanner, false);
        else if (token == TOKEN_STRING && (value_may_follow || expectation == EXPECT_STRING_TOO))
                value_end(scanner, true);
        else if (token == TOKEN_OPEN && value_may_follow)
                bracket_open(scanner, mark);
        else if ((token == TOKEN_COMMA || token == TOKEN_SEMICOLON) && wants_name &&
                 expectation != EXPECT_NAME)
                scanner->expectation = EXPECT_NAME;
        else if (token == TOKEN_COMMA && expectation == EXPECT_COMMA)
                comma_take(scanner);
        else if (token == TOKEN_CLOSE &&
                 (wants_name || expectation == EXPECT_FIRST_ELEMENT || expectation == EXPECT_COMMA))
                bracket_close(scanner, mark);
        else
                return false;
        return true;
}

static void end_check(Scanner *scanner)
{
        if (scanner->depth > 0)
                scanner_error(scanner, scanner->brackets[scanner->depth].line,
                              "the %c that is opened here is not closed",
                              scanner->brackets[scanner->depth].kind);
        else if (scanner->expectation > EXPECT_STRING_TOO)
                syntax_report(scanner, TOKEN_END);
}

bool prescan(Diagnostics *diagnostics, uint32_t file, char *data, size_t size)
{
        Scanner scanner = { .diagnostics = diagnostics,
                            .file = file,
                            .line = 1,
                            .data = data,
                            .position = data,
                            .end = data + size,
                            .brackets = { { .kind = '{', .line = 1 } } };
        scanner_bytes_check(&scanner);
        for (;;) {
                Token token = scanner_next(&scanner);
                if (token == TOKEN_END)
                        break;
                if (!scanner.lost && !token_take(&scanner, token))
                        syntax_report(&scanner, token);
        }
        if (!scanner.lost)
                end_check(&scanner);
        return !scanner.faulty;
}
