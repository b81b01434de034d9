/* SPDX-License-Identifier: MIT */
/* Card: the number that a reader reads from a credential. As text, because readers have up to 64
 * bits of it and libconfig would take a number apart. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/number.h"

/* Reads a card's number: 1 to 20 digits, no leading zero, at most 2^64 - 1, not 0 (which boards
 * send for no card at all). Return: false for any other form. */
static inline bool card_parse(Text text, uint64_t *ret_number)
{
        uint64_t number;
        if (number_parse(text, UINT64_MAX, &number) != 0 || number == 0)
                return false;
        *ret_number = number;
        return true;
}
