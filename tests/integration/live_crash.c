/* SPDX-License-Identifier: MIT */
/*
 * Live changes, unlocks and questions, as many at once as there are connections, until the daemon
 * is killed in the middle of them.
 *
 * usage: live_crash SOCKET PID SIGNAL COUNT MILLISECONDS SEED FIRST MODEL [faults]
 *
 * Goes on from what MODEL says is in force (live_crash_check wrote it; "-": nothing), with changes
 * numbered from FIRST. Sends SIGNAL to PID at a random moment after COUNT acknowledged changes and
 * unlocks, or after MILLISECONDS, and goes on until every connection has ended and what was
 * answered is read. With faults, a change may also be answered as not recorded: then it was not
 * made. Prints
 *
 *     ack DECISION_ID KIND RESOURCE     for every change that was made and every door unlocked
 *     thing …                           what was told of each thing, live_crash_model.h
 *     made CHANGES UNLOCKS FAILURES
 *
 * Exit status 0; 1 when an answer does not fit what was answered before.
 */
#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "client/connection.h"
#include "live_crash_model.h"
#include "policy/vocabulary.h"

enum {
        DEPTH_MAX = 8, /* requests under way on one connection */
        UNLOCK_DEPTH = 4,
        PAST_MAX = 512, /* versions of a thing that are remembered */
        FRAME_SIZE = 1024,
        DEADLINE_MS = 30000,
        DELAY_MAX_MS = 30, /* of the signal */
        PAUSE_MS = 4,      /* after a question, or a denial */
};

typedef enum Purpose { CHANGES, UNLOCKS, QUESTIONS, PURPOSE_COUNT } Purpose;

/* A request that has not been answered. */
typedef struct Sent {
        uint64_t request_id;
        int thing; /* that is changed */
        Change change;
        uint32_t number;
        int person, door;      /* who is to get through which door */
        uint32_t past[THINGS]; /* number of versions acknowledged when it was sent */
} Sent;

typedef struct Line {
        Connection *connection;
        Purpose purpose;
        int worker;
        Sent sent[DEPTH_MAX];
        unsigned first, count;
        Deadline pause; /* nothing is asked before; a journal of nothing but denials helps nobody */
} Line;

typedef struct Past {
        Version versions[PAST_MAX];
        uint32_t count;
} Past;

typedef struct Load {
        Model model;
        Past past[WORKERS][THINGS];
        Line lines[WORKERS * PURPOSE_COUNT];
        uint64_t random;
        uint32_t number;
        bool allows_faults;
        pid_t pid;
        int signal;
        unsigned wanted, changes, unlocks, failures, open;
        Deadline moment; /* of the signal, when it is time */
        bool has_moment, waits_for_sight;
        Deadline end; /* the signal comes then at the latest */
        bool sees;    /* an answer has just shown a change that is not acknowledged */
        bool has_signalled;
        bool is_wrong;
} Load;

static uint32_t random_next(Load *load)
{
        load->random = load->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        return (uint32_t)(load->random >> 33);
}

static void wrong(Load *load, const Line *line, const Sent *sent, const char *what, Text reason)
{
        load->is_wrong = true;
        (void)fprintf(stderr, "worker %d, %s (person %d, door %d, thing %d): %s: %.*s\n",
                      line->worker, sent->change.action ? sent->change.action : "unlock",
                      sent->person, sent->door, sent->thing, what, (int)reason.size,
                      reason.data ? reason.data : "");
}

/* ---- What may be so ---- */

static void remember(Load *load, int worker, int thing, Version version)
{
        Past *past = &load->past[worker][thing];
        past->versions[past->count++ % PAST_MAX] = version;
        load->model.things[worker][thing].acknowledged = version;
}

static bool opens_person(Version version)
{
        return !version_suspends(version) && !version_is_early(version);
}

static bool opens_door(Version version)
{
        return !version_blocks(version);
}

static bool is_off(Version version)
{
        return !version_locks(version);
}

/* A decision shows that a thing is so: one of its versions since the request was sent must be, and
 * if that is only the one that waits for its answer, it is in force. */
static void expect_shown(Load *load, const Line *line, const Sent *sent, int thing,
                         bool (*is_so)(Version), Text reason)
{
        const Past *past = &load->past[line->worker][thing];
        Thing *known = &load->model.things[line->worker][thing];
        for (uint32_t at = sent->past[thing] - 1; at < past->count; at++)
                if (past->count - at > PAST_MAX || is_so(past->versions[at % PAST_MAX]))
                        return;
        if (!known->has_waiting || !is_so(known->waiting))
                wrong(load, line, sent, "it is not so", reason);
        load->sees |= !known->was_seen;
        known->was_seen = true;
}

static void check_decision(Load *load, const Line *line, const Sent *sent, uint32_t outcome,
                           Text reason)
{
        int door = PEOPLE + sent->door, lockdown = THINGS - 1;
        if (outcome == OUTCOME_ALLOW) {
                expect_shown(load, line, sent, sent->person, opens_person, reason);
                expect_shown(load, line, sent, door, opens_door, reason);
                if (sent->door == DOORS - 1)
                        expect_shown(load, line, sent, lockdown, is_off, reason);
        } else if (text_is(reason, "suspended")) {
                expect_shown(load, line, sent, sent->person, version_suspends, reason);
        } else if (text_is(reason, "not-yet-active")) {
                expect_shown(load, line, sent, sent->person, version_is_early, reason);
        } else if (text_is(reason, "blocked")) {
                expect_shown(load, line, sent, door, version_blocks, reason);
        } else if (text_is(reason, "locked-down") && sent->door == DOORS - 1) {
                expect_shown(load, line, sent, lockdown, version_locks, reason);
        } else if (text_is(reason, "journal-failed") && load->allows_faults) {
                load->failures++;
        } else {
                wrong(load, line, sent, "unexpected", reason);
        }
}

/* ---- Asking ---- */

static Sent *new_sent(Load *load, Line *line)
{
        Sent *sent = &line->sent[(line->first + line->count) % DEPTH_MAX];
        *sent = (Sent){ .request_id = connection_next_request_id(line->connection), .thing = -1 };
        for (int i = 0; i < THINGS; i++)
                sent->past[i] = load->past[line->worker][i].count;
        return sent;
}

/* Return: whether it went out. */
static bool send_frame(Load *load, Line *line, const uint8_t *frame, size_t size)
{
        int r = connection_try_send(line->connection, frame, size);
        if (r == 0)
                line->count++;
        else if (r != CONNECTION_AGAIN && !load->has_signalled)
                wrong(load, line, &(Sent){ .thing = -1 }, "cannot send", TEXT_NULL);
        return r == 0;
}

static bool send_change(Load *load, Line *line, int index)
{
        Thing *thing = &load->model.things[line->worker][index];
        uint8_t frame[FRAME_SIZE];
        if (thing->has_waiting)
                return true;
        Sent *sent = new_sent(load, line);
        sent->thing = index;
        sent->number = load->number++;
        sent->change = change_choose(index, thing->acknowledged, sent->number, random_next(load));
        size_t size = change_write(&sent->change, sent->number, line->worker, index,
                                   sent->request_id, frame, sizeof(frame));
        if (!send_frame(load, line, frame, size))
                return false;
        thing->has_waiting = true;
        thing->was_seen = false;
        thing->waiting = sent->change.result;
        return true;
}

/* Who goes where: rather somebody who gets through, since only that is acknowledged. */
static void choose_way(Load *load, const Line *line, Sent *sent)
{
        const Thing *things = load->model.things[line->worker];
        uint32_t from = random_next(load);
        for (uint32_t i = 0; i < PEOPLE * DOORS; i++) {
                uint32_t way = (from + i) % (PEOPLE * DOORS);
                sent->person = (int)(way % PEOPLE);
                sent->door = (int)(way / PEOPLE);
                if (opens_person(things[sent->person].acknowledged) &&
                    opens_door(things[PEOPLE + sent->door].acknowledged) &&
                    (sent->door < DOORS - 1 || is_off(things[THINGS - 1].acknowledged)))
                        return;
        }
}

/* Whether something that is being changed is so already. */
static void choose_question(Load *load, const Line *line, Sent *sent)
{
        const Thing *things = load->model.things[line->worker];
        uint32_t from = random_next(load);
        sent->person = (int)(from % PEOPLE);
        sent->door = (int)(from / PEOPLE % DOORS);
        for (uint32_t i = 0; i < PEOPLE; i++)
                if (things[(from + i) % PEOPLE].has_waiting)
                        sent->person = (int)((from + i) % PEOPLE);
}

static bool send_unlock(Load *load, Line *line)
{
        Sent *sent = new_sent(load, line);
        uint8_t frame[FRAME_SIZE];
        char person[NAME_SIZE], door[NAME_SIZE];
        size_t size;
        MessageWriter writer;
        (line->purpose == UNLOCKS ? choose_way : choose_question)(load, line, sent);
        message_writer_begin(&writer, frame, sizeof(frame),
                             line->purpose == UNLOCKS ? MESSAGE_UNLOCK : MESSAGE_ASK,
                             sent->request_id, 0);
        (void)thing_name(line->worker, sent->person, person);
        message_write_text(&writer, FIELD_USER, text_from(strchr(person, '/') + 1));
        if (line->purpose == QUESTIONS)
                message_write_text(&writer, FIELD_ACTION, TEXT_LITERAL("access.door.unlock"));
        message_write_text(&writer, FIELD_RESOURCE,
                           text_from(thing_name(line->worker, PEOPLE + sent->door, door)));
        if (message_writer_end(&writer, &size) < 0)
                abort();
        return send_frame(load, line, frame, size);
}

static void fill(Load *load, Line *line)
{
        unsigned depth = line->purpose == UNLOCKS ? UNLOCK_DEPTH : 1;
        if (deadline_left_ms(line->pause) <= 0 && line->purpose == CHANGES) {
                /* Not always in the same order, or the last ones are always those under way. */
                int from = (int)(random_next(load) % THINGS);
                for (int i = 0; i < THINGS; i++)
                        if (!send_change(load, line, (from + i) % THINGS))
                                return;
        }
        while (line->purpose != CHANGES && line->count < depth &&
               deadline_left_ms(line->pause) <= 0 && send_unlock(load, line))
                ;
}

/* ---- Being answered ---- */

static void acknowledge(const Message *message, const char *kind, const char *name)
{
        Text id = TEXT_NULL;
        (void)message_text(message, FIELD_DECISION_ID, &id);
        printf("ack %.*s %s %s\n", (int)id.size, id.data, kind, name);
}

static void take_change(Load *load, Line *line, const Sent *sent, const Message *message,
                        uint32_t outcome, Text reason)
{
        Thing *thing = &load->model.things[line->worker][sent->thing];
        char name[NAME_SIZE];
        Text id = TEXT_NULL;
        thing->has_waiting = false;
        if (outcome != OUTCOME_ALLOW) {
                if (!load->allows_faults || !text_is(reason, "journal-failed") || thing->was_seen)
                        wrong(load, line, sent, "was not made", reason);
                load->failures++;
                line->pause = deadline_after_ms(PAUSE_MS);
                return;
        }
        (void)message_text(message, FIELD_DECISION_ID, &id);
        for (int i = 0; i < RECORDS; i++)
                if (sent->change.result.number[i] == sent->number)
                        (void)snprintf(thing->id[i], ID_SIZE, "%.*s", (int)id.size, id.data);
                else if (sent->change.result.number[i] == 0)
                        (void)snprintf(thing->id[i], ID_SIZE, "-");
        remember(load, line->worker, sent->thing, sent->change.result);
        if (load->allows_faults)
                line->pause = deadline_after_ms(PAUSE_MS);
        acknowledge(message, sent->change.kind, thing_name(line->worker, sent->thing, name));
        load->changes++;
}

static void take_answer(Load *load, Line *line, const Sent *sent, const Message *message)
{
        uint32_t outcome = 0;
        Text reason = TEXT_NULL;
        char name[NAME_SIZE];
        (void)message_number(message, FIELD_OUTCOME, &outcome);
        (void)message_text(message, FIELD_REASON, &reason);
        if (message->type != MESSAGE_ANSWER) {
                wrong(load, line, sent, "refused", reason);
        } else if (line->purpose == CHANGES) {
                take_change(load, line, sent, message, outcome, reason);
        } else {
                check_decision(load, line, sent, outcome, reason);
                /* A disk that is to be full sooner or later is not to be filled by this alone. */
                if (line->purpose == QUESTIONS || outcome != OUTCOME_ALLOW || load->allows_faults)
                        line->pause = deadline_after_ms(line->purpose == QUESTIONS ? 1 : PAUSE_MS);
                if (line->purpose == QUESTIONS || outcome != OUTCOME_ALLOW)
                        return;
                acknowledge(message, "unlock", thing_name(line->worker, PEOPLE + sent->door, name));
                load->unlocks++;
        }
}

static void receive(Load *load, Line *line)
{
        Message message;
        for (;;) {
                Sent sent = line->sent[line->first % DEPTH_MAX];
                int r = connection_try_receive(line->connection, sent.request_id, &message);
                if (r == CONNECTION_AGAIN)
                        return;
                if (r == CONNECTION_PROTOCOL || (r != 0 && !load->has_signalled))
                        wrong(load, line, &sent, "no answer",
                              text_from(connection_problem_text(r)));
                if (r != 0) {
                        line->connection = connection_free(line->connection);
                        load->open--;
                        return;
                }
                line->first++;
                line->count--;
                take_answer(load, line, &sent, &message);
        }
}

/* ---- All of it ---- */

static Connection *open_as(const char *socket, uid_t uid)
{
        ConnectionOptions options = { .socket_path = socket };
        Connection *connection = NULL;
        if (setegid(uid) < 0 || seteuid(uid) < 0 ||
            connection_open(&options, deadline_after_ms(DEADLINE_MS), &connection) != 0)
                connection = NULL;
        /* Who has changed his uid is not traced by others, nor by the search for leaks. */
        if (seteuid(0) < 0 || setegid(0) < 0 || prctl(PR_SET_DUMPABLE, 1) < 0)
                abort();
        return connection;
}

static bool open_all(Load *load, const char *socket)
{
        for (int i = 0; i < WORKERS * PURPOSE_COUNT; i++) {
                Line *line = &load->lines[i];
                line->purpose = (Purpose)(i % PURPOSE_COUNT);
                line->pause = deadline_after_ms(0);
                line->worker = i / PURPOSE_COUNT;
                uid_t uid = line->purpose != CHANGES ? READER_UID
                            : line->worker == 0      ? 0
                                                     : (uid_t)(WORKER_UID + line->worker);
                line->connection = open_as(socket, uid);
                if (!line->connection)
                        return false;
                load->open++;
        }
        return true;
}

/* The moment lies anywhere in what the daemon does between two answers, too; with every other seed
 * rather where a change has been seen before it is acknowledged. */
static void signal_in_time(Load *load)
{
        bool is_due =
                load->changes + load->unlocks >= load->wanted || deadline_left_ms(load->end) <= 0;
        if (!is_due || load->has_signalled)
                return;
        if (!load->has_moment)
                load->moment = deadline_after_ms(random_next(load) % DELAY_MAX_MS);
        load->has_moment = true;
        if (deadline_left_ms(load->moment) > 0 && !(load->waits_for_sight && load->sees))
                return;
        if (!load->waits_for_sight)
                (void)usleep(random_next(load) % (DELAY_MAX_MS * 1000));
        if (kill(load->pid, load->signal) < 0)
                wrong(load, load->lines, &(Sent){ .thing = -1 }, "it has ended before", TEXT_NULL);
        load->has_signalled = true;
}

static void run(Load *load)
{
        struct pollfd polled[WORKERS * PURPOSE_COUNT];
        Deadline last = deadline_after_ms(2 * DEADLINE_MS);
        while (load->open > 0 && !load->is_wrong) {
                for (int i = 0; i < WORKERS * PURPOSE_COUNT; i++) {
                        Line *line = &load->lines[i];
                        if (line->connection && !load->has_signalled)
                                fill(load, line);
                        polled[i] = (struct pollfd){
                                line->connection ? connection_fd(line->connection) : -1, POLLIN, 0
                        };
                }
                load->sees = false;
                (void)poll(polled, WORKERS * PURPOSE_COUNT, 1);
                for (int i = 0; i < WORKERS * PURPOSE_COUNT; i++)
                        if (polled[i].revents)
                                receive(load, &load->lines[i]);
                signal_in_time(load);
                if (deadline_left_ms(last) <= 0)
                        wrong(load, load->lines, &(Sent){ .thing = -1 }, "no end", TEXT_NULL);
        }
}

static bool read_model(Load *load, const char *path)
{
        if (strcmp(path, "-") == 0) {
                for (int i = 0; i < WORKERS * THINGS * RECORDS; i++)
                        (void)strcpy(load->model.things[i / RECORDS / THINGS][i / RECORDS % THINGS]
                                             .id[i % RECORDS],
                                     "-");
        } else {
                FILE *file = fopen(path, "re");
                if (!file || !model_read(&load->model, file))
                        return false;
                (void)fclose(file);
        }
        for (int i = 0; i < WORKERS * THINGS; i++)
                remember(load, i / THINGS, i % THINGS,
                         load->model.things[i / THINGS][i % THINGS].acknowledged);
        return true;
}

int main(int argc, char **argv)
{
        static Load load;
        if (argc < 9 || geteuid() != 0 || setgroups(0, NULL) < 0)
                return 2;
        load.pid = (pid_t)strtol(argv[2], NULL, 10);
        load.signal = (int)strtol(argv[3], NULL, 10);
        load.wanted = (unsigned)strtoul(argv[4], NULL, 10);
        load.end = deadline_after_ms(strtoul(argv[5], NULL, 10));
        load.random = strtoull(argv[6], NULL, 10);
        load.number = (uint32_t)strtoul(argv[7], NULL, 10);
        load.waits_for_sight = load.random % 2;
        load.allows_faults = argc > 9;
        if (load.pid <= 0 || load.number == 0 || !read_model(&load, argv[8]) ||
            !open_all(&load, argv[1]))
                return 2;
        run(&load);
        model_write(&load.model, stdout);
        printf("made %u %u %u\n", load.changes, load.unlocks, load.failures);
        return load.is_wrong ? 1 : 0;
}
