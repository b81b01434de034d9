/* SPDX-License-Identifier: MIT */
/* Fingerprint: see fingerprint.h. One fingerprint has one written form, so that equal ones are
 * equal texts, too. */
#include "util/fingerprint.h"

static const char PREFIX[] = "sha256:";
static const char DIGITS[] = "0123456789abcdef";

enum { PREFIX_SIZE = sizeof(PREFIX) - 1 };

static bool digit_parse(char digit, uint8_t *ret_value)
{
        if (digit >= '0' && digit <= '9')
                *ret_value = (uint8_t)(digit - '0');
        else if (digit >= 'a' && digit <= 'f')
                *ret_value = (uint8_t)(digit - 'a' + 10);
        else
                return false;
        return true;
}

bool fingerprint_parse(Text text, Fingerprint *ret_fingerprint)
{
        Fingerprint fingerprint;
        if (text.size != FINGERPRINT_TEXT_SIZE - 1 || memcmp(text.data, PREFIX, PREFIX_SIZE) != 0)
                return false;
        for (size_t i = 0; i < FINGERPRINT_SIZE; i++) {
                const char *digits = text.data + PREFIX_SIZE + 2 * i;
                uint8_t high, low;
                if (!digit_parse(digits[0], &high) || !digit_parse(digits[1], &low))
                        return false;
                fingerprint.bytes[i] = (uint8_t)(high << 4 | low);
        }
        *ret_fingerprint = fingerprint;
        return true;
}

char *fingerprint_format(const Fingerprint *fingerprint, char buffer[static FINGERPRINT_TEXT_SIZE])
{
        char *at = buffer + PREFIX_SIZE;
        memcpy(buffer, PREFIX, PREFIX_SIZE);
        for (size_t i = 0; i < FINGERPRINT_SIZE; i++) {
                *at++ = DIGITS[fingerprint->bytes[i] >> 4];
                *at++ = DIGITS[fingerprint->bytes[i] & 15];
        }
        *at = '\0';
        return buffer;
}
