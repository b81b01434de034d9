/* SPDX-License-Identifier: MIT */
/*
 * Link type
 *
 * What the ways of a link share, for the files of this folder: the list of calls, their time, and
 * how a call ends. A way (LinkType) carries calls; it says what came of them by link_call_reply()
 * and link_call_fail(), from the event loop only.
 */
#pragma once

#include <stdbool.h>

#include "link/link.h"
#include "util/deadline.h"

typedef struct LinkType LinkType;

#define LINK_DETAIL_SIZE 256
#define LINK_SAID_SIZE   1024

struct LinkCall {
        Link *link;
        LinkCall *previous, *next; /* all calls of the link, oldest first */
        LinkReply reply;
        void *data;
        uint64_t request_id;
        Deadline deadline;
        bool waits;    /* nothing carries it yet */
        void *carrier; /* what does, of the link's way; NULL: nothing, or not any more */
        int problem;   /* it has failed, which is still to be told; 0: no */
        size_t size;
        uint8_t frame[];
};

struct LinkType {
        /* Carries a call: sets its carrier or its problem, and tells nobody. Return: false when
         * there is no room for one now. */
        bool (*carry)(LinkCall *call);
        /* Lets go of what carries a call, whose replies are not wanted any more. */
        void (*drop)(LinkCall *call);
        void (*free)(Link *link); /* without calls by then */
};

/* The first member of a link of any way. */
struct Link {
        const LinkType *type;
        sd_event *event;
        sd_event_source *tick;
        unsigned call_count;
        unsigned waiting; /* of them, how many nothing carries yet */
        LinkCall *first, *last;
        const char *place;             /* of whom it asks, for messages */
        char detail[LINK_DETAIL_SIZE]; /* of the last problem, printable; "": nothing */
        char said[LINK_SAID_SIZE];
};

/* Prepares what is shared. Return: 0, -errno. */
int link_init(Link *link, const LinkType *type, sd_event *event);

/* Whether a message is the last reply of a call, and whether it is a reply at all. */
bool link_reply_is_last(const Message *message);
bool link_is_reply(const Message *message);

/* A reply has come. After the last one the call is gone, and it may be cancelled meanwhile. */
void link_call_reply(LinkCall *call, const Message *message);

/* A call has failed. It is gone afterwards. */
void link_call_fail(LinkCall *call, int problem);

/* Something that carries calls has become free. */
void link_carry_waiting(Link *link);
