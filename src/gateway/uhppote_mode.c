/* SPDX-License-Identifier: MIT */
/*
 * UHPPOTE modes: how doors are held between commands
 *
 * unlocked is "normally open": the relay stands released. locked is "normally closed": the board
 * opens the door neither for a card of its own list nor for its button (uhppote-simulator has it
 * so), and not for a command either, which is why uhppote_open.c lifts it for as long as a command
 * lasts. controlled is "controlled". The mode is kept by the board when this program is away: one
 * that is locked stays so, one that is unlocked is brought back when the program ends.
 *
 * The board is asked for its modes again and again, a door at a time, so that one which was changed
 * by somebody else does not stay so.
 */
#include <syslog.h>

#include "gateway/uhppote_parts.h"
#include "util/deadline.h"

#define SECURE_TRIES 2 /* a mode may be set twice */

uint8_t uhppote_mode_wanted(const UhppoteDoor *door, uint64_t now)
{
        if (door->wanted == UHPPOTE_NORMALLY_CLOSED && door->lifted_until > now)
                return UHPPOTE_CONTROLLED;
        return door->wanted;
}

bool uhppote_mode_keep(UhppoteDoor *door, const uint8_t *reply)
{
        UhppoteDoorControl control;

        if (uhppote_read_door_control(reply, &control) > 0 || control.door != door->number)
                return false;
        door->known = true;
        door->mode = control.mode;
        door->delay = control.delay;
        return true;
}

/* Tells once that a board does not take a mode over, and once that it does again. */
static void stubborn_tell(UhppoteBoard *board, UhppoteDoor *door, bool stubborn)
{
        if (door->stubborn == stubborn)
                return;
        door->stubborn = stubborn;
        uhppote_observe(
                board, door,
                (GatewayEvent){ .kind = stubborn ? GATEWAY_FAULT_DETECTED : GATEWAY_FAULT_ENDED,
                                .detail = "how the door is held is not taken over" });
}

static UhppoteDoor *door_of_request(UhppoteBoard *board)
{
        return uhppote_door_find(board, board->exchange.request.door);
}

static void on_set(UhppoteBoard *board, const uint8_t *reply, bool sent)
{
        UhppoteDoor *door = door_of_request(board);

        door->compare = false; /* the next one is read when its turn comes */
        if (!reply || !uhppote_mode_keep(door, reply)) {
                door->known = false;
                return;
        }
        stubborn_tell(board, door, door->mode != board->exchange.request.mode);
        /* A board that stays as it is is asked again by and by, not at once */
        door->refused = door->stubborn;
}

static void on_got(UhppoteBoard *board, const uint8_t *reply, bool sent)
{
        UhppoteDoor *door = door_of_request(board);

        door->compare = !reply;
        door->refused = false;
        door->known = reply && uhppote_mode_keep(door, reply);
}

static bool mode_differs(const UhppoteDoor *door, uint8_t wanted)
{
        return door->known && !door->refused && wanted && door->mode != wanted;
}

bool uhppote_mode_begin(UhppoteBoard *board, uint64_t now)
{
        if (board->contact != UHPPOTE_ANSWERS)
                return false;
        for (unsigned i = 0; i < board->door_count; i++) {
                UhppoteDoor *door = &board->doors[i];
                uint8_t wanted = uhppote_mode_wanted(door, now);
                if (!mode_differs(door, wanted))
                        continue;
                uhppote_exchange_begin(board,
                                       (UhppoteRequest){ .function = UHPPOTE_SET_DOOR_CONTROL,
                                                         .door = (uint8_t)door->number,
                                                         .mode = wanted,
                                                         .delay = door->delay },
                                       on_set);
                return true;
        }
        return false;
}

/* Marks the door whose turn it is. */
static void compare_turn(UhppoteBoard *board, uint64_t now)
{
        if (now < board->compare_at || board->door_count == 0)
                return;
        board->compare_at = now + board->times->compare_ms * UHPPOTE_MS;
        board->compare_next = (board->compare_next + 1) % board->door_count;
        board->doors[board->compare_next].compare = true;
}

bool uhppote_compare_begin(UhppoteBoard *board, uint64_t now)
{
        compare_turn(board, now);
        for (unsigned i = 0; board->contact == UHPPOTE_ANSWERS && i < board->door_count; i++) {
                UhppoteDoor *door = &board->doors[i];
                if (!door->compare)
                        continue;
                uhppote_exchange_begin(board,
                                       (UhppoteRequest){ .function = UHPPOTE_GET_DOOR_CONTROL,
                                                         .door = (uint8_t)door->number },
                                       on_got);
                return true;
        }
        return false;
}

static void door_secure(UhppoteBoard *board, const UhppoteDoor *door, uint8_t mode)
{
        UhppoteRequest request = { .function = UHPPOTE_SET_DOOR_CONTROL,
                                   .door = (uint8_t)door->number,
                                   .mode = mode,
                                   .delay = door->delay };

        for (unsigned try = 0; try < SECURE_TRIES; try++)
                if (uhppote_exchange_wait(board, request, board->times->secure_ms))
                        return;
        uhppote_log(board, LOG_ERR, "door %u could not be set to controlled at the end: no answer",
                    door->number);
}

void uhppote_mode_secure(UhppoteBoard *board)
{
        for (unsigned i = 0; i < board->door_count; i++) {
                const UhppoteDoor *door = &board->doors[i];
                uint8_t mode =
                        door->wanted == UHPPOTE_NORMALLY_OPEN ? UHPPOTE_CONTROLLED : door->wanted;
                if (mode && (!door->known || door->mode != mode))
                        door_secure(board, door, mode);
        }
}
