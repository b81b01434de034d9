/* SPDX-License-Identifier: MIT */
/*
 * Files
 *
 * Everything is judged on the opened descriptor, so that nobody can put another file in its place
 * between the check and the reading. O_NONBLOCK keeps a FIFO or a device from holding us up at
 * open(2); it has no effect on regular files.
 */
#include "util/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

#include "util/cleanup.h"

const char *file_problem_text(int problem)
{
        static const char *const TEXTS[] = {
                [FILE_SAFE] = "is safe",
                [FILE_NOT_REGULAR] = "is not a regular file",
                [FILE_WRONG_OWNER] = "belongs neither to root nor to the user running this program",
                [FILE_WRITABLE] = "may be written by its group or by others",
                [FILE_TOO_LARGE] = "is too large",
                [FILE_NOT_DIRECTORY] = "is not a folder",
                [FILE_CHANGED] = "changed while it was read",
        };
        if (problem < 0 || (size_t)problem >= sizeof(TEXTS) / sizeof(TEXTS[0]))
                return "has an unknown problem";
        return TEXTS[problem];
}

static int ownership_check(const struct stat *status)
{
        if (status->st_uid != 0 && status->st_uid != geteuid())
                return FILE_WRONG_OWNER;
        return status->st_mode & (S_IWGRP | S_IWOTH) ? FILE_WRITABLE : FILE_SAFE;
}

/* Copies a name without the slashes at its end, which make open(2) follow a link in spite of
 * O_NOFOLLOW. */
static char *name_trim(const char *name)
{
        size_t size = strlen(name);
        while (size > 1 && name[size - 1] == '/')
                size--;
        return strndup(name, size);
}

int file_open_directory(int directory_fd, const char *name, int *ret_fd)
{
        _cleanup_free_ char *trimmed = name_trim(name);
        if (!trimmed)
                return -ENOMEM;
        _cleanup_close_ int fd =
                openat(directory_fd, trimmed,
                       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0)
                return errno == ENOTDIR || errno == ELOOP ? FILE_NOT_DIRECTORY : -errno;
        struct stat status;
        if (fstat(fd, &status) < 0)
                return -errno;
        int problem = ownership_check(&status);
        if (problem)
                return problem;
        *ret_fd = fd;
        fd = -1;
        return 0;
}

static int regular_open(int directory_fd, const char *name, size_t size_max, int *ret_fd,
                        struct stat *ret_status)
{
        _cleanup_close_ int fd = openat(directory_fd, name,
                                        O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        if (fd < 0) /* ELOOP: a symbolic link; ENXIO: a socket or a device without a driver */
                return errno == ELOOP || errno == ENXIO ? FILE_NOT_REGULAR : -errno;
        struct stat status;
        if (fstat(fd, &status) < 0)
                return -errno;
        if (!S_ISREG(status.st_mode))
                return FILE_NOT_REGULAR;
        int problem = ownership_check(&status);
        if (problem)
                return problem;
        if ((uint64_t)status.st_size > size_max)
                return FILE_TOO_LARGE;
        *ret_fd = fd;
        *ret_status = status;
        fd = -1;
        return 0;
}

/* Reads until size bytes are there or the file ends. Return: the number of bytes, or -errno. */
static ssize_t read_up_to(int fd, char *buffer, size_t size)
{
        size_t count = 0;
        while (count < size) {
                ssize_t step = read(fd, buffer + count, size - count);
                if (step < 0 && errno != EINTR)
                        return -errno;
                if (step == 0)
                        break;
                if (step > 0)
                        count += (size_t)step;
        }
        return (ssize_t)count;
}

int file_read(int directory_fd, const char *name, size_t size_max, char **ret_data,
              size_t *ret_size, struct stat *ret_status)
{
        _cleanup_close_ int fd = -1;
        struct stat status;
        int result = regular_open(directory_fd, name, size_max, &fd, &status);
        if (result != 0)
                return result;
        /* One byte more than the file had: it is filled if the file has grown, and becomes the
         * closing NUL otherwise. */
        size_t size = (size_t)status.st_size;
        _cleanup_free_ char *data = malloc(size + 1);
        if (!data)
                return -ENOMEM;
        ssize_t count = read_up_to(fd, data, size + 1);
        if (count < 0)
                return (int)count;
        if ((size_t)count != size)
                return FILE_CHANGED;
        data[size] = '\0';
        *ret_data = data;
        *ret_size = size;
        if (ret_status)
                *ret_status = status;
        data = NULL;
        return 0;
}

int file_list(int directory_fd, DIR **ret_list)
{
        int fd = openat(directory_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        DIR *list = fdopendir(fd);
        if (!list) {
                int result = -errno;
                close(fd);
                return result;
        }
        *ret_list = list;
        return 0;
}

int file_write_all(int fd, const void *data, size_t size)
{
        const char *bytes = data;
        while (size > 0) {
                ssize_t step = write(fd, bytes, size);
                if (step < 0 && errno != EINTR)
                        return -errno;
                if (step == 0)
                        return -EIO; /* nothing taken, no reason given: never turn in circles */
                if (step > 0) {
                        bytes += step;
                        size -= (size_t)step;
                }
        }
        return 0;
}
