/* SPDX-License-Identifier: MIT */
/*
 * PEM files
 *
 * The front's certificate, its key and the authority of its clients: read, and looked at, so that
 * what is wrong is told of by the name of the file, before anybody connects.
 */
#pragma once

#include "http/settings.h"
#include "util/cleanup.h"

typedef struct PemFiles {
        char *certificate, *key, *authority; /* texts, owned */
} PemFiles;

/* Reads them. What is wrong is in the log, also a certificate that is not valid at now_s (seconds
 * UTC), which is no error: clients see to it themselves. is_check: root may look at files of the
 * account that will use them. Return: 0 and the files (owned by the caller), -errno. */
int pem_files_read(const HttpSettings *settings, bool is_check, int64_t now_s, PemFiles *ret_files);

/* Forgets the texts, the key with certainty. */
void pem_files_release(PemFiles *files);
