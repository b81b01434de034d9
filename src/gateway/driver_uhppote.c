/* SPDX-License-Identifier: MIT */
/*
 * UHPPOTE driver
 *
 * Doors of a UHPPOTE controller (UT0311-L01, -L02, -L04) over UDP. The board relocks by itself
 * after the release time, which this program sets. Its network must be closed to others: whoever
 * can send it a datagram can open its doors, with or without this program.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <syslog.h>

#include "gateway/driver.h"
#include "gateway/uhppote_parts.h"
#include "util/cleanup.h"
#include "util/number.h"

#define TIMEOUT_MS 2500 /* where none is stated; what uhppoted waits */

static const UhppoteTimes times_normal = { .poll_ms = 1000,
                                           .keep_ms = 9000,
                                           .compare_ms = 5000,
                                           .turn_ms = 2000,
                                           .secure_ms = 200,
                                           .fresh_ms = 5000 };

static UhppoteBoard *board_free(UhppoteBoard *board)
{
        if (!board)
                return NULL;
        if (board->exchange.timer)
                uhppote_exchange_abandon(board);
        sd_event_source_disable_unref(board->exchange.timer);
        sd_event_source_disable_unref(board->listener_source);
        sd_event_source_disable_unref(board->soon);
        sd_event_source_disable_unref(board->wake);
        if (board->listener_fd >= 0)
                close(board->listener_fd);
        free(board);
        return NULL;
}
DEFINE_CLEANUP(UhppoteBoard *, board_free);

/* Reads "192.168.1.100:60000". */
static int address_read(const char *text, struct sockaddr_in *ret_address)
{
        struct sockaddr_in address = { .sin_family = AF_INET };
        char host[INET_ADDRSTRLEN];
        uint64_t port;
        Text before, after;

        if (!text || !text_split_last(text_from(text), ':', &before, &after) ||
            before.size >= sizeof(host) || number_parse(after, UINT16_MAX, &port) < 0 || port == 0)
                return -EINVAL;
        memcpy(host, before.data, before.size);
        host[before.size] = '\0';
        if (inet_pton(AF_INET, host, &address.sin_addr) != 1 ||
            address.sin_addr.s_addr == htonl(INADDR_ANY))
                return -EINVAL;
        address.sin_port = htons((uint16_t)port);
        *ret_address = address;
        return 0;
}

static int addresses_take(UhppoteBoard *board)
{
        const DriverController *controller = board->controller;

        if (address_read(controller->address, &board->address) < 0) {
                uhppote_log(board, LOG_ERR, "its address is no IPv4 address with a port: \"%s\"",
                            controller->address ? controller->address : "");
                return -EINVAL;
        }
        if (controller->listen && address_read(controller->listen, &board->listener) < 0) {
                uhppote_log(board, LOG_ERR,
                            "what it sends its events to is no IPv4 address with a port: \"%s\"",
                            controller->listen);
                return -EINVAL;
        }
        if (controller->serial == 0) {
                uhppote_log(board, LOG_ERR, "it has no serial number");
                return -EINVAL;
        }
        return 0;
}

static int doors_take(UhppoteBoard *board)
{
        for (size_t i = 0; i < board->controller->door_count; i++) {
                const DriverDoor *door = &board->controller->doors[i];
                if (door->number < 1 || door->number > UHPPOTE_DOORS ||
                    uhppote_door_find(board, door->number)) {
                        uhppote_log(board, LOG_ERR, "door %s: number %u is %s", door->path,
                                    door->number,
                                    uhppote_door_find(board, door->number) ? "another door's"
                                                                           : "not 1 to 4");
                        return -EINVAL;
                }
                board->doors[board->door_count++] = (UhppoteDoor){ .number = door->number,
                                                                   .index = (unsigned)i,
                                                                   .has_contact = door->has_contact,
                                                                   .compare = true };
        }
        return 0;
}

static void cursor_take(UhppoteBoard *board)
{
        uint64_t cursor = board->host->get_cursor(board->host->data);

        board->cursor_known = cursor > 0 && cursor - 1 <= UINT32_MAX;
        if (board->cursor_known)
                board->cursor = board->last = (uint32_t)(cursor - 1);
}

static int listener_take(UhppoteBoard *board)
{
        if (board->listener.sin_port == 0)
                return 0;
        int r = uhppote_listener_open(board);
        if (r < 0)
                uhppote_log(board, LOG_ERR, "cannot listen at %s: %s", board->controller->listen,
                            strerror(-r));
        return r;
}

int uhppote_start_with(const DriverController *controller, const DriverHost *host,
                       const UhppoteTimes *times, void **ret_state)
{
        _cleanup_(board_freep) UhppoteBoard *board = calloc(1, sizeof(*board));
        int r;

        if (!board)
                return -ENOMEM;
        board->controller = controller;
        board->host = host;
        board->times = times;
        board->timeout_ms = controller->timeout_ms ? controller->timeout_ms : TIMEOUT_MS;
        board->can_decide = true;
        board->listener_fd = board->exchange.fd = -1;
        if ((r = addresses_take(board)) < 0 || (r = doors_take(board)) < 0 ||
            (r = uhppote_exchange_prepare(board)) < 0 || (r = uhppote_work_prepare(board)) < 0 ||
            (r = listener_take(board)) < 0)
                return r;
        cursor_take(board);
        uhppote_work_soon(board);
        *ret_state = board;
        board = NULL;
        return 0;
}

static int uhppote_start(const DriverController *controller, const DriverHost *host,
                         void **ret_state)
{
        return uhppote_start_with(controller, host, &times_normal, ret_state);
}

static UhppoteDoor *door_at(UhppoteBoard *board, unsigned index)
{
        return index < board->door_count ? &board->doors[index] : NULL;
}

static int uhppote_open(void *state, unsigned door, uint32_t seconds, const char *command_id)
{
        UhppoteBoard *board = state;

        if (!door_at(board, door))
                return -EINVAL;
        int r = uhppote_open_add(board, door_at(board, door), seconds, command_id);
        if (r == 0)
                uhppote_work_soon(board);
        return r;
}

static int uhppote_hold(void *state, unsigned door, GatewayHold hold)
{
        static const uint8_t MODES[] = {
                [GATEWAY_HOLD_CONTROLLED] = UHPPOTE_CONTROLLED,
                [GATEWAY_HOLD_UNLOCKED] = UHPPOTE_NORMALLY_OPEN,
                [GATEWAY_HOLD_LOCKED] = UHPPOTE_NORMALLY_CLOSED,
        };
        UhppoteBoard *board = state;

        if (!door_at(board, door) || (unsigned)hold >= sizeof(MODES))
                return -EINVAL;
        door_at(board, door)->wanted = MODES[hold];
        uhppote_work_soon(board);
        return 0;
}

static void uhppote_decide(void *state, bool can)
{
        UhppoteBoard *board = state;

        if (board->can_decide == can)
                return;
        board->can_decide = can;
        board->decide_said = false;
        board->decide_tries = 0;
        board->decide_at = 0;
        uhppote_work_soon(board);
}

static void uhppote_stop(void *state)
{
        UhppoteBoard *board = state;

        uhppote_exchange_abandon(board);
        uhppote_mode_secure(board);
        board_free(board);
}

const Driver driver_uhppote = {
        .name = "uhppote",
        .start = uhppote_start,
        .open = uhppote_open,
        .hold = uhppote_hold,
        .decide = uhppote_decide,
        .stop = uhppote_stop,
};
