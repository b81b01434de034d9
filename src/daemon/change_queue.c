/* SPDX-License-Identifier: MIT */
/* Change queue: see change_queue.h. */
#include "daemon/change_queue.h"

#include "daemon/change_depend.h"
#include "daemon/queued_change.h"
#include "daemon/server.h"
#include "policy/change.h"

static void append(ChangeQueue *queue, QueuedChange *change)
{
        change->next = NULL;
        if (queue->last)
                queue->last->next = change;
        else
                queue->first = change;
        queue->last = change;
        queue->count++;
}

/* Takes a change out, whose predecessor (NULL: none) is known. */
static void take_out(ChangeQueue *queue, QueuedChange *previous, QueuedChange *change)
{
        if (previous)
                previous->next = change->next;
        else
                queue->first = change->next;
        if (queue->last == change)
                queue->last = previous;
        change->next = NULL;
        queue->count--;
}

static void find_and_take_out(ChangeQueue *queue, QueuedChange *change)
{
        QueuedChange *previous = NULL;
        for (QueuedChange *at = queue->first; at && at != change; at = at->next)
                previous = at;
        take_out(queue, previous, change);
}

static size_t count_of_user(const ChangeQueue *queue, uint32_t uid)
{
        size_t count = 0;
        for (const QueuedChange *change = queue->first; change; change = change->next)
                count += change->facts.identity.uid == uid;
        return count;
}

bool changes_add(Server *server, QueuedChange *change, Client *client)
{
        if (server->changes.count >= CHANGES_WAITING_MAX ||
            count_of_user(&server->changes, change->facts.identity.uid) >=
                    CHANGES_WAITING_OF_USER_MAX)
                return false;
        change->client = client;
        client->change = change;
        client_wait(client, CLIENT_WAITS_CHANGE, change->facts.request_id,
                    server_deadline_in(server, COMPILE_TIMEOUT_MS));
        append(&server->changes, change);
        return true;
}

void changes_put_back(Server *server)
{
        ChangeQueue *queue = &server->changes;
        ChangeBatch *batch = &queue->batch;
        for (QueuedChange *change = batch->first; change; change = change->next) {
                change->in_batch = false;
                change->share = (batch->count + 1) / 2;
        }
        batch->last->next = queue->first;
        queue->first = batch->first;
        if (!queue->last)
                queue->last = batch->last;
        queue->count += batch->count;
        batch->first = batch->last = NULL;
        batch->count = 0;
}

void changes_forget(QueuedChange *change)
{
        change->client = NULL;
        if (change->in_batch)
                return;
        find_and_take_out(&change->facts.server->changes, change);
        queued_change_free(change);
}

void changes_expire(QueuedChange *change)
{
        Client *client = change->client;
        if (change->in_batch) /* the compiler and the journal have limits of their own */
                return;
        client->change = NULL;
        client->server->counters.busy++;
        if (reply_refusal(client, change->facts.request_id, &refusal_busy, TEXT_NULL) < 0)
                client_break(client);
        client_resume_later(client);
        changes_forget(change);
}

/* Whether a change waits for one that comes before it in the queue. Who may not do what he asks for
 * as things are would otherwise keep others from sharing a compile, just by asking. */
static bool waits_for(const Image *image, const QueuedChange *other, const QueuedChange *change)
{
        bool is_passed = other->hindered && other->facts.identity.uid != change->facts.identity.uid;
        return !is_passed && changes_depend(image, &other->read.query, &change->read.query);
}

/* Whether a change depends on one that comes before it, in the batch or in the queue. */
static bool has_to_wait(const Server *server, const QueuedChange *change)
{
        const Image *image = server->policy.image;
        const ChangeQueue *queue = &server->changes;
        if (change->facts.dry_run && queue->batch.count > 0)
                return true; /* it is compiled alone */
        for (const QueuedChange *other = queue->batch.first; other; other = other->next)
                if (changes_depend(image, &other->read.query, &change->read.query))
                        return true;
        for (const QueuedChange *other = queue->first; other && other != change;
             other = other->next)
                if (waits_for(image, other, change))
                        return true;
        return false;
}

/* Decides the next changes that may be made together, and moves those that are allowed into the
 * batch. */
static void fill_batch(Server *server)
{
        ChangeQueue *queue = &server->changes;
        QueuedChange *previous = NULL, *next;
        size_t limit = CHANGES_MAX;
        for (QueuedChange *change = queue->first; change; change = next) {
                next = change->next;
                limit = change->share < limit ? change->share : limit;
                if (queue->batch.count >= limit)
                        return;
                if (has_to_wait(server, change)) {
                        change->hindered = !queued_change_is_allowed(change);
                        previous = change;
                        continue;
                }
                if (!change_batch_has_room(&queue->batch, change))
                        return;
                queued_change_decide(change);
                take_out(queue, previous, change);
                if (change->facts.outcome != OUTCOME_ALLOW) {
                        queued_change_finish(change);
                        continue;
                }
                change_batch_add(&queue->batch, change);
                if (change->facts.dry_run)
                        return;
        }
}

void changes_begin(Server *server)
{
        ChangeQueue *queue = &server->changes;
        if (queue->count == 0 || !server->policy.image)
                return;
        fill_batch(server);
        if (queue->batch.count > 0)
                change_batch_begin(server);
}

void changes_close(Server *server)
{
        ChangeQueue *queue = &server->changes;
        while (queue->first) {
                QueuedChange *change = queue->first;
                take_out(queue, NULL, change);
                queued_change_free(change);
        }
        change_batch_close(server);
}
