/* SPDX-License-Identifier: MIT */
/*
 * Take
 *
 * One TAKE of a gateway: a long poll for its doors. It is answered, once, as soon as there is a
 * command for one of them, or one is to be held in another way than the gateway knows, or its time
 * has passed. A TAKE for a door ends the one of the same caller that waited for it before: of two
 * the newer one is heard, for the older one may have lost its connection without anybody noticing.
 */
#pragma once

#include "daemon/command.h"
#include "daemon/request.h"

#define TAKE_DOORS_MAX  200
#define TAKE_TOKEN_SIZE 17 /* with the NUL */

/* One door of a TAKE. */
typedef struct TakeDoor {
        Text path;           /* "acme/HQ/D1"; in the frame */
        GatewayDoor *served; /* NULL: it is not served */
        uint32_t index;      /* in the image of the TAKE's generation */
        Reason refused;      /* why it is not served; REASON_NONE */
} TakeDoor;

struct Take {
        Take *next, *previous; /* of those that wait */
        Client *client;
        uint64_t request_id;
        Identity identity;   /* of who asks */
        uint32_t generation; /* of the policy that its doors were found by */
        bool is_waiting;
        char token[TAKE_TOKEN_SIZE]; /* what the gateway knows of its doors; "": nothing */
        size_t door_count;
        TakeDoor doors[TAKE_DOORS_MAX];
        char frame[]; /* a copy of the paths */
};

/* Reads the doors of a request, each "door:…" and none twice, and who asks.
 * Return: 0 and the TAKE (owned by the caller until take_begin()), -EINVAL, -ENOMEM. */
int take_new(const Request *request, Take **ret_take);

/* Frees one that does not wait. Return: NULL. */
Take *take_free(Take *take);

/* Finds by the policy in force which of its doors it may serve. Return: how many these are. */
size_t take_bind(Take *take);

/* Begins a TAKE (taken) that was bound: answers it at once, or makes its client wait.
 * Return: 0; negative: the connection is broken. */
int take_begin(Take *take, uint32_t seconds);

/* Its time has passed: it is answered with what there is. Return: as client_send(). */
int take_expire(Take *take);

/* The client is gone. */
void take_forget(Take *take);

/* Hands a command that was given to a TAKE that waits for its door, if there is one. */
void takes_hand_over(Server *server, Command *command);

/* Looks whether those that wait are to be told of their doors; after a swap of the policy also
 * whether they still may. */
void takes_check(Server *server);
