/* SPDX-License-Identifier: MIT */
/* Daemon files: see daemon_files.h. */
#include "gateway/daemon_files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/cleanup.h"
#include "util/file.h"

#define READ_SIZE    65536
#define KEY_SIZE_MAX (1u << 20)

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
        bool is_pem = memmem(bytes, (size_t)size, BEGIN, sizeof(BEGIN) - 1);
        explicit_bzero(bytes, (size_t)size);
        return is_pem ? NULL : "is no PEM file";
}

/* Whose key it is, and who may change it. Return: what is wrong, or NULL. */
static const char *problem_of_owner(const char *path)
{
        _cleanup_free_ char *key = NULL;
        size_t size;
        int r = file_read(AT_FDCWD, path, KEY_SIZE_MAX, &key, &size, NULL);
        if (r == 0)
                explicit_bzero(key, size);
        return r == 0 ? NULL : r > 0 ? file_problem_text(r) : strerror(-r);
}

int daemon_files_check(const SettingsDaemon *daemon, bool is_check, Log log)
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
                if (!problem && files[i].secret && !is_check)
                        problem = problem_of_owner(files[i].path);
                if (!problem)
                        continue;
                log_write(log, LOG_ERR, "%s: %s", files[i].path, problem);
                r = -EINVAL;
        }
        return r;
}
