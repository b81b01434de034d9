/* SPDX-License-Identifier: MIT */
/*
 * UHPPOTE contact
 *
 * Whether the board answers. One reply that does not come says little; several in a row are told of
 * as controller-lost, the next reply as controller-found. Whatever was known of a board that was
 * away is forgotten, for it may have been switched off, exchanged, or set up by others.
 */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>

#include "gateway/uhppote_parts.h"
#include "util/deadline.h"

#define LINE_SIZE       256
#define DETAIL_SIZE     96
#define IGNORED_TELL_NS (60 * UHPPOTE_S)

void uhppote_log(UhppoteBoard *board, int priority, const char *format, ...)
{
        char line[LINE_SIZE];
        va_list arguments;

        va_start(arguments, format);
        vsnprintf(line, sizeof(line), format, arguments);
        va_end(arguments);
        board->host->log(board->host->data, priority, line);
}

void uhppote_ignore(UhppoteBoard *board, const char *why)
{
        uint64_t now = deadline_clock_ns();

        board->ignored++;
        if (board->ignored_told_at && now - board->ignored_told_at < IGNORED_TELL_NS)
                return;
        board->ignored_told_at = now;
        uhppote_log(board, LOG_WARNING, "ignored a datagram %s (%" PRIu64 " so far)", why,
                    board->ignored);
}

void uhppote_observe(UhppoteBoard *board, const UhppoteDoor *door, GatewayEvent event)
{
        board->host->observed(board->host->data, door ? door->index : UINT_MAX, &event);
}

UhppoteDoor *uhppote_door_find(UhppoteBoard *board, unsigned number)
{
        for (unsigned i = 0; i < board->door_count; i++)
                if (board->doors[i].number == number)
                        return &board->doors[i];
        return NULL;
}

void uhppote_board_forget(UhppoteBoard *board)
{
        for (unsigned i = 0; i < board->door_count; i++) {
                UhppoteDoor *door = &board->doors[i];
                door->known = door->refused = door->observed = door->contact_known = false;
                door->compare = true;
        }
        board->special_said = board->listener_said = board->decide_said = false;
        board->special_tries = board->listener_tries = board->decide_tries = 0;
        board->decide_at = 0;
        board->status_at = 0;
        board->status_waits = false;
}

void uhppote_contact_heard(UhppoteBoard *board)
{
        board->silent = 0;
        if (board->contact == UHPPOTE_ANSWERS)
                return;
        board->contact = UHPPOTE_ANSWERS;
        uhppote_observe(board, NULL, (GatewayEvent){ .kind = GATEWAY_CONTROLLER_FOUND });
}

void uhppote_contact_silent(UhppoteBoard *board)
{
        char detail[DETAIL_SIZE];

        if (board->silent < UHPPOTE_SILENT_MAX)
                board->silent++;
        if (board->silent < UHPPOTE_SILENT_MAX || board->contact == UHPPOTE_LOST)
                return;
        board->contact = UHPPOTE_LOST;
        uhppote_board_forget(board);
        snprintf(detail, sizeof(detail), "serial number %" PRIu32 " does not answer at %s",
                 board->controller->serial, board->controller->address);
        uhppote_observe(board, NULL,
                        (GatewayEvent){ .kind = GATEWAY_CONTROLLER_LOST, .detail = detail });
}
