/* SPDX-License-Identifier: MIT */
/* Daemon files: see daemon_files.h. Owners are not looked at: --check may be run by root. */
#include "gateway/daemon_files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cleanup.h"

#define READ_SIZE 65536

/* What is wrong with a file, or NULL. secret: nobody else may read it. */
static const char *problem_of(const char *path, bool secret)
{
        static const char BEGIN[] = "-----BEGIN ";
        _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        _cleanup_free_ char *bytes = malloc(READ_SIZE);
        struct stat status;
        if (fd < 0 || !bytes || fstat(fd, &status) < 0)
                return strerror(errno);
        if (!S_ISREG(status.st_mode))
                return "is no regular file";
        if (secret && (status.st_mode & S_IRWXO))
                return "may be read by others";
        ssize_t size = read(fd, bytes, READ_SIZE);
        if (size < 0)
                return strerror(errno);
        return memmem(bytes, (size_t)size, BEGIN, sizeof(BEGIN) - 1) ? NULL : "is no PEM file";
}

int daemon_files_check(const SettingsDaemon *daemon, Log log)
{
        const struct {
                const char *path;
                bool secret;
        } files[] = { { daemon->authority, false },
                      { daemon->certificate, false },
                      { daemon->key, true } };
        int r = 0;
        if (!daemon->url)
                return 0;
        for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
                const char *problem = problem_of(files[i].path, files[i].secret);
                if (!problem)
                        continue;
                log_write(log, LOG_ERR, "%s: %s", files[i].path, problem);
                r = -EINVAL;
        }
        return r;
}
