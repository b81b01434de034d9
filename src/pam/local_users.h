/* SPDX-License-Identifier: MIT */
/*
 * Local users
 *
 * What /etc/passwd itself says, whatever the name service adds to it: a directory must not be able
 * to make somebody a system account.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/text.h"

#define LOCAL_USERS_FILE      "/etc/passwd"
#define LOCAL_USERS_SIZE_MAX  (64u << 20) /* bytes of the file that are read */
#define LOCAL_USERS_LINE_SIZE 4096        /* a longer line names nobody */

typedef struct LocalUser {
        Text name;     /* whom to look for; borrowed; empty: nobody */
        bool is_local; /* set */
        uint32_t uid;  /* set when he is */
        bool decided;  /* set: the file names him, well or badly */
} LocalUser;

/*
 * Looks users up in a file in the format of passwd(5), in one pass. The first line of a name
 * counts, and has to have seven fields and decimal ids; NIS lines ("+", "-") name nobody. The file
 * has to be a regular one of root's or our own that nobody else may write.
 * Return: 0; -EPERM for a file not to be trusted, -EFBIG for one too large, -errno; then nobody is
 * local.
 */
int local_users_find(const char *path, LocalUser *users, size_t count);
