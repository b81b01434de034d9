/* SPDX-License-Identifier: MIT */
#include "certificates.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "server.h"
#include "util/fingerprint.h"

enum { VALID_SECONDS = 86400 };

static void must(int r, const char *what)
{
        if (r < 0)
                bench_fail(what, gnutls_strerror(r));
}

static void write_file(const char *path, const gnutls_datum_t *data)
{
        int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        if (fd < 0 || write(fd, data->data, data->size) != (ssize_t)data->size || close(fd) < 0)
                bench_fail(path, "cannot be written");
}

static gnutls_x509_privkey_t new_key(void)
{
        gnutls_x509_privkey_t key;
        must(gnutls_x509_privkey_init(&key), "key");
        must(gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
                                          GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0),
             "key");
        return key;
}

static gnutls_x509_crt_t new_certificate(gnutls_x509_privkey_t key, const char *name, bool is_ca)
{
        static const unsigned char loopback[] = { 127, 0, 0, 1 };
        uint64_t serial = (uint64_t)time(NULL) << 8 | (uint8_t)name[0];
        gnutls_x509_crt_t certificate;
        must(gnutls_x509_crt_init(&certificate), "certificate");
        must(gnutls_x509_crt_set_version(certificate, 3), "certificate");
        must(gnutls_x509_crt_set_serial(certificate, &serial, sizeof(serial)), "certificate");
        must(gnutls_x509_crt_set_activation_time(certificate, time(NULL) - 60), "certificate");
        must(gnutls_x509_crt_set_expiration_time(certificate, time(NULL) + VALID_SECONDS),
             "certificate");
        must(gnutls_x509_crt_set_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0, name,
                                           (unsigned)strlen(name)),
             "certificate");
        must(gnutls_x509_crt_set_basic_constraints(certificate, is_ca, -1), "certificate");
        must(gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_IPADDRESS, loopback,
                                                  sizeof(loopback), 0),
             "certificate");
        must(gnutls_x509_crt_set_key(certificate, key), "certificate");
        return certificate;
}

static void write_certificate(gnutls_x509_crt_t certificate, const char *path)
{
        gnutls_datum_t pem;
        must(gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_PEM, &pem), path);
        write_file(path, &pem);
        gnutls_free(pem.data);
}

void authority_new(const char *path, Authority *ret_authority)
{
        gnutls_x509_privkey_t key = new_key();
        gnutls_x509_crt_t certificate = new_certificate(key, "authority", true);
        must(gnutls_x509_crt_sign2(certificate, certificate, key, GNUTLS_DIG_SHA256, 0), path);
        write_certificate(certificate, path);
        *ret_authority = (Authority){ .key = key, .certificate = certificate };
}

void authority_free(Authority *authority)
{
        gnutls_x509_crt_deinit(authority->certificate);
        gnutls_x509_privkey_deinit(authority->key);
}

static void write_fingerprint(gnutls_x509_crt_t certificate,
                              char ret_fingerprint[static CERTIFICATES_FINGERPRINT_SIZE])
{
        Fingerprint fingerprint;
        size_t size = sizeof(fingerprint.bytes);
        must(gnutls_x509_crt_get_fingerprint(certificate, GNUTLS_DIG_SHA256, fingerprint.bytes,
                                             &size),
             "fingerprint");
        (void)fingerprint_format(&fingerprint, ret_fingerprint);
}

void authority_sign(const Authority *authority, const char *name, const char *purpose,
                    const char *certificate_path, const char *key_path,
                    char ret_fingerprint[static CERTIFICATES_FINGERPRINT_SIZE])
{
        gnutls_datum_t pem;
        gnutls_x509_privkey_t key = new_key();
        gnutls_x509_crt_t certificate = new_certificate(key, name, false);
        must(gnutls_x509_crt_set_key_purpose_oid(certificate, purpose, 0), name);
        must(gnutls_x509_crt_sign2(certificate, authority->certificate, authority->key,
                                   GNUTLS_DIG_SHA256, 0),
             name);
        write_certificate(certificate, certificate_path);
        write_fingerprint(certificate, ret_fingerprint);
        must(gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &pem), name);
        write_file(key_path, &pem);
        gnutls_free(pem.data);
        gnutls_x509_crt_deinit(certificate);
        gnutls_x509_privkey_deinit(key);
}
