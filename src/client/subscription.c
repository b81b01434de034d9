/* SPDX-License-Identifier: MIT */
/*
 * Subscription
 *
 * A request that is followed by records until it ends (events), or one that the daemon lets wait
 * and that is sent again when it has been answered, with what it said last (commands, revisions).
 * Nothing may be lost unseen: records are counted, and whatever does not fit ends the subscription
 * for good.
 */
#include <doorward/doorward.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/door.h"
#include "client/item.h"
#include "client/subscription_request.h"

#define TOKEN_SIZE 1024

struct doorward_subscription {
        pid_t process; /* who may use this */
        enum doorward_subscription_kind kind;
        unsigned timeout_ms;
        Connection *connection; /* NULL: it has ended */
        DoorState state;
        Deadline deadline;
        bool has_deadline;
        int error; /* that ended it; 0: none */
        uint64_t request_id;
        uint32_t records;       /* of this request so far */
        char token[TOKEN_SIZE]; /* AFTER, or the revision that is known; "": none yet */
        bool has_token;
        char told[32]; /* the daemon's state as it was told last */
        char reason[64], message[512];
        MessageWriter writer; /* the request but for what it goes on after */
        size_t frame_size;
        uint8_t frame[MESSAGE_SIZE_MAX];
};

/* Copies a text whole. Return: false when it does not fit. */
static bool copy_text(Text text, char *buffer, size_t size)
{
        if (text.size >= size)
                return false;
        if (text.size)
                memcpy(buffer, text.data, text.size);
        buffer[text.size] = '\0';
        return true;
}

/* What may be cut, since it is for people. */
static void copy_some(Text text, char *buffer, size_t size)
{
        (void)snprintf(buffer, size, "%.*s", (int)(text.size < size ? text.size : size),
                       text.size ? text.data : "");
}

/* ---- Asking ---- */

static void set_deadline(doorward_subscription *subscription, uint64_t timeout_ms)
{
        subscription->has_deadline = true;
        subscription->deadline = deadline_after_ms(timeout_ms);
}

/* Completes the next request. Return: 0, -EINVAL, -EMSGSIZE. */
static int write_next(doorward_subscription *subscription)
{
        MessageWriter writer = subscription->writer;
        FieldTag tag = subscription->kind == DOORWARD_REVISIONS ? FIELD_REVISION : FIELD_AFTER;
        if (subscription->has_token)
                message_write_text(&writer, tag, text_from(subscription->token));
        subscription->records = 0;
        set_deadline(subscription, subscription->timeout_ms);
        return message_writer_end(&writer, &subscription->frame_size);
}

/* How long the reply may take: events for ever, the others what they asked for. */
static void await_reply(doorward_subscription *subscription)
{
        subscription->state = DOOR_RECEIVING;
        if (subscription->kind == DOORWARD_EVENTS)
                subscription->has_deadline = false;
        else
                set_deadline(subscription,
                             SUBSCRIPTION_SECONDS * 1000ull + subscription->timeout_ms);
}

/* Return: 0, -EINVAL, -EMSGSIZE. */
static int write_first(doorward_subscription *subscription, const char *const *words)
{
        Text known;
        MessageType type = subscription_request_type(subscription->kind);
        subscription->request_id = connection_next_request_id(NULL);
        message_writer_begin(&subscription->writer, subscription->frame,
                             sizeof(subscription->frame), type, subscription->request_id, 0);
        if (subscription_request_write(&subscription->writer, subscription->kind, words, &known) <
                    0 ||
            !copy_text(known, subscription->token, sizeof(subscription->token)))
                return -EINVAL;
        if (known.size > 0) {
                subscription->has_token = true;
                (void)copy_text(TEXT_LITERAL("serving"), subscription->told,
                                sizeof(subscription->told));
        }
        return write_next(subscription);
}

int doorward_subscribe(const doorward *connection, enum doorward_subscription_kind kind,
                       const char *const *words, doorward_subscription **ret_subscription)
{
        if (!connection || !ret_subscription || !subscription_request_type(kind))
                return -DOORWARD_ERROR_ARGUMENT;
        if (connection->process != getpid())
                return -DOORWARD_ERROR_FORKED;
        doorward_subscription *subscription = malloc(sizeof(*subscription));
        if (!subscription)
                return -DOORWARD_ERROR_MEMORY;
        memset(subscription, 0, offsetof(doorward_subscription, frame));
        subscription->process = connection->process;
        subscription->kind = kind;
        subscription->timeout_ms = connection->timeout_ms;
        subscription->state = DOOR_CONNECTING;
        int r = write_first(subscription, words);
        if (r == 0)
                r = connection_new(&connection->options, &subscription->connection);
        if (r < 0) {
                doorward_subscription_free(subscription);
                return door_error(r);
        }
        *ret_subscription = subscription;
        return 0;
}

doorward_subscription *doorward_subscription_free(doorward_subscription *subscription)
{
        if (!subscription)
                return NULL;
        connection_free(subscription->connection);
        free(subscription);
        return NULL;
}

/* ---- What comes ---- */

/* Whether this is news: the first one, another revision, or another state of the daemon. */
static bool is_news(const doorward_subscription *subscription, Text revision, Text state)
{
        return !subscription->has_token || !text_is(revision, subscription->token) ||
               !text_is(state, subscription->told);
}

/* Return: 0 and the item, or NULL when it is no news; a negative error. */
static int take_record(doorward_subscription *subscription, const Message *record,
                       doorward_item **ret_item)
{
        if (record->sequence != subscription->records)
                return -DOORWARD_ERROR_PROTOCOL;
        subscription->records++;
        if (subscription->kind == DOORWARD_REVISIONS) {
                Text revision = item_value_in(record, "revision");
                Text state = item_value_in(record, "state");
                if (!is_news(subscription, revision, state))
                        return 0;
                if (!copy_text(revision, subscription->token, sizeof(subscription->token)) ||
                    !copy_text(state, subscription->told, sizeof(subscription->told)))
                        return -DOORWARD_ERROR_PROTOCOL;
                subscription->has_token = true;
        }
        return item_from_message(record, ret_item) < 0 ? -DOORWARD_ERROR_MEMORY : 0;
}

/* The daemon has said all that it says. */
static int take_end(doorward_subscription *subscription, const Message *end)
{
        Text after, message;
        if (end->sequence != subscription->records)
                return -DOORWARD_ERROR_PROTOCOL;
        if (subscription->kind == DOORWARD_EVENTS) {
                if (!message_text(end, FIELD_MESSAGE, &message))
                        message = TEXT_NULL;
                copy_some(TEXT_LITERAL("ended"), subscription->reason,
                          sizeof(subscription->reason));
                copy_some(message, subscription->message, sizeof(subscription->message));
                return -DOORWARD_ERROR_REFUSED;
        }
        if (subscription->kind == DOORWARD_COMMANDS && message_text(end, FIELD_AFTER, &after)) {
                if (!copy_text(after, subscription->token, sizeof(subscription->token)))
                        return -DOORWARD_ERROR_PROTOCOL;
                subscription->has_token = true;
        }
        subscription->state = DOOR_SENDING;
        int r = write_next(subscription);
        return r < 0 ? door_error(r) : 0;
}

static int take_refusal(doorward_subscription *subscription, const Message *refusal)
{
        Text reason = TEXT_NULL, message = TEXT_NULL;
        (void)message_text(refusal, FIELD_REASON, &reason);
        (void)message_text(refusal, FIELD_MESSAGE, &message);
        copy_some(reason, subscription->reason, sizeof(subscription->reason));
        copy_some(message, subscription->message, sizeof(subscription->message));
        return -DOORWARD_ERROR_REFUSED;
}

static int take(doorward_subscription *subscription, const Message *reply, doorward_item **ret_item)
{
        switch (reply->type) {
        case MESSAGE_RECORD:
                return take_record(subscription, reply, ret_item);
        case MESSAGE_END:
                return take_end(subscription, reply);
        case MESSAGE_REFUSAL:
                return take_refusal(subscription, reply);
        default:
                return -DOORWARD_ERROR_PROTOCOL;
        }
}

/* ---- Going on ---- */

/* One step. Return: 0; CONNECTION_AGAIN: wait; a negative error. */
static int step(doorward_subscription *subscription, doorward_item **ret_item)
{
        Connection *connection = subscription->connection;
        Message reply;
        int r;
        switch (subscription->state) {
        case DOOR_CONNECTING:
                r = connection_try_open(connection);
                if (r == 0)
                        subscription->state = DOOR_SENDING;
                break;
        case DOOR_SENDING:
                r = connection_try_send(connection, subscription->frame, subscription->frame_size);
                if (r == 0)
                        await_reply(subscription);
                break;
        default:
                r = connection_try_receive(connection, subscription->request_id, &reply);
                if (r == 0)
                        return take(subscription, &reply, ret_item);
        }
        if (r == CONNECTION_AGAIN &&
            (!subscription->has_deadline || deadline_left_ms(subscription->deadline) > 0))
                return CONNECTION_AGAIN;
        return r == 0 ? 0 : door_error(r);
}

/* Goes on until there is an item, or something to wait for. A daemon that answers at once whatever
 * it is asked is not asked again before the program has had its turn. */
static int process(doorward_subscription *subscription, doorward_item **ret_item)
{
        int r = 0;
        for (bool received = false; r == 0 && !*ret_item && !received;) {
                received = subscription->state == DOOR_RECEIVING;
                r = step(subscription, ret_item);
        }
        if (r < 0) {
                subscription->error = r;
                subscription->connection = connection_free(subscription->connection);
        }
        return r < 0 ? r : 0;
}

int doorward_subscription_process(doorward_subscription *subscription, doorward_item **ret_item)
{
        doorward_item *item = NULL;
        int cancel_state;
        if (!subscription || !ret_item)
                return -DOORWARD_ERROR_ARGUMENT;
        if (subscription->process != getpid())
                return -DOORWARD_ERROR_FORKED;
        if (subscription->error)
                return subscription->error;
        pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
        int r = process(subscription, &item);
        pthread_setcancelstate(cancel_state, NULL);
        if (r == 0)
                *ret_item = item;
        return r;
}

int doorward_subscription_get_fd(const doorward_subscription *subscription)
{
        return subscription && subscription->connection ? connection_fd(subscription->connection)
                                                        : -1;
}

short doorward_subscription_get_events(const doorward_subscription *subscription)
{
        if (!subscription || !subscription->connection)
                return 0;
        return subscription->state == DOOR_SENDING ? POLLOUT : POLLIN;
}

int doorward_subscription_get_timeout(const doorward_subscription *subscription)
{
        if (!subscription || !subscription->connection || !subscription->has_deadline)
                return -1;
        int left_ms = deadline_left_ms(subscription->deadline);
        if (subscription->state == DOOR_CONNECTING && left_ms > CONNECTION_RETRY_MS)
                return CONNECTION_RETRY_MS;
        return left_ms;
}

/* The shorter of two times to wait; -1 is for ever. */
static int shorter(int a_ms, int b_ms)
{
        return a_ms < 0 ? b_ms : b_ms < 0 ? a_ms : a_ms < b_ms ? a_ms : b_ms;
}

int doorward_subscription_next(doorward_subscription *subscription, int timeout_ms,
                               doorward_item **ret_item)
{
        Deadline deadline = deadline_after_ms(timeout_ms < 0 ? 0 : (uint64_t)timeout_ms);
        doorward_item *item = NULL;
        int r;
        while ((r = doorward_subscription_process(subscription, ret_item ? &item : NULL)) == 0 &&
               !item) {
                struct pollfd file = { .fd = doorward_subscription_get_fd(subscription),
                                       .events = doorward_subscription_get_events(subscription) };
                int left_ms = timeout_ms < 0 ? -1 : deadline_left_ms(deadline);
                if (left_ms == 0)
                        break;
                (void)poll(&file, 1,
                           shorter(left_ms, doorward_subscription_get_timeout(subscription)));
        }
        if (r == 0)
                *ret_item = item;
        return r;
}

const char *doorward_subscription_reason(const doorward_subscription *subscription)
{
        return subscription ? subscription->reason : "";
}

const char *doorward_subscription_message(const doorward_subscription *subscription)
{
        return subscription ? subscription->message : "";
}
