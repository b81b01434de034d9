/* SPDX-License-Identifier: MIT */
/*
 * Grants and revokes from many processes while as many others ask.
 *
 * usage: change_load SOCKET MILLISECONDS COUNT
 *
 * Changer n (uid 5000 + n, user an) grants and revokes the roles of user tn in turn, and never sees
 * them changed by anybody else; an answer that does not fit is a change that was lost. Asker n is
 * user tn (uid 5200 + n) and asks what he may. One line each is printed:
 *
 *     asked REVISION USER OUTCOME        an answer, to be compared with that of the revision
 *     state USER VIEWER MANAGER          what tn holds at the end: 1, 0, or ? when the last change
 *                                        got no answer
 *     made NUMBER                        acknowledged changes of all
 *
 * A daemon that goes away ends it. Exit status 0, or 1 when an answer did not fit.
 */
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "client/connection.h"
#include "policy/vocabulary.h"

enum {
        COUNT_MAX = 100,
        CHANGER_UID = 5000,
        ASKER_UID = 5200,
        ROLES = 2,
        FRAME_SIZE = 1024,
        DEADLINE_MS = 60000,
        REVISION_SIZE = 32,
};

static const char *const role_names[ROLES] = { "access-site-viewer@acme/HQ",
                                               "access-site-manager@acme/Branch" };

static const char *socket_path;
static struct timespec end_time;
static volatile unsigned *made; /* by changer, shared */

static int has_time(void)
{
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        return now.tv_sec < end_time.tv_sec ||
               (now.tv_sec == end_time.tv_sec && now.tv_nsec < end_time.tv_nsec);
}

static Connection *open_as(uid_t uid)
{
        ConnectionOptions options = { .socket_path = socket_path };
        Connection *connection = NULL;
        if (geteuid() == 0 && (setgroups(0, NULL) < 0 || setgid(uid) < 0 || setuid(uid) < 0))
                return NULL;
        (void)connection_open(&options, deadline_after_ms(DEADLINE_MS), &connection);
        return connection;
}

/* Return: 0 and the answer; 1 when the daemon is gone. */
static int exchange(Connection *connection, MessageWriter *writer, const uint8_t *frame,
                    uint32_t *ret_outcome, char *revision)
{
        Deadline deadline = deadline_after_ms(DEADLINE_MS);
        Message message;
        Text text = TEXT_NULL;
        size_t size;
        *ret_outcome = 0;
        if (message_writer_end(writer, &size) < 0)
                abort();
        if (connection_send(connection, frame, size, deadline) != 0 ||
            connection_receive(connection, 1, deadline, &message) != 0)
                return 1;
        (void)message_number(&message, FIELD_OUTCOME, ret_outcome);
        (void)message_text(&message, FIELD_REVISION, &text);
        (void)snprintf(revision, REVISION_SIZE, "%.*s", (int)text.size, text.data);
        if (*ret_outcome == 0 && message_text(&message, FIELD_REASON, &text))
                (void)fprintf(stderr, "refused: %.*s\n", (int)text.size, text.data);
        return 0;
}

static int change_once(Connection *connection, int n, bool grants, int role, uint32_t *ret_outcome)
{
        uint8_t frame[FRAME_SIZE];
        char target[64], revision[REVISION_SIZE];
        MessageWriter writer;
        (void)snprintf(target, sizeof(target), "user:acme/t%d", n);
        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_CHANGE, 1, 0);
        message_write_text(&writer, FIELD_ACTION, text_from(grants ? "grant" : "revoke"));
        message_write_text(&writer, FIELD_RESOURCE, text_from(target));
        message_write_text(&writer, FIELD_WHY, TEXT_LITERAL("load"));
        message_write_text(&writer, FIELD_ROLE, text_from(role_names[role]));
        return exchange(connection, &writer, frame, ret_outcome, revision);
}

static int ask_once(Connection *connection, const char *user, const char *resource,
                    uint32_t *ret_outcome, char *revision)
{
        uint8_t frame[FRAME_SIZE];
        MessageWriter writer;
        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_ASK, 1, 0);
        message_write_text(&writer, FIELD_USER, text_from(user));
        message_write_text(&writer, FIELD_ACTION, TEXT_LITERAL("access.door.view"));
        message_write_text(&writer, FIELD_RESOURCE, text_from(resource));
        return exchange(connection, &writer, frame, ret_outcome, revision);
}

/* Grants what is not held and revokes what is. What is held at first is found out by trying. */
static int changer_run(int n)
{
        int held[ROLES] = { -1, -1 }, unsure = -1, result = 0;
        Connection *connection = open_as((uid_t)(CHANGER_UID + n));
        if (!connection)
                return 1;
        for (unsigned turn = 0; has_time() && result == 0; turn++) {
                int role = (int)(turn / 3 % ROLES);
                bool grants = held[role] != 1;
                uint32_t outcome;
                unsure = role;
                if (change_once(connection, n, grants, role, &outcome) != 0)
                        break;
                unsure = -1;
                if (outcome == OUTCOME_ALLOW)
                        made[n]++;
                else if (outcome != OUTCOME_DENY || held[role] >= 0)
                        result = 1;  /* lost, or something else went wrong */
                held[role] = grants; /* also when there was no change: he held it */
        }
        connection_free(connection);
        printf("state t%d", n);
        for (int role = 0; role < ROLES; role++)
                printf(" %s", role == unsure || held[role] < 0 ? "?" : held[role] ? "1" : "0");
        printf("\n");
        if (result != 0)
                (void)fprintf(stderr, "t%d: an answer that does not fit\n", n);
        (void)fflush(stdout);
        return result;
}

static int asker_run(int n)
{
        char user[16], revision[REVISION_SIZE], last[REVISION_SIZE] = "";
        uint32_t outcome, last_outcome = 0;
        Connection *connection = open_as((uid_t)(ASKER_UID + n));
        if (!connection)
                return 1;
        (void)snprintf(user, sizeof(user), "t%d", n);
        while (has_time() &&
               ask_once(connection, user, "door:acme/HQ/D1", &outcome, revision) == 0) {
                /* Each revision once, and whenever it answers differently. */
                if (strcmp(revision, last) != 0 || outcome != last_outcome)
                        printf("asked %s %s %x\n", revision, user, outcome);
                (void)snprintf(last, sizeof(last), "%s", revision);
                last_outcome = outcome;
                (void)usleep(500);
        }
        connection_free(connection);
        (void)fflush(stdout);
        return 0;
}

static void start(int (*run)(int), int n)
{
        pid_t pid = fork();
        if (pid == 0)
                _exit(run(n));
        if (pid < 0)
                abort();
}

int main(int argc, char **argv)
{
        /* Many processes write to one file: a line must not be torn. */
        (void)setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
        int count = argc == 4 ? (int)strtol(argv[3], NULL, 10) : 0;
        long milliseconds = argc == 4 ? strtol(argv[2], NULL, 10) : 0;
        int result = 0, status;
        unsigned total = 0;
        if (count < 1 || count > COUNT_MAX || milliseconds < 1)
                return 2;
        socket_path = argv[1];
        made = mmap(NULL, COUNT_MAX * sizeof(*made), PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (made == MAP_FAILED)
                return 2;
        clock_gettime(CLOCK_MONOTONIC, &end_time);
        end_time.tv_sec += milliseconds / 1000;
        end_time.tv_nsec += milliseconds % 1000 * 1000000;
        if (end_time.tv_nsec >= 1000000000) {
                end_time.tv_nsec -= 1000000000;
                end_time.tv_sec++;
        }
        for (int n = 0; n < count; n++) {
                start(changer_run, n);
                start(asker_run, n);
        }
        while (wait(&status) > 0)
                if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
                        result = 1;
        for (int n = 0; n < count; n++)
                total += made[n];
        printf("made %u\n", total);
        return result;
}
