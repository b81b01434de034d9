/* SPDX-License-Identifier: MIT */
/* libdoorward: connections; what they ask is in ask.c, gateway.c and subscription.c. */
#include <doorward/doorward.h>

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "client/door.h"

#define TIMEOUT_DEFAULT_MS 2000
#define TIMEOUT_MAX_MS     600000
#define OVERFLOW_UID       65534

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

int doorward_process(doorward *connection, doorward_answer **ret_answer)
{
        if (!ret_answer || !connection)
                return -DOORWARD_ERROR_ARGUMENT;
        if (connection->process != getpid())
                return -DOORWARD_ERROR_FORKED;
        if (connection->state == DOOR_IDLE)
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
        if (!connection || connection->state == DOOR_IDLE)
                return 0;
        return connection->state == DOOR_SENDING || connection->state == DOOR_NEXT ? POLLOUT
                                                                                   : POLLIN;
}

int doorward_get_timeout(const doorward *connection)
{
        if (!connection || connection->state == DOOR_IDLE)
                return -1;
        if (connection->state == DOOR_NEXT)
                return 0;
        int left_ms = deadline_left_ms(connection->deadline);
        if (connection->state == DOOR_CONNECTING && left_ms > CONNECTION_RETRY_MS)
                return CONNECTION_RETRY_MS;
        return left_ms;
}

void doorward_cancel(doorward *connection)
{
        if (!connection || connection->state == DOOR_IDLE)
                return;
        door_close(connection);
        connection->questions = NULL;
        connection->question_count = 0;
}
