/* SPDX-License-Identifier: MIT */
/*
 * Change queue
 *
 * Changes that people ask for wait here until the compilation is free. Then those that do not
 * depend on each other (change_depend.h) go into one batch, in their order: each is decided on the
 * policy that is served, denials are answered, and what is allowed is written down, compiled,
 * recorded and put into force by change_batch.c, all or none of it. What is to be tried only is a
 * batch of its own that ends when it has been compiled and tested. A batch that the compiler
 * refuses is tried again in halves, down to single changes, so that only those are refused that
 * stand in the way.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "daemon/change_batch.h"

typedef struct Server Server;
typedef struct Client Client;
typedef struct QueuedChange QueuedChange;

/* Further ones are told that the daemon is busy. */
#define CHANGES_WAITING_MAX         512
#define CHANGES_WAITING_OF_USER_MAX 16 /* of one uid: each may cost a compile of its own */

typedef struct ChangeQueue {
        QueuedChange *first, *last;
        size_t count;
        ChangeBatch batch; /* that is made; empty when none is */
} ChangeQueue;

/* Frees what is left, when the compiler, the journal and all clients are gone. */
void changes_close(Server *server);

/* Takes the free compilation if any change waits. Called by compilation_next() only. Frees no
 * client. */
void changes_begin(Server *server);

/* Queues a change (taken) of a client, which waits from now on. Return: false, and nothing is
 * taken, when too many wait already, or too many of the same uid. */
bool changes_add(Server *server, QueuedChange *change, Client *client);

/* Puts the changes of a batch that was refused back in front of all others, to be tried again with
 * half as many at a time. */
void changes_put_back(Server *server);

/* The client is gone: a change that waits is dropped, one in a batch goes on unanswered. */
void changes_forget(QueuedChange *change);

/* A change has waited too long, and is refused as "busy". Frees no client. */
void changes_expire(QueuedChange *change);
