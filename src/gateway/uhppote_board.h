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
#define UHPPOTE_COMMAND_ID_MAX    64    /* with its NUL */
#define UHPPOTE_COMMAND_MARGIN_MS 3000  /* after the release time, that a lock is a command's */
#define UHPPOTE_REMOTE_MARGIN_MS  10000 /* that the event of a remote opening may take */

typedef struct UhppoteBoard UhppoteBoard;

/* How often what is done; tests have shorter ones. */
typedef struct UhppoteTimes {
        uint64_t poll_ms;    /* status */
        uint64_t keep_ms;    /* PC control is said again; controllers wait for 30 s */
        uint64_t compare_ms; /* one door's mode is read and compared with what it should be */
        uint64_t turn_ms;    /* that a command waits for its turn, else it fails */
        int secure_ms;       /* that a reply is waited for when the program ends */
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
        UhppoteStatus status; /* the last one */
        bool status_waits;    /* for events before it to be read; then it is told */
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
        bool events_silent;  /* the last request for one had no answer */
        bool overwritten;    /* the next one is gone: the oldest is to be found */
        uint64_t current_at; /* ns: then there was nothing that had not been read; 0: never */
};
