/* SPDX-License-Identifier: MIT */
/*
 * Resolver
 *
 * The names behind uids that no policy states. NSS may ask a directory server and hang, so a child
 * asks it, with a deadline; a child that hangs is killed and replaced. Answers are kept in a
 * bounded cache for a while; that there is no name, more briefly. What fails is denied.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "util/cleanup.h"
#include "util/name.h"

#define RESOLVER_MODE         "resolver"
#define RESOLVER_DEADLINE_MS  1000
#define RESOLVER_KEEP_MS      60000 /* a name */
#define RESOLVER_KEEP_NONE_MS 5000  /* that there is none */
#define RESOLVER_CACHE_SLOTS  512
#define RESOLVER_LOOKUPS_MAX  64 /* uids being asked for at once */

typedef struct ResolvedName {
        char name[NAME_SIZE_MAX + 1]; /* "": the uid has no name that can be used */
} ResolvedName;

enum { RESOLVER_WAIT = 1 }; /* asked; ResolverDone will be called */

typedef struct Resolver Resolver;

/* Called when a uid has been answered (found: ask resolver_find() again) or has failed. */
typedef void (*ResolverDone)(void *data, uint32_t uid, bool found);

/* Creates a resolver; the child is started when it is first needed.
 * Return: 0 and the resolver (owned by the caller), -ENOMEM. */
int resolver_new(sd_event *event, ResolverDone done, void *data, Resolver **ret_resolver);
Resolver *resolver_free(Resolver *resolver);
DEFINE_CLEANUP(Resolver *, resolver_free);

/*
 * Finds the name of a uid. now_ms is monotonic.
 * Return: 0 and the name, when it is in the cache; RESOLVER_WAIT; -EBUSY when too many are asked
 * for; -errno when no child can be started.
 */
int resolver_find(Resolver *resolver, uint32_t uid, uint64_t now_ms, ResolvedName *ret_name);

/* What parent and child exchange, a packet each. */
typedef struct ResolverQuestion {
        uint32_t uid;
} ResolverQuestion;

typedef struct ResolverAnswer {
        uint32_t uid;
        uint32_t failed; /* NSS could not say */
        ResolvedName name;
} ResolverAnswer;

/* The child's main function. Return: exit status. */
int resolver_main(void);

/* Asks NSS, in the child: the name of a uid that leads back to that uid.
 * Return: 0 and the name ("" when there is none), -errno when NSS could not say. */
int resolver_ask(uint32_t uid, ResolvedName *ret_name);
