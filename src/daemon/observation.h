/* SPDX-License-Identifier: MIT */
/*
 * Observation
 *
 * What a gateway says that happened, read strictly from the pairs of an OBSERVE: first its store,
 * then events, each beginning with its word and its sequence. All of it is understood or nothing is
 * taken.
 */
#pragma once

#include "wire/gateway_event.h"
#include "wire/message.h"

#define OBSERVATIONS_MAX            15 /* events in one message: 121 of its 128 pairs */
#define OBSERVATION_DETAIL_SIZE_MAX 256
#define OBSERVATION_STORE_DIGITS    32 /* hexadecimal, lower case; also of a command's id */

/* One event; texts borrow from the message and are empty where nothing is stated. */
typedef struct Observation {
        GatewayEventKind kind;
        uint64_t sequence; /* 1 to INT64_MAX */
        bool has_time;
        int64_t time_s;  /* when it happened, by the gateway's clock: 1970 to 9999 */
        Text door;       /* path beginning with the organization */
        Text command_id; /* 32 hexadecimal digits */
        Text card;       /* decimal, as it was shown */
        Text user;       /* whom the gateway takes it to be */
        Text detail;     /* one line */
} Observation;

typedef struct Observations {
        Text store;   /* OBSERVATION_STORE_DIGITS */
        size_t count; /* at least 1; sequences follow each other without a hole */
        Observation events[OBSERVATIONS_MAX];
} Observations;

/* Where an event belongs: its row's kind in the journal, and whether it is one of a door. */
typedef struct ObservationRule {
        const char *row_kind;
        bool needs_door;
        bool needs_command;
        const char *alert; /* code of the alert that it is; NULL: none */
} ObservationRule;

/* The rule of a kind of event. Static. */
const ObservationRule *observation_rule(GatewayEventKind kind);

/* Reads the pairs of a message. Return: NULL and the observations, which borrow from it; or what is
 * wrong, a static sentence. */
const char *observations_read(const Message *message, Observations *ret_observations);
