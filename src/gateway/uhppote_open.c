/* SPDX-License-Identifier: MIT */
/*
 * UHPPOTE opening
 *
 * A command to open a door becomes one request 0x40, sent at most once. Before it, and only where
 * the board differs, the release time and a mode in which the request moves the lock are set: a
 * door in mode "normally closed" answers 1 to the request and stays shut (uhppote-simulator), so
 * such a door is controlled for as long as the command lasts. When that step has no answer, nothing
 * has been sent that opens a door, and the command has failed; when the request itself has none,
 * nobody knows.
 */
#include <errno.h>
#include <string.h>

#include "gateway/uhppote_parts.h"
#include "util/deadline.h"

int uhppote_open_add(UhppoteBoard *board, UhppoteDoor *door, uint32_t seconds,
                     const char *command_id)
{
        size_t size = strlen(command_id) + 1;

        if (seconds == 0 || size > UHPPOTE_COMMAND_ID_MAX)
                return -EINVAL;
        if (board->open_count == UHPPOTE_OPENS_MAX)
                return -ENOBUFS;
        UhppoteOpen *open =
                &board->opens[(board->open_first + board->open_count++) % UHPPOTE_OPENS_MAX];
        open->door = door;
        /* A door that relocks too early is the safe side */
        open->delay = (uint8_t)(seconds < UHPPOTE_DELAY_MAX ? seconds : UHPPOTE_DELAY_MAX);
        open->since = deadline_clock_ns();
        memcpy(open->command_id, command_id, size);
        return 0;
}

static UhppoteOpen *open_head(UhppoteBoard *board)
{
        return &board->opens[board->open_first];
}

/* The first command has its result. */
static void open_finish(UhppoteBoard *board, DriverResult result, const char *detail)
{
        UhppoteOpen open = *open_head(board);
        bool moved = result == DRIVER_COMMANDED || result == DRIVER_UNKNOWN;
        uint64_t now = deadline_clock_ns();

        board->open_first = (board->open_first + 1) % UHPPOTE_OPENS_MAX;
        board->open_count--;
        board->opening = false;
        /* Held shut again when the board's own release time is over, and not before */
        if (open.door->lifted_until)
                open.door->lifted_until =
                        moved ? now + open.delay * UHPPOTE_S + board->times->poll_ms * UHPPOTE_MS
                              : 0;
        if (moved) {
                memcpy(open.door->command_id, open.command_id, sizeof(open.command_id));
                open.door->command_seen = false;
                open.door->command_until =
                        now + open.delay * UHPPOTE_S + UHPPOTE_COMMAND_MARGIN_MS * UHPPOTE_MS;
                board->status_at = now; /* what became of it is seen at once */
        }
        board->host->done(board->host->data, open.door->index, open.command_id, result, detail);
}

static void on_opened(UhppoteBoard *board, const uint8_t *reply, bool sent)
{
        bool done = false;

        if (!sent)
                open_finish(board, DRIVER_FAILED, "the request could not be sent");
        else if (!reply)
                open_finish(board, DRIVER_UNKNOWN, "the controller has not answered in time");
        else if (uhppote_read_done(reply, &done) > 0)
                open_finish(board, DRIVER_UNKNOWN, "the controller's answer means nothing");
        else if (!done)
                open_finish(board, DRIVER_REFUSED, "the controller has refused");
        else
                open_finish(board, DRIVER_COMMANDED, NULL);
}

/* The answer to reading or setting the mode before the door is opened. Without one, or with one
 * that differs from what is needed, it goes no further. */
static void on_prepared(UhppoteBoard *board, const uint8_t *reply, bool sent)
{
        UhppoteDoor *door = open_head(board)->door;
        UhppoteRequest request = board->exchange.request;

        board->opening = false; /* until the next step */
        if (!reply || !uhppote_mode_keep(door, reply)) {
                door->known = false;
                open_finish(board, DRIVER_FAILED,
                            "the controller has not answered; nothing was sent to open the door");
                return;
        }
        if (request.function == UHPPOTE_SET_DOOR_CONTROL &&
            (door->mode != request.mode || door->delay != request.delay))
                open_finish(board, DRIVER_REFUSED,
                            "the controller does not take over the release time");
}

/* In which mode the door is opened: its own, unless it is held shut. */
static uint8_t mode_for_opening(UhppoteDoor *door)
{
        uint8_t mode = door->wanted ? door->wanted : door->mode;

        if (mode != UHPPOTE_NORMALLY_CLOSED)
                return mode;
        door->wanted = mode; /* what it returns to */
        door->lifted_until = UINT64_MAX;
        return UHPPOTE_CONTROLLED;
}

static void open_send(UhppoteBoard *board, const UhppoteOpen *open, uint64_t now)
{
        const DriverHost *host = board->host;

        if (host->still_valid &&
            !host->still_valid(host->data, open->door->index, open->command_id)) {
                open_finish(board, DRIVER_LATE, "its time was over before it was its turn");
                return;
        }
        open->door->remote_count++;
        open->door->remote_until =
                now + (board->timeout_ms + UHPPOTE_REMOTE_MARGIN_MS) * UHPPOTE_MS;
        uhppote_exchange_begin(board,
                               (UhppoteRequest){ .function = UHPPOTE_OPEN_DOOR,
                                                 .door = (uint8_t)open->door->number },
                               on_opened);
}

static void open_step(UhppoteBoard *board, const UhppoteOpen *open, uint64_t now)
{
        UhppoteDoor *door = open->door;
        UhppoteRequest request = { .door = (uint8_t)door->number, .delay = open->delay };

        board->opening = true;
        if (!door->known && !door->wanted) {
                request.function = UHPPOTE_GET_DOOR_CONTROL;
                uhppote_exchange_begin(board, request, on_prepared);
                return;
        }
        request.mode = mode_for_opening(door);
        if (!door->known || door->mode != request.mode || door->delay != open->delay) {
                request.function = UHPPOTE_SET_DOOR_CONTROL;
                uhppote_exchange_begin(board, request, on_prepared);
                return;
        }
        open_send(board, open, now);
}

bool uhppote_open_begin(UhppoteBoard *board, uint64_t now)
{
        /* Each turn takes one from the queue or begins an exchange */
        while (board->open_count > 0 && !board->exchange.ended) {
                const UhppoteOpen *open = open_head(board);
                if (now < open->since + board->times->turn_ms * UHPPOTE_MS)
                        open_step(board, open, now);
                else
                        open_finish(board, DRIVER_FAILED,
                                    "the controller was too long at what came before; nothing was "
                                    "sent to open the door");
        }
        return board->exchange.ended;
}
