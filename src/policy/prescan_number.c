/* SPDX-License-Identifier: MIT */
/*
 * Prescan: numbers
 *
 * libconfig 1.5 cuts a number that does not fit to its lower 32 bits, so that 4294967296 becomes 0,
 * which as a uid is root; later versions make it a wider type. Here it has to say what it is: up to
 * 2147483647 as it stands, up to 64 bits with an L behind it.
 */
#include <errno.h>

#include "policy/prescan.h"
#include "util/number.h"

static const char NOT_A_NUMBER[] = "is not a number";
static const char TOO_LARGE[] = "does not fit into 32 bits; a larger number takes an L at its end";
static const char TOO_LARGE_64[] = "does not fit into 64 bits";

static bool is_hex_digit(char byte)
{
        return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') ||
               (byte >= 'A' && byte <= 'F');
}

/* A number without its sign, prefix and suffix; wide: it had the suffix. */
static const char *hex_problem(Text digits, bool wide)
{
        size_t limit = wide ? 16 : 8;
        if (digits.size == 0)
                return NOT_A_NUMBER;
        for (size_t i = 0; i < digits.size; i++)
                if (!is_hex_digit(digits.data[i]))
                        return NOT_A_NUMBER;
        while (digits.size > 1 && digits.data[0] == '0')
                digits = (Text){ digits.data + 1, digits.size - 1 };
        /* The highest bit would be taken for a sign. */
        if (digits.size > limit || (digits.size == limit && digits.data[0] > '7'))
                return wide ? TOO_LARGE_64 : TOO_LARGE;
        return NULL;
}

static const char *decimal_problem(Text digits, bool negative, bool wide)
{
        uint64_t maximum = (wide ? (uint64_t)INT64_MAX : INT32_MAX) + negative, number;
        switch (number_parse(digits, maximum, &number)) {
        case 0:
                return NULL;
        case -ERANGE:
                return wide ? TOO_LARGE_64 : TOO_LARGE;
        default:
                break;
        }
        for (size_t i = 0; i < digits.size; i++) {
                if (digits.data[i] == '.' || digits.data[i] == 'e' || digits.data[i] == 'E')
                        return "is no whole number";
                if (digits.data[i] < '0' || digits.data[i] > '9')
                        return NOT_A_NUMBER;
        }
        return digits.size > 1 ? "starts with 0; octal numbers are not known here" : NOT_A_NUMBER;
}

const char *prescan_number_problem(Text literal)
{
        bool wide = false;
        for (unsigned i = 0; i < 2 && literal.size > 0; i++)
                if (literal.data[literal.size - 1] == 'L') {
                        literal.size--;
                        wide = true;
                }
        bool is_hex = literal.size >= 2 && literal.data[0] == '0' &&
                      (literal.data[1] == 'x' || literal.data[1] == 'X');
        if (is_hex)
                return hex_problem((Text){ literal.data + 2, literal.size - 2 }, wide);
        bool negative = literal.size > 0 && literal.data[0] == '-';
        if (negative || (literal.size > 0 && literal.data[0] == '+'))
                literal = (Text){ literal.data + 1, literal.size - 1 };
        return decimal_problem(literal, negative, wide);
}
