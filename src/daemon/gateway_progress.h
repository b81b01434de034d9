/* SPDX-License-Identifier: MIT */
/*
 * Gateway progress
 *
 * How far each gateway has told what happened: a gateway numbers its events in its store from 1 and
 * sends them again until they are acknowledged, so that each is recorded once, in order, and what
 * is missing between two is seen. What is on disk counts; what was only applied in memory is
 * remembered beside it, so that an alert is not raised again while the journal cannot be written.
 */
#pragma once

#include <systemd/sd-event.h>

#include "daemon/journal.h"
#include "daemon/observation.h"

#define GATEWAYS_MAX      4096
#define GATEWAY_NAME_SIZE 160 /* "caller:acme/gw-1" with its NUL */

/* One store of events, and the last of its sequences that counts. */
typedef struct GatewayMark {
        char store[OBSERVATION_STORE_DIGITS + 1];
        uint64_t sequence;
} GatewayMark;

typedef struct Gateway {
        struct Gateway *next;
        char name[GATEWAY_NAME_SIZE];
        bool is_known;        /* recorded is as the journal has it */
        bool is_looked_up;    /* … or will be */
        bool is_busy;         /* events of it are on their way to the disk */
        JournalGateway found; /* by the lookup */
        GatewayMark recorded; /* on disk */
        GatewayMark applied;  /* in memory: doors, commands, alerts */
} Gateway;

/* All of which anything was heard since the start. */
typedef struct Gateways {
        Gateway *first;
        size_t count;
} Gateways;

/* Finds or makes one. Return: borrowed until gateways_close(); NULL without memory, and with too
 * many. */
Gateway *gateways_find(Gateways *gateways, Text name);
void gateways_close(Gateways *gateways);

/* What a lookup has found becomes what is recorded. */
void gateway_know(Gateway *gateway);

/* What new events are beside what is recorded. */
typedef struct GatewayStep {
        size_t first;              /* of the events that is new; all before are recorded */
        bool is_other_store;       /* than the one that was known */
        uint64_t gap_from, gap_to; /* sequences that are missing before it; 0: none */
} GatewayStep;

GatewayStep gateway_step(const Gateway *gateway, const Observations *observations);

/* Whether an event was not applied yet; from now on it is. */
bool gateway_apply(Gateway *gateway, Text store, uint64_t sequence);

/* All events of a message are on disk. */
void gateway_record(Gateway *gateway, Text store, uint64_t sequence);
