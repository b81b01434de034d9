/* SPDX-License-Identifier: MIT */
/* Callers: see callers.h. A list is gathered beside the one in force, sorted, and takes its place
 * at once. */
#include "http/callers.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "util/fingerprint.h"
#include "util/vector.h"

static_assert(CALLERS_AT_ONCE_MAX < LINK_CALLS_MAX, "the link has room");

#define TOKEN 1000u /* thousandths of a request */

typedef struct Caller {
        Fingerprint fingerprint;
        uint64_t tokens;
        uint64_t filled_ms;
        uint32_t under_way;
} Caller;

typedef VECTOR_OF(Caller) CallerList;

struct Callers {
        CallerRate rate;
        CallersChanged changed;
        void *data;
        CallerList list;      /* in force, sorted */
        CallerList gathering; /* as it comes */
        bool known;
        uint32_t under_way; /* requests of them all */
};

Callers *callers_new(CallerRate rate, CallersChanged changed, void *data)
{
        Callers *callers = calloc(1, sizeof(*callers));
        if (callers)
                *callers = (Callers){ .rate = rate, .changed = changed, .data = data };
        return callers;
}

Callers *callers_free(Callers *callers)
{
        if (!callers)
                return NULL;
        vector_clear(&callers->list);
        vector_clear(&callers->gathering);
        free(callers);
        return NULL;
}

static int compare(const void *a, const void *b)
{
        return fingerprint_compare(&((const Caller *)a)->fingerprint,
                                   &((const Caller *)b)->fingerprint);
}

static Caller *find(const CallerList *list, const Fingerprint *fingerprint)
{
        Caller key = { .fingerprint = *fingerprint };
        return list->count == 0 ? NULL
                                : bsearch(&key, list->items, list->count, sizeof(key), compare);
}

static Caller *find_text(const CallerList *list, const char *certificate)
{
        Fingerprint fingerprint;
        return fingerprint_parse(text_from(certificate), &fingerprint) ? find(list, &fingerprint)
                                                                       : NULL;
}

bool callers_are_known(const Callers *callers)
{
        return callers->known;
}

size_t callers_count(const Callers *callers)
{
        return callers->list.count;
}

bool callers_has(const Callers *callers, const char *certificate)
{
        return find_text(&callers->list, certificate) != NULL;
}

uint32_t callers_take(Callers *callers, const char *certificate, uint64_t now_ms)
{
        Caller *caller = find_text(&callers->list, certificate);
        uint64_t full = (uint64_t)callers->rate.burst * TOKEN;
        if (!caller)
                return 1;
        uint64_t passed_ms = now_ms > caller->filled_ms ? now_ms - caller->filled_ms : 0;
        /* A bucket is full after this long at the latest; longer would only overflow. */
        if (passed_ms > full)
                passed_ms = full;
        caller->filled_ms = now_ms;
        caller->tokens += passed_ms * callers->rate.per_second;
        if (caller->tokens > full)
                caller->tokens = full;
        if (caller->tokens < TOKEN)
                return 1; /* at least one a second comes again */
        caller->tokens -= TOKEN;
        return 0;
}

bool callers_begin(Callers *callers, const char *certificate)
{
        Caller *caller = find_text(&callers->list, certificate);
        if (!caller || caller->under_way >= callers->rate.at_once ||
            callers->under_way >= CALLERS_AT_ONCE_MAX)
                return false;
        caller->under_way++;
        callers->under_way++;
        return true;
}

void callers_end(Callers *callers, const char *certificate)
{
        Caller *caller = find_text(&callers->list, certificate);
        callers->under_way--;
        /* One that is listed again since then has begun from nothing. */
        if (caller && caller->under_way > 0)
                caller->under_way--;
}

int callers_gather(Callers *callers, Text certificate)
{
        Fingerprint fingerprint;
        if (!fingerprint_parse(certificate, &fingerprint))
                return -EINVAL;
        if (callers->gathering.count >= CALLERS_MAX)
                return -E2BIG;
        Caller *caller = vector_append(&callers->gathering);
        if (!caller)
                return -ENOMEM;
        caller->fingerprint = fingerprint;
        caller->tokens = (uint64_t)callers->rate.burst * TOKEN;
        return 0;
}

/* The same certificate may be listed in several organizations. */
static void sort_once(CallerList *list)
{
        size_t kept = 0;
        if (list->count > 1)
                qsort(list->items, list->count, sizeof(*list->items), compare);
        for (size_t i = 0; i < list->count; i++)
                if (kept == 0 || compare(&list->items[kept - 1], &list->items[i]) != 0)
                        list->items[kept++] = list->items[i];
        list->count = kept;
}

static bool take_over(CallerList *new, const CallerList *old)
{
        bool same = new->count == old->count;
        for (size_t i = 0; i < new->count; i++) {
                Caller *caller = find(old, &new->items[i].fingerprint);
                same = same && caller;
                if (caller)
                        new->items[i] = *caller;
        }
        return same;
}

void callers_gathered(Callers *callers, bool whole)
{
        if (!whole) {
                vector_clear(&callers->gathering);
                return;
        }
        sort_once(&callers->gathering);
        bool same = take_over(&callers->gathering, &callers->list) && callers->known;
        vector_clear(&callers->list);
        callers->list = callers->gathering;
        callers->gathering = (CallerList){ 0 };
        callers->known = true;
        if (!same && callers->changed)
                callers->changed(callers->data);
}
