/* SPDX-License-Identifier: MIT */
/*
 * TLS
 *
 * Who may speak at all is decided within the handshake: a client certificate is demanded, its
 * signature, chain, time and purpose are verified against the one authority, and its fingerprint
 * must be a listed caller's; otherwise the handshake fails, and nothing that the peer says is ever
 * read as HTTP. There is no resumption that could get around it: no ticket key, no session cache.
 */
#pragma once

#include <gnutls/gnutls.h>
#include <stdint.h>

#include "http/call.h"

/* TLS 1.3 and 1.2 only, forward secrecy and authenticated encryption only. */
#define TLS_PRIORITIES                                                                             \
        "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA:-MAC-ALL:"  \
        "+AEAD:%NO_TICKETS"

/* Verifies what the peer of a session has shown, within its handshake.
 * Return: NULL: a valid certificate of the authority, whose fingerprint is written, and when it
 * ends in seconds UTC; else the code of what is wrong with it, static, such as
 * "certificate-expired". */
const char *tls_verify_peer(gnutls_session_t session,
                            char ret_fingerprint[static HTTP_CERTIFICATE_SIZE],
                            int64_t *ret_expires_s);

/* Reads when a certificate (DER) ends. Return: 0 and seconds UTC, -EINVAL when it is none. */
int tls_expiry(const gnutls_datum_t *certificate, int64_t *ret_expires_s);

/* Writes "sha256:…" of a certificate (DER). Return: 0, -EIO. */
int tls_fingerprint(const gnutls_datum_t *certificate,
                    char ret_fingerprint[static HTTP_CERTIFICATE_SIZE]);

/* The alert that tells a peer what a code of tls_verify_peer() says. */
gnutls_alert_description_t tls_alert_for(const char *code);
