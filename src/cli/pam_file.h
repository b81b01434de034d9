/* SPDX-License-Identifier: MIT */
/*
 * PAM service files: finding and reading one
 *
 * Links are followed, as libpam does: whole distributions make their stacks of them.
 */
#pragma once

#include <stddef.h>
#include <sys/stat.h>

#define PAM_FILE_SIZE_MAX (1 << 20)

/*
 * Opens a file as libpam finds it: a name that begins with a slash as it stands, any other in
 * directory, or else in vendor (NULL: nowhere else).
 * Return: a descriptor and the path (both owned by the caller), or -errno; -ENOENT when there is
 * no such file. The path is set whenever a place was found, and NULL otherwise.
 */
int pam_file_open(const char *directory, const char *vendor, const char *name, char **ret_path);

/*
 * Reads an opened file to its end.
 * Return: 0 and its bytes (owned by the caller) and their number, -EINVAL no regular file, -EFBIG
 * more than PAM_FILE_SIZE_MAX, -EILSEQ a byte 0 in it, or another -errno.
 */
int pam_file_read(int fd, const struct stat *status, char **ret_data, size_t *ret_size);

/* Says in a few words, fit to follow a path, what an error of these two functions means. */
const char *pam_file_error_text(int error);
