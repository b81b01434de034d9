/* SPDX-License-Identifier: MIT */
/*
 * UHPPOTE status
 *
 * The board is asked for its state again and again: what its relays, contacts and inputs are now,
 * and which event is its newest. What has changed since the last time is told; after the board was
 * away, all of it.
 *
 * Contacts and inputs become events as well. A status comes after the events that it counts and
 * before the next ones, so that what it says of them waits until the former have been read.
 */
#include <stdio.h>

#include "gateway/uhppote_parts.h"
#include "util/deadline.h"
#include "util/timestamp.h"

#define DETAIL_SIZE 48
#define UNREAD_MAX  64 /* events that a status waits for; more are history */

void uhppote_observe_contact(UhppoteBoard *board, UhppoteDoor *door, bool open, int64_t time_s)
{
        bool told = door->contact_known && door->open == open;

        door->contact_known = true;
        door->open = open;
        if (!told && door->has_contact)
                uhppote_observe(
                        board, door,
                        (GatewayEvent){ .kind = open ? GATEWAY_DOOR_OPENED : GATEWAY_DOOR_CLOSED,
                                        .time_s = time_s });
        if (!open && door->alarm) {
                door->alarm = false;
                uhppote_observe(
                        board, door,
                        (GatewayEvent){ .kind = GATEWAY_DOOR_ALARM_NORMAL, .time_s = time_s });
        }
}

/* A lock that moves while a command holds it released, or when that ends, moves for the command. */
static const char *command_of(const UhppoteDoor *door, uint64_t now)
{
        return door->command_until > now ? door->command_id : NULL;
}

static void relay_observe(UhppoteBoard *board, UhppoteDoor *door, bool released, uint64_t now)
{
        const char *command_id = command_of(door, now);
        bool first_of_command = command_id && released && !door->command_seen;

        if (door->observed && door->released == released && !first_of_command)
                return;
        door->observed = true;
        door->released = released;
        if (released)
                door->command_seen = true;
        uhppote_observe(
                board, door,
                (GatewayEvent){ .kind = released ? GATEWAY_LOCK_UNLOCKED : GATEWAY_LOCK_LOCKED,
                                .command_id = command_id });
        if (!released && door->command_seen)
                door->command_until = 0; /* it is over */
}

/* Tells of something that is at the controller as a whole, when it begins and ends. */
static void whole_observe(UhppoteBoard *board, bool *was, bool is, GatewayEventKind begun,
                          GatewayEventKind ended, const char *detail)
{
        if (*was == is)
                return;
        *was = is;
        uhppote_observe(board, NULL,
                        (GatewayEvent){ .kind = is ? begun : ended, .detail = detail });
}

static void error_observe(UhppoteBoard *board, uint8_t error)
{
        char detail[DETAIL_SIZE];
        bool was = board->error != 0;

        snprintf(detail, sizeof(detail), "the controller's error %u", error ? error : board->error);
        board->error = error;
        whole_observe(board, &was, error != 0, GATEWAY_FAULT_DETECTED, GATEWAY_FAULT_ENDED, detail);
}

static void relays_observe(UhppoteBoard *board, const UhppoteStatus *status)
{
        uint64_t now = deadline_clock_ns();

        for (unsigned i = 0; i < board->door_count; i++) {
                UhppoteDoor *door = &board->doors[i];
                relay_observe(board, door, status->relays >> (door->number - 1) & 1, now);
        }
        error_observe(board, status->error);
}

/* What events tell, too. */
static void contacts_observe(UhppoteBoard *board, const UhppoteStatus *status)
{
        for (unsigned i = 0; i < board->door_count; i++) {
                UhppoteDoor *door = &board->doors[i];
                uhppote_observe_contact(board, door, status->open[door->number - 1], 0);
        }
        whole_observe(board, &board->fire, status->inputs & UHPPOTE_INPUT_FIRE,
                      GATEWAY_FIRE_DETECTED, GATEWAY_FIRE_ENDED, NULL);
        whole_observe(board, &board->forced_lock, status->inputs & UHPPOTE_INPUT_FORCED_LOCK,
                      GATEWAY_FAULT_DETECTED, GATEWAY_FAULT_ENDED,
                      "an input keeps all doors locked");
}

void uhppote_status_settle(UhppoteBoard *board)
{
        const UhppoteStatus *status = &board->status;
        bool follows = board->cursor < status->event.index && !board->events_silent &&
                       status->event.index - board->cursor <= UNREAD_MAX;

        if (!board->status_waits || follows)
                return;
        board->status_waits = false;
        contacts_observe(board, status);
}

static void on_status(UhppoteBoard *board, const uint8_t *reply, bool sent)
{
        UhppoteStatus status;

        if (!reply)
                return;
        if (uhppote_read_status(reply, &status) > 0) {
                uhppote_ignore(board, uhppote_problem_text(UHPPOTE_BAD_VALUE));
                return;
        }
        /* Its clock is trusted for nothing but how long ago an event was */
        board->clock_known = status.clock_s != 0;
        board->clock_offset_s = timestamp_now() - status.clock_s;
        relays_observe(board, &status);
        board->status = status;
        board->status_waits = true;
        uhppote_events_seen(board, status.event.index);
        uhppote_status_settle(board);
}

bool uhppote_status_begin(UhppoteBoard *board, uint64_t now)
{
        if (now < board->status_at)
                return false;
        board->status_at = now + board->times->poll_ms * UHPPOTE_MS;
        board->status_sent_at = now;
        uhppote_exchange_begin(board, (UhppoteRequest){ .function = UHPPOTE_GET_STATUS },
                               on_status);
        return true;
}
