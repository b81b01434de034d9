/* SPDX-License-Identifier: MIT */
/* Listen: see listen.h. */
#include "daemon/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>

#include "util/cleanup.h"
#include "util/file.h"

#define FOLDER_MODE 0755
#define SOCKET_MODE 0666 /* anybody may ask; who may ask what is decided by uid */

/* Takes the one socket that was passed. */
static int take_passed(int count, Log log, int *ret_fd)
{
        int fd = SD_LISTEN_FDS_START;
        if (count > 1 || sd_is_socket(fd, AF_UNIX, SOCK_SEQPACKET, -1) <= 0) {
                log_write(log, LOG_PRIORITY_ERROR,
                          "systemd has to pass exactly one AF_UNIX SOCK_SEQPACKET socket");
                return -EINVAL;
        }
        if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 ||
            listen(fd, SOMAXCONN) < 0)
                return -errno;
        *ret_fd = fd;
        return 0;
}

/* Checks the folder that the socket lies in, making it when it is missing. */
static int check_folder(const char *path, Log log)
{
        char folder[PATH_MAX];
        const char *slash = strrchr(path, '/');
        if (!slash || slash == path || (size_t)(slash - path) >= sizeof(folder)) {
                log_write(
                        log, LOG_PRIORITY_ERROR,
                        "%s: a socket needs a folder of its own, such as /run/doorward/decide.sock",
                        path);
                return -EINVAL;
        }
        memcpy(folder, path, (size_t)(slash - path));
        folder[slash - path] = '\0';
        if (mkdir(folder, FOLDER_MODE) == 0)
                (void)chmod(folder, FOLDER_MODE); /* whatever the umask */
        _cleanup_close_ int fd = -1;
        int r = file_open_directory(AT_FDCWD, folder, &fd);
        if (r != 0)
                log_write(log, LOG_PRIORITY_ERROR, "%s: %s", folder,
                          r > 0 ? file_problem_text(r) : strerror(-r));
        return r > 0 ? -EPERM : r;
}

/* Removes a socket that nobody listens at any more. */
static int remove_stale(int fd, const struct sockaddr_un *address, Log log)
{
        struct stat status;
        if (lstat(address->sun_path, &status) < 0)
                return errno == ENOENT ? 0 : -errno;
        if (!S_ISSOCK(status.st_mode)) {
                log_write(log, LOG_PRIORITY_ERROR, "%s: there is something else than a socket",
                          address->sun_path);
                return -EEXIST;
        }
        if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0 ||
            errno != ECONNREFUSED) {
                log_write(log, LOG_PRIORITY_ERROR, "%s: somebody listens there already",
                          address->sun_path);
                return -EADDRINUSE;
        }
        return unlink(address->sun_path) < 0 ? -errno : 0;
}

static int new_socket(void)
{
        int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        return fd < 0 ? -errno : fd;
}

static int make(const char *path, Log log, int *ret_fd)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        if (strlen(path) >= sizeof(address.sun_path)) {
                log_write(log, LOG_PRIORITY_ERROR, "%s: too long for a socket", path);
                return -ENAMETOOLONG;
        }
        memcpy(address.sun_path, path, strlen(path) + 1);
        int r = check_folder(path, log);
        if (r < 0)
                return r;
        _cleanup_close_ int probe = new_socket();
        r = probe < 0 ? probe : remove_stale(probe, &address, log);
        if (r < 0)
                return r;
        _cleanup_close_ int fd = new_socket();
        if (fd < 0)
                return fd;
        if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
            chmod(path, SOCKET_MODE) < 0 || listen(fd, SOMAXCONN) < 0) {
                log_write(log, LOG_PRIORITY_ERROR, "%s: %s", path, strerror(errno));
                return -errno;
        }
        *ret_fd = fd;
        fd = -1;
        return 0;
}

int listen_open(const char *path, Log log, Listener *ret_listener)
{
        int count = sd_listen_fds(1);
        int fd = -1;
        int r = count < 0 ? count : count > 0 ? take_passed(count, log, &fd) : make(path, log, &fd);
        if (r < 0)
                return r;
        *ret_listener = (Listener){ .fd = fd, .path = count > 0 ? NULL : path };
        return 0;
}

void listen_close(Listener *listener)
{
        if (listener->path)
                (void)unlink(listener->path);
        cleanup_close(&listener->fd);
        *listener = (Listener){ .fd = -1 };
}
