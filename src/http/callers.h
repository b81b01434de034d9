/* SPDX-License-Identifier: MIT */
/*
 * Callers
 *
 * The fingerprints of the callers that doorwardd lists, and what each of them may still ask for (a
 * token bucket). doorwardd decides about every request again: this list only says whose handshake
 * may succeed (following.h fetches it). Before it came for the first time nobody is known; while
 * doorwardd is away the last list stands.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "http/call.h"
#include "util/cleanup.h"

#define CALLERS_MAX         65536 /* fingerprints; more than that is an error, nothing is cut */
#define CALLERS_AT_ONCE_MAX 208   /* requests of them all: the link's other calls have room, too */

typedef struct Callers Callers;

typedef struct CallerRate {
        uint32_t per_second; /* at least 1 */
        uint32_t burst;      /* at least 1 */
        uint32_t at_once;    /* requests under way, at least 1 */
} CallerRate;

/* Called when the list has become another one. */
typedef void (*CallersChanged)(void *data);

/* Creates an empty list; changed may be NULL. Return: owned by the caller, NULL without memory. */
Callers *callers_new(CallerRate rate, CallersChanged changed, void *data);
Callers *callers_free(Callers *callers);
DEFINE_CLEANUP(Callers *, callers_free);

/* Whether a list has come yet, and how many fingerprints it holds. */
bool callers_are_known(const Callers *callers);
size_t callers_count(const Callers *callers);

bool callers_has(const Callers *callers, const char *certificate);

/* Takes one request from a caller's bucket. now_ms is monotonic.
 * Return: 0, or after how many seconds there is one again; who is not listed has none. */
uint32_t callers_take(Callers *callers, const char *certificate, uint64_t now_ms);

/* Counts a request that is served, which may wait for long. Return: false when so many of that
 * caller are under way already, or of all of them (CALLERS_AT_ONCE_MAX); who is not listed has
 * none. Each that was counted ends with callers_end(). */
bool callers_begin(Callers *callers, const char *certificate);
void callers_end(Callers *callers, const char *certificate);

/* Puts a fingerprint into a list that is being gathered; what came before stays in force until
 * callers_gathered(). Return: 0, -EINVAL for another form, -E2BIG, -ENOMEM. */
int callers_gather(Callers *callers, Text certificate);

/* The list is whole (or is given up): buckets of those who stay are kept. */
void callers_gathered(Callers *callers, bool whole);
