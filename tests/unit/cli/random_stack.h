/* SPDX-License-Identifier: MIT */
/*
 * Random PAM services
 *
 * Files as careless as people write them: every control, jumps that lead nowhere, substacks in
 * substacks, @include, continued lines, comments, lines that are no lines. Whatever is named by its
 * full path, because Debian's libpam looks for all else in /etc/pam.d only.
 */
#pragma once

#include "random.h"

#define RANDOM_SERVICE "service"

/* Writes a service and the files that it includes into a folder; module is the full path of
 * pam_answer.so. Fails the running test when it cannot. */
void random_service_write(Random *random, const char *folder, const char *module);
