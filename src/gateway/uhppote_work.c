/* SPDX-License-Identifier: MIT */
/*
 * UHPPOTE work
 *
 * What is done next: the parts are asked in the order of their urgency, and the first that has
 * something to do has the line to the board. A command to open a door does not wait for anything
 * but another one: what else is under way is given up for it.
 */
#include "gateway/uhppote_parts.h"
#include "util/deadline.h"

#define ACCURACY_US 1000

typedef bool (*Begin)(UhppoteBoard *board, uint64_t now);

static const Begin parts[] = {
        uhppote_open_begin,   uhppote_mode_begin,     uhppote_decide_begin,  uhppote_events_begin,
        uhppote_status_begin, uhppote_settings_begin, uhppote_compare_begin,
};

static uint64_t earlier(uint64_t a, uint64_t b)
{
        return a < b ? a : b;
}

/* When something falls due that no reply brings about. */
static uint64_t due_next(const UhppoteBoard *board, uint64_t now)
{
        uint64_t due = earlier(board->status_at, board->compare_at);

        if (board->controller->decides_swipes && board->can_decide)
                due = earlier(due, board->decide_at);
        for (unsigned i = 0; i < board->door_count; i++)
                if (board->doors[i].lifted_until > now)
                        due = earlier(due, board->doors[i].lifted_until);
        return due > now ? due - now : 0;
}

static void wake_set(UhppoteBoard *board, uint64_t now)
{
        /* Never a busy loop: what is due and could not begin waits at least a millisecond */
        uint64_t wait_us = due_next(board, now) / 1000 + ACCURACY_US;

        sd_event_source_set_time_relative(board->wake, wait_us);
        sd_event_source_set_enabled(board->wake, SD_EVENT_ONESHOT);
}

void uhppote_work(UhppoteBoard *board)
{
        uint64_t now = deadline_clock_ns();

        if (board->exchange.ended && board->open_count > 0 && !board->opening)
                uhppote_exchange_abandon(board);
        for (size_t i = 0; !board->exchange.ended && i < sizeof(parts) / sizeof(parts[0]); i++)
                if (parts[i](board, now))
                        return;
        if (!board->exchange.ended)
                wake_set(board, now);
}

void uhppote_work_soon(UhppoteBoard *board)
{
        sd_event_source_set_enabled(board->soon, SD_EVENT_ONESHOT);
}

static int on_soon(sd_event_source *source, void *data)
{
        uhppote_work(data);
        return 0;
}

static int on_wake(sd_event_source *source, uint64_t usec, void *data)
{
        uhppote_work(data);
        return 0;
}

int uhppote_work_prepare(UhppoteBoard *board)
{
        sd_event *event = board->host->event;
        int r = sd_event_add_defer(event, &board->soon, on_soon, board);

        if (r >= 0)
                r = sd_event_source_set_enabled(board->soon, SD_EVENT_OFF);
        if (r >= 0)
                r = sd_event_add_time(event, &board->wake, CLOCK_MONOTONIC, UINT64_MAX, ACCURACY_US,
                                      on_wake, board);
        if (r >= 0)
                r = sd_event_source_set_enabled(board->wake, SD_EVENT_OFF);
        return r < 0 ? r : 0;
}
