/* SPDX-License-Identifier: MIT */
/*
 * Door
 *
 * What is behind the public type doorward: one request at a time, which goes through CONNECTING ->
 * SENDING -> RECEIVING -> IDLE; with more questions of the same batch to come, NEXT instead of
 * IDLE. An exchange that fails closes the connection, so that a late reply can never be taken for
 * one to the next request; one that succeeds keeps it.
 *
 * Everything here returns 0 or a negative DOORWARD_ERROR_*.
 */
#pragma once

#include <doorward/doorward.h>

#include <sys/types.h>

#include "client/connection.h"

typedef enum DoorState {
        DOOR_IDLE,
        DOOR_CONNECTING,
        DOOR_SENDING,
        DOOR_RECEIVING,
        DOOR_NEXT, /* the next question of a batch is to be begun */
} DoorState;

struct doorward {
        pid_t process; /* who may use this */
        unsigned timeout_ms;
        char *socket_path; /* NULL: the default */
        ConnectionOptions options;
        Connection *connection; /* kept between requests; NULL: none */
        DoorState state;
        Deadline deadline;
        const struct doorward_question
                *questions; /* of a batch: those to come (borrowed); or NULL */
        size_t question_count;
        uint64_t request_id;
        size_t frame_size;
        uint8_t frame[MESSAGE_SIZE_MAX]; /* the request; a reply has to repeat its texts */
};

/* Says whether a request may begin. Return: 0, -ARGUMENT, -FORKED, -BUSY. */
int door_check(const doorward *door);

/* Begins to write a request into the frame. Return: as door_check(). */
int door_write(doorward *door, MessageType type, MessageWriter *ret_writer);

/* Adds a text that must not be missing or empty: the writer's error otherwise. */
void door_write_text(MessageWriter *writer, FieldTag tag, const char *text);

/* Begins the exchange that has been written; its time is the connection's from now on, in a batch
 * what is left. Return: 0, -ARGUMENT, -MEMORY. */
int door_begin(doorward *door, MessageWriter *writer);

/* One question as a request, which is begun. Return: as door_write() and door_begin(). */
int door_ask(doorward *door, const struct doorward_question *question);

/* Goes on, without waiting, with what is under way. Return: as doorward_process(). */
int door_process(doorward *door, doorward_answer **ret_answer);

/* Waits for the answer to the request that was begun with result r. ret_answer may be NULL when r
 * is an error. Return: as doorward_ask(). */
int door_finish(doorward *door, int r, doorward_answer **ret_answer);

/* Closes the connection, and gives up the exchange that was under way. */
void door_close(doorward *door);

/* The library's error for a ConnectionProblem or -errno, neither of which is 0. */
int door_error(int problem);
