/* SPDX-License-Identifier: MIT */
/*
 * Unlocks by 64 clients at once, each waiting for its answer: doorwardd, which answers when the row
 * is on disk, beside a bare server that does nothing but inserts into the same tables with the same
 * indexes for the same clients, all that wait in one synced transaction. Both journals lie in the
 * same folder.
 */
#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "daemon/journal_schema.h"
#include "policy/vocabulary.h"
#include "sampler.h"
#include "server.h"
#include "small_policy.h"

enum { CLIENTS = 64, UNLOCKS = 100, ROUNDS = 5, TEXTS_OF_UNLOCK = 12, ONES = 200 };

/* ---- The bare server ---- */

/* The journal's tables and indexes, as the daemon makes them. */
static sqlite3 *bare_open(const char *path)
{
        sqlite3 *database;
        int64_t next_id;
        if (sqlite3_open(path, &database) != SQLITE_OK ||
            sqlite3_exec(database, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL", NULL, NULL,
                         NULL) != SQLITE_OK ||
            journal_schema_prepare(database, &next_id) != 0)
                bench_fail(path, "cannot be opened");
        return database;
}

/* A row as long as one of an unlock. */
static void bare_bind(sqlite3_stmt *insert)
{
        static const char text[] = "a text as long as most";
        int count = sqlite3_bind_parameter_count(insert);
        sqlite3_bind_null(insert, 1);
        sqlite3_bind_int64(insert, 2, (sqlite3_int64)time(NULL));
        for (int i = 3; i <= 7; i++)
                sqlite3_bind_int(insert, i, i == 3 ? BENCH_PERSON_UID : 0);
        sqlite3_bind_text(insert, 8, "bench/HQ/", -1, SQLITE_STATIC);
        for (int i = 9; i <= count; i++)
                sqlite3_bind_text(insert, i, i <= 8 + TEXTS_OF_UNLOCK ? text : "", -1,
                                  SQLITE_STATIC);
}

static void bare_insert(sqlite3 *database, sqlite3_stmt *insert, int count)
{
        sqlite3_exec(database, "BEGIN IMMEDIATE", NULL, NULL, NULL);
        for (int i = 0; i < count; i++) {
                bare_bind(insert);
                if (sqlite3_step(insert) != SQLITE_DONE)
                        _exit(1);
                sqlite3_reset(insert);
        }
        if (sqlite3_exec(database, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
                _exit(1);
}

static sqlite3_stmt *bare_prepare(sqlite3 *database)
{
        char sql[JOURNAL_SQL_SIZE_MAX];
        sqlite3_stmt *insert;
        journal_schema_insert(sql, sizeof(sql));
        if (sqlite3_prepare_v2(database, sql, -1, &insert, NULL) != SQLITE_OK)
                bench_fail("bare", sqlite3_errmsg(database));
        return insert;
}

static void bare_accept(int epoll, int listener)
{
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };
        if (fd >= 0)
                epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

/* Takes every request that waits, records them in one transaction, answers them. */
static void bare_round(int epoll, int listener, sqlite3 *database, sqlite3_stmt *insert)
{
        static char frames[CLIENTS][MESSAGE_SIZE_MAX];
        ssize_t sizes[CLIENTS];
        int waiting[CLIENTS], count = 0;
        struct epoll_event events[CLIENTS];
        int ready = epoll_wait(epoll, events, CLIENTS, -1);
        for (int i = 0; i < ready; i++) {
                int fd = events[i].data.fd;
                if (fd == listener) {
                        bare_accept(epoll, listener);
                        continue;
                }
                sizes[count] = recv(fd, frames[count], MESSAGE_SIZE_MAX, MSG_DONTWAIT);
                if (sizes[count] <= 0)
                        close(fd);
                else
                        waiting[count++] = fd;
        }
        if (count > 0)
                bare_insert(database, insert, count);
        for (int i = 0; i < count; i++)
                (void)send(waiting[i], frames[i], (size_t)sizes[i], MSG_NOSIGNAL);
}

static pid_t bare_start(const char *scratch, const char *socket)
{
        int listener = bench_listen(socket);
        pid_t pid = fork();
        if (pid != 0) {
                close(listener);
                return pid;
        }
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        char path[SCRATCH_PATH_SIZE];
        scratch_path(scratch, "state/bare.db", path);
        sqlite3 *database = bare_open(path);
        sqlite3_stmt *insert = bare_prepare(database);
        int epoll = epoll_create1(EPOLL_CLOEXEC);
        struct epoll_event event = { .events = EPOLLIN, .data.fd = listener };
        epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
        for (;;)
                bare_round(epoll, listener, database, insert);
}

/* One synced transaction of one row, with nobody else about. */
static void measure_one(const char *scratch, Sampler *ones)
{
        char path[SCRATCH_PATH_SIZE];
        scratch_path(scratch, "state/one.db", path);
        sqlite3 *database = bare_open(path);
        sqlite3_stmt *insert = bare_prepare(database);
        for (int i = 0; i < ONES; i++) {
                uint64_t start = sampler_now_ns();
                bare_insert(database, insert, 1);
                sampler_add(ones, (double)(sampler_now_ns() - start));
        }
        sqlite3_finalize(insert);
        sqlite3_close(database);
}

/* ---- The clients ---- */

static void unlock_once(Connection *connection, bool bare, double *ret_ns)
{
        uint8_t frame[256];
        size_t size;
        MessageWriter writer;
        Message answer;
        uint32_t outcome;
        Deadline deadline = deadline_after_ms(30000);
        uint64_t start = sampler_now_ns();
        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_UNLOCK, 1, 0);
        message_write_text(&writer, FIELD_RESOURCE, text_from(BENCH_DOOR));
        if (message_writer_end(&writer, &size) < 0 ||
            connection_send(connection, frame, size, deadline) != 0 ||
            connection_receive(connection, 1, deadline, &answer) != 0)
                bench_fail("unlock", "no answer");
        if (!bare &&
            (!message_number(&answer, FIELD_OUTCOME, &outcome) || outcome != OUTCOME_ALLOW))
                bench_fail("unlock", "not allowed");
        *ret_ns = (double)(sampler_now_ns() - start);
}

_Noreturn static void run_client(const char *socket, bool bare, int start, double *samples)
{
        char go;
        if (setgroups(0, NULL) < 0 || setgid(BENCH_PERSON_UID) < 0 || setuid(BENCH_PERSON_UID) < 0)
                bench_fail("setuid", strerror(errno));
        Connection *connection = bench_connect(socket);
        if (read(start, &go, 1) < 0) /* returns when the last writer is gone */
                _exit(1);
        for (int i = 0; i < UNLOCKS; i++)
                unlock_once(connection, bare, &samples[i]);
        _exit(0);
}

/* All clients at once. Return: nanoseconds for an unlock, all together. */
static double run_clients(const char *socket, bool bare, double *samples)
{
        int start[2], status;
        pid_t clients[CLIENTS];
        if (pipe(start) < 0)
                bench_fail("pipe", strerror(errno));
        for (int i = 0; i < CLIENTS; i++) {
                clients[i] = fork();
                if (clients[i] != 0)
                        continue;
                close(start[1]);
                run_client(socket, bare, start[0], samples + i * UNLOCKS);
        }
        usleep(300000); /* until all are connected */
        uint64_t begin = sampler_now_ns();
        close(start[1]);
        for (int i = 0; i < CLIENTS; i++)
                if (clients[i] < 0 || waitpid(clients[i], &status, 0) < 0 || status != 0)
                        bench_fail("client", "failed");
        close(start[0]);
        return (double)(sampler_now_ns() - begin) / (CLIENTS * UNLOCKS);
}

static void measure(const char *scratch, const char *daemon, const char *bare)
{
        size_t size = sizeof(double) * CLIENTS * UNLOCKS;
        double *shared =
                mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        Sampler ours = { 0 }, floor = { 0 }, waits = { 0 }, bare_waits = { 0 }, ones = { 0 };
        if (shared == MAP_FAILED)
                bench_fail("mmap", strerror(errno));
        for (int round = 0; round < ROUNDS; round++) {
                measure_one(scratch, &ones);
                sampler_add(&floor, run_clients(bare, true, shared));
                for (int i = 0; i < CLIENTS * UNLOCKS; i++)
                        sampler_add(&bare_waits, shared[i]);
                sampler_add(&ours, run_clients(daemon, false, shared));
                for (int i = 0; i < CLIENTS * UNLOCKS; i++)
                        sampler_add(&waits, shared[i]);
        }
        sampler_print_heading();
        sampler_print_ratio("recorded unlock, 64 clients (time each)", sampler_figures(&ours).p50,
                            sampler_figures(&floor).p50, 2);
        SamplerFigures figures = sampler_figures(&waits);
        sampler_print_figures("wait of one client for its unlock", &figures);
        SamplerFigures bare_figures = sampler_figures(&bare_waits);
        sampler_print_figures("… and for an answer of the bare server", &bare_figures);
        SamplerFigures one = sampler_figures(&ones);
        sampler_print_figures("one synced transaction of one row", &one);
        sampler_print_ratio("p99 of waits beside one such transaction", figures.p99, one.p50, 5);
        sampler_print_ratio("… and that of the bare server", bare_figures.p99, one.p50, 0);
        sampler_clear(&bare_waits);
        sampler_clear(&ones);
        sampler_clear(&ours);
        sampler_clear(&floor);
        sampler_clear(&waits);
        munmap(shared, size);
}

int main(int argc, char **argv)
{
        char scratch[SCRATCH_SIZE], socket[SCRATCH_PATH_SIZE], bare[SCRATCH_PATH_SIZE];
        if (argc != 3)
                bench_fail("usage", "bench-unlock ROLES DOORWARDD");
        if (geteuid() != 0) {
                puts("bench-unlock needs root: its clients have a uid of their own");
                return 77;
        }
        small_policy_open(argv[1], scratch);
        pid_t daemon = bench_daemon_start(argv[2], scratch, socket);
        scratch_path(scratch, "run/bare", bare);
        pid_t floor = bare_start(scratch, bare);
        if (chmod(bare, 0666) < 0)
                bench_fail(bare, strerror(errno));
        measure(scratch, socket, bare);
        bench_server_stop(daemon);
        bench_server_stop(floor);
        scratch_remove(scratch);
        return 0;
}
