/* SPDX-License-Identifier: MIT */
/*
 * Live queue
 *
 * Changes of live state that are under way. Those of one resource follow each other: the next is
 * decided when the one before is in force, or has failed, so that it is decided on what is so by
 * then, and disk and memory see both in the same order. Those of different resources do not wait
 * for each other.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "util/text.h"

/* Further ones of one resource are told that the daemon is busy. */
#define LIVE_WAITING_OF_RESOURCE_MAX 16

typedef struct LiveTask LiveTask;

/* Lies in what changes something, which owns itself. */
struct LiveTask {
        LiveTask *next;
        Text resource; /* borrowed from whoever owns the task */
        bool running;
        void (*begin)(LiveTask *task); /* its turn; ends, now or later, in live_queue_finish() */
        void (*drop)(LiveTask *task);  /* it never gets its turn: frees it */
};

typedef struct LiveQueue {
        LiveTask *first, *last;
        size_t count;
} LiveQueue;

/* Adds a task, and begins it if none of its resource is under way. Return: false, and nothing is
 * taken, when too many of that resource wait. */
bool live_queue_add(LiveQueue *queue, LiveTask *task);

/* Whether anything of a resource is under way or waits. */
bool live_queue_holds(const LiveQueue *queue, Text resource);

/* A task is done: it is taken out, and the next one of its resource begins. */
void live_queue_finish(LiveQueue *queue, LiveTask *task);

/* Takes out a task that has not begun. */
void live_queue_take_out(LiveQueue *queue, LiveTask *task);

/* Drops all that has not begun; when the journal has called back there is nothing else. */
void live_queue_close(LiveQueue *queue);
