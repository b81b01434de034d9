/* SPDX-License-Identifier: MIT */
/*
 * Numbers
 *
 * strtoull() and its kin accept spaces, signs and a locale's digits, and stop at the first byte
 * they do not know. Here every byte has to be a digit, and one number has one written form.
 */
#include "util/number.h"

#include <errno.h>
#include <stdbool.h>

int number_parse(Text text, uint64_t maximum, uint64_t *ret_number)
{
        if (text.size == 0 || (text.size > 1 && text.data[0] == '0'))
                return -EINVAL;
        uint64_t number = 0;
        bool overflow = false;
        for (size_t i = 0; i < text.size; i++) {
                unsigned digit = (unsigned char)text.data[i] - (unsigned)'0';
                if (digit > 9)
                        return -EINVAL;
                overflow = overflow || __builtin_mul_overflow(number, (uint64_t)10, &number) ||
                           __builtin_add_overflow(number, (uint64_t)digit, &number);
        }
        if (overflow || number > maximum)
                return -ERANGE;
        *ret_number = number;
        return 0;
}
