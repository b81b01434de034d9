/* SPDX-License-Identifier: MIT */
/* Process: see process.h. */
#include "daemon/process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util/cleanup.h"
#include "util/number.h"
#include "util/text.h"

#define BOOT_ID_FILE     "/proc/sys/kernel/random/boot_id"
#define BOOT_ID_VARIABLE "DOORWARD_BOOT_ID"
#define STAT_SIZE_MAX    1024
#define STARTED_FIELD    22 /* of /proc/PID/stat, counted from 1 (proc(5)) */

static int read_file(const char *path, char *buffer, size_t size)
{
        _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
                return errno == ENOENT ? -ESRCH : -errno;
        ssize_t count = read(fd, buffer, size - 1);
        if (count < 0)
                return -errno;
        buffer[count] = '\0';
        return 0;
}

/* The first 16 hexadecimal digits of the boot id; 0 when it is not known. */
static uint64_t boot_number(void)
{
        char text[64];
        const char *id = text;
        uint64_t number = 0;
        if (read_file(BOOT_ID_FILE, text, sizeof(text)) < 0)
                id = getenv(BOOT_ID_VARIABLE);
        for (unsigned digits = 0; id && *id && digits < 16; id++) {
                static const char HEXADECIMAL[] = "0123456789abcdef";
                const char *digit = strchr(HEXADECIMAL, *id);
                if (!digit)
                        continue;
                number = number << 4 | (uint64_t)(digit - HEXADECIMAL);
                digits++;
        }
        return number;
}

/* Field STARTED_FIELD. The second one is a name in parentheses, which may hold anything: counting
 * begins behind its last one. */
static int read_ticks(const char *stat, uint64_t *ret_ticks)
{
        const char *at = strrchr(stat, ')');
        unsigned field = 2;
        while (at && field < STARTED_FIELD) {
                at = strchr(at, ' ');
                at = at ? at + 1 : NULL;
                field++;
        }
        if (!at)
                return -EPROTO;
        return number_parse((Text){ at, strcspn(at, " ") }, UINT64_MAX, ret_ticks) == 0 ? 0
                                                                                        : -EPROTO;
}

int process_started(pid_t pid, int64_t *ret_started)
{
        char path[64], stat[STAT_SIZE_MAX];
        uint64_t ticks;
        if (pid <= 0)
                return -ESRCH;
        (void)snprintf(path, sizeof(path), "/proc/%d/stat", pid);
        int r = read_file(path, stat, sizeof(stat));
        if (r == 0)
                r = read_ticks(stat, &ticks);
        if (r < 0)
                return r;
        *ret_started = (int64_t)(ticks ^ boot_number());
        return 0;
}

int process_open(pid_t pid, int64_t started)
{
        int64_t now;
        /* Opened first: if the number means the right process afterwards, it did before. */
        _cleanup_close_ int fd = (int)syscall(SYS_pidfd_open, pid, 0);
        if (fd < 0)
                return errno == EINVAL ? -ESRCH : -errno;
        int r = process_started(pid, &now);
        if (r < 0)
                return r;
        if (now != started)
                return -ESRCH;
        r = fd;
        fd = -1;
        return r;
}

int process_signal(int pidfd, int signal)
{
        return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) == 0 ? 0 : -errno;
}
