/* SPDX-License-Identifier: MIT */
/*
 * A server that misbehaves, in the place of doorwardd.
 *
 * usage: bad_server SOCKET MODE
 *   silent   accepts and never answers          full     never accepts, backlog already full
 *   close    accepts, reads and hangs up        garbage  answers bytes that are no message
 *   drip     answers one byte a second          huge     answers a frame larger than any message
 *   echo     sends the question back            shut     listens no more: connections are refused
 *   forged   an allow, to a question that was not asked
 *
 * Prints "ready" once the socket is there; ends on SIGTERM, or after two minutes by itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "wire/message.h"

#define LIFETIME_SECONDS 120
#define HUGE_SIZE        (3 * MESSAGE_SIZE_MAX)

static char frame[HUGE_SIZE];

static void server_silent(int client)
{
        (void)client;
        pause();
}

static void server_close(int client)
{
        (void)!recv(client, frame, sizeof(frame), 0);
}

static void server_garbage(int client)
{
        (void)!recv(client, frame, sizeof(frame), 0);
        memset(frame, 0xa5, 512);
        (void)!send(client, frame, 512, MSG_NOSIGNAL);
        pause();
}

static void server_drip(int client)
{
        ssize_t size = recv(client, frame, sizeof(frame), 0);

        for (ssize_t i = 0; i < size; i++) {
                (void)!send(client, frame + i, 1, MSG_NOSIGNAL);
                sleep(1);
        }
}

static void server_huge(int client)
{
        int size = 2 * HUGE_SIZE;

        (void)!recv(client, frame, sizeof(frame), 0);
        setsockopt(client, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
        (void)!send(client, frame, sizeof(frame), MSG_NOSIGNAL);
        pause();
}

static void server_echo(int client)
{
        ssize_t size = recv(client, frame, sizeof(frame), 0);

        if (size > 0)
                (void)!send(client, frame, (size_t)size, MSG_NOSIGNAL);
        pause();
}

/* An answer that is whole and says allow, but repeats another request id. */
static void server_forged(int client)
{
        ssize_t received = recv(client, frame, sizeof(frame), 0);
        MessageWriter writer;
        Message question;
        size_t size;

        if (received <= 0 || message_decode(frame, (size_t)received, &question) < 0)
                return;
        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_ANSWER, question.request_id ^ 1,
                             0);
        message_write_number(&writer, FIELD_OUTCOME, 0xca);
        message_write_text(&writer, FIELD_REASON, TEXT_LITERAL("granted-by-role"));
        if (message_writer_end(&writer, &size) == 0)
                (void)!send(client, frame, size, MSG_NOSIGNAL);
        pause();
}

static const struct {
        const char *name;
        void (*serve)(int client); /* NULL: never accepts */
} MODES[] = {
        { "silent", server_silent },
        { "full", NULL },
        { "close", server_close },
        { "garbage", server_garbage },
        { "drip", server_drip },
        { "huge", server_huge },
        { "echo", server_echo },
        { "forged", server_forged },
        { "shut", NULL },
};

static int server_listen(const char *path, int backlog)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

        if (fd < 0 || strlen(path) >= sizeof(address.sun_path))
                return -1;
        memcpy(address.sun_path, path, strlen(path) + 1);
        unlink(path);
        if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, backlog) < 0)
                return -1;
        return fd;
}

/* Takes every place in the backlog. */
static int server_fill_backlog(const char *path)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };

        memcpy(address.sun_path, path, strlen(path) + 1);
        for (int i = 0; i < 64; i++) {
                int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0);

                if (fd < 0)
                        return -1;
                if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
                        return errno == EAGAIN ? 0 : -1;
        }
        return -1;
}

static int server_loop(int listener, void (*serve)(int client))
{
        for (;;) {
                int client = accept(listener, NULL, NULL);

                if (client < 0)
                        return 1;
                if (fork() == 0) {
                        alarm(LIFETIME_SECONDS);
                        serve(client);
                        _exit(0);
                }
                close(client);
        }
}

int main(int argc, char **argv)
{
        size_t mode = 0;
        int listener;

        if (argc != 3)
                return 2;
        while (mode < sizeof(MODES) / sizeof(MODES[0]) && strcmp(MODES[mode].name, argv[2]) != 0)
                mode++;
        if (mode == sizeof(MODES) / sizeof(MODES[0]))
                return 2;

        setpgid(0, 0);
        alarm(LIFETIME_SECONDS);
        listener = server_listen(argv[1], MODES[mode].serve ? 64 : 1);
        if (listener < 0 || (strcmp(argv[2], "full") == 0 && server_fill_backlog(argv[1]) < 0)) {
                perror("bad_server");
                return 3;
        }
        if (strcmp(argv[2], "shut") == 0)
                close(listener);
        printf("ready\n");
        fflush(stdout);
        if (!MODES[mode].serve) {
                pause();
                return 0;
        }
        return server_loop(listener, MODES[mode].serve);
}
