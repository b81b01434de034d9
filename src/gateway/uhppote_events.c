/* SPDX-License-Identifier: MIT */
/*
 * UHPPOTE events
 *
 * The board numbers its events and keeps many of them. They are read one by one, each number once
 * and in order, and the number of the last one read outlives this program (the cursor; it is kept
 * with 1 added, so that 0 stands for none). What the board sends by itself only says that there may
 * be something to read. So events neither come twice nor in another order, whatever happens to
 * datagrams, and none is believed that was not asked for.
 *
 * A swipe is decided only when it is known to be fresh: the board's clock does not count for this,
 * but that a moment ago, by our own clock, the board had no event that had not been read.
 */
#include <stdio.h>
#include <syslog.h>

#include "gateway/uhppote_parts.h"
#include "gateway/uhppote_reason.h"
#include "util/deadline.h"
#include "util/timestamp.h"

#define DETAIL_SIZE 128

static void cursor_put(UhppoteBoard *board, uint32_t cursor)
{
        board->cursor = cursor;
        board->cursor_known = true;
        int r = board->host->put_cursor(board->host->data, (uint64_t)cursor + 1);
        if (r < 0)
                uhppote_log(board, LOG_ERR, "the number of its last event cannot be stored (%d)",
                            r);
}

static void lost_tell(UhppoteBoard *board, uint32_t first, uint32_t last, const char *why)
{
        char detail[DETAIL_SIZE];

        snprintf(detail, sizeof(detail), "%" PRIu32 ", from %" PRIu32 " to %" PRIu32 ": %s",
                 last - first + 1, first, last, why);
        uhppote_observe(board, NULL,
                        (GatewayEvent){ .kind = GATEWAY_EVENTS_LOST, .detail = detail });
}

/* When an event happened, by our clock; 0 for now, and when that cannot be told. */
static int64_t event_time(const UhppoteBoard *board, const UhppoteEvent *event)
{
        int64_t time_s = event->clock_s + board->clock_offset_s;

        if (!board->clock_known || !event->clock_s || time_s <= 0 || time_s > timestamp_now())
                return 0;
        return time_s;
}

static bool is_fresh(const UhppoteBoard *board)
{
        return board->current_at &&
               deadline_clock_ns() - board->current_at <= board->times->fresh_ms * UHPPOTE_MS;
}

/* An opening that this program has sent for is no news. */
static bool remote_is_ours(UhppoteDoor *door)
{
        if (!door || door->remote_count == 0 || deadline_clock_ns() > door->remote_until)
                return false;
        door->remote_count--;
        return true;
}

static void alarm_tell(UhppoteBoard *board, UhppoteDoor *door, const UhppoteReason *reason,
                       int64_t time_s)
{
        GatewayEvent event = { .kind = reason->kind, .time_s = time_s, .detail = reason->text };

        if (reason->kind == GATEWAY_FIRE_DETECTED) {
                if (board->fire)
                        return; /* seen in the status already, which tells its end, too */
                board->fire = true;
                door = NULL;
        }
        if (door && (reason->kind == GATEWAY_DOOR_FORCED_OPEN ||
                     reason->kind == GATEWAY_DOOR_OPEN_TOO_LONG))
                door->alarm = true;
        uhppote_observe(board, door, event);
        if (reason->momentary) {
                event.kind = GATEWAY_TAMPER_ENDED;
                uhppote_observe(board, door, event);
        }
}

static void swipe_tell(UhppoteBoard *board, const UhppoteDoor *door, const UhppoteReason *reason,
                       const UhppoteEvent *event)
{
        bool asked = reason->ask && board->controller->decides_swipes && board->can_decide;

        if (asked && event->card && is_fresh(board)) {
                board->host->swiped(board->host->data, door->index, event->card);
                return;
        }
        uhppote_observe(
                board, door,
                (GatewayEvent){ .kind = reason->kind,
                                .time_s = event_time(board, event),
                                .card = event->card,
                                .detail = asked ? "seen too late to be decided" : reason->text });
}

static void event_tell(UhppoteBoard *board, const UhppoteEvent *event)
{
        const UhppoteReason *reason = uhppote_reason_find(event->reason);
        UhppoteDoor *door = uhppote_door_find(board, event->door);

        if (event->reason == UHPPOTE_REASON_POWER_ON || event->reason == UHPPOTE_REASON_RESET)
                uhppote_board_forget(board);
        /* Doors of the board that are none of this gateway's are nobody's business here */
        if (!reason || (event->door && !door) ||
            (event->reason == UHPPOTE_REASON_REMOTE_OPEN && remote_is_ours(door)))
                return;
        if (reason->with_card && door)
                swipe_tell(board, door, reason, event);
        else if (reason->kind == GATEWAY_DOOR_OPENED || reason->kind == GATEWAY_DOOR_CLOSED)
                uhppote_observe_contact(board, door, reason->kind == GATEWAY_DOOR_OPENED,
                                        event_time(board, event));
        else
                alarm_tell(board, door, reason, event_time(board, event));
}

/* There was nothing unread when the last status was asked for. */
static void current_set(UhppoteBoard *board)
{
        if (board->cursor == board->last)
                board->current_at = board->status_sent_at;
}

/* What has to be on disk first: that a swipe is decided never comes twice; all else may, after a
 * crash, rather than not at all. */
static void event_take(UhppoteBoard *board, const UhppoteEvent *event)
{
        const UhppoteReason *reason = uhppote_reason_find(event->reason);
        bool first = reason && reason->ask;

        if (event->index > board->cursor + 1)
                lost_tell(board, board->cursor + 1, event->index - 1,
                          "the controller has gone past them");
        if (first)
                cursor_put(board, event->index);
        event_tell(board, event);
        if (!first)
                cursor_put(board, event->index);
        current_set(board);
}

/* The board has no event of the number after the cursor. */
static void event_missing(UhppoteBoard *board)
{
        if (board->cursor >= board->last) {
                board->noticed = false; /* all is read that a notice was about */
                return;
        }
        lost_tell(board, board->cursor + 1, board->cursor + 1, "the controller has it not");
        cursor_put(board, board->cursor + 1);
        current_set(board);
}

/* The oldest event that the board still has, after others were overwritten. */
static void oldest_take(UhppoteBoard *board, const UhppoteEvent *event)
{
        uint32_t first = board->cursor + 1, oldest = event->index;

        board->overwritten = false;
        if (oldest == first)
                return;
        if (oldest < first || oldest > board->last)
                oldest = board->last + 1;
        if (oldest <= first)
                return;
        lost_tell(board, first, oldest - 1, "overwritten");
        cursor_put(board, oldest - 1);
}

static void on_event(UhppoteBoard *board, const uint8_t *reply, bool sent)
{
        UhppoteEvent event;

        board->events_at = 0;
        board->events_silent = !reply || uhppote_read_event(reply, &event) > 0;
        if (board->events_silent) {
                /* Reading moves nothing: it is tried again, after the next status */
                board->events_at = deadline_clock_ns() + board->times->poll_ms * UHPPOTE_MS;
                return;
        }
        if (board->overwritten)
                oldest_take(board, &event);
        else if (event.type == UHPPOTE_EVENT_OVERWRITTEN)
                board->overwritten = true;
        else if (event.index <= board->cursor)
                event_missing(board); /* 0, or the newest where there is no other */
        else
                event_take(board, &event);
        uhppote_status_settle(board);
}

bool uhppote_events_begin(UhppoteBoard *board, uint64_t now)
{
        bool unread = board->cursor_known && (board->noticed || board->cursor < board->last);

        /* However many there are, the status has its turn */
        if (!unread || now < board->events_at || board->contact != UHPPOTE_ANSWERS ||
            now >= board->status_at + board->times->poll_ms * UHPPOTE_MS)
                return false;
        uint32_t index = board->overwritten ? UHPPOTE_EVENT_OLDEST : board->cursor + 1;
        uhppote_exchange_begin(
                board, (UhppoteRequest){ .function = UHPPOTE_GET_EVENT, .index = index }, on_event);
        return true;
}

/* The board has fewer events than were read: somebody has emptied its list. */
static void list_begun_anew(UhppoteBoard *board, uint32_t last)
{
        char detail[DETAIL_SIZE];

        snprintf(detail, sizeof(detail),
                 "the controller's list begins anew: read up to %" PRIu32
                 ", its newest is %" PRIu32,
                 board->cursor, last);
        uhppote_observe(board, NULL,
                        (GatewayEvent){ .kind = GATEWAY_EVENTS_LOST, .detail = detail });
        cursor_put(board, last);
        board->last = last;
}

void uhppote_events_seen(UhppoteBoard *board, uint32_t last)
{
        if (!board->cursor_known)
                cursor_put(board, last); /* the first time ever: what was before is history */
        if (last < board->cursor) {
                list_begun_anew(board, last);
                return;
        }
        board->last = last;
        current_set(board);
}
