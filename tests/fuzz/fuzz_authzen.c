/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: bodies of AuthZEN requests
 *
 * The first byte says which endpoint, the rest is its body. Checked besides memory: every call is
 * answered once, or asks doorwardd with a frame that is a message and for the caller's certificate;
 * what is refused is a status of 400 with a reason and a sentence; only the endpoint of one
 * question ever unlocks; and JSON that is accepted is nested no deeper than it may be and UTF-8.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz_target.h"
#include "http/authzen.h"

#define CERTIFICATE "sha256:00000000000000000000000000000000000000000000000000000000000000aa"

struct HttpCall {
        Text body;
        void *state;
        void (*end)(void *state);
        unsigned status; /* 0: not answered */
        bool may_command;
        bool asked;
};

struct LinkCall {
        char unused;
};

static LinkCall under_way;
static HttpCall *current;

static void promise(bool kept)
{
        if (!kept)
                abort();
}

const char *http_call_certificate(const HttpCall *call)
{
        return CERTIFICATE;
}

Text http_call_body(const HttpCall *call)
{
        return call->body;
}

Link *http_call_link(const HttpCall *call)
{
        return NULL;
}

uint64_t http_call_timeout_ms(const HttpCall *call)
{
        return 1000;
}

const char *http_call_base_url(const HttpCall *call)
{
        return "https://pdp.example";
}

Text http_call_unlock_permission(const HttpCall *call)
{
        return TEXT_LITERAL("access.door.unlock");
}

Text http_call_enter_permission(const HttpCall *call)
{
        return TEXT_LITERAL("access.door.enter");
}

uint32_t http_call_depth_max(const HttpCall *call)
{
        return 16;
}

uint32_t http_call_evaluations_max(const HttpCall *call)
{
        return 64;
}

void http_call_set_state(HttpCall *call, void *state, void (*end)(void *state))
{
        promise(!call->end);
        call->state = state;
        call->end = end;
}

static void finish(HttpCall *call, unsigned status)
{
        void (*end)(void *state) = call->end;
        promise(call->status == 0);
        call->status = status;
        call->end = NULL;
        if (end)
                end(call->state);
}

void http_call_answer_json(HttpCall *call, unsigned status, json_t *document)
{
        promise(json_is_object(document));
        json_decref(document);
        finish(call, status);
}

void http_call_answer_error(HttpCall *call, unsigned status, const char *reason,
                            const char *message)
{
        promise(status == 400 && *reason && *message && text_is_utf8(text_from(message)));
        promise(!call->asked);
        finish(call, status);
}

uint64_t link_request_id(Link *link)
{
        return 7;
}

const char *link_problem_text(int problem)
{
        return "a problem";
}

int link_call(Link *link, const void *frame, size_t size, uint64_t timeout_ms, LinkReply reply,
              void *data, LinkCall **ret_call)
{
        Message message;
        Text certificate;
        promise(message_decode(frame, size, &message) == 0);
        promise(message_text(&message, FIELD_CERTIFICATE, &certificate) &&
                text_is(certificate, CERTIFICATE));
        promise(current->may_command ||
                (message.type != MESSAGE_UNLOCK && message.type != MESSAGE_ENTER));
        promise(text_is_utf8(current->body));
        current->asked = true;
        *ret_call = &under_way;
        return 0;
}

void link_cancel(LinkCall *call)
{
        promise(call == &under_way);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        size_t count;
        const HttpRoute *routes = authzen_routes(&count);
        if (size == 0)
                return 0;
        const HttpRoute *route = &routes[data[0] % count];
        HttpCall call = { .body = { (const char *)data + 1, size - 1 },
                          .may_command = route->handler == authzen_evaluation };
        current = &call;
        route->handler(&call);
        promise(call.asked != (call.status != 0));
        if (call.end)
                call.end(call.state);
        return 0;
}
