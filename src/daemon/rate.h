/* SPDX-License-Identifier: MIT */
/*
 * Rate
 *
 * What one uid may cost: how many connections it has, and how many requests it may still make (a
 * token bucket). An account lives as long as its uid is connected, and after that until its bucket
 * is full again, so that nobody gains tokens by connecting anew. Time is handed in.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "util/cleanup.h"

#define RATE_ACCOUNTS_MAX 16384 /* uids known at a time */

typedef struct RateLimits {
        uint32_t clients_per_user;
        uint32_t clients_per_front;
        uint32_t requests_per_second; /* at least 1 */
        uint32_t requests_burst;      /* at least 1 */
} RateLimits;

typedef enum RateKind {
        RATE_USER,
        RATE_FRONT, /* connects for many */
        RATE_ROOT,  /* passes over the limits of connections and of accounts */
} RateKind;

typedef struct RateAccount {
        struct RateAccount *next; /* in its bucket of the table */
        uint32_t uid;
        uint32_t clients;
        uint64_t tokens; /* thousandths of a request */
        uint64_t filled_ms;
} RateAccount;

typedef struct RateTable RateTable;

/* Creates an empty table. Return: owned by the caller, or NULL without memory. */
RateTable *rate_table_new(void);
RateTable *rate_table_free(RateTable *table);
DEFINE_CLEANUP(RateTable *, rate_table_free);

/*
 * Counts a new connection of a uid. now_ms is monotonic. RATE_ROOT is for a few uids only.
 * Return: 0 and the account, borrowed until rate_leave(); -EUSERS when the uid has too many
 * connections or the table holds too many uids; -ENOMEM.
 */
int rate_enter(RateTable *table, const RateLimits *limits, uint32_t uid, RateKind kind,
               uint64_t now_ms, RateAccount **ret_account);

/* Counts a connection's end. */
void rate_leave(RateAccount *account);

/* Takes one request from the bucket. Return: false when it is empty. */
bool rate_take(RateAccount *account, const RateLimits *limits, uint64_t now_ms);
