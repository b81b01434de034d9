/* SPDX-License-Identifier: MIT */
/*
 * A daemon for the tests of the front, in the place of doorwardd: it answers at once, allows what
 * it is asked, and writes down what the front sends, so that a test sees the other side.
 *
 * usage: front_daemon SOCKET FILE
 *
 * FILE: a line "REVISION STATE", then one certificate a line. It is read again at every request, so
 * a test changes it to change the policy. On standard output, one line each: "turn-away HOST WHY
 * [CERTIFICATE]", "ask CERTIFICATE USER", "take CERTIFICATE", "gone" when the connection of a TAKE
 * ends before its answer. Ends on SIGTERM, or after two minutes by itself.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "util/deadline.h"
#include "wire/message.h"

#define PEERS_MAX        600
#define LINES_MAX        64
#define LINE_SIZE        160
#define LOOK_MS          20
#define LIFETIME_SECONDS 120

typedef struct Policy {
        char revision[LINE_SIZE], state[LINE_SIZE];
        char certificates[LINES_MAX][LINE_SIZE];
        size_t count;
} Policy;

/* A peer, and the request of it that waits. */
typedef struct Peer {
        int fd;
        MessageType waits; /* 0: none */
        uint64_t request_id;
        Deadline until;
        char revision[LINE_SIZE];
} Peer;

static Peer peers[PEERS_MAX];
static size_t peer_count;
static const char *policy_path;
static uint8_t frame[MESSAGE_SIZE_MAX], reply[MESSAGE_SIZE_MAX];

static Policy policy_read(void)
{
        Policy policy = { .revision = "none", .state = "no-policy" };
        FILE *file = fopen(policy_path, "re");
        if (!file)
                return policy;
        (void)!fscanf(file, "%159s %159s", policy.revision, policy.state);
        while (policy.count < LINES_MAX &&
               fscanf(file, "%159s", policy.certificates[policy.count]) == 1)
                policy.count++;
        fclose(file);
        return policy;
}

static void begin(MessageWriter *writer, MessageType type, uint64_t request_id, uint32_t sequence)
{
        message_writer_begin(writer, reply, sizeof(reply), type, request_id, sequence);
}

static void finish(MessageWriter *writer, const Peer *peer)
{
        size_t size;
        if (message_writer_end(writer, &size) == 0)
                (void)!send(peer->fd, reply, size, MSG_NOSIGNAL);
}

static void answer_end(const Peer *peer, uint64_t request_id, uint32_t sequence, uint32_t status)
{
        MessageWriter writer;
        begin(&writer, MESSAGE_END, request_id, sequence);
        message_write_number(&writer, FIELD_STATUS, status);
        finish(&writer, peer);
}

static void answer_state(const Peer *peer, uint64_t request_id)
{
        MessageWriter writer;
        Policy policy = policy_read();
        begin(&writer, MESSAGE_RECORD, request_id, 0);
        message_write_pair(&writer, text_from("state"), text_from(policy.state));
        message_write_pair(&writer, text_from("revision"), text_from(policy.revision));
        finish(&writer, peer);
        answer_end(peer, request_id, 1, strcmp(policy.state, "serving") == 0 ? 0 : 3);
}

static void answer_callers(const Peer *peer, uint64_t request_id)
{
        MessageWriter writer;
        Policy policy = policy_read();
        for (size_t i = 0; i < policy.count; i++) {
                begin(&writer, MESSAGE_RECORD, request_id, (uint32_t)i);
                message_write_pair(&writer, text_from("name"), text_from("caller:acme/c"));
                message_write_pair(&writer, text_from("certificate"),
                                   text_from(policy.certificates[i]));
                finish(&writer, peer);
        }
        answer_end(peer, request_id, (uint32_t)policy.count, 0);
}

static void answer_ask(const Peer *peer, const Message *message)
{
        static const FieldTag tags[] = { FIELD_USER, FIELD_ACTION, FIELD_RESOURCE };
        MessageWriter writer;
        Text text;
        begin(&writer, MESSAGE_ANSWER, message->request_id, 0);
        for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++)
                if (message_text(message, tags[i], &text))
                        message_write_text(&writer, tags[i], text);
        message_write_number(&writer, FIELD_OUTCOME, 1);
        message_write_text(&writer, FIELD_REASON, text_from("granted-by-role"));
        finish(&writer, peer);
}

static void print_text(const Message *message, FieldTag tag)
{
        Text text;
        if (message_text(message, tag, &text))
                printf(" %.*s", (int)text.size, text.data);
}

static void wait_for(Peer *peer, const Message *message)
{
        Text revision = TEXT_NULL;
        uint32_t seconds = 30;
        (void)message_text(message, FIELD_REVISION, &revision);
        (void)message_number(message, FIELD_SECONDS, &seconds);
        peer->waits = message->type;
        peer->request_id = message->request_id;
        peer->until = deadline_after_ms(seconds * 1000ull);
        (void)snprintf(peer->revision, sizeof(peer->revision), "%.*s", (int)revision.size,
                       revision.data);
}

static void serve(Peer *peer, const Message *message)
{
        Text text;
        switch (message->type) {
        case MESSAGE_WATCH:
                if (message_text(message, FIELD_REVISION, &text))
                        wait_for(peer, message);
                else
                        answer_state(peer, message->request_id);
                break;
        case MESSAGE_CALLERS:
                answer_callers(peer, message->request_id);
                break;
        case MESSAGE_TURN_AWAY:
                printf("turn-away");
                print_text(message, FIELD_REMOTE_HOST);
                print_text(message, FIELD_WHY);
                print_text(message, FIELD_CERTIFICATE);
                printf("\n");
                answer_end(peer, message->request_id, 0, 0);
                break;
        case MESSAGE_TAKE:
                printf("take");
                print_text(message, FIELD_CERTIFICATE);
                printf("\n");
                wait_for(peer, message);
                break;
        default:
                printf("ask");
                print_text(message, FIELD_CERTIFICATE);
                print_text(message, FIELD_USER);
                printf("\n");
                answer_ask(peer, message);
        }
        (void)fflush(stdout);
}

/* Who waits for another policy has it, or has waited long enough. */
static void look(Peer *peer)
{
        if (peer->waits == 0)
                return;
        bool changed =
                peer->waits == MESSAGE_WATCH && strcmp(policy_read().revision, peer->revision) != 0;
        if (!changed && deadline_left_ms(peer->until) > 0)
                return;
        if (peer->waits == MESSAGE_WATCH)
                answer_state(peer, peer->request_id);
        else
                answer_end(peer, peer->request_id, 0, 0);
        peer->waits = 0;
}

static bool receive(Peer *peer)
{
        Message message;
        ssize_t size = recv(peer->fd, frame, sizeof(frame), MSG_DONTWAIT);
        if (size <= 0) {
                if (peer->waits == MESSAGE_TAKE) {
                        printf("gone\n");
                        (void)fflush(stdout);
                }
                close(peer->fd);
                return false;
        }
        if (message_decode(frame, (size_t)size, &message) == 0)
                serve(peer, &message);
        return true;
}

static int listen_at(const char *path)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
        int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
        if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
            listen(fd, PEERS_MAX) < 0)
                return -1;
        return fd;
}

static void accept_peer(int fd)
{
        int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
        if (peer >= 0 && peer_count < PEERS_MAX)
                peers[peer_count++] = (Peer){ .fd = peer };
        else if (peer >= 0)
                close(peer);
}

static void turn(int listener)
{
        struct pollfd polls[PEERS_MAX + 1] = { { .fd = listener, .events = POLLIN } };
        size_t count = peer_count, kept = 0;
        for (size_t i = 0; i < count; i++)
                polls[i + 1] = (struct pollfd){ .fd = peers[i].fd, .events = POLLIN };
        (void)poll(polls, count + 1, LOOK_MS);
        for (size_t i = 0; i < count; i++)
                if (!polls[i + 1].revents || receive(&peers[i]))
                        peers[kept++] = peers[i];
        peer_count = kept;
        for (size_t i = 0; i < peer_count; i++)
                look(&peers[i]);
        if (polls[0].revents)
                accept_peer(listener);
}

int main(int argument_count, char **arguments)
{
        if (argument_count != 3) {
                (void)fprintf(stderr, "usage: front_daemon SOCKET FILE\n");
                return 2;
        }
        policy_path = arguments[2];
        int listener = listen_at(arguments[1]);
        if (listener < 0) {
                perror(arguments[1]);
                return 1;
        }
        (void)alarm(LIFETIME_SECONDS);
        for (;;)
                turn(listener);
}
