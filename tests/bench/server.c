/* SPDX-License-Identifier: MIT */
#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { START_MS = 120000, READY_POLL_US = 1000, EVENTS = 64, BACKLOG = 512 };

void bench_fail(const char *what, const char *detail)
{
        fprintf(stderr, "benchmark: %s: %s\n", what, detail);
        exit(2);
}

void bench_write(const char *scratch, const char *name, const char *text)
{
        int r = scratch_write(scratch, name, text);
        if (r < 0)
                bench_fail(name, strerror(-r));
}

Connection *bench_connect(const char *path)
{
        Connection *connection = NULL;
        ConnectionOptions options = { .socket_path = path };
        int r = connection_open(&options, deadline_after_ms(5000), &connection);
        if (r != 0)
                bench_fail(path, connection_problem_text(r));
        return connection;
}

/* Asks for the status until the daemon serves a policy. */
static bool is_ready(const char *path)
{
        uint8_t frame[256];
        size_t size;
        Connection *connection = NULL;
        ConnectionOptions options = { .socket_path = path };
        Deadline deadline = deadline_after_ms(1000);
        if (connection_open(&options, deadline, &connection) != 0)
                return false;
        MessageWriter writer;
        Message message = { .type = 0 };
        uint32_t status = 3;
        uint64_t id = connection_next_request_id(connection);
        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_STATUS, id, 0);
        if (message_writer_end(&writer, &size) == 0 &&
            connection_send(connection, frame, size, deadline) == 0)
                while (connection_receive(connection, id, deadline, &message) == 0 &&
                       message.type == MESSAGE_RECORD)
                        continue;
        bool ended = message.type == MESSAGE_END && message_number(&message, FIELD_STATUS, &status);
        connection_free(connection);
        return ended && status == 0;
}

/* Becomes the daemon, with its log in a file. */
_Noreturn static void run_daemon(const char *program, const char *scratch, const char *socket)
{
        char policy[SCRATCH_PATH_SIZE], roles[SCRATCH_PATH_SIZE], state[SCRATCH_PATH_SIZE],
                log[SCRATCH_PATH_SIZE];
        scratch_path(scratch, "policy", policy);
        scratch_path(scratch, "roles", roles);
        scratch_path(scratch, "state", state);
        scratch_path(scratch, "log", log);
        int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (fd >= 0 && dup2(fd, STDERR_FILENO) >= 0)
                execl(program, "doorwardd", "--policy", policy, "--roles", roles, "--state", state,
                      "--socket", socket, NULL);
        _exit(127);
}

pid_t bench_daemon_start(const char *program, const char *scratch, char *ret_socket)
{
        scratch_path(scratch, "run/decide.sock", ret_socket);
        if (scratch_make_folder(scratch, "run") < 0 || scratch_make_folder(scratch, "state") < 0)
                bench_fail(scratch, "cannot be written");
        pid_t pid = fork();
        if (pid == 0)
                run_daemon(program, scratch, ret_socket);
        Deadline deadline = deadline_after_ms(START_MS);
        while (!is_ready(ret_socket)) {
                if (pid < 0 || waitpid(pid, NULL, WNOHANG) != 0 || deadline_left_ms(deadline) == 0)
                        bench_fail(scratch, "the daemon did not become ready; see its log");
                usleep(READY_POLL_US);
        }
        return pid;
}

int bench_listen(const char *path)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
        int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
        if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
            listen(fd, BACKLOG) < 0)
                bench_fail(path, strerror(errno));
        return fd;
}

static void accept_one(int epoll, int listener)
{
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };
        if (fd >= 0)
                epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static void echo(int fd)
{
        static char frame[MESSAGE_SIZE_MAX];
        ssize_t size = recv(fd, frame, sizeof(frame), MSG_DONTWAIT);
        if (size <= 0 || send(fd, frame, (size_t)size, MSG_NOSIGNAL) != size)
                close(fd);
}

_Noreturn static void serve_bare(int listener)
{
        struct epoll_event events[EVENTS];
        int epoll = epoll_create1(EPOLL_CLOEXEC);
        events[0] = (struct epoll_event){ .events = EPOLLIN, .data.fd = listener };
        epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &events[0]);
        for (;;) {
                int count = epoll_wait(epoll, events, EVENTS, -1);
                for (int i = 0; i < count; i++)
                        if (events[i].data.fd == listener)
                                accept_one(epoll, listener);
                        else
                                echo(events[i].data.fd);
        }
}

pid_t bench_bare_start(const char *path)
{
        int listener = bench_listen(path);
        pid_t pid = fork();
        if (pid == 0) {
                prctl(PR_SET_PDEATHSIG, SIGKILL);
                serve_bare(listener);
        }
        close(listener);
        return pid;
}

void bench_server_stop(pid_t pid)
{
        kill(pid, SIGTERM);
        waitpid(pid, NULL, 0);
}
