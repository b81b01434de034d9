/* SPDX-License-Identifier: MIT */
/*
 * UHPPOTE parts
 *
 * What the parts of the driver offer each other; each is the file of its name. board is the state
 * that they share (uhppote_board.h).
 */
#pragma once

#include "gateway/uhppote_board.h"

/* Prepares the one exchange; nothing is sent. Return: 0 or -errno. */
int uhppote_exchange_prepare(UhppoteBoard *board);

/* Sends a request; ended follows, never from within. Nothing may be under way. */
void uhppote_exchange_begin(UhppoteBoard *board, UhppoteRequest request, UhppoteEnded ended);

/* Gives up what is under way, if anything; its reply is not read any more. */
void uhppote_exchange_abandon(UhppoteBoard *board);

/* Sends a request and waits at most wait_ms for its reply; only for the very end.
 * Return: whether it came. */
bool uhppote_exchange_wait(UhppoteBoard *board, UhppoteRequest request, int wait_ms);

/* Prepares being called by the loop. Return: 0 or -errno. */
int uhppote_work_prepare(UhppoteBoard *board);

/* Does what is due next, when nothing is under way, and sees to be called again. */
void uhppote_work(UhppoteBoard *board);

/* Has uhppote_work() called at the next turn of the loop. */
void uhppote_work_soon(UhppoteBoard *board);

/*
 * The parts that uhppote_work() asks, in this order of urgency. now is CLOCK_MONOTONIC in ns.
 * Return: whether one began an exchange.
 */
bool uhppote_open_begin(UhppoteBoard *board, uint64_t now);
bool uhppote_mode_begin(UhppoteBoard *board, uint64_t now);
bool uhppote_decide_begin(UhppoteBoard *board, uint64_t now);
bool uhppote_events_begin(UhppoteBoard *board, uint64_t now);
bool uhppote_status_begin(UhppoteBoard *board, uint64_t now);
bool uhppote_settings_begin(UhppoteBoard *board, uint64_t now);
bool uhppote_compare_begin(UhppoteBoard *board, uint64_t now);

/* Puts a command into the queue. Return: 0, -EINVAL, -ENOBUFS. */
int uhppote_open_add(UhppoteBoard *board, UhppoteDoor *door, uint32_t seconds,
                     const char *command_id);

/* The mode that a door should have now; 0: as it is. */
uint8_t uhppote_mode_wanted(const UhppoteDoor *door, uint64_t now);

/* Keeps what the board said of a door's mode. Return: whether it is of that door. */
bool uhppote_mode_keep(UhppoteDoor *door, const uint8_t *reply);

/* Brings doors that this program holds open, or has lifted a lock of, back; waits a little. */
void uhppote_mode_secure(UhppoteBoard *board);

/* A reply came, or none did after a request had its time: found and lost. */
void uhppote_contact_heard(UhppoteBoard *board);
void uhppote_contact_silent(UhppoteBoard *board);

/* The board was switched on, or answers again: nothing of what was known of it holds any more. */
void uhppote_board_forget(UhppoteBoard *board);

/* Tells the host of an event. door may be NULL: at the controller as a whole. */
void uhppote_observe(UhppoteBoard *board, const UhppoteDoor *door, GatewayEvent event);

/* A door's contact was seen, by status or event, at time_s (0: now); told when it has changed. */
void uhppote_observe_contact(UhppoteBoard *board, UhppoteDoor *door, bool open, int64_t time_s);

/* Tells of the contacts and inputs of the last status, once the events before it are read. */
void uhppote_status_settle(UhppoteBoard *board);

/* The configured door of a number of the board. Return: borrowed, or NULL. */
UhppoteDoor *uhppote_door_find(UhppoteBoard *board, unsigned number);

/* Takes over the newest index of a status. */
void uhppote_events_seen(UhppoteBoard *board, uint32_t last);

/* Opens the socket on which the board's own events are waited for. Return: 0 or -errno. */
int uhppote_listener_open(UhppoteBoard *board);

/* One line for the log. */
void uhppote_log(UhppoteBoard *board, int priority, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* Counts a datagram that is none of ours; now and then a line of the log says so. */
void uhppote_ignore(UhppoteBoard *board, const char *why);

/* As the driver's start(), with the times of a test. Return: as it. */
int uhppote_start_with(const DriverController *controller, const DriverHost *host,
                       const UhppoteTimes *times, void **ret_state);
