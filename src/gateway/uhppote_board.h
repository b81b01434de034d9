/* SPDX-License-Identifier: MIT */
/*
 * UHPPOTE board
 *
 * What the parts of the UHPPOTE driver share: one controller, what is known of it, what is wanted
 * of it, and the one exchange that may be under way. Nothing but commands to open waits in a queue:
 * everything else is a state that differs from what it should be, and uhppote_work() begins the
 * exchange that brings it nearer. So an exchange may be given up at any time and is made again
 * later, but for the one that opens a door: it is sent once, and never again.
 *
 * Each exchange has a UDP socket of its own, connected to the controller. The protocol has no
 * number of a request; the port of the socket stands for it, so that a late or repeated reply to
 * another request is never taken for the reply to this one.
 */
#pragma once

#include <inttypes.h>

#include "gateway/driver.h"
#include "gateway/uhppote_message.h"

/* Nanoseconds of a millisecond and a second */
#define UHPPOTE_MS UINT64_C(1000000)
#define UHPPOTE_S  (1000 * UHPPOTE_MS)

#define UHPPOTE_OPENS_MAX         64 /* commands waiting; each door has few at a time */
#define UHPPOTE_SILENT_MAX        3 /* exchanges in a row without a reply: the controller is lost */
#define UHPPOTE_DATAGRAMS_MAX     16    /* read of a socket before others have their turn */
#define UHPPOTE_OPEN_WAIT_MS      2000  /* that a command waits for its turn, else it fails */
#define UHPPOTE_COMMAND_ID_MAX    64    /* with its NUL */
#define UHPPOTE_COMMAND_MARGIN_MS 3000  /* after the release time, that a lock is a command's */
#define UHPPOTE_REMOTE_MARGIN_MS  10000 /* that the event of a remote opening may take */

typedef struct UhppoteBoard UhppoteBoard;

/* How often what is done; tests have shorter ones. */
typedef struct UhppoteTimes {
        uint64_t poll_ms;    /* status */
        uint64_t keep_ms;    /* PC control is said again; controllers wait for 30 s */
        uint64_t compare_ms; /* one door's mode is read and compared with what it should be */
        uint64_t fresh_ms;   /* a swipe is not decided when it may be older */
} UhppoteTimes;

/* How an exchange ended: with a reply, borrowed for the call; or with none (NULL), where sent says
 * whether a request has left at all. */
typedef void (*UhppoteEnded)(UhppoteBoard *board, const uint8_t *reply, bool sent);

typedef struct UhppoteExchange {
        UhppoteRequest request;
        UhppoteEnded ended; /* NULL: nothing is under way */
        int fd;             /* -1: the request could not be sent */
        sd_event_source *readable;
        sd_event_source *timer;
} UhppoteExchange;

typedef struct UhppoteDoor {
        unsigned number; /* 1 to 4 */
        unsigned index;  /* of the configured door */
        bool has_contact;
        /* The mode: what the board was last known to have, what it should have */
        bool known;
        uint8_t mode, delay;
        uint8_t wanted;        /* UhppoteMode; 0: as it is */
        uint64_t lifted_until; /* ns: a command opens a door held shut, which needs CONTROLLED */
        bool compare;          /* the mode is to be read */
        bool refused;          /* the board did not take it over; asked again after compare */
        bool stubborn;         /* which was told */
        /* What was observed and told */
        bool observed, contact_known; /* since the board last answered again */
        bool released, open, alarm;
        /* The command that releases it */
        char command_id[UHPPOTE_COMMAND_ID_MAX];
        uint64_t command_until; /* ns; 0: none */
        bool command_seen;
        uint64_t remote_until; /* ns: openings by this program become events until then */
        unsigned remote_count;
} UhppoteDoor;

typedef struct UhppoteOpen {
        UhppoteDoor *door;
        uint8_t delay;
        uint64_t since; /* ns */
        char command_id[UHPPOTE_COMMAND_ID_MAX];
} UhppoteOpen;

typedef enum UhppoteContact {
        UHPPOTE_NOT_HEARD = 0, /* since the start */
        UHPPOTE_ANSWERS,
        UHPPOTE_LOST,
} UhppoteContact;

struct UhppoteBoard {
        const DriverController *controller;
        const DriverHost *host;
        const UhppoteTimes *times;
        uint64_t timeout_ms; /* of an exchange */
        struct sockaddr_in address;
        struct sockaddr_in listener; /* port 0: none */
        int listener_fd;
        sd_event_source *listener_source;
        sd_event_source *soon; /* uhppote_work() at the next turn of the loop */
        sd_event_source *wake; /* uhppote_work() when something falls due */
        UhppoteExchange exchange;

        UhppoteContact contact;
        unsigned silent; /* exchanges in a row */
        uint64_t ignored, ignored_told_at;

        UhppoteDoor doors[UHPPOTE_DOORS];
        unsigned door_count;
        unsigned compare_next;
        uint64_t compare_at;

        UhppoteOpen opens[UHPPOTE_OPENS_MAX];
        unsigned open_first, open_count;
        bool opening; /* what is under way is a step of the first command */

        /* Settings of the board, said again when it was away */
        bool special_said, listener_said, decide_said;
        unsigned special_tries, listener_tries, decide_tries;
        bool can_decide;
        uint64_t decide_at; /* ns: when PC control is to be said (again) */

        /* Status */
        uint64_t status_at, status_sent_at;
        bool clock_known;
        int64_t clock_offset_s; /* our UTC minus what its clock shows */
        bool fire, forced_lock; /* inputs */
        uint8_t error;

        /* Events */
        bool cursor_known;
        uint32_t cursor; /* index of the last event read */
        uint32_t last;   /* of the newest event, as the board said in its status */
        bool noticed;    /* there may be more, as the board itself has sent word */
        uint64_t events_at;
        unsigned shrunk;     /* times in a row that last was less than the cursor */
        bool overwritten;    /* the next one is gone: the oldest is to be found */
        uint64_t current_at; /* ns: then there was nothing that had not been read; 0: never */
};

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
