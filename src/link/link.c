/* SPDX-License-Identifier: MIT */
/* Link: what both ways share. See link.h and link_type.h. */
#include "link/link_type.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define RETRY_US 5000 /* between two attempts to carry a call that waits */

const char *link_problem_text(int problem)
{
        static const char *const texts[] = {
                [LINK_UNREACHABLE] = "the daemon is not reachable",
                [LINK_UNTRUSTED] = "who answers there is not trusted",
                [LINK_LATE] = "the daemon did not answer in time",
                [LINK_PROTOCOL] = "the reply is not one to this request",
                [LINK_REFUSED] = "the front refused the request",
        };
        if (problem <= 0 || (size_t)problem >= sizeof(texts) / sizeof(*texts))
                return "no problem";
        return texts[problem];
}

const char *link_problem_say(Link *link, int problem)
{
        (void)snprintf(link->said, sizeof(link->said), "%s (%s)%s%s", link_problem_text(problem),
                       link->place, *link->detail ? ": " : "", link->detail);
        return link->said;
}

bool link_reply_is_last(const Message *message)
{
        return message->type == MESSAGE_ANSWER || message->type == MESSAGE_END ||
               message->type == MESSAGE_REFUSAL;
}

bool link_is_reply(const Message *message)
{
        return message->type == MESSAGE_RECORD || link_reply_is_last(message);
}

static void unlist(LinkCall *call)
{
        Link *link = call->link;
        *(call->previous ? &call->previous->next : &link->first) = call->next;
        *(call->next ? &call->next->previous : &link->last) = call->previous;
        link->call_count--;
        link->waiting -= call->waits;
}

void link_call_reply(LinkCall *call, const Message *message)
{
        if (!link_reply_is_last(message)) {
                call->reply(call->data, 0, message);
                return;
        }
        unlist(call);
        call->reply(call->data, 0, message);
        free(call);
}

void link_call_fail(LinkCall *call, int problem)
{
        unlist(call);
        call->reply(call->data, problem, NULL);
        free(call);
}

/* Return: false when there is no room for a call now. */
static bool carry(LinkCall *call)
{
        if (!call->link->type->carry(call))
                return false;
        call->waits = false;
        call->link->waiting--;
        return true;
}

void link_carry_waiting(Link *link)
{
        for (LinkCall *call = link->first; call && link->waiting > 0; call = call->next)
                if (call->waits && !carry(call))
                        return;
}

/* The first call that has failed or is late. Return: NULL: none. */
static LinkCall *find_ended(Link *link)
{
        for (LinkCall *call = link->first; call; call = call->next)
                if (call->problem || deadline_left_ms(call->deadline) == 0)
                        return call;
        return NULL;
}

/* When a call wants to be looked at: monotonic microseconds. */
static uint64_t look_us(const LinkCall *call)
{
        uint64_t deadline_us = call->deadline.at_ns / 1000 + 1;
        uint64_t retry_us = deadline_clock_ns() / 1000 + RETRY_US;
        if (call->problem)
                return 0;
        return call->carrier || deadline_us < retry_us ? deadline_us : retry_us;
}

static int look_at(Link *link, uint64_t time_us)
{
        int r = sd_event_source_set_time(link->tick, time_us);
        return r < 0 ? r : sd_event_source_set_enabled(link->tick, SD_EVENT_ONESHOT);
}

static int on_tick(sd_event_source *source, uint64_t now_us, void *data)
{
        Link *link = data;
        LinkCall *call;
        uint64_t next_us = UINT64_MAX;
        /* Whoever is told may begin and cancel calls: the list is begun anew each time. */
        while ((call = find_ended(link))) {
                int problem = call->problem ? call->problem : LINK_LATE;
                link->detail[0] = '\0';
                if (call->carrier)
                        link->type->drop(call);
                link_call_fail(call, problem);
        }
        link_carry_waiting(link);
        for (call = link->first; call; call = call->next)
                if (look_us(call) < next_us)
                        next_us = look_us(call);
        return link->first ? look_at(link, next_us) : 0;
}

int link_init(Link *link, const LinkType *type, sd_event *event)
{
        link->type = type;
        link->event = sd_event_ref(event);
        int r = sd_event_add_time(event, &link->tick, CLOCK_MONOTONIC, 0, 1000, on_tick, link);
        return r < 0 ? r : sd_event_source_set_enabled(link->tick, SD_EVENT_OFF);
}

Link *link_free(Link *link)
{
        if (!link)
                return NULL;
        while (link->first)
                link_cancel(link->first);
        sd_event_source_disable_unref(link->tick);
        sd_event *event = link->event;
        link->type->free(link);
        sd_event_unref(event);
        return NULL;
}

uint64_t link_request_id(Link *link)
{
        return connection_next_request_id(NULL);
}

/* Sees to it that a new call is looked at in time. */
static int schedule(const LinkCall *call)
{
        int enabled = SD_EVENT_OFF;
        uint64_t planned_us = 0, wanted_us = look_us(call);
        int r = sd_event_source_get_enabled(call->link->tick, &enabled);
        if (r >= 0)
                r = sd_event_source_get_time(call->link->tick, &planned_us);
        if (r < 0 || (enabled != SD_EVENT_OFF && planned_us <= wanted_us))
                return r < 0 ? r : 0;
        return look_at(call->link, wanted_us);
}

int link_call(Link *link, const void *frame, size_t size, uint64_t timeout_ms, LinkReply reply,
              void *data, LinkCall **ret_call)
{
        Message message;
        if (link->call_count >= LINK_CALLS_MAX)
                return -ENOBUFS;
        if (message_decode(frame, size, &message) < 0)
                return -EMSGSIZE;
        LinkCall *call = malloc(sizeof(*call) + size);
        if (!call)
                return -ENOMEM;
        *call = (LinkCall){ .link = link,
                            .previous = link->last,
                            .reply = reply,
                            .data = data,
                            .request_id = message.request_id,
                            .deadline = deadline_after_ms(timeout_ms),
                            .waits = true,
                            .size = size };
        memcpy(call->frame, frame, size);
        *(link->last ? &link->last->next : &link->first) = call;
        link->last = call;
        link->call_count++;
        link->waiting++;
        link_carry_waiting(link);
        int r = schedule(call);
        if (r < 0) {
                link_cancel(call);
                return r;
        }
        if (ret_call)
                *ret_call = call;
        return 0;
}

void link_cancel(LinkCall *call)
{
        if (!call)
                return;
        if (call->carrier)
                call->link->type->drop(call);
        unlist(call);
        free(call);
}
