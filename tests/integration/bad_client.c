/* SPDX-License-Identifier: MIT */
/*
 * A client that misbehaves, against a real doorwardd.
 *
 * usage: bad_client SOCKET MODE
 *   vanish     asks 200 questions and hangs up without reading any answer
 *   idle       opens 300 connections, keeps them until SIGTERM, says nothing
 *   garbage    sends frames that are no message; each must cost that connection and nothing else
 *   version    a frame of version 2
 *   flipped    a right question with one byte changed, every byte in turn; none may be allowed
 *   nul        a user's name that goes on behind a NUL
 *   truncated  a right question cut short, at every length
 *   uid-limit  session questions that state the uids 4294967295, 4294967294 and 2147483648
 *
 * Exit status 0: the daemon behaved; 1 with a line that says what it did.
 */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "wire/message.h"

#define ANSWER_WAIT_MS 5000
#define OUTCOME_ALLOW  0xcau

static const char *socket_path;
static unsigned char frame[MESSAGE_SIZE_MAX];
static unsigned char reply[MESSAGE_SIZE_MAX];

static int client_connect(void)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

        if (fd < 0 || strlen(socket_path) >= sizeof(address.sun_path))
                return -1;
        memcpy(address.sun_path, socket_path, strlen(socket_path) + 1);
        if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
                close(fd);
                return -1;
        }
        return fd;
}

/* A question that is allowed to whoever runs this test: about alice. Return: its size. */
static size_t client_question(const char *user)
{
        MessageWriter writer;
        size_t size = 0;

        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_ASK, 42, 0);
        message_write_text(&writer, FIELD_USER, text_from(user));
        message_write_text(&writer, FIELD_ACTION, TEXT_LITERAL("access.door.unlock"));
        message_write_text(&writer, FIELD_RESOURCE, TEXT_LITERAL("door:acme/HQ/D1"));
        return message_writer_end(&writer, &size) == 0 ? size : 0;
}

/* A session question by a process of this uid. Return: its size. */
static size_t client_session(const char *user, uint32_t uid)
{
        MessageWriter writer;
        size_t size = 0;

        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_SESSION, 42, 0);
        message_write_text(&writer, FIELD_USER, text_from(user));
        message_write_text(&writer, FIELD_ACTION, TEXT_LITERAL("session"));
        message_write_text(&writer, FIELD_RESOURCE, TEXT_LITERAL(""));
        message_write_text(&writer, FIELD_SERVICE, TEXT_LITERAL("sshd"));
        message_write_number(&writer, FIELD_PHASE, SESSION_PHASE_ACCOUNT);
        message_write_number(&writer, FIELD_CALLER_UID, uid);
        message_write_number(&writer, FIELD_USER_UID, uid);
        message_write_number(&writer, FIELD_MINIMUM_UID, 1000);
        return message_writer_end(&writer, &size) == 0 ? size : 0;
}

/* Waits for one frame. Return: its size, 0 for a closed connection, -1 for silence. */
static ssize_t client_wait(int fd)
{
        struct pollfd waiting = { .fd = fd, .events = POLLIN };
        ssize_t size;

        if (poll(&waiting, 1, ANSWER_WAIT_MS) != 1)
                return -1;
        size = recv(fd, reply, sizeof(reply), 0);
        return size < 0 ? 0 : size;
}

/* Whether the frame received last is an answer that allows. */
static bool client_was_allowed(ssize_t size)
{
        Message message;
        uint32_t outcome = 0;

        return size > 0 && message_decode(reply, (size_t)size, &message) == 0 &&
               message.type == MESSAGE_ANSWER &&
               message_number(&message, FIELD_OUTCOME, &outcome) && outcome == OUTCOME_ALLOW;
}

/* Sends frame and waits. Return: what client_wait() says; the connection is closed. */
static ssize_t client_exchange(size_t size)
{
        int fd = client_connect();
        ssize_t answer;

        if (fd < 0)
                return -1;
        answer = send(fd, frame, size, MSG_NOSIGNAL) < 0 ? 0 : client_wait(fd);
        close(fd);
        return answer;
}

/* Says what the daemon did wrong. Return: 1. */
__attribute__((format(printf, 1, 2))) static int complain(const char *format, ...)
{
        va_list arguments;

        va_start(arguments, format);
        vprintf(format, arguments);
        va_end(arguments);
        putchar('\n');
        return 1;
}

static int client_still_answers(const char *after)
{
        if (client_was_allowed(client_exchange(client_question("alice"))))
                return 0;
        return complain("after %s the daemon does not answer a right question", after);
}

static int mode_vanish(void)
{
        size_t size = client_question("alice");

        for (int i = 0; i < 200; i++) {
                int fd = client_connect();

                if (fd < 0 || send(fd, frame, size, MSG_NOSIGNAL) < 0)
                        return complain("cannot send: %s", strerror(errno));
                close(fd);
        }
        return client_still_answers("200 vanished peers");
}

static int mode_idle(void)
{
        for (int i = 0; i < 300; i++)
                if (client_connect() < 0)
                        break;
        printf("idle\n");
        fflush(stdout);
        alarm(60);
        pause();
        return 0;
}

static int mode_garbage(void)
{
        static const size_t SIZES[] = { 1, 2, 23, 24, 25, 100, 4096, MESSAGE_SIZE_MAX };

        for (size_t i = 0; i < sizeof(SIZES) / sizeof(SIZES[0]); i++) {
                for (int fill = 0; fill < 256; fill += 51) {
                        memset(frame, fill, SIZES[i]);
                        if (client_exchange(SIZES[i]) != 0)
                                return complain("%zu bytes of %d: the connection stays", SIZES[i],
                                                fill);
                }
        }
        return client_still_answers("garbage");
}

static int mode_version(void)
{
        size_t size = client_question("alice");
        ssize_t answer;

        frame[4] ^= 3;
        answer = client_exchange(size);
        if (answer < 0 || client_was_allowed(answer))
                return complain("version 2: %s", answer < 0 ? "no reaction" : "allowed");
        return client_still_answers("another version");
}

static int mode_flipped(void)
{
        size_t size = client_question("bob"); /* whom nothing is allowed */

        for (size_t i = 0; i < size; i++) {
                ssize_t answer;

                client_question("bob");
                frame[i] ^= 0x81;
                answer = client_exchange(size);
                if (answer < 0 || client_was_allowed(answer))
                        return complain("byte %zu changed: %s", i,
                                        answer < 0 ? "no reaction" : "allowed");
        }
        return client_still_answers("changed bytes");
}

/* "alice\0evil" is not alice. The writer refuses a NUL, so that it is put in afterwards. */
static int mode_nul(void)
{
        size_t size = client_question("alice#evil");
        unsigned char *mark = memchr(frame, '#', size);
        ssize_t answer;

        if (!mark)
                return complain("the question cannot be written");
        *mark = '\0';
        answer = client_exchange(size);
        if (answer < 0 || client_was_allowed(answer))
                return complain("a NUL in a name: %s", answer < 0 ? "no reaction" : "allowed");
        return client_still_answers("a NUL in a name");
}

static int mode_truncated(void)
{
        size_t size = client_question("alice");

        for (size_t cut = 1; cut < size; cut++) {
                ssize_t answer = client_exchange(cut);

                if (answer < 0 || client_was_allowed(answer))
                        return complain("cut to %zu bytes: %s", cut,
                                        answer < 0 ? "no reaction" : "allowed");
        }
        return client_still_answers("cut questions");
}

static int mode_uid_limit(void)
{
        static const uint32_t UIDS[] = { UINT32_MAX, UINT32_MAX - 1, (uint32_t)INT32_MAX + 1 };

        for (size_t i = 0; i < sizeof(UIDS) / sizeof(UIDS[0]); i++) {
                ssize_t answer = client_exchange(client_session("alice", UIDS[i]));

                if (answer < 0 || client_was_allowed(answer))
                        return complain("uid %u: %s", UIDS[i],
                                        answer < 0 ? "no reaction" : "allowed");
        }
        return client_still_answers("extreme uids");
}

static const struct {
        const char *name;
        int (*run)(void);
} MODES[] = {
        { "vanish", mode_vanish },       { "idle", mode_idle },
        { "garbage", mode_garbage },     { "version", mode_version },
        { "flipped", mode_flipped },     { "truncated", mode_truncated },
        { "uid-limit", mode_uid_limit }, { "nul", mode_nul },
};

int main(int argc, char **argv)
{
        if (argc != 3)
                return 2;
        socket_path = argv[1];
        for (size_t i = 0; i < sizeof(MODES) / sizeof(MODES[0]); i++)
                if (strcmp(MODES[i].name, argv[2]) == 0)
                        return MODES[i].run();
        return 2;
}
