/* SPDX-License-Identifier: MIT */
/* Rate: see rate.h. Accounts are chained in a table of fixed size, so that pointers to them stay
 * valid while the table grows. */
#include "daemon/rate.h"

#include <errno.h>
#include <stddef.h>

#define BUCKETS           1024
#define TOKENS_OF_REQUEST 1000u

struct RateTable {
        RateAccount *buckets[BUCKETS];
        uint32_t count;
};

RateTable *rate_table_new(void)
{
        return calloc(1, sizeof(RateTable));
}

RateTable *rate_table_free(RateTable *table)
{
        if (!table)
                return NULL;
        for (size_t i = 0; i < BUCKETS; i++)
                while (table->buckets[i]) {
                        RateAccount *account = table->buckets[i];
                        table->buckets[i] = account->next;
                        free(account);
                }
        free(table);
        return NULL;
}

static RateAccount **bucket_of(RateTable *table, uint32_t uid)
{
        /* Fibonacci hashing: neighbouring uids go to different buckets. */
        return &table->buckets[(uid * 2654435769u) >> 22];
}

static void fill(RateAccount *account, const RateLimits *limits, uint64_t now_ms)
{
        uint64_t full = (uint64_t)limits->requests_burst * TOKENS_OF_REQUEST;
        uint64_t passed_ms = now_ms > account->filled_ms ? now_ms - account->filled_ms : 0;
        account->filled_ms = now_ms;
        /* A bucket is full after this long at the latest; longer would only overflow. */
        if (passed_ms > full)
                passed_ms = full;
        account->tokens += passed_ms * limits->requests_per_second;
        if (account->tokens > full)
                account->tokens = full;
}

/* Forgets accounts that are as good as new ones. */
static void forget_idle(RateTable *table, const RateLimits *limits, uint64_t now_ms)
{
        for (size_t i = 0; i < BUCKETS; i++)
                for (RateAccount **link = &table->buckets[i]; *link;) {
                        RateAccount *account = *link;
                        fill(account, limits, now_ms);
                        if (account->clients > 0 ||
                            account->tokens <
                                    (uint64_t)limits->requests_burst * TOKENS_OF_REQUEST) {
                                link = &account->next;
                                continue;
                        }
                        *link = account->next;
                        free(account);
                        table->count--;
                }
}

static int add(RateTable *table, const RateLimits *limits, uint32_t uid, RateKind kind,
               uint64_t now_ms, RateAccount **ret_account)
{
        if (table->count >= RATE_ACCOUNTS_MAX)
                forget_idle(table, limits, now_ms);
        /* One user may have more subordinate uids than there are accounts; root gets in anyway. */
        if (table->count >= RATE_ACCOUNTS_MAX && kind != RATE_ROOT)
                return -EUSERS;
        RateAccount *account = calloc(1, sizeof(*account));
        if (!account)
                return -ENOMEM;
        RateAccount **bucket = bucket_of(table, uid);
        *account = (RateAccount){
                .next = *bucket,
                .uid = uid,
                .tokens = (uint64_t)limits->requests_burst * TOKENS_OF_REQUEST,
                .filled_ms = now_ms,
        };
        *bucket = account;
        table->count++;
        *ret_account = account;
        return 0;
}

int rate_enter(RateTable *table, const RateLimits *limits, uint32_t uid, RateKind kind,
               uint64_t now_ms, RateAccount **ret_account)
{
        RateAccount *account = *bucket_of(table, uid);
        while (account && account->uid != uid)
                account = account->next;
        if (!account) {
                int r = add(table, limits, uid, kind, now_ms, &account);
                if (r < 0)
                        return r;
        }
        uint32_t clients_max =
                kind == RATE_FRONT ? limits->clients_per_front : limits->clients_per_user;
        if (kind != RATE_ROOT && account->clients >= clients_max)
                return -EUSERS;
        account->clients++;
        *ret_account = account;
        return 0;
}

void rate_leave(RateAccount *account)
{
        account->clients--;
}

bool rate_take(RateAccount *account, const RateLimits *limits, uint64_t now_ms)
{
        fill(account, limits, now_ms);
        if (account->tokens < TOKENS_OF_REQUEST)
                return false;
        account->tokens -= TOKENS_OF_REQUEST;
        return true;
}
