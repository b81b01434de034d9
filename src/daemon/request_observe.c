/* SPDX-License-Identifier: MIT */
/* Observe: see request_observe.h. What is under way belongs to the journal until that has called
 * back. */
#include "daemon/request_observe.h"

#include <errno.h>

#include "daemon/observe_batch.h"
#include "daemon/server.h"

static const Refusal refusal_journal = { "journal-failed", 3,
                                         "The events could not be recorded: send them again." };

/* A batch on its way to the disk. */
struct Observing {
        Server *server;
        Client *client; /* NULL: gone, or answered already */
        Gateway *gateway;
        GatewayMark mark; /* recorded, when it is there */
};

/* Who waits for how far a gateway has told. */
typedef struct Lookup {
        Server *server;
        Gateway *gateway;
} Lookup;

/* ---- Recording ---- */

/* Answers and lets go of the client, without going on reading from it. */
static int answer(Observing *observing, bool written)
{
        Client *client = observing->client;
        observing->client = NULL;
        client->observing = NULL;
        client->deadline_ms = 0;
        return written ? reply_end(client, client->request_id, 0, 0, TEXT_NULL)
                       : reply_refusal(client, client->request_id, &refusal_journal, TEXT_NULL);
}

int observing_expire(Observing *observing)
{
        return answer(observing, false);
}

void observing_forget(Observing *observing)
{
        observing->client = NULL;
}

static void on_recorded(void *data, bool written)
{
        Observing *observing = data;
        Client *client = observing->client;
        observing->gateway->is_busy = false;
        if (written)
                gateway_record(observing->gateway, text_from(observing->mark.store),
                               observing->mark.sequence);
        if (client && answer(observing, written) < 0)
                client_free(client);
        else if (client)
                client_resume(client);
        free(observing);
}

/* Hands the rows to the journal. Return: 0; negative: they cannot be recorded now. */
static int record(ObserveBatch *batch)
{
        const Request *request = batch->request;
        Observing *observing = calloc(1, sizeof(*observing));
        if (!observing)
                return -ENOMEM;
        observing->server = request->server;
        observing->client = request->client;
        observing->gateway = batch->gateway;
        observing->mark.sequence = observe_batch_last(batch);
        memcpy(observing->mark.store, batch->observations.store.data, OBSERVATION_STORE_DIGITS);
        int r = journal_append_rows(request->server->journal, batch->rows, batch->row_count,
                                    on_recorded, observing);
        if (r < 0) {
                free(observing);
                return r;
        }
        batch->gateway->is_busy = true;
        request->client->observing = observing;
        client_wait(request->client, CLIENT_WAITS_OBSERVED, request->message->request_id,
                    server_deadline(request->server));
        return 0;
}

static int take(ObserveBatch *batch)
{
        const Request *request = batch->request;
        uint64_t id = request->message->request_id;
        observe_batch_make(batch);
        if (batch->row_count == 0)
                return reply_end(request->client, id, 0, 0, TEXT_NULL);
        int r = record(batch);
        if (r < 0)
                return reply_refusal(request->client, id, &refusal_journal, TEXT_NULL);
        observe_batch_apply(batch);
        return 0;
}

/* ---- How far it has told ---- */

static void on_looked_up(void *data, bool found)
{
        Lookup *lookup = data;
        Server *server = lookup->server;
        Client *next;
        lookup->gateway->is_looked_up = false;
        if (found)
                gateway_know(lookup->gateway);
        for (Client *client = server->ending ? NULL : server->clients; client; client = next) {
                next = client->next;
                if (client->state == CLIENT_WAITS_GATEWAY && client->gateway == lookup->gateway)
                        client_serve_held(client, found ? NULL : &refusal_journal);
        }
        free(lookup);
}

/* Asks the journal, once for all who wait. Return: 0 or -errno. */
static int look_up(const Request *request, Gateway *gateway)
{
        if (gateway->is_looked_up)
                return 0;
        Lookup *lookup = calloc(1, sizeof(*lookup));
        if (!lookup)
                return -ENOMEM;
        *lookup = (Lookup){ request->server, gateway };
        int r = journal_find_gateway(request->server->journal, text_from(gateway->name),
                                     &gateway->found, on_looked_up, lookup);
        if (r < 0)
                free(lookup);
        else
                gateway->is_looked_up = true;
        return r;
}

static int wait_for_lookup(const Request *request, Gateway *gateway)
{
        int r = look_up(request, gateway);
        if (r == 0)
                r = request_hold(request, CLIENT_WAITS_GATEWAY, server_deadline(request->server));
        if (r < 0)
                return reply_refusal(request->client, request->message->request_id,
                                     &refusal_journal, TEXT_NULL);
        request->client->gateway = gateway;
        return 0;
}

/* ---- The request ---- */

/* The first of a peer's entries that may report, by which its events are counted. Return: borrowed
 * from the image; NULL: it may not. */
static const ImageCaller *reporter(const Request *request)
{
        const Image *image = request->server->policy.image;
        for (uint32_t i = 0; i < image_count(image, IMAGE_ORGANIZATIONS); i++) {
                const ImageCaller *caller = identity_caller(image, request->identity, i);
                if (caller && caller->may & CALLER_MAY_REPORT)
                        return caller;
        }
        return NULL;
}

static int serve(const Request *request, ObserveBatch *batch, Gateway *gateway)
{
        const char *problem = observations_read(request->message, &batch->observations);
        Refusal malformed = { "malformed-query", 3, problem };
        if (problem)
                return request_refuse(request, &malformed);
        if (!gateway || gateway->is_busy)
                return reply_refusal(request->client, request->message->request_id, &refusal_busy,
                                     TEXT_NULL);
        if (!gateway->is_known)
                return wait_for_lookup(request, gateway);
        batch->request = request;
        batch->gateway = gateway;
        return take(batch);
}

int request_observe(const Request *request)
{
        char name[IDENTITY_CALLER_SIZE];
        const ImageCaller *caller = reporter(request);
        if (!caller)
                return request_refuse(request, &refusal_not_allowed);
        _cleanup_free_ ObserveBatch *batch = malloc(sizeof(*batch));
        if (!batch)
                return -ENOMEM;
        return serve(
                request, batch,
                gateways_find(&request->server->gateways,
                              identity_caller_text(request->server->policy.image, caller, name)));
}
