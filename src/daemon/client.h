/* SPDX-License-Identifier: MIT */
/*
 * Client
 *
 * One connection: who is at its other end, what it waits for, and what could not be sent yet. A
 * client has at most one request under way; while it waits, nothing more is read from it. Its
 * descriptor is watched edge-triggered and read until it is empty, so that a request costs no
 * change of what is watched.
 *
 * Whoever finds that a connection is broken returns a negative error up to the function that was
 * called by the event loop, which frees the client.
 */
#pragma once

#include <stdint.h>
#include <sys/socket.h>
#include <systemd/sd-event.h>

#include "daemon/identity.h"
#include "daemon/rate.h"
#include "daemon/task.h"

typedef struct Server Server;
typedef struct Client Client;
typedef struct PendingAnswer PendingAnswer;
typedef struct QueuedChange QueuedChange;
typedef struct Following Following;
typedef struct Saving Saving;
typedef struct LiveChange LiveChange;
typedef struct Take Take;
typedef struct Command Command;
typedef struct Observing Observing;
typedef struct Gateway Gateway;
typedef struct Refusal Refusal;

#define CLIENT_OUTPUT_MAX (256u << 10) /* bytes that may wait for a slow reader */
#define CLIENT_TURN_MAX   32           /* requests answered before others get their turn */

typedef enum ClientState {
        CLIENT_READY,          /* reads requests */
        CLIENT_WAITS_NAME,     /* for the resolver */
        CLIENT_WAITS_JOURNAL,  /* until its decision is on disk */
        CLIENT_WAITS_QUEUE,    /* for a reload that has not begun */
        CLIENT_WAITS_RELOAD,   /* for the reload that runs */
        CLIENT_WAITS_CHANGE,   /* until its change is made, or refused */
        CLIENT_WAITS_LIVE,     /* until its change of live state is made, or refused */
        CLIENT_WAITS_STATUS,   /* for the fingerprint of the text */
        CLIENT_WAITS_REPAIR,   /* for what it maintains */
        CLIENT_WAITS_REPORT,   /* for the child that answers it */
        CLIENT_WAITS_WATCH,    /* for another policy; not in flight */
        CLIENT_WAITS_TAKE,     /* for something to do at its doors: not in flight */
        CLIENT_WAITS_COMMAND,  /* for news of an unlock command: likewise */
        CLIENT_WAITS_GATEWAY,  /* until it is known how far that gateway has told */
        CLIENT_WAITS_OBSERVED, /* until what it told is on disk */
} ClientState;

typedef struct Output {
        struct Output *next;
        size_t size;
        uint8_t frame[];
} Output;

struct Client {
        Server *server;
        Client *previous, *next;
        int fd;
        sd_event_source *source; /* NULL until it is watched */
        struct ucred peer;
        RateAccount *account;
        bool is_deferred; /* has more to read, in its next turn */

        Identity identity;
        uint32_t identity_generation; /* of the policy it was found with */
        bool identity_known;
        bool groups_known;
        uint32_t *groups; /* Unix groups by SO_PEERGROUPS */
        size_t group_count;

        ClientState state;
        uint64_t deadline_ms;              /* monotonic; 0: none */
        uint64_t request_id;               /* of the request that waits */
        bool skip_tests;                   /* of a reload that waits */
        char watched[IMAGE_REVISION_SIZE]; /* the revision that one who waits for another knows */
        PendingAnswer *pending;
        QueuedChange *change;
        LiveChange *live;
        Task *report;
        Following *following;           /* of a report that follows events; else NULL */
        bool follows;                   /* the report does */
        bool report_by_certificate;     /* it is for a caller that a front speaks for, … */
        Fingerprint report_certificate; /* … this one */
        Saving *saving;                 /* a saved report on its way to the disk */
        Take *take;
        Command *command;     /* that it waits for */
        Observing *observing; /* events on their way to the disk */
        Gateway *gateway;     /* of one that waits for it. Borrowed */
        uint8_t *held;        /* frame of the request that waits for a name or a gateway */
        size_t held_size;

        Output *output_first, *output_last;
        size_t output_size;
};

/* Takes a connected descriptor and the peer's credentials; serves what has come already.
 * Return: 0 (the client belongs to the server, or is gone already); -EUSERS, -ENOMEM and other
 * errors: the connection is closed. */
int client_accept(Server *server, int fd, const struct ucred *peer);

/* Closes and frees. Return: NULL. */
Client *client_free(Client *client);

/* Sends a frame, now or as soon as the peer reads. Return: 0; negative: the connection is broken,
 * or its reader too slow. */
int client_send(Client *client, const void *frame, size_t size);

/* The request under way waits for something. deadline_ms 0: whoever ends the waiting has a limit of
 * its own. */
void client_wait(Client *client, ClientState state, uint64_t request_id, uint64_t deadline_ms);

/* The waiting is over and the answer sent: goes on reading. May free the client. */
void client_resume(Client *client);

/* As client_resume(), but goes on reading in a later turn: for those who are in the middle of a
 * walk over clients, or of serving this one. Frees nothing. */
void client_resume_later(Client *client);

/* What a held request waited for is known: serves it, or refuses it (refusal not NULL), and goes
 * on. May free the client. */
void client_serve_held(Client *client, const Refusal *refusal);

/* The connection is broken: it is closed when its client is served next. */
void client_break(Client *client);

/* Reads and serves until nothing is left or the client waits. May free the client. */
void client_serve(Client *client);

/* The peer's Unix groups, ascending; none when the kernel does not say. Borrowed. */
const uint32_t *client_groups(Client *client, size_t *ret_count);

/* What to do about a client whose deadline has passed. May free the client. */
void client_expire(Client *client);
