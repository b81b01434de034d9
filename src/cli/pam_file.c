/* SPDX-License-Identifier: MIT */
/* PAM service files: finding and reading one. */
#include "cli/pam_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "util/cleanup.h"

/* Return: the path, owned by the caller, or NULL. */
static char *join(const char *folder, const char *name)
{
        char *path = NULL;
        int r = *name == '/' ? asprintf(&path, "%s", name) : asprintf(&path, "%s/%s", folder, name);
        return r < 0 ? NULL : path;
}

int pam_file_open(const char *directory, const char *vendor, const char *name, char **ret_path)
{
        const char *folders[] = { directory, vendor };
        *ret_path = NULL;
        for (int i = 0; i < 2 && folders[i]; i++) {
                _cleanup_free_ char *path = join(folders[i], name);
                if (!path)
                        return -ENOMEM;
                int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
                int r = fd < 0 ? -errno : fd;
                if (r == -ENOENT)
                        continue;
                *ret_path = path;
                path = NULL;
                return r;
        }
        return -ENOENT;
}

int pam_file_read(int fd, const struct stat *status, char **ret_data, size_t *ret_size)
{
        if (!S_ISREG(status->st_mode))
                return -EINVAL;
        if (status->st_size > PAM_FILE_SIZE_MAX)
                return -EFBIG;
        size_t size = 0, room = (size_t)status->st_size;
        _cleanup_free_ char *data = malloc(room + 1);
        if (!data)
                return -ENOMEM;
        while (size < room) {
                ssize_t part = read(fd, data + size, room - size);
                if (part < 0)
                        return -errno;
                if (part == 0)
                        break;
                size += (size_t)part;
        }
        if (memchr(data, '\0', size))
                return -EILSEQ;
        *ret_data = data;
        *ret_size = size;
        data = NULL;
        return 0;
}

const char *pam_file_error_text(int error)
{
        switch (error) {
        case -EINVAL:
                return "is no regular file";
        case -EFBIG:
                return "is larger than 1 MiB";
        case -EILSEQ:
                return "holds a byte 0";
        case -EACCES:
                return "may not be read (permission denied)";
        default:
                return strerror(-error);
        }
}
