/* SPDX-License-Identifier: MIT */
/*
 * Certificates for benchmarks of TLS: an authority, and what it signs, made anew each time and
 * written as PEM files. What cannot be done ends the program.
 */
#pragma once

#include <gnutls/x509.h>

#define CERTIFICATES_FINGERPRINT_SIZE 72

typedef struct Authority {
        gnutls_x509_privkey_t key;
        gnutls_x509_crt_t certificate;
} Authority;

/* Makes an authority (to be freed by authority_free()) and writes its certificate to a file. */
void authority_new(const char *path, Authority *ret_authority);
void authority_free(Authority *authority);

/* Makes a certificate for 127.0.0.1 of a purpose (GNUTLS_KP_…) and writes it and its key to files.
 * The fingerprint, as callers state it, goes to ret_fingerprint. */
void authority_sign(const Authority *authority, const char *name, const char *purpose,
                    const char *certificate_path, const char *key_path,
                    char ret_fingerprint[static CERTIFICATES_FINGERPRINT_SIZE]);
