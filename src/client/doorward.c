/* SPDX-License-Identifier: MIT */
/*
 * libdoorward
 *
 * One request at a time goes through IDLE -> CONNECTING -> SENDING -> RECEIVING -> IDLE. The
 * blocking calls are the non-blocking ones with poll() in between, so there is one way only. An
 * exchange that fails closes the connection, so that a late reply can never be taken for one to
 * the next request; one that succeeds keeps it. Threads are never cancelled within a call, which
 * would lose what it holds.
 */
#include <doorward/doorward.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "client/answer.h"
#include "client/change_request.h"
#include "client/connection.h"

#define TIMEOUT_DEFAULT_MS 2000
#define TIMEOUT_MAX_MS     600000
#define OVERFLOW_UID       65534
#define ACTION_UNLOCK      "access.door.unlock"
#define ACTION_ENTER       "access.door.enter"

typedef enum State { STATE_IDLE, STATE_CONNECTING, STATE_SENDING, STATE_RECEIVING } State;

struct doorward {
        pid_t process; /* who may use this */
        unsigned timeout_ms;
        char *socket_path; /* NULL: the default */
        ConnectionOptions options;
        Connection *connection; /* kept between requests; NULL: none */
        State state;
        Deadline deadline;
        uint64_t request_id;
        size_t frame_size;
        uint8_t frame[MESSAGE_SIZE_MAX]; /* the request; a reply has to repeat its texts */
};

const char *doorward_strerror(int error)
{
        static const char *const TEXTS[] = {
                "No error",
                [DOORWARD_ERROR_ARGUMENT] = "An argument is missing or cannot be sent",
                [DOORWARD_ERROR_MEMORY] = "Out of memory",
                [DOORWARD_ERROR_UNREACHABLE] = "No daemon answers at the socket",
                [DOORWARD_ERROR_UNTRUSTED] = "The socket or who listens there is not trusted",
                [DOORWARD_ERROR_TIMEOUT] = "The daemon did not answer in time",
                [DOORWARD_ERROR_PROTOCOL] = "The daemon's reply is not one to this request",
                [DOORWARD_ERROR_REFUSED] = "The daemon refused the request",
                [DOORWARD_ERROR_FORKED] = "The connection was opened by another process",
                [DOORWARD_ERROR_BUSY] = "A request is under way on this connection",
        };
        size_t index = error < 0 ? 0u - (unsigned)error : (unsigned)error;
        return index < sizeof(TEXTS) / sizeof(TEXTS[0]) ? TEXTS[index] : "Unknown error";
}

/* From a ConnectionProblem or -errno to the library's negative errors. */
static int error_from(int problem)
{
        static const int ERRORS[] = {
                [CONNECTION_UNREACHABLE] = -DOORWARD_ERROR_UNREACHABLE,
                [CONNECTION_UNTRUSTED] = -DOORWARD_ERROR_UNTRUSTED,
                [CONNECTION_LATE] = -DOORWARD_ERROR_TIMEOUT,
                [CONNECTION_PROTOCOL] = -DOORWARD_ERROR_PROTOCOL,
                [CONNECTION_AGAIN] = -DOORWARD_ERROR_TIMEOUT,
        };
        if (problem > 0)
                return ERRORS[problem];
        if (problem == -ENOMEM)
                return -DOORWARD_ERROR_MEMORY;
        if (problem == -EINVAL || problem == -EMSGSIZE)
                return -DOORWARD_ERROR_ARGUMENT;
        return -DOORWARD_ERROR_UNREACHABLE;
}

int doorward_new(doorward **ret_connection, const char *socket_path)
{
        if (!ret_connection || (socket_path && !*socket_path))
                return -DOORWARD_ERROR_ARGUMENT;
        doorward *door = malloc(sizeof(*door));
        if (!door)
                return -DOORWARD_ERROR_MEMORY;
        memset(door, 0, offsetof(doorward, frame));
        if (socket_path) {
                door->socket_path = strdup(socket_path);
                if (!door->socket_path) {
                        doorward_free(door);
                        return -DOORWARD_ERROR_MEMORY;
                }
        }
        door->options.socket_path = door->socket_path;
        door->process = getpid();
        door->timeout_ms = TIMEOUT_DEFAULT_MS;
        *ret_connection = door;
        return 0;
}

doorward *doorward_free(doorward *connection)
{
        if (!connection)
                return NULL;
        connection_free(connection->connection);
        free(connection->socket_path);
        free(connection);
        return NULL;
}

int doorward_set_timeout(doorward *connection, unsigned timeout_ms)
{
        if (!connection || timeout_ms == 0 || timeout_ms > TIMEOUT_MAX_MS)
                return -DOORWARD_ERROR_ARGUMENT;
        connection->timeout_ms = timeout_ms;
        return 0;
}

int doorward_set_server_uid(doorward *connection, uint32_t uid)
{
        if (!connection || uid > INT32_MAX || uid == OVERFLOW_UID)
                return -DOORWARD_ERROR_ARGUMENT;
        connection->options.server_uid = uid;
        connection->options.server_uid_stated = true;
        return 0;
}

/* Says whether a request may begin. Return: 0, a negative error. */
static int door_check(const doorward *door)
{
        if (!door)
                return -DOORWARD_ERROR_ARGUMENT;
        if (door->process != getpid())
                return -DOORWARD_ERROR_FORKED;
        return door->state == STATE_IDLE ? 0 : -DOORWARD_ERROR_BUSY;
}

static void door_close(doorward *door)
{
        door->connection = connection_free(door->connection);
        door->state = STATE_IDLE;
}

/* Prepares the connection, unless the one of the last request can serve again. */
static int door_begin(doorward *door, uint64_t request_id, size_t frame_size)
{
        if (door->connection && !connection_is_idle(door->connection))
                door->connection = connection_free(door->connection);
        if (!door->connection) {
                int r = connection_new(&door->options, &door->connection);
                if (r < 0)
                        return error_from(r);
        }
        door->request_id = request_id;
        door->frame_size = frame_size;
        door->deadline = deadline_after_ms(door->timeout_ms);
        door->state = STATE_CONNECTING;
        return 0;
}

/* An unlock command is for the door that was asked for, and an allow is nothing without one. */
static bool reply_is_for_door(Text resource, const Message *reply)
{
        Text type, path, door;
        uint32_t outcome;
        if (!message_text(reply, FIELD_DOOR, &door))
                return message_number(reply, FIELD_OUTCOME, &outcome) && outcome != DOORWARD_ALLOW;
        return text_split_first(resource, ':', &type, &path) && text_equal(path, door);
}

/* A reply repeats what was asked. An unlock leaves user and action out, so that the first may be
 * anybody; the second, where it is stated, can be one only. */
static bool reply_repeats(const doorward *door, const Message *reply)
{
        static const FieldTag REPEATED[] = { FIELD_USER, FIELD_ACTION, FIELD_RESOURCE };
        Message request;
        Text asked, answered;
        if (message_decode(door->frame, door->frame_size, &request) < 0)
                return false;
        for (size_t i = 0; i < sizeof(REPEATED) / sizeof(REPEATED[0]); i++) {
                if (!message_text(reply, REPEATED[i], &answered))
                        return false;
                if (message_text(&request, REPEATED[i], &asked) && !text_equal(asked, answered))
                        return false;
        }
        if (request.type != MESSAGE_UNLOCK && request.type != MESSAGE_ENTER)
                return true;
        const char *action = request.type == MESSAGE_UNLOCK ? ACTION_UNLOCK : ACTION_ENTER;
        return message_text(reply, FIELD_ACTION, &answered) &&
               (answered.size == 0 || text_is(answered, action)) &&
               message_text(&request, FIELD_RESOURCE, &asked) && reply_is_for_door(asked, reply);
}

/* Return: 0 and the answer, -DOORWARD_ERROR_REFUSED and the answer, a negative error. */
static int door_take_reply(const doorward *door, const Message *reply, doorward_answer **ret_answer)
{
        bool refused = reply->type == MESSAGE_REFUSAL;
        if (!refused && (reply->type != MESSAGE_ANSWER || !reply_repeats(door, reply)))
                return -DOORWARD_ERROR_PROTOCOL;
        if (answer_from_message(reply, ret_answer) < 0)
                return -DOORWARD_ERROR_MEMORY;
        return refused ? -DOORWARD_ERROR_REFUSED : 0;
}

/* One step. Return: 0 and the next state, CONNECTION_AGAIN to stay in this one, other problems. */
static int door_step(doorward *door, Message *reply)
{
        int r;
        switch (door->state) {
        case STATE_CONNECTING:
                r = connection_try_open(door->connection);
                door->state = r ? STATE_CONNECTING : STATE_SENDING;
                return r;
        case STATE_SENDING:
                r = connection_try_send(door->connection, door->frame, door->frame_size);
                door->state = r ? STATE_SENDING : STATE_RECEIVING;
                return r;
        case STATE_RECEIVING:
                r = connection_try_receive(door->connection, door->request_id, reply);
                door->state = r ? STATE_RECEIVING : STATE_IDLE;
                return r;
        case STATE_IDLE:
                break;
        }
        return -EINVAL;
}

/* As doorward_process(), for a request that is under way. */
static int door_process(doorward *door, doorward_answer **ret_answer)
{
        Message reply;
        int r = 0;
        while (r == 0 && door->state != STATE_IDLE)
                r = door_step(door, &reply);
        if (r == CONNECTION_AGAIN && deadline_left_ms(door->deadline) > 0) {
                *ret_answer = NULL;
                return 0;
        }
        r = r ? error_from(r) : door_take_reply(door, &reply, ret_answer);
        if (r < 0 && r != -DOORWARD_ERROR_REFUSED)
                door_close(door);
        return r;
}

int doorward_process(doorward *connection, doorward_answer **ret_answer)
{
        if (!ret_answer || !connection)
                return -DOORWARD_ERROR_ARGUMENT;
        if (connection->process != getpid())
                return -DOORWARD_ERROR_FORKED;
        if (connection->state == STATE_IDLE)
                return -DOORWARD_ERROR_ARGUMENT;
        int cancel_state, r;
        pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
        r = door_process(connection, ret_answer);
        pthread_setcancelstate(cancel_state, NULL);
        return r;
}

int doorward_get_fd(const doorward *connection)
{
        return connection && connection->connection ? connection_fd(connection->connection) : -1;
}

short doorward_get_events(const doorward *connection)
{
        if (!connection || connection->state == STATE_IDLE)
                return 0;
        return connection->state == STATE_SENDING ? POLLOUT : POLLIN;
}

int doorward_get_timeout(const doorward *connection)
{
        if (!connection || connection->state == STATE_IDLE)
                return -1;
        int left_ms = deadline_left_ms(connection->deadline);
        if (connection->state == STATE_CONNECTING && left_ms > CONNECTION_RETRY_MS)
                return CONNECTION_RETRY_MS;
        return left_ms;
}

void doorward_cancel(doorward *connection)
{
        if (connection && connection->state != STATE_IDLE)
                door_close(connection);
}

/* Writes the texts of one kind: "with=TYPE:PATH", or the others, which are properties. */
static void write_extra(MessageWriter *writer, const char *const *extra, FieldTag tag)
{
        for (size_t i = 0; extra && extra[i] && i < MESSAGE_FIELDS_MAX; i++) {
                Text key, value, whole = text_from(extra[i]);
                if (!text_split_first(whole, '=', &key, &value) || !key.size || !value.size) {
                        writer->error = -EINVAL;
                        return;
                }
                bool is_with = text_is(key, "with");
                if (is_with == (tag == FIELD_WITH))
                        message_write_text(writer, tag, is_with ? value : whole);
        }
}

static int ask_begin(doorward *door, const char *const question[3], const char *const *extra,
                     bool explain)
{
        static const FieldTag TAGS[3] = { FIELD_USER, FIELD_ACTION, FIELD_RESOURCE };
        MessageWriter writer;
        size_t size;
        int r = door_check(door);
        if (r < 0)
                return r;
        uint64_t id = connection_next_request_id(door->connection);
        message_writer_begin(&writer, door->frame, sizeof(door->frame), MESSAGE_ASK, id, 0);
        for (size_t i = 0; i < 3; i++) {
                if (!question[i] || !*question[i])
                        return -DOORWARD_ERROR_ARGUMENT;
                message_write_text(&writer, TAGS[i], text_from(question[i]));
        }
        write_extra(&writer, extra, FIELD_WITH);
        write_extra(&writer, extra, FIELD_PROPERTY);
        if (explain)
                message_write_flag(&writer, FIELD_EXPLAIN);
        if (message_writer_end(&writer, &size) < 0)
                return -DOORWARD_ERROR_ARGUMENT;
        return door_begin(door, id, size);
}

int doorward_ask_begin(doorward *connection, const char *subject, const char *action,
                       const char *resource, const char *const *extra)
{
        return ask_begin(connection, (const char *[3]){ subject, action, resource }, extra, false);
}

int doorward_unlock_begin(doorward *connection, const char *door, const char *why)
{
        MessageWriter writer;
        size_t size;
        int r = door_check(connection);
        if (r < 0)
                return r;
        if (!door || !*door || (why && !*why))
                return -DOORWARD_ERROR_ARGUMENT;
        uint64_t id = connection_next_request_id(connection->connection);
        message_writer_begin(&writer, connection->frame, sizeof(connection->frame), MESSAGE_UNLOCK,
                             id, 0);
        message_write_text(&writer, FIELD_RESOURCE, text_from(door));
        if (why)
                message_write_text(&writer, FIELD_WHY, text_from(why));
        if (message_writer_end(&writer, &size) < 0)
                return -DOORWARD_ERROR_ARGUMENT;
        return door_begin(connection, id, size);
}

int doorward_enter_begin(doorward *connection, const char *subject, const char *door,
                         enum doorward_code code)
{
        MessageWriter writer;
        size_t size;
        int r = door_check(connection);
        if (r < 0)
                return r;
        if (!subject || !*subject || !door || !*door || (unsigned)code > DOORWARD_CODE_WRONG)
                return -DOORWARD_ERROR_ARGUMENT;
        uint64_t id = connection_next_request_id(connection->connection);
        message_writer_begin(&writer, connection->frame, sizeof(connection->frame), MESSAGE_ENTER,
                             id, 0);
        message_write_text(&writer, FIELD_USER, text_from(subject));
        message_write_text(&writer, FIELD_RESOURCE, text_from(door));
        if (code != DOORWARD_CODE_NONE)
                message_write_text(
                        &writer, FIELD_PROPERTY,
                        text_from(code == DOORWARD_CODE_RIGHT ? "code=true" : "code=false"));
        if (message_writer_end(&writer, &size) < 0)
                return -DOORWARD_ERROR_ARGUMENT;
        return door_begin(connection, id, size);
}

static int change_begin(doorward *door, const char *verb, const char *resource,
                        const char *const *roles, const struct doorward_change_options *options)
{
        MessageWriter writer;
        size_t size;
        int r = door_check(door);
        if (r < 0)
                return r;
        uint64_t id = connection_next_request_id(door->connection);
        message_writer_begin(&writer, door->frame, sizeof(door->frame), MESSAGE_CHANGE, id, 0);
        if (change_request_write(&writer, verb, resource, roles, options) < 0 ||
            message_writer_end(&writer, &size) < 0)
                return -DOORWARD_ERROR_ARGUMENT;
        return door_begin(door, id, size);
}

/* Waits for the answer to the request that was begun with result r. */
static int door_finish(doorward *door, int r, doorward_answer **ret_answer)
{
        doorward_answer *answer = NULL;
        int cancel_state;
        if (r < 0)
                return r;
        pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
        while ((r = door_process(door, &answer)) == 0 && !answer) {
                struct pollfd file = { .fd = doorward_get_fd(door),
                                       .events = doorward_get_events(door) };
                /* A failure (no memory in the kernel) costs no more than trying again. */
                (void)poll(&file, 1, doorward_get_timeout(door));
        }
        pthread_setcancelstate(cancel_state, NULL);
        if (answer)
                *ret_answer = answer;
        return r;
}

int doorward_ask(doorward *connection, const char *subject, const char *action,
                 const char *resource, const char *const *extra, doorward_answer **ret_answer)
{
        if (!ret_answer)
                return -DOORWARD_ERROR_ARGUMENT;
        int r = doorward_ask_begin(connection, subject, action, resource, extra);
        return door_finish(connection, r, ret_answer);
}

int doorward_explain(doorward *connection, const char *subject, const char *action,
                     const char *resource, const char *const *extra, doorward_answer **ret_answer)
{
        if (!ret_answer)
                return -DOORWARD_ERROR_ARGUMENT;
        int r = ask_begin(connection, (const char *[3]){ subject, action, resource }, extra, true);
        return door_finish(connection, r, ret_answer);
}

int doorward_unlock(doorward *connection, const char *door, const char *why,
                    doorward_answer **ret_answer)
{
        if (!ret_answer)
                return -DOORWARD_ERROR_ARGUMENT;
        int r = doorward_unlock_begin(connection, door, why);
        return door_finish(connection, r, ret_answer);
}

int doorward_enter(doorward *connection, const char *subject, const char *door,
                   enum doorward_code code, doorward_answer **ret_answer)
{
        if (!ret_answer)
                return -DOORWARD_ERROR_ARGUMENT;
        int r = doorward_enter_begin(connection, subject, door, code);
        return door_finish(connection, r, ret_answer);
}

int doorward_change(doorward *connection, const char *verb, const char *resource,
                    const char *const *roles, const struct doorward_change_options *options,
                    doorward_answer **ret_answer)
{
        if (!ret_answer)
                return -DOORWARD_ERROR_ARGUMENT;
        int r = change_begin(connection, verb, resource, roles, options);
        return door_finish(connection, r, ret_answer);
}
