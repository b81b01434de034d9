/* SPDX-License-Identifier: MIT */
/* Fake board: see fake_board.h. */
#include "fake_board.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PC_CONTROL_SECONDS = 30, DELAY_DEFAULT = 5, REMOTE_CARD = 0x7fff };

typedef struct LateReply {
        FakeBoard *board;
        struct sockaddr_in to;
        uint8_t bytes[FAKE_SIZE_MAX];
} LateReply;

static uint64_t now_ns(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void put_number(uint8_t *bytes, uint32_t number)
{
        for (unsigned i = 0; i < 4; i++)
                bytes[i] = (uint8_t)(number >> 8 * i);
}

static uint32_t get_number(const uint8_t *bytes)
{
        return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
               (uint32_t)bytes[3] << 24;
}

static uint8_t digits(int value)
{
        return (uint8_t)(value / 10 % 10 * 16 + value % 10);
}

/* yyyymmddHHMMSS, two digits a byte. */
static void put_time(uint8_t *bytes, int64_t time_s)
{
        time_t seconds = time_s;
        struct tm tm;

        if (time_s == 0)
                return;
        localtime_r(&seconds, &tm);
        int values[] = { (tm.tm_year + 1900) / 100,
                         tm.tm_year % 100,
                         tm.tm_mon + 1,
                         tm.tm_mday,
                         tm.tm_hour,
                         tm.tm_min,
                         tm.tm_sec };
        for (unsigned i = 0; i < 7; i++)
                bytes[i] = digits(values[i]);
}

static int64_t clock_s(const FakeBoard *board)
{
        return time(NULL) + board->clock_wrong_s;
}

static void log_datagram(const FakeBoard *board, const char *way, const struct sockaddr_in *peer,
                         const uint8_t *bytes, size_t size)
{
        if (!board->log)
                return;
        fprintf(board->log, "%" PRIu64 " %s %s:%u ", now_ns(), way, inet_ntoa(peer->sin_addr),
                ntohs(peer->sin_port));
        for (size_t i = 0; i < size; i++)
                fprintf(board->log, "%02x", bytes[i]);
        fputc('\n', board->log);
        fflush(board->log);
}

bool fake_board_released(const FakeBoard *board, unsigned door)
{
        const FakeDoor *at = &board->doors[door - 1];

        if (at->mode == FAKE_CONTROLLED)
                return at->released_until > now_ns();
        return at->mode == FAKE_NORMALLY_OPEN;
}

/* Releases a door for its delay, unless it is held shut. */
static void door_release(FakeBoard *board, unsigned door)
{
        FakeDoor *at = &board->doors[door - 1];

        if (at->mode == FAKE_NORMALLY_CLOSED)
                return;
        at->released_until = now_ns() + at->delay * UINT64_C(1000000000);
        at->moves++;
        if (board->log) {
                fprintf(board->log, "%" PRIu64 " moved %u %u\n", now_ns(), door, at->moves);
                fflush(board->log);
        }
}

static const FakeEvent *event_find(const FakeBoard *board, uint32_t index)
{
        for (unsigned i = 0; i < board->event_count; i++)
                if (board->events[i].index == index)
                        return &board->events[i];
        return NULL;
}

static void put_event(uint8_t *message, const FakeEvent *event)
{
        put_number(message + 8, event->index);
        message[12] = event->type;
        message[13] = event->granted;
        message[14] = event->door;
        message[15] = event->direction;
        put_number(message + 16, event->card);
        put_time(message + 20, event->time_s);
        message[27] = event->reason;
}

static void put_status(const FakeBoard *board, uint8_t *message, const FakeEvent *event)
{
        uint8_t now[7] = { 0 };

        if (event)
                put_event(message, event);
        put_time(now, clock_s(board));
        memcpy(message + 37, now + 4, 3);
        memcpy(message + 51, now + 1, 3);
        message[36] = board->error;
        message[50] = board->inputs;
        for (unsigned i = 0; i < FAKE_DOORS; i++) {
                message[28 + i] = board->doors[i].open;
                if (fake_board_released(board, i + 1))
                        message[49] |= (uint8_t)(1 << i);
        }
}

static void begin(const FakeBoard *board, uint8_t *message, uint8_t function)
{
        memset(message, 0, FAKE_SIZE_MAX);
        message[0] = 0x17;
        message[1] = function;
        put_number(message + 4, board->serial);
}

void fake_board_notify(FakeBoard *board, uint32_t index)
{
        uint8_t message[FAKE_SIZE_MAX];

        if (!board->listener.sin_port || board->notices_off)
                return;
        begin(board, message, 0x20);
        put_status(board, message, event_find(board, index));
        log_datagram(board, "notice", &board->listener, message, FAKE_SIZE);
        sendto(board->fd, message, FAKE_SIZE, 0, (const struct sockaddr *)&board->listener,
               sizeof(board->listener));
}

uint32_t fake_board_add(FakeBoard *board, FakeEvent event)
{
        if (board->event_count == board->capacity) {
                memmove(board->events, board->events + 1,
                        (board->event_count - 1) * sizeof(board->events[0]));
                board->event_count--;
        }
        event.index = board->event_count ? board->events[board->event_count - 1].index + 1 : 1;
        if (event.time_s == 0)
                event.time_s = clock_s(board);
        board->events[board->event_count++] = event;
        fake_board_notify(board, event.index);
        return event.index;
}

static bool card_is_listed(const FakeBoard *board, uint32_t card)
{
        for (unsigned i = 0; i < board->card_count; i++)
                if (board->cards[i] == card)
                        return true;
        return false;
}

void fake_board_swipe(FakeBoard *board, uint32_t card, unsigned door)
{
        bool hosted = board->pc_control &&
                      now_ns() - board->heard_at < PC_CONTROL_SECONDS * UINT64_C(1000000000);
        FakeEvent event = { .type = 1, .door = (uint8_t)door, .direction = 1, .card = card };

        if (hosted) {
                event.reason = 0x05;
        } else if (card_is_listed(board, card)) {
                event.granted = 1;
                event.reason = 0x01;
                door_release(board, door);
        } else {
                event.reason = 0x06;
        }
        fake_board_add(board, event);
}

static void open_answer(FakeBoard *board, const uint8_t *request, uint8_t *reply)
{
        if (board->faults.refuses)
                return;
        door_release(board, request[8]);
        fake_board_add(board, (FakeEvent){ .type = 2,
                                           .granted = 1,
                                           .door = request[8],
                                           .direction = 1,
                                           .card = REMOTE_CARD,
                                           .reason = 0x2c });
        reply[8] = 1;
}

static void control_answer(FakeBoard *board, const uint8_t *request, uint8_t *reply)
{
        FakeDoor *door = &board->doors[request[8] - 1];

        if (request[1] == 0x80 && !board->faults.stubborn) {
                door->mode = request[9];
                door->delay = request[10];
        }
        reply[8] = board->faults.other_door ? (uint8_t)board->faults.other_door : request[8];
        reply[9] = door->mode;
        reply[10] = door->delay;
}

static void event_answer(const FakeBoard *board, const uint8_t *request, uint8_t *reply)
{
        uint32_t index = get_number(request + 8);
        const FakeEvent *first = board->event_count ? &board->events[0] : NULL;
        const FakeEvent *event = index ? event_find(board, index) : first;
        bool gone = first && index && (index < first->index || board->faults.forgetful);

        if (gone && board->faults.skips)
                put_event(reply, first);
        else if (gone)
                reply[12] = 0xff;
        else if (event)
                put_event(reply, event);
}

static void listener_answer(FakeBoard *board, const uint8_t *request, uint8_t *reply)
{
        board->listener = (struct sockaddr_in){ .sin_family = AF_INET };
        memcpy(&board->listener.sin_addr, request + 8, 4);
        board->listener.sin_port = htons((uint16_t)(request[12] | request[13] << 8));
        reply[8] = 1;
}

/* Return: whether there is an answer; a door that does not exist has none. */
static bool answer(FakeBoard *board, const uint8_t *request, uint8_t *reply)
{
        bool has_door = request[8] >= 1 && request[8] <= FAKE_DOORS;

        begin(board, reply, request[1]);
        switch (request[1]) {
        case 0x20:
                put_status(board, reply,
                           board->event_count ? &board->events[board->event_count - 1] : NULL);
                return true;
        case 0x40:
                if (has_door)
                        open_answer(board, request, reply);
                return has_door;
        case 0x80:
        case 0x82:
                if (has_door)
                        control_answer(board, request, reply);
                return has_door;
        case 0x8e:
                board->special = request[8];
                reply[8] = 1;
                return true;
        case 0x90:
                listener_answer(board, request, reply);
                return true;
        case 0xa0:
                reply[8] = get_number(request + 8) == 0x55aaaa55;
                board->pc_control = reply[8] ? request[12] : board->pc_control;
                return true;
        case 0xb0:
                event_answer(board, request, reply);
                return true;
        default:
                return false;
        }
}

static void reply_send(const FakeBoard *board, const struct sockaddr_in *to, const uint8_t *reply)
{
        size_t size = board->faults.size ? board->faults.size : FAKE_SIZE;

        for (unsigned i = 0; i <= board->faults.copies; i++) {
                log_datagram(board, "out", to, reply, size);
                sendto(board->faults.other_port ? board->other_fd : board->fd, reply, size, 0,
                       (const struct sockaddr *)to, sizeof(*to));
        }
}

static int on_late(sd_event_source *source, uint64_t usec, void *data)
{
        LateReply *late = data;

        reply_send(late->board, &late->to, late->bytes);
        return 0;
}

static void late_free(void *data)
{
        free(data);
}

static void reply_later(FakeBoard *board, const struct sockaddr_in *to, const uint8_t *reply)
{
        LateReply *late = calloc(1, sizeof(*late));
        sd_event_source *source = NULL;

        if (!late)
                abort();
        late->board = board;
        late->to = *to;
        memcpy(late->bytes, reply, sizeof(late->bytes));
        if (sd_event_add_time_relative(board->event, &source, CLOCK_MONOTONIC,
                                       board->faults.delay_ms * 1000u, 1000, on_late, late) < 0)
                abort();
        sd_event_source_set_destroy_callback(source, late_free);
        sd_event_source_set_floating(source, true); /* it goes with the loop */
        sd_event_source_unref(source);
}

static void spoil(const FakeBoard *board, uint8_t *reply)
{
        const FakeFaults *faults = &board->faults;

        if (faults->other_serial)
                put_number(reply + 4, faults->other_serial);
        if (faults->other_function)
                reply[1] = (uint8_t)faults->other_function;
        if (faults->bad_value)
                reply[faults->bad_value] = 0xaa;
}

static void request_take(FakeBoard *board, const uint8_t *request, size_t size,
                         const struct sockaddr_in *from)
{
        uint8_t reply[FAKE_SIZE_MAX];

        log_datagram(board, "in", from, request, size);
        if (size != FAKE_SIZE || request[0] != 0x17 || get_number(request + 4) != board->serial)
                return;
        board->requests[request[1]]++;
        if (board->faults.deaf)
                return;
        board->heard_at = now_ns();
        if (!answer(board, request, reply) || board->faults.silent ||
            board->faults.silent_only == request[1])
                return;
        spoil(board, reply);
        if (board->faults.delay_ms)
                reply_later(board, from, reply);
        else
                reply_send(board, from, reply);
}

static int on_request(sd_event_source *source, int fd, uint32_t events, void *data)
{
        uint8_t request[FAKE_SIZE_MAX];
        struct sockaddr_in from = { 0 };
        socklen_t from_size = sizeof(from);
        ssize_t size = recvfrom(fd, request, sizeof(request), MSG_DONTWAIT,
                                (struct sockaddr *)&from, &from_size);

        if (size > 0)
                request_take(data, request, (size_t)size, &from);
        return 0;
}

static int bind_loopback(uint16_t port, uint16_t *ret_port)
{
        struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
        socklen_t size = sizeof(address);
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
            getsockname(fd, (struct sockaddr *)&address, &size) < 0)
                return -errno;
        *ret_port = ntohs(address.sin_port);
        return fd;
}

int fake_board_new(sd_event *event, uint16_t port, uint32_t serial, FILE *log,
                   FakeBoard **ret_board)
{
        FakeBoard *board = calloc(1, sizeof(*board));
        uint16_t other_port;

        if (!board)
                return -ENOMEM;
        board->event = event;
        board->serial = serial;
        board->log = log;
        board->capacity = FAKE_EVENTS;
        for (unsigned i = 0; i < FAKE_DOORS; i++)
                board->doors[i] = (FakeDoor){ .mode = FAKE_CONTROLLED, .delay = DELAY_DEFAULT };
        board->fd = bind_loopback(port, &board->port);
        board->other_fd = board->fd < 0 ? -1 : bind_loopback(0, &other_port);
        int r = board->other_fd < 0 ? -EADDRINUSE
                                    : sd_event_add_io(event, &board->source, board->fd, EPOLLIN,
                                                      on_request, board);
        if (r < 0) {
                fake_board_free(board);
                return r;
        }
        *ret_board = board;
        return 0;
}

FakeBoard *fake_board_free(FakeBoard *board)
{
        if (!board)
                return NULL;
        sd_event_source_disable_unref(board->source);
        if (board->fd >= 0)
                close(board->fd);
        if (board->other_fd >= 0)
                close(board->other_fd);
        free(board);
        return NULL;
}
