/* SPDX-License-Identifier: MIT */
/* PEM files: see pem_files.h. */
#include "http/pem_files.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/log.h"
#include "util/file.h"
#include "util/timestamp.h"

#define PEM_SIZE_MAX     (1u << 20)
#define CERTIFICATES_MAX 64
#define SOON_S           (30 * 86400) /* and in the last third of its time */

/* What root is shown of a file that is another account's. Return: 0, -errno, > 0 a FileProblem. */
static int read_foreign(const char *path, char **ret_text, struct stat *ret_status)
{
        _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
        _cleanup_free_ char *text = calloc(1, PEM_SIZE_MAX + 1);
        if (fd < 0 || !text || fstat(fd, ret_status) < 0)
                return -errno;
        if (ret_status->st_mode & (S_IWGRP | S_IWOTH))
                return FILE_WRITABLE;
        if (read(fd, text, PEM_SIZE_MAX) < 0)
                return -errno;
        *ret_text = text;
        text = NULL;
        return 0;
}

/* secret: nobody else may read it, either. */
static int read_pem(const char *path, bool secret, bool is_check, char **ret_text)
{
        size_t size;
        struct stat status;
        int r = file_read(AT_FDCWD, path, PEM_SIZE_MAX, ret_text, &size, &status);
        if (r == FILE_WRONG_OWNER && is_check && geteuid() == 0)
                r = read_foreign(path, ret_text, &status);
        if (r == 0 && secret && (status.st_mode & S_IRWXO)) {
                log_write(LOG_PRIORITY_ERROR, "%s: may be read by others", path);
                return -EPERM;
        }
        if (r == 0)
                return 0;
        log_write(LOG_PRIORITY_ERROR, "%s: %s", path, r > 0 ? file_problem_text(r) : strerror(-r));
        return r > 0 ? -EPERM : r;
}

static gnutls_datum_t datum_of(const char *text)
{
        return (gnutls_datum_t){ (unsigned char *)text, (unsigned)strlen(text) };
}

/* Tells when a certificate begins, or ends, at a time that matters. */
static void tell_dates(const char *path, gnutls_x509_crt_t certificate, int64_t now_s)
{
        char text[TIMESTAMP_TEXT_SIZE];
        int64_t begins_s = gnutls_x509_crt_get_activation_time(certificate);
        int64_t ends_s = gnutls_x509_crt_get_expiration_time(certificate);
        if (now_s < begins_s)
                log_write(LOG_PRIORITY_WARNING, "%s: is not valid before %s", path,
                          timestamp_format(begins_s, text));
        else if (now_s >= ends_s)
                log_write(LOG_PRIORITY_WARNING, "%s: has expired at %s: nobody can connect", path,
                          timestamp_format(ends_s, text));
        else if (ends_s - now_s < SOON_S && ends_s - now_s < (ends_s - begins_s) / 3)
                log_write(LOG_PRIORITY_WARNING, "%s: expires at %s", path,
                          timestamp_format(ends_s, text));
}

/* Looks at the certificates of a file; the dates of the first count. */
static int check_certificates(const char *path, const char *text, int64_t now_s)
{
        gnutls_x509_crt_t list[CERTIFICATES_MAX];
        unsigned count = CERTIFICATES_MAX;
        gnutls_datum_t datum = datum_of(text);
        int r = gnutls_x509_crt_list_import(list, &count, &datum, GNUTLS_X509_FMT_PEM,
                                            GNUTLS_X509_CRT_LIST_IMPORT_FAIL_IF_EXCEED);
        if (r <= 0) {
                log_write(LOG_PRIORITY_ERROR, "%s: holds no certificate that can be read: %s", path,
                          gnutls_strerror(r));
                return -EINVAL;
        }
        tell_dates(path, list[0], now_s);
        for (int i = 0; i < r; i++)
                gnutls_x509_crt_deinit(list[i]);
        return 0;
}

/* Whether the key is the certificate's. */
static int check_pair(const HttpSettings *settings, const PemFiles *files)
{
        gnutls_certificate_credentials_t credentials;
        gnutls_datum_t certificate = datum_of(files->certificate), key = datum_of(files->key);
        if (gnutls_certificate_allocate_credentials(&credentials) < 0)
                return -ENOMEM;
        int r = gnutls_certificate_set_x509_key_mem(credentials, &certificate, &key,
                                                    GNUTLS_X509_FMT_PEM);
        gnutls_certificate_free_credentials(credentials);
        if (r >= 0)
                return 0;
        if (r == GNUTLS_E_CERTIFICATE_KEY_MISMATCH)
                log_write(LOG_PRIORITY_ERROR, "%s: is not the key of the certificate %s",
                          settings->key, settings->certificate);
        else
                log_write(LOG_PRIORITY_ERROR, "%s: holds no key that can be read: %s",
                          settings->key, gnutls_strerror(r));
        return -EINVAL;
}

/* All of them are looked at, so that all that is wrong is told at once. */
int pem_files_read(const HttpSettings *settings, bool is_check, int64_t now_s, PemFiles *ret_files)
{
        PemFiles files = { 0 };
        int certificate = read_pem(settings->certificate, false, is_check, &files.certificate);
        int key = read_pem(settings->key, true, is_check, &files.key);
        int authority = read_pem(settings->authority, false, is_check, &files.authority);
        if (certificate == 0)
                certificate = check_certificates(settings->certificate, files.certificate, now_s);
        if (certificate == 0 && key == 0)
                key = check_pair(settings, &files);
        if (authority == 0)
                authority = check_certificates(settings->authority, files.authority, now_s);
        int r = certificate < 0 ? certificate : key < 0 ? key : authority;
        if (r == 0)
                *ret_files = files;
        else
                pem_files_release(&files);
        return r;
}

void pem_files_release(PemFiles *files)
{
        if (files->key)
                explicit_bzero(files->key, strlen(files->key));
        free(files->certificate);
        free(files->key);
        free(files->authority);
        *files = (PemFiles){ 0 };
}
