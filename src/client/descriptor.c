/* SPDX-License-Identifier: MIT */
/*
 * Descriptors
 *
 * sshd and cron jobs may run with 0, 1 or 2 closed; the next socket() would then become standard
 * output.
 */
#include "client/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int descriptor_above_standard(int fd)
{
        if (fd < 0 || fd > STDERR_FILENO)
                return fd;
        int moved = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        int saved_errno = errno;
        close(fd);
        errno = saved_errno;
        return moved;
}
