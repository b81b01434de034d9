/* SPDX-License-Identifier: MIT */
/* Fingerprint: what a certificate is known by: the SHA-256 of its DER form, as
 * "openssl x509 -noout -fingerprint -sha256" computes it, written "sha256:" and 64 digits. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/text.h"

#define FINGERPRINT_SIZE      32
#define FINGERPRINT_TEXT_SIZE (sizeof("sha256:") + 2 * FINGERPRINT_SIZE)

typedef struct Fingerprint {
        uint8_t bytes[FINGERPRINT_SIZE];
} Fingerprint;

/* Reads "sha256:" and 64 lower-case hexadecimal digits. Return: false for any other form. */
bool fingerprint_parse(Text text, Fingerprint *ret_fingerprint);

/* Writes what fingerprint_parse() reads. Return: buffer. */
char *fingerprint_format(const Fingerprint *fingerprint, char buffer[static FINGERPRINT_TEXT_SIZE]);

static inline int fingerprint_compare(const Fingerprint *a, const Fingerprint *b)
{
        return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}
