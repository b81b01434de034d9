/* SPDX-License-Identifier: MIT */
/*
 * Connection
 *
 * What MUST hold, since this runs as root inside sshd, sudo and login:
 *
 * 1. Folder, socket and peer are verified at every attempt to connect, never once and for all.
 * 2. Nothing blocks: every call is non-blocking, waiting is done by poll() up to the deadline.
 * 3. No SIGPIPE, no descriptor below 3, none that survives exec, none received from the peer.
 * 4. A reply has room of its own, of a fixed size, before anyone has sent it.
 */
#include "client/connection.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "client/descriptor.h"
#include "doorward-config.h"

enum {
        DYNAMIC_UID_FIRST = 61184, /* systemd.exec(5), DynamicUser= */
        DYNAMIC_UID_LAST = 65519,
        OVERFLOW_UID = 65534, /* what every uid outside a user namespace looks like inside */
};

struct Connection {
        int fd; /* -1: not connected */
        bool server_uid_stated;
        uint32_t server_uid;
        uint32_t folder_uid; /* owner of the socket's folder, once it was found trustworthy */
        struct sockaddr_un address;
        uint8_t frame[MESSAGE_SIZE_MAX];
};

const char *connection_problem_text(int problem)
{
        static const char *const TEXTS[] = {
                [CONNECTION_UNREACHABLE] = "the daemon is not reachable",
                [CONNECTION_UNTRUSTED] = "the socket or who listens there is not trusted",
                [CONNECTION_LATE] = "the daemon did not answer in time",
                [CONNECTION_PROTOCOL] = "the daemon's reply is not one to this request",
                [CONNECTION_AGAIN] = "not yet",
        };
        if (problem == -ENOMEM)
                return "out of memory";
        if (problem == -EINVAL || problem == -EMSGSIZE)
                return "the request cannot be sent";
        if (problem <= 0 || (size_t)problem >= sizeof(TEXTS) / sizeof(TEXTS[0]))
                return "the connection cannot be made";
        return TEXTS[problem];
}

static int problem_from_errno(int error)
{
        switch (error) {
        case EAGAIN:
                return CONNECTION_AGAIN;
        case EACCES:
        case ECONNREFUSED:
        case ECONNRESET:
        case ENOENT:
        case ENOTCONN:
        case EPERM:
        case EPIPE:
                return CONNECTION_UNREACHABLE;
        case ELOOP:
        case ENOTDIR:
        case ENOTSOCK:
        case EPROTOTYPE:
                return CONNECTION_UNTRUSTED;
        case ENOBUFS:
                return -ENOMEM;
        default:
                return -error;
        }
}

int connection_new(const ConnectionOptions *options, Connection **ret)
{
        const char *path = options->socket_path ? options->socket_path : DOORWARD_SOCKET;
        size_t size = strlen(path);
        if (size == 0 || size >= sizeof((struct sockaddr_un){ 0 }.sun_path) ||
            path[size - 1] == '/')
                return -EINVAL;

        Connection *connection = malloc(sizeof(*connection));
        if (!connection)
                return -ENOMEM;
        connection->fd = -1;
        connection->server_uid_stated = options->server_uid_stated;
        connection->server_uid = options->server_uid;
        connection->folder_uid = 0;
        connection->address = (struct sockaddr_un){ .sun_family = AF_UNIX };
        memcpy(connection->address.sun_path, path, size + 1);
        *ret = connection;
        return 0;
}

Connection *connection_free(Connection *connection)
{
        if (!connection)
                return NULL;
        if (connection->fd >= 0)
                close(connection->fd);
        free(connection);
        return NULL;
}

/* Who owns the folder may run the daemon, as far as that uid can mean only one account. */
static bool folder_owner_is_trusted(const Connection *connection, uint32_t uid)
{
        if (uid == 0 || (connection->server_uid_stated && uid == connection->server_uid))
                return true;
        if (uid == geteuid())
                return true; /* who could be that uid too can already do all that we can */
        return uid <= INT32_MAX && uid != OVERFLOW_UID &&
               (uid < DYNAMIC_UID_FIRST || uid > DYNAMIC_UID_LAST);
}

static bool uid_is_trusted(const Connection *connection, uint32_t uid)
{
        return uid == 0 || uid == connection->folder_uid ||
               (connection->server_uid_stated && uid == connection->server_uid);
}

/* Opens the folder that the socket lies in; *ret_name is the rest of the path (borrowed). */
static int folder_open(const Connection *connection, const char **ret_name)
{
        char folder[sizeof(connection->address.sun_path)];
        const char *path = connection->address.sun_path, *slash = strrchr(path, '/');
        if (!slash) {
                memcpy(folder, ".", sizeof("."));
        } else {
                size_t size = slash == path ? 1 : (size_t)(slash - path);
                memcpy(folder, path, size);
                folder[size] = '\0';
        }
        *ret_name = slash ? slash + 1 : path;
        return descriptor_above_standard(
                open(folder, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

static int folder_verify(Connection *connection)
{
        const char *name;
        _cleanup_close_ int folder = folder_open(connection, &name);
        struct stat status;
        if (folder < 0 || fstat(folder, &status) < 0)
                return problem_from_errno(errno);
        if (!folder_owner_is_trusted(connection, status.st_uid) ||
            (status.st_mode & (S_IWGRP | S_IWOTH)))
                return CONNECTION_UNTRUSTED;
        connection->folder_uid = status.st_uid;

        if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
                return problem_from_errno(errno);
        if (!S_ISSOCK(status.st_mode) || !uid_is_trusted(connection, status.st_uid))
                return CONNECTION_UNTRUSTED;
        return 0;
}

static int peer_verify(const Connection *connection, int fd)
{
        struct ucred peer;
        socklen_t size = sizeof(peer);
        if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 || size != sizeof(peer))
                return CONNECTION_UNTRUSTED;
        return uid_is_trusted(connection, peer.uid) ? 0 : CONNECTION_UNTRUSTED;
}

int connection_try_open(Connection *connection)
{
        if (connection->fd >= 0)
                return 0;
        int r = folder_verify(connection);
        if (r)
                return r;
        _cleanup_close_ int fd = descriptor_above_standard(
                socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        if (fd < 0)
                return problem_from_errno(errno);
        /* On AF_UNIX a non-blocking connect() is done or fails at once, EAGAIN meaning that the
         * queue is full. */
        while (connect(fd, (const struct sockaddr *)&connection->address,
                       sizeof(connection->address)) < 0)
                if (errno != EINTR)
                        return problem_from_errno(errno);
        r = peer_verify(connection, fd);
        if (r)
                return r;
        connection->fd = fd;
        fd = -1;
        return 0;
}

/* Waits for events, or, without a descriptor, for at most CONNECTION_RETRY_MS.
 * Return: 0 when it is worth trying again, CONNECTION_LATE, -errno. */
static int connection_wait(const Connection *connection, short events, Deadline deadline)
{
        struct pollfd file = { .fd = connection->fd, .events = events };
        int left_ms = deadline_left_ms(deadline);
        if (left_ms == 0)
                return CONNECTION_LATE;
        if (connection->fd < 0 && left_ms > CONNECTION_RETRY_MS)
                left_ms = CONNECTION_RETRY_MS;
        if (poll(&file, 1, left_ms) < 0 && errno != EINTR)
                return problem_from_errno(errno);
        return 0;
}

int connection_open(const ConnectionOptions *options, Deadline deadline, Connection **ret)
{
        _cleanup_(connection_freep) Connection *connection = NULL;
        int r = connection_new(options, &connection);
        if (r)
                return r;
        while ((r = connection_try_open(connection)) == CONNECTION_AGAIN) {
                r = connection_wait(connection, 0, deadline);
                if (r)
                        return r;
        }
        if (r)
                return r;
        *ret = connection;
        connection = NULL;
        return 0;
}

int connection_fd(const Connection *connection)
{
        return connection->fd;
}

bool connection_is_idle(const Connection *connection)
{
        struct pollfd file = { .fd = connection->fd, .events = POLLIN };
        return connection->fd >= 0 && poll(&file, 1, 0) == 0;
}

uint64_t connection_next_request_id(Connection *connection)
{
        uint64_t id = 0;
        /* No secret: it only has to differ from the numbers of earlier requests. */
        if (getrandom(&id, sizeof(id), GRND_NONBLOCK) != (ssize_t)sizeof(id) || id == 0)
                id = deadline_clock_ns() ^ ((uint64_t)getpid() << 40);
        return id ? id : 1;
}

int connection_try_send(Connection *connection, const void *frame, size_t size)
{
        ssize_t sent;
        do
                sent = send(connection->fd, frame, size, MSG_NOSIGNAL | MSG_DONTWAIT);
        while (sent < 0 && errno == EINTR);
        if (sent < 0)
                return problem_from_errno(errno);
        return (size_t)sent == size ? 0 : CONNECTION_PROTOCOL;
}

int connection_send(Connection *connection, const void *frame, size_t size, Deadline deadline)
{
        int r;
        while ((r = connection_try_send(connection, frame, size)) == CONNECTION_AGAIN) {
                r = connection_wait(connection, POLLOUT, deadline);
                if (r)
                        return r;
        }
        return r;
}

int connection_try_receive(Connection *connection, uint64_t request_id, Message *ret_message)
{
        struct iovec part = { connection->frame, sizeof(connection->frame) };
        /* Without room for control data the kernel drops descriptors that a peer passes. */
        struct msghdr header = { .msg_iov = &part, .msg_iovlen = 1 };
        ssize_t size;
        do
                size = recvmsg(connection->fd, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        while (size < 0 && errno == EINTR);
        if (size < 0)
                return problem_from_errno(errno);
        if (size == 0)
                return CONNECTION_UNREACHABLE;
        if (header.msg_flags & MSG_TRUNC)
                return CONNECTION_PROTOCOL;
        if (message_decode(connection->frame, (size_t)size, ret_message) < 0 ||
            ret_message->request_id != request_id)
                return CONNECTION_PROTOCOL;
        return 0;
}

int connection_receive(Connection *connection, uint64_t request_id, Deadline deadline,
                       Message *ret_message)
{
        int r;
        while ((r = connection_try_receive(connection, request_id, ret_message)) ==
               CONNECTION_AGAIN) {
                r = connection_wait(connection, POLLIN, deadline);
                if (r)
                        return r;
        }
        return r;
}
