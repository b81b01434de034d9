/* SPDX-License-Identifier: MIT */
/*
 * Executor
 *
 * Time is looked at twice, on two clocks: before the id is used up, and again afterwards, because
 * a disk may take its time. On the wall clock not-after counts as doorwardd has said it; the
 * monotonic one also bounds what waited in between, when somebody sets the wall clock.
 */
#include "gateway/executor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/deadline.h"
#include "util/timestamp.h"

#define MICROSECONDS_PER_MS 1000
#define LEFT_OVER_MAX       128 /* written at a time */

/* A command that a driver has in hand. */
typedef struct Flight {
        struct Flight *next;
        Executor *executor;
        Command command;
        sd_event_source *timer;
} Flight;

struct Executor {
        sd_event *event;
        Store *store;
        Events *events;
        Doors *doors;
        Passage *passage;
        Log log;
        Flight *first;
        unsigned count;
};

/* What a driver's result is called in an event. */
static GatewayEventKind kind_of(DriverResult result)
{
        switch (result) {
        case DRIVER_COMMANDED:
                return GATEWAY_COMMANDED;
        case DRIVER_REFUSED:
                return GATEWAY_COMMAND_REFUSED;
        case DRIVER_FAILED:
                return GATEWAY_COMMAND_FAILED;
        case DRIVER_LATE:
                return GATEWAY_COMMAND_LATE;
        case DRIVER_UNKNOWN:
                break;
        }
        return GATEWAY_COMMAND_UNKNOWN;
}

static void report(Executor *executor, const Command *command, GatewayEventKind kind,
                   const char *detail)
{
        const char *path = doors_door(executor->doors, command->door)->path;
        if (kind != GATEWAY_COMMANDED)
                log_write(executor->log, LOG_WARNING, "%s: %s (command %s)%s%s", path,
                          gateway_event_word(kind), command->id, detail ? ": " : "",
                          detail ? detail : "");
        events_add(executor->events, path,
                   &(GatewayEvent){ .kind = kind,
                                    .card = command->card,
                                    .command_id = command->id,
                                    .detail = detail });
}

static bool is_late(const Command *command)
{
        return timestamp_now() >= command->not_after_s ||
               deadline_clock_ns() >= command->valid_until_ns;
}

/* ---- Commands in hand ---- */

static Flight *find(const Executor *executor, const char *command_id)
{
        Flight *flight = executor->first;
        while (flight && strcmp(flight->command.id, command_id) != 0)
                flight = flight->next;
        return flight;
}

static Flight *flight_free(Flight *flight)
{
        sd_event_source_disable_unref(flight->timer);
        free(flight);
        return NULL;
}

/* Takes a flight off the list. */
static void take_off(Executor *executor, const Flight *flight)
{
        Flight **link = &executor->first;
        while (*link != flight)
                link = &(*link)->next;
        *link = flight->next;
        executor->count--;
}

static void finish(Flight *flight, GatewayEventKind kind, const char *detail)
{
        Executor *executor = flight->executor;
        const Command *command = &flight->command;
        take_off(executor, flight);
        report(executor, command, kind, detail);
        if (kind == GATEWAY_COMMANDED)
                passage_released(executor->passage, command->door, command->seconds, command->id,
                                 command->card, deadline_clock_ns());
        flight_free(flight);
}

/* The driver owes an answer. */
static int on_overdue(sd_event_source *source, uint64_t usec, void *data)
{
        finish(data, GATEWAY_COMMAND_UNKNOWN, "the driver has not said what became of it");
        return 0;
}

static int start_flight(Executor *executor, const Command *command, Flight **ret_flight)
{
        if (executor->count >= EXECUTOR_COMMANDS_MAX)
                return -EBUSY;
        Flight *flight = calloc(1, sizeof(*flight));
        if (!flight)
                return -ENOMEM;
        uint64_t limit_ms = doors_timeout_ms(executor->doors, command->door) + EXECUTOR_GRACE_MS;
        flight->executor = executor;
        flight->command = *command;
        int r = sd_event_add_time_relative(executor->event, &flight->timer, CLOCK_MONOTONIC,
                                           limit_ms * MICROSECONDS_PER_MS, 0, on_overdue, flight);
        if (r < 0) {
                flight_free(flight);
                return r;
        }
        flight->next = executor->first;
        executor->first = flight;
        executor->count++;
        *ret_flight = flight;
        return 0;
}

void executor_done(Executor *executor, const char *command_id, DriverResult result,
                   const char *detail)
{
        Flight *flight = find(executor, command_id);
        if (flight)
                finish(flight, kind_of(result), detail);
}

bool executor_is_valid(const Executor *executor, const char *command_id)
{
        const Flight *flight = find(executor, command_id);
        return flight && !is_late(&flight->command);
}

bool executor_is_idle(const Executor *executor)
{
        return !executor->first;
}

/* ---- A command ---- */

/* The id was used up before: what is known is said again. One without a result that no driver has
 * in hand waits to be written, and is reported then. */
static void report_known(Executor *executor, const Command *command, const StoreCommand *known)
{
        log_write(executor->log, LOG_WARNING, "Command %s came again; nothing moves", command->id);
        if (known->has_result)
                report(executor, command, known->result, known->detail[0] ? known->detail : NULL);
}

/* Its id is used up: the driver has it, or it has its result. */
static void move(Executor *executor, const Command *command)
{
        Flight *flight;
        if (is_late(command)) {
                report(executor, command, GATEWAY_COMMAND_LATE, "while its id was written");
                return;
        }
        int r = start_flight(executor, command, &flight);
        if (r < 0) {
                report(executor, command, GATEWAY_COMMAND_FAILED, strerror(-r));
                return;
        }
        r = doors_open(executor->doors, command->door, command->seconds, command->id);
        if (r < 0)
                finish(flight, GATEWAY_COMMAND_FAILED,
                       r == -ENODEV ? "the controller could not be started" : strerror(-r));
}

void executor_command(Executor *executor, const Command *command)
{
        StoreCommand known, used = { .door = doors_door(executor->doors, command->door)->path,
                                     .not_after_s = command->not_after_s };
        if (find(executor, command->id))
                return; /* its report follows */
        (void)snprintf(used.id, sizeof(used.id), "%s", command->id);
        bool late = is_late(command);
        int r = store_consume(executor->store, &used, &known);
        if (r == STORE_CONSUMED_BEFORE)
                report_known(executor, command, &known);
        else if (late)
                report(executor, command, GATEWAY_COMMAND_LATE, "it came too late");
        else if (r < 0)
                report(executor, command, GATEWAY_COMMAND_FAILED,
                       "the store of used ids cannot be written");
        else
                move(executor, command);
}

/* ---- Life ---- */

typedef struct LeftOver {
        Executor *executor;
        size_t count;
} LeftOver;

static void left_over_report(void *data, const StoreCommand *command)
{
        LeftOver *left_over = data;
        Executor *executor = left_over->executor;
        /* It may be a door that is not configured any more. */
        const char *path = events_keep(executor->events, command->door);
        left_over->count++;
        log_write(executor->log, LOG_WARNING, "%s: command-unknown (command %s)", command->door,
                  command->id);
        events_add(executor->events, path,
                   &(GatewayEvent){ .kind = GATEWAY_COMMAND_UNKNOWN,
                                    .command_id = command->id,
                                    .detail = "the gateway ended before it knew" });
}

static int left_over_record(Executor *executor)
{
        LeftOver left_over = { .executor = executor };
        int r;
        do {
                left_over.count = 0;
                r = store_visit_unfinished(executor->store, LEFT_OVER_MAX, left_over_report,
                                           &left_over);
                if (r == 0 && left_over.count > 0)
                        r = events_flush(executor->events);
        } while (r == 0 && left_over.count > 0);
        return r;
}

int executor_new(sd_event *event, Store *store, Events *events, Doors *doors, Passage *passage,
                 Log log, Executor **ret_executor)
{
        _cleanup_(executor_freep) Executor *executor = calloc(1, sizeof(*executor));
        if (!executor)
                return -ENOMEM;
        *executor = (Executor){ .event = sd_event_ref(event),
                                .store = store,
                                .events = events,
                                .doors = doors,
                                .passage = passage,
                                .log = log };
        int r = left_over_record(executor);
        if (r < 0)
                return r;
        *ret_executor = executor;
        executor = NULL;
        return 0;
}

Executor *executor_free(Executor *executor)
{
        if (!executor)
                return NULL;
        while (executor->first)
                finish(executor->first, GATEWAY_COMMAND_UNKNOWN, "the gateway was ended");
        sd_event_unref(executor->event);
        free(executor);
        return NULL;
}

void executor_prune(Executor *executor)
{
        (void)store_prune(executor->store, timestamp_now() - EXECUTOR_KEEP_SECONDS);
}

bool executor_id_is_valid(Text id)
{
        bool valid = id.size == COMMAND_ID_SIZE - 1;
        for (size_t i = 0; valid && i < id.size; i++)
                valid = memchr("0123456789abcdef", id.data[i], 16) != NULL;
        return valid;
}
