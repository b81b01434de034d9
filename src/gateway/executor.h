/* SPDX-License-Identifier: MIT */
/*
 * Executor
 *
 * The life of a command, once: in time, its id used up on disk, the driver called, the result kept
 * under the id and reported. An id that was used up before moves nothing: what is known of it is
 * reported again. What a crash left without a result is reported as unknown, and never moved.
 */
#pragma once

#include "gateway/doors.h"
#include "gateway/passage.h"

#define EXECUTOR_COMMANDS_MAX 256   /* that drivers have in hand */
#define EXECUTOR_GRACE_MS     5000  /* beyond a controller's time, until its driver is given up */
#define EXECUTOR_KEEP_SECONDS 3600  /* that an id is kept after its not-after */
#define EXECUTOR_RELEASE_MAX  86400 /* seconds */

typedef struct Executor Executor;

/* An unlock command as it was handed to this gateway. */
typedef struct Command {
        char id[COMMAND_ID_SIZE];
        unsigned door;
        uint32_t seconds;        /* 1 to EXECUTOR_RELEASE_MAX */
        int64_t not_after_s;     /* UTC by this host's clock: void from then on */
        uint64_t valid_until_ns; /* CLOCK_MONOTONIC: void from then on as well */
        uint64_t card;           /* that was shown; 0: none */
} Command;

/*
 * Prepares, and records what the last run left without a result as unknown. All but the executor is
 * borrowed. Return: 0 and the executor (owned by the caller), -errno: the store cannot be used.
 */
int executor_new(sd_event *event, Store *store, Events *events, Doors *doors, Passage *passage,
                 Log log, Executor **ret_executor);

/* Gives up what drivers still have in hand: its result is unknown. Frees. Return: NULL. */
Executor *executor_free(Executor *executor);
DEFINE_CLEANUP(Executor *, executor_free);

/* Does a command, or says why not: its result becomes an event. */
void executor_command(Executor *executor, const Command *command);

/* The driver's answer. */
void executor_done(Executor *executor, const char *command_id, DriverResult result,
                   const char *detail);

/* Whether a command in a driver's hand may still leave for its controller. */
bool executor_is_valid(const Executor *executor, const char *command_id);

/* Whether drivers have nothing in hand. */
bool executor_is_idle(const Executor *executor);

/* Forgets ids that are no longer needed. */
void executor_prune(Executor *executor);

/* Whether a text is the id of a command: 32 lower case hexadecimal digits. */
bool executor_id_is_valid(Text id);
