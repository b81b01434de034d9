/* SPDX-License-Identifier: MIT */
/*
 * Fake server
 *
 * One client after the other; a client is served until it closes.
 */
#include "fake_server.h"

#include "fake_list.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BACKLOG_DEFAULT = 64, DRIP_MS = 20 };

#define MUST(condition)                                                                            \
        do {                                                                                       \
                if (!(condition)) {                                                                \
                        perror(#condition);                                                        \
                        abort();                                                                   \
                }                                                                                  \
        } while (0)

static void append(const char *path, const void *data, size_t size)
{
        int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size);
        close(fd);
}

static void seen_path(const FakeServer *server, char path[static 80])
{
        snprintf(path, 80, "%s/seen", server->folder);
}

/* Looks at the descriptors of the peer, who waits meanwhile. */
static void look_at_peer(const FakeServer *server, int client)
{
        struct ucred peer;
        socklen_t size = sizeof(peer);
        char path[80];
        FakeSeen seen = { .any = true };
        MUST(getsockopt(client, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0);
        snprintf(path, sizeof(path), "/proc/%d/fdinfo", (int)peer.pid);
        DIR *folder = opendir(path);
        if (!folder)
                return; /* another user's, or gone already */
        for (struct dirent *entry; (entry = readdir(folder));) {
                char name[400], link[80], text[160];
                unsigned flags = 0;
                long fd = strtol(entry->d_name, NULL, 10);
                if (entry->d_name[0] == '.')
                        continue;
                seen.standard = seen.standard || fd <= 2;
                snprintf(name, sizeof(name), "/proc/%d/fd/%s", (int)peer.pid, entry->d_name);
                ssize_t length = readlink(name, link, sizeof(link) - 1);
                if (length < 7 || strncmp(link, "socket:", 7) != 0)
                        continue;
                snprintf(name, sizeof(name), "/proc/%d/fdinfo/%s", (int)peer.pid, entry->d_name);
                FILE *file = fopen(name, "re");
                while (file && fgets(text, sizeof(text), file))
                        if (sscanf(text, "flags: %o", &flags) == 1 && !(flags & O_CLOEXEC))
                                seen.inheritable = true;
                if (file)
                        fclose(file);
        }
        closedir(folder);
        seen_path(server, path);
        append(path, &seen, sizeof(seen));
}

static Text text_or(const Message *message, FieldTag tag)
{
        Text text;
        return message_text(message, tag, &text) ? text : TEXT_NULL;
}

/* The text, or with a byte more where that is the lie. */
static Text bent(const FakeBehaviour *behaviour, FakeLie lie, Text text, char buffer[static 4096])
{
        if (behaviour->lie != lie || text.size > 4000)
                return text;
        if (text.size)
                memcpy(buffer, text.data, text.size);
        buffer[text.size] = 'x';
        return (Text){ buffer, text.size + 1 };
}

static bool is_user(Text asked, const char *user)
{
        return user && text_is(asked, user);
}

static size_t make_reply(const FakeBehaviour *behaviour, const Message *request, uint8_t *buffer)
{
        static char users[4096], actions[4096], resources[4096], doors[4096];
        MessageWriter writer;
        size_t size;
        uint64_t id = request->request_id + (behaviour->lie == FAKE_LIE_REQUEST_ID);
        Text reason = text_from(behaviour->reason ? behaviour->reason : "granted-by-role");
        if (behaviour->kind == FAKE_RECORD) {
                message_writer_begin(&writer, buffer, MESSAGE_SIZE_MAX, MESSAGE_RECORD, id, 0);
                message_write_pair(&writer, TEXT_LITERAL("a"), TEXT_LITERAL("b"));
                MUST(message_writer_end(&writer, &size) == 0);
                return size;
        }
        Text asked = text_or(request, FIELD_USER);
        if (behaviour->kind == FAKE_REFUSAL || is_user(asked, behaviour->refuse_user)) {
                message_writer_begin(&writer, buffer, MESSAGE_SIZE_MAX, MESSAGE_REFUSAL, id, 0);
                message_write_text(&writer, FIELD_REASON, reason);
                message_write_number(&writer, FIELD_STATUS, 1);
                message_write_text(&writer, FIELD_MESSAGE, TEXT_LITERAL("No."));
                MUST(message_writer_end(&writer, &size) == 0);
                return size;
        }
        Text user = text_or(request, FIELD_USER), action = text_or(request, FIELD_ACTION),
             resource = text_or(request, FIELD_RESOURCE), type, door;
        if (request->type == MESSAGE_UNLOCK)
                user = TEXT_LITERAL("alice"), action = TEXT_LITERAL("access.door.unlock");
        message_writer_begin(&writer, buffer, MESSAGE_SIZE_MAX, MESSAGE_ANSWER, id, 0);
        message_write_text(&writer, FIELD_USER, bent(behaviour, FAKE_LIE_USER, user, users));
        message_write_text(&writer, FIELD_ACTION,
                           bent(behaviour, FAKE_LIE_ACTION, action, actions));
        message_write_text(&writer, FIELD_RESOURCE,
                           bent(behaviour, FAKE_LIE_RESOURCE, resource, resources));
        message_write_number(&writer, FIELD_OUTCOME, behaviour->outcome);
        message_write_text(&writer, FIELD_REASON, reason);
        message_write_text(&writer, FIELD_DETAIL, TEXT_LITERAL("a detail"));
        if (message_flag(request, FIELD_EXPLAIN))
                message_write_text(&writer, FIELD_EXPLANATION, TEXT_LITERAL("one\ntwo"));
        if (behaviour->decision_id)
                message_write_text(&writer, FIELD_DECISION_ID, text_from(behaviour->decision_id));
        message_write_text(&writer, FIELD_REVISION, TEXT_LITERAL("r1"));
        if (behaviour->door && text_split_first(resource, ':', &type, &door)) {
                message_write_time(&writer, FIELD_NOT_AFTER, 1234567890);
                if (behaviour->gateway)
                        message_write_text(&writer, FIELD_SUBJECT, TEXT_LITERAL("alice"));
                message_write_text(&writer, FIELD_DOOR,
                                   bent(behaviour, FAKE_LIE_DOOR, door, doors));
        }
        if (behaviour->gateway)
                message_write_text(&writer, FIELD_GATEWAY, TEXT_LITERAL("caller:acme/gw-1"));
        MUST(message_writer_end(&writer, &size) == 0);
        if (behaviour->lie == FAKE_LIE_VERSION)
                buffer[4] = MESSAGE_VERSION + 1;
        return behaviour->lie == FAKE_LIE_TRUNCATED ? size - 4 : size;
}

static void pause_ms(unsigned milliseconds)
{
        (void)poll(NULL, 0, (int)milliseconds);
}

static void send_with_descriptor(int client, const void *data, size_t size)
{
        union {
                struct cmsghdr align;
                char room[CMSG_SPACE(sizeof(int))];
        } control = { 0 };
        struct iovec part = { (void *)(uintptr_t)data, size };
        struct msghdr header = { .msg_iov = &part,
                                 .msg_iovlen = 1,
                                 .msg_control = &control,
                                 .msg_controllen = sizeof(control) };
        struct cmsghdr *passed = CMSG_FIRSTHDR(&header);
        passed->cmsg_level = SOL_SOCKET;
        passed->cmsg_type = SCM_RIGHTS;
        passed->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(passed), &client, sizeof(int));
        (void)sendmsg(client, &header, MSG_NOSIGNAL);
}

static void reply(const FakeBehaviour *behaviour, const Message *request, int client)
{
        static uint8_t buffer[MESSAGE_SIZE_MAX], huge[MESSAGE_SIZE_MAX + 4096];
        size_t size = make_reply(behaviour, request, buffer);
        switch (behaviour->kind) {
        case FAKE_DRIP:
                for (size_t i = 0; i < size; i++) {
                        if (send(client, buffer + i, 1, MSG_NOSIGNAL) < 0)
                                return;
                        pause_ms(DRIP_MS);
                }
                return;
        case FAKE_EMPTY:
                (void)send(client, buffer, 0, MSG_NOSIGNAL);
                return;
        case FAKE_HUGE:
                memcpy(huge, buffer, size);
                (void)send(client, huge, sizeof(huge), MSG_NOSIGNAL);
                return;
        case FAKE_GARBAGE:
                (void)send(client, "OORD is not enough of a frame", 29, MSG_NOSIGNAL);
                return;
        case FAKE_PASS:
                send_with_descriptor(client, buffer, size);
                return;
        case FAKE_LATE:
                pause_ms(behaviour->delay_ms);
                break;
        case FAKE_ANSWER_TWICE:
                (void)send(client, buffer, size, MSG_NOSIGNAL);
                break;
        default:
                break;
        }
        (void)send(client, buffer, size, MSG_NOSIGNAL);
}

static void serve(const FakeServer *server, const FakeBehaviour *behaviour, int client)
{
        static uint8_t frame[MESSAGE_SIZE_MAX];
        size_t lists = 0;
        if (behaviour->kind == FAKE_CLOSE)
                return;
        for (;;) {
                ssize_t size = recv(client, frame, sizeof(frame), 0);
                Message message;
                if (size <= 0)
                        return;
                look_at_peer(server, client);
                uint32_t recorded = (uint32_t)size;
                append(server->record, &recorded, sizeof(recorded));
                append(server->record, frame, (size_t)size);
                if (behaviour->kind == FAKE_READ_CLOSE)
                        return;
                if (behaviour->kind == FAKE_SILENT)
                        continue;
                MUST(message_decode(frame, (size_t)size, &message) == 0);
                if (is_user(text_or(&message, FIELD_USER), behaviour->drop_user))
                        return;
                if (behaviour->kind == FAKE_LISTS) {
                        if (!fake_list_send(behaviour, lists++, &message, client))
                                return;
                        continue;
                }
                reply(behaviour, &message, client);
                if (behaviour->kind == FAKE_ANSWER_CLOSE)
                        return;
        }
}

static int make_socket(const FakeServer *server, const FakeBehaviour *behaviour)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
        MUST(fd >= 0);
        snprintf(address.sun_path, sizeof(address.sun_path), "%s", server->socket);
        unlink(server->socket);
        MUST(bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0);
        MUST(chmod(server->socket, 0666) == 0);
        MUST(chmod(server->folder, behaviour->folder_mode ? behaviour->folder_mode : 0755) == 0);
        if (behaviour->own_folder_uid)
                MUST(chown(server->folder, behaviour->folder_uid, (gid_t)-1) == 0);
        return fd;
}

/* What is written down later, maybe as another user. */
static void make_records(const FakeServer *server)
{
        char path[80];
        seen_path(server, path);
        append(path, "", 0);
        append(server->record, "", 0);
        MUST(chmod(path, 0666) == 0 && chmod(server->record, 0666) == 0);
}

static _Noreturn void run(const FakeServer *server, const FakeBehaviour *behaviour, int ready)
{
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        int fd = make_socket(server, behaviour);
        make_records(server);
        if (behaviour->own_uid)
                MUST(setresuid(behaviour->uid, behaviour->uid, behaviour->uid) == 0);
        /* The uid that calls listen() is the one that clients see. */
        MUST(listen(fd, behaviour->backlog ? behaviour->backlog : BACKLOG_DEFAULT) == 0);
        MUST(write(ready, "", 1) == 1);
        for (;;) {
                if (behaviour->kind == FAKE_LISTEN_ONLY) {
                        pause();
                        continue;
                }
                int client = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
                if (client < 0)
                        continue;
                serve(server, behaviour, client);
                close(client);
        }
}

void fake_server_prepare(FakeServer *server)
{
        *server = (FakeServer){ .folder = "/tmp/doorward-fake-XXXXXX" };
        MUST(mkdtemp(server->folder));
        snprintf(server->socket, sizeof(server->socket), "%s/s", server->folder);
        snprintf(server->record, sizeof(server->record), "%s/record", server->folder);
}

void fake_server_start(FakeServer *server, const FakeBehaviour *behaviour)
{
        int pipes[2];
        char byte, path[80];
        fake_server_stop(server);
        unlink(server->record);
        seen_path(server, path);
        unlink(path);
        fflush(NULL);
        MUST(pipe2(pipes, O_CLOEXEC) == 0);
        server->process = fork();
        MUST(server->process >= 0);
        if (server->process == 0) {
                close(pipes[0]);
                run(server, behaviour, pipes[1]);
        }
        close(pipes[1]);
        MUST(read(pipes[0], &byte, 1) == 1);
        close(pipes[0]);
}

void fake_server_stop(FakeServer *server)
{
        if (server->process == 0)
                return;
        MUST(kill(server->process, SIGKILL) == 0);
        MUST(waitpid(server->process, NULL, 0) == server->process);
        server->process = 0;
}

void fake_server_clean(FakeServer *server)
{
        char path[80];
        fake_server_stop(server);
        seen_path(server, path);
        unlink(path);
        unlink(server->record);
        unlink(server->socket);
        MUST(rmdir(server->folder) == 0);
}

bool fake_server_request(const FakeServer *server, size_t n, void *buffer, Message *ret_message)
{
        int fd = open(server->record, O_RDONLY | O_CLOEXEC);
        uint32_t size;
        bool found = false;
        if (fd < 0)
                return false;
        for (size_t i = 0; read(fd, &size, sizeof(size)) == sizeof(size); i++) {
                if (i < n) {
                        MUST(lseek(fd, size, SEEK_CUR) >= 0);
                        continue;
                }
                found = read(fd, buffer, size) == (ssize_t)size;
                if (found && ret_message)
                        MUST(message_decode(buffer, size, ret_message) == 0);
                break;
        }
        close(fd);
        return found;
}

size_t fake_server_request_count(const FakeServer *server)
{
        static uint8_t buffer[MESSAGE_SIZE_MAX];
        size_t count = 0;
        while (fake_server_request(server, count, buffer, NULL))
                count++;
        return count;
}

FakeSeen fake_server_seen(const FakeServer *server)
{
        FakeSeen all = { 0 }, one;
        char path[80];
        seen_path(server, path);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        while (fd >= 0 && read(fd, &one, sizeof(one)) == sizeof(one)) {
                all.any = true;
                all.standard = all.standard || one.standard;
                all.inheritable = all.inheritable || one.inheritable;
        }
        if (fd >= 0)
                close(fd);
        return all;
}
