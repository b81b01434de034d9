/* SPDX-License-Identifier: MIT */
/*
 * libdoorward: what comes without being asked for each time. Included by doorward.h.
 *
 * A subscription has a connection of its own, on which one item after the other arrives. It never
 * connects anew: whoever gets an error frees it, subscribes again, and knows that he may have
 * missed something. It belongs to one thread and process, as a connection does.
 */
#pragma once

#include <doorward/doorward.h>

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

typedef struct doorward_subscription doorward_subscription;
typedef struct doorward_item doorward_item;

/* What is subscribed to, and which words say more about it. */
enum doorward_subscription_kind {
        /* Rows of the journal as they happen. "resource=TYPE:PATH" (needed by all but root),
         * "with=door:PATH", "user=NAME", "since=SECONDS" (UTC; also what happened from then on),
         * "denied", "would-deny". */
        DOORWARD_EVENTS = 1,
        /* Unlock commands for doors that the caller serves: "with=door:PATH" for each, at least
         * one, at most 200. An item's "kind" is "command", "door" (how a door is to be held) or
         * "time". Such a command is used up for everybody else; a program that has not called
         * doorward_subscription_process() for three seconds is taken to be away. */
        DOORWARD_COMMANDS = 2,
        /* Another policy, at once, or another state of the daemon, within half a minute: "state"
         * (serving, degraded, no-policy) and "revision"; first what is so now.
         * "revision=REVISION": only what differs from it. */
        DOORWARD_REVISIONS = 3,
};

/*
 * Subscribes, as one whom `connection` trusts and with its time limits; nothing is connected yet,
 * and `connection` itself is not used afterwards. words is a NULL-terminated list as above, or
 * NULL. Return: 0 and the subscription (owned by the caller), -ARGUMENT, -MEMORY, -FORKED.
 */
int doorward_subscribe(const doorward *connection, enum doorward_subscription_kind kind,
                       const char *const *words, doorward_subscription **ret_subscription);

/* As the functions of a connection of these names. Ask anew for all three before every wait. */
int doorward_subscription_get_fd(const doorward_subscription *subscription);
short doorward_subscription_get_events(const doorward_subscription *subscription);
int doorward_subscription_get_timeout(const doorward_subscription *subscription);

/*
 * Goes on without waiting. Return: 0 and an item (owned by the caller, doorward_item_free()), then
 * call it again: more may have come; 0 with *ret_item NULL: wait. A negative error: the
 * subscription has ended, and says so from now on. -REFUSED: the daemon refused or ended it;
 * doorward_subscription_reason() and _message() say why.
 */
int doorward_subscription_process(doorward_subscription *subscription, doorward_item **ret_item);

/* The next item, waited for at most timeout_ms milliseconds; -1: for ever. Return: as
 * doorward_subscription_process(), *ret_item NULL when none has come. */
int doorward_subscription_next(doorward_subscription *subscription, int timeout_ms,
                               doorward_item **ret_item);

/* Why the daemon ended it: a code such as "not-allowed" or "ended", and a sentence for people.
 * Owned by the subscription; "" when it did not. */
const char *doorward_subscription_reason(const doorward_subscription *subscription);
const char *doorward_subscription_message(const doorward_subscription *subscription);

/* Ends and frees; NULL is accepted. Return: NULL. */
doorward_subscription *doorward_subscription_free(doorward_subscription *subscription);

/* The value of a name; "" when there is none. Owned by the item. */
const char *doorward_item_get(const doorward_item *item, const char *name);

/* The n-th (from 0) name and its value, "" beyond the last. Owned by the item. */
const char *doorward_item_name(const doorward_item *item, size_t n);
const char *doorward_item_value(const doorward_item *item, size_t n);

/* Frees; NULL is accepted. Return: NULL. */
doorward_item *doorward_item_free(doorward_item *item);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif
