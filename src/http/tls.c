/* SPDX-License-Identifier: MIT */
/* TLS: see tls.h. */
#include "http/tls.h"

#include <assert.h>
#include <errno.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <string.h>

#include "util/fingerprint.h"

static_assert(HTTP_CERTIFICATE_SIZE >= FINGERPRINT_TEXT_SIZE, "a fingerprint fits");

/* In the order in which they are told; a later one is often a consequence of an earlier one. */
static const struct TlsProblem {
        unsigned status;
        const char *code;
        gnutls_alert_description_t alert;
} problems[] = {
        { GNUTLS_CERT_REVOKED, "certificate-revoked", GNUTLS_A_CERTIFICATE_REVOKED },
        { GNUTLS_CERT_SIGNER_NOT_FOUND, "certificate-untrusted", GNUTLS_A_UNKNOWN_CA },
        { GNUTLS_CERT_SIGNER_NOT_CA, "certificate-untrusted", GNUTLS_A_UNKNOWN_CA },
        { GNUTLS_CERT_SIGNATURE_FAILURE, "certificate-untrusted", GNUTLS_A_BAD_CERTIFICATE },
        { GNUTLS_CERT_NOT_ACTIVATED, "certificate-not-yet-valid", GNUTLS_A_CERTIFICATE_EXPIRED },
        { GNUTLS_CERT_EXPIRED, "certificate-expired", GNUTLS_A_CERTIFICATE_EXPIRED },
        { GNUTLS_CERT_PURPOSE_MISMATCH, "certificate-purpose", GNUTLS_A_UNSUPPORTED_CERTIFICATE },
        { ~0u, "certificate-invalid", GNUTLS_A_BAD_CERTIFICATE },
};
#define PROBLEM_COUNT (sizeof(problems) / sizeof(*problems))

int tls_fingerprint(const gnutls_datum_t *certificate,
                    char ret_fingerprint[static HTTP_CERTIFICATE_SIZE])
{
        Fingerprint digest;
        if (gnutls_hash_fast(GNUTLS_DIG_SHA256, certificate->data, certificate->size,
                             digest.bytes) < 0)
                return -EIO;
        (void)fingerprint_format(&digest, ret_fingerprint);
        return 0;
}

int tls_expiry(const gnutls_datum_t *certificate, int64_t *ret_expires_s)
{
        gnutls_x509_crt_t parsed;
        if (gnutls_x509_crt_init(&parsed) < 0)
                return -EINVAL;
        int r = gnutls_x509_crt_import(parsed, certificate, GNUTLS_X509_FMT_DER);
        time_t expires_s = r < 0 ? -1 : gnutls_x509_crt_get_expiration_time(parsed);
        gnutls_x509_crt_deinit(parsed);
        if (expires_s == (time_t)-1)
                return -EINVAL;
        *ret_expires_s = expires_s;
        return 0;
}

const char *tls_verify_peer(gnutls_session_t session,
                            char ret_fingerprint[static HTTP_CERTIFICATE_SIZE],
                            int64_t *ret_expires_s)
{
        gnutls_typed_vdata_st demanded = { .type = GNUTLS_DT_KEY_PURPOSE_OID,
                                           .data = (unsigned char *)GNUTLS_KP_TLS_WWW_CLIENT };
        unsigned status = ~0u, count = 0;
        if (gnutls_certificate_type_get2(session, GNUTLS_CTYPE_CLIENT) != GNUTLS_CRT_X509)
                return "certificate-invalid";
        const gnutls_datum_t *certificates = gnutls_certificate_get_peers(session, &count);
        if (!certificates || count == 0)
                return "certificate-missing";
        if (gnutls_certificate_verify_peers(session, &demanded, 1, &status) < 0)
                return "certificate-invalid";
        for (size_t i = 0; i < PROBLEM_COUNT; i++)
                if (status & problems[i].status)
                        return problems[i].code;
        if (tls_expiry(&certificates[0], ret_expires_s) < 0 ||
            tls_fingerprint(&certificates[0], ret_fingerprint) < 0)
                return "certificate-invalid";
        return NULL;
}

gnutls_alert_description_t tls_alert_for(const char *code)
{
        for (size_t i = 0; i < PROBLEM_COUNT; i++)
                if (strcmp(problems[i].code, code) == 0)
                        return problems[i].alert;
        return GNUTLS_A_ACCESS_DENIED;
}
