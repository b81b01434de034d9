/* SPDX-License-Identifier: MIT */
/*
 * Door
 *
 * The blocking calls are the non-blocking ones with poll() in between, so there is one way only.
 * Threads are never cancelled within a call, which would lose what it holds.
 */
#include "client/door.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>

#include "client/answer.h"
#include "client/reply.h"

int door_error(int problem)
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

void door_close(doorward *door)
{
        door->connection = connection_free(door->connection);
        door->state = DOOR_IDLE;
}

/* ---- Beginning ---- */

int door_check(const doorward *door)
{
        if (!door)
                return -DOORWARD_ERROR_ARGUMENT;
        if (door->process != getpid())
                return -DOORWARD_ERROR_FORKED;
        return door->state == DOOR_IDLE ? 0 : -DOORWARD_ERROR_BUSY;
}

int door_write(doorward *door, MessageType type, MessageWriter *ret_writer)
{
        int r = door_check(door);
        if (r < 0)
                return r;
        door->request_id = connection_next_request_id(door->connection);
        message_writer_begin(ret_writer, door->frame, sizeof(door->frame), type, door->request_id,
                             0);
        return 0;
}

void door_write_text(MessageWriter *writer, FieldTag tag, const char *text)
{
        if (text && *text)
                message_write_text(writer, tag, text_from(text));
        else
                writer->error = -EINVAL;
}

/* Makes the connection, unless the one of the last request can serve again. */
static int prepare_connection(doorward *door)
{
        int cancel_state, r = 0;
        pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel_state);
        if (door->connection && !connection_is_idle(door->connection))
                door->connection = connection_free(door->connection);
        if (!door->connection)
                r = connection_new(&door->options, &door->connection);
        pthread_setcancelstate(cancel_state, NULL);
        return r < 0 ? door_error(r) : 0;
}

int door_begin(doorward *door, MessageWriter *writer)
{
        if (message_writer_end(writer, &door->frame_size) < 0)
                return -DOORWARD_ERROR_ARGUMENT;
        int r = prepare_connection(door);
        if (r < 0)
                return r;
        if (!door->questions)
                door->deadline = deadline_after_ms(door->timeout_ms);
        door->state = DOOR_CONNECTING;
        return 0;
}

/* ---- Going on ---- */

/* Return: 0 and the answer, -DOORWARD_ERROR_REFUSED and the answer, a negative error. */
static int take_reply(const doorward *door, const Message *reply, doorward_answer **ret_answer)
{
        Message request;
        uint32_t status;
        bool refused = reply->type == MESSAGE_REFUSAL;
        if (!refused && (message_decode(door->frame, door->frame_size, &request) < 0 ||
                         !reply_is_to(&request, reply)))
                return -DOORWARD_ERROR_PROTOCOL;
        if (reply->type == MESSAGE_END)
                refused = !message_number(reply, FIELD_STATUS, &status) || status != 0;
        if (answer_from_message(reply, ret_answer) < 0)
                return -DOORWARD_ERROR_MEMORY;
        return refused ? -DOORWARD_ERROR_REFUSED : 0;
}

/* One step. Return: 0 and the next state, CONNECTION_AGAIN to stay in this one, other problems. */
static int step(doorward *door, Message *reply)
{
        int r;
        switch (door->state) {
        case DOOR_CONNECTING:
                r = connection_try_open(door->connection);
                door->state = r ? DOOR_CONNECTING : DOOR_SENDING;
                return r;
        case DOOR_SENDING:
                r = connection_try_send(door->connection, door->frame, door->frame_size);
                door->state = r ? DOOR_SENDING : DOOR_RECEIVING;
                return r;
        case DOOR_RECEIVING:
                r = connection_try_receive(door->connection, door->request_id, reply);
                door->state = r ? DOOR_RECEIVING : DOOR_IDLE;
                return r;
        default:
                return -EINVAL;
        }
}

/* Return: as door_process(), for the request that is under way. */
static int exchange(doorward *door, doorward_answer **ret_answer)
{
        Message reply;
        int r = 0;
        while (r == 0 && door->state != DOOR_IDLE)
                r = step(door, &reply);
        if (r == CONNECTION_AGAIN && deadline_left_ms(door->deadline) > 0) {
                *ret_answer = NULL;
                return 0;
        }
        r = r ? door_error(r) : take_reply(door, &reply, ret_answer);
        if (r < 0 && r != -DOORWARD_ERROR_REFUSED)
                door_close(door);
        return r;
}

/* Begins the next question of a batch. Return: 0; negative: that is what has become of it. */
static int begin_next(doorward *door)
{
        const struct doorward_question *question = door->questions++;
        door->question_count--;
        door->state = DOOR_IDLE;
        if (deadline_left_ms(door->deadline) == 0)
                return -DOORWARD_ERROR_TIMEOUT;
        return door_ask(door, question);
}

int door_process(doorward *door, doorward_answer **ret_answer)
{
        int r = door->state == DOOR_NEXT ? begin_next(door) : 0;
        if (r == 0)
                r = exchange(door, ret_answer);
        if (r == 0 && !*ret_answer)
                return 0;
        door->state = door->question_count > 0 ? DOOR_NEXT : DOOR_IDLE;
        if (door->state == DOOR_IDLE)
                door->questions = NULL;
        return r;
}

int door_finish(doorward *door, int r, doorward_answer **ret_answer)
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
