/* SPDX-License-Identifier: MIT */
/*
 * Link
 *
 * Requests to a doorwardd on the program's event loop: over the local socket of this host, or over
 * HTTPS with a client certificate to the doorward-http of another one. Who asks does not see the
 * difference. A call is one request frame and its replies; several calls may be under way, each on
 * a connection of its own. Nothing is ever sent twice: a call whose fate is not known ends with a
 * problem, and who asked decides what that means.
 */
#pragma once

#include <stdint.h>
#include <systemd/sd-event.h>

#include "client/connection.h"
#include "util/cleanup.h"
#include "wire/message.h"

#define LINK_CALLS_MAX 256 /* of one link, under way or waiting for a connection */

typedef struct Link Link;
typedef struct LinkCall LinkCall;

/* Why a call ended without its last reply. */
typedef enum LinkProblem {
        LINK_UNREACHABLE = 1, /* nobody listens, or the connection broke */
        LINK_UNTRUSTED = 2,   /* who listens is not to be trusted */
        LINK_LATE = 3,        /* its time has passed */
        LINK_PROTOCOL = 4,    /* what came is no reply to it */
        LINK_REFUSED = 5,     /* the front refused it before doorwardd saw it */
} LinkProblem;

/*
 * Called for each reply of a call: problem is 0, and message is borrowed for the call of this
 * function. An ANSWER, an END and a REFUSAL are the last; so is a problem, whose message is NULL.
 * After the last one the LinkCall is gone. The function may begin and cancel calls; it must not
 * free the link.
 */
typedef void (*LinkReply)(void *data, int problem, const Message *message);

typedef struct LinkHttpsOptions {
        const char *url;         /* "https://HOST[:PORT]" of a doorward-http */
        const char *authority;   /* file, PEM: whom to trust */
        const char *certificate; /* files, PEM: who we are */
        const char *key;
} LinkHttpsOptions;

/* Prepare a link; nothing is connected yet. The options are copied. connections_max: 1 to
 * LINK_CALLS_MAX. Return: 0 and the link (owned by the caller), -EINVAL, -ENOMEM. */
int link_local_new(sd_event *event, const ConnectionOptions *options, unsigned connections_max,
                   Link **ret_link);
int link_https_new(sd_event *event, const LinkHttpsOptions *options, unsigned connections_max,
                   Link **ret_link);

/* Ends all calls, without telling anybody, and frees. Return: NULL. */
Link *link_free(Link *link);
DEFINE_CLEANUP(Link *, link_free);

/* A number for the next request: random, never 0. */
uint64_t link_request_id(Link *link);

/*
 * Sends a request (copied), whose replies carry its request id. timeout_ms is for the whole call.
 * reply is never called from within this function. ret_call may be NULL. Return: 0 and the call
 * (borrowed until its last reply), -EMSGSIZE, -ENOBUFS above LINK_CALLS_MAX, -ENOMEM.
 */
int link_call(Link *link, const void *frame, size_t size, uint64_t timeout_ms, LinkReply reply,
              void *data, LinkCall **ret_call);

/* Gives up a call: reply is not called any more. NULL is accepted. */
void link_cancel(LinkCall *call);

/* Says in a few words what a problem means. Static, never NULL. */
const char *link_problem_text(int problem);

/* The same, and what the link knows besides of the last call that ended with a problem, such as
 * what TLS or the front said of it; one printable line for a log. To be called when that problem is
 * told. Borrowed until the next call. */
const char *link_problem_say(Link *link, int problem);
