/* SPDX-License-Identifier: MIT */
/*
 * UHPPOTE settings
 *
 * What the board is told so that this program hears of everything: that contacts and buttons become
 * events, whom its events are sent to, and who decides swipes (PC control). The board gives PC
 * control up by itself when it has not heard from its host for 30 seconds; it is said again long
 * before. A board that does not decide by itself and a configuration without PC control do not fit
 * together: then it is switched off.
 */
#include <syslog.h>

#include "gateway/uhppote_parts.h"

#define TRIES_MAX                                                                                  \
        3 /* of a setting that the board does not answer to; older firmware has not all            \
           */

/* Return: whether it is settled: answered, or asked often enough. */
static bool setting_settle(UhppoteBoard *board, const uint8_t *reply, unsigned *tries,
                           const char *what)
{
        bool done = false;

        if (reply && uhppote_read_done(reply, &done) == 0 && done)
                return true;
        if (!reply && ++*tries < TRIES_MAX)
                return false;
        uhppote_log(board, LOG_WARNING, "%s: %s", what, reply ? "refused" : "no answer");
        return true;
}

static void on_special(UhppoteBoard *board, const uint8_t *reply, bool sent)
{
        board->special_said = setting_settle(board, reply, &board->special_tries,
                                             "events of contacts and buttons");
}

static void on_listener(UhppoteBoard *board, const uint8_t *reply, bool sent)
{
        board->listener_said = setting_settle(board, reply, &board->listener_tries,
                                              "where its events are sent to");
}

static void on_decide(UhppoteBoard *board, const uint8_t *reply, bool sent)
{
        board->decide_said =
                setting_settle(board, reply, &board->decide_tries, "who decides swipes");
}

bool uhppote_decide_begin(UhppoteBoard *board, uint64_t now)
{
        bool enable = board->controller->decides_swipes && board->can_decide;

        if (board->contact != UHPPOTE_ANSWERS || now < board->decide_at ||
            (!enable && board->decide_said))
                return false;
        board->decide_at = now + board->times->keep_ms * UHPPOTE_MS;
        uhppote_exchange_begin(
                board, (UhppoteRequest){ .function = UHPPOTE_SET_PC_CONTROL, .enable = enable },
                on_decide);
        return true;
}

bool uhppote_settings_begin(UhppoteBoard *board, uint64_t now)
{
        UhppoteRequest listener = { .function = UHPPOTE_SET_LISTENER,
                                    .address = board->listener.sin_addr.s_addr,
                                    .port = ntohs(board->listener.sin_port) };
        UhppoteRequest special = { .function = UHPPOTE_RECORD_SPECIAL_EVENTS, .enable = true };

        if (board->contact != UHPPOTE_ANSWERS)
                return false;
        if (!board->listener_said && listener.port)
                uhppote_exchange_begin(board, listener, on_listener);
        else if (!board->special_said)
                uhppote_exchange_begin(board, special, on_special);
        return board->exchange.ended;
}
