/* SPDX-License-Identifier: MIT */
/*
 * A journal of ten million events over 89 days: how long the daemon takes to serve with it, how
 * long a report over one day of it takes, of one site among a hundred and (every row of the day, as
 * root only reads it) of all of them, and what that does to whoever asks meanwhile. Beside it the
 * same rows read by SQLite alone, in one process that sends them nowhere. A number as the last
 * argument makes the journal smaller.
 */
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "sampler.h"
#include "server.h"
#include "small_policy.h"

enum {
        EVENTS_DEFAULT = 10000000,
        DAYS = 89, /* within the retention of movements */
        DAY_SECONDS = 24 * 60 * 60,
        STARTS = 5,
        REPORTS = 11,
        CALM_MS = 2000,
};

#define START_LIMIT_NS  200e6
#define REPORT_LIMIT_NS 300e6

static const char SETTINGS[] = "host = \"bench/HQ/h\";\n"
                               "journal = { size_max_mebibytes = 65536; };\n"
                               "limits = { requests_per_second = 1000000; };\n";

/* ---- The journal ---- */

static void run(sqlite3 *database, const char *sql)
{
        char *error = NULL;
        if (sqlite3_exec(database, sql, NULL, NULL, &error) != SQLITE_OK)
                bench_fail("journal", error ? error : "cannot be written");
}

/* Fills the journal that the daemon has made. */
static void fill(const char *path, long count, int64_t from_s)
{
        char sql[2048];
        sqlite3 *database;
        if (sqlite3_open(path, &database) != SQLITE_OK)
                bench_fail(path, "cannot be opened");
        run(database, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; "
                      "PRAGMA cache_size = -200000; DELETE FROM events");
        (void)snprintf(
                sql, sizeof(sql),
                "WITH RECURSIVE n(i) AS (VALUES(0) UNION ALL SELECT i + 1 FROM n WHERE i < %ld) "
                "INSERT INTO events SELECT i + 1, %lld + i * %d / %ld, 4242, 1000 + i %% 30000, 0, "
                "0, 0, printf('bench/HQ/S%%02d/', i %% 100), 'unlock', "
                "printf('%%032x', i), printf('person-%%d', i %% 5000), 'policy', '', "
                "'person', '', 'access.door.unlock', printf('door:bench/HQ/S%%02d/D%%d', i %% 100, "
                "i %% 7), CASE i %% 20 WHEN 0 THEN 'deny' ELSE 'allow' END, 'granted-by-role', "
                "'role access-site-manager at site bench/HQ', 'organizations.d/bench.conf:3', "
                "'0123456789abcdef', '', '', '', '', '', '', '', '' FROM n",
                count - 1, (long long)from_s, DAYS * DAY_SECONDS, count);
        run(database, sql);
        run(database, "PRAGMA journal_mode = WAL");
        sqlite3_close(database);
}

/* ---- The daemon ---- */

static size_t write_report(uint8_t *frame, size_t capacity, const char *site, int64_t since_s)
{
        size_t size;
        MessageWriter writer;
        message_writer_begin(&writer, frame, capacity, MESSAGE_EVENTS, 1, 0);
        if (site)
                message_write_text(&writer, FIELD_RESOURCE, text_from(site));
        message_write_time(&writer, FIELD_SINCE, since_s);
        message_write_time(&writer, FIELD_UNTIL, since_s + DAY_SECONDS);
        if (message_writer_end(&writer, &size) < 0)
                bench_fail("report", "does not fit");
        return size;
}

/* One report through the daemon. Return: nanoseconds, and how many rows there were. */
static double report(const char *socket, const char *site, int64_t since_s, long *ret_rows)
{
        uint8_t frame[512];
        Message message;
        size_t size = write_report(frame, sizeof(frame), site, since_s);
        Deadline deadline = deadline_after_ms(60000);
        Connection *connection = bench_connect(socket);
        uint64_t start = sampler_now_ns();
        if (connection_send(connection, frame, size, deadline) != 0)
                bench_fail("report", "cannot be asked for");
        *ret_rows = 0;
        while (connection_receive(connection, 1, deadline, &message) == 0 &&
               message.type == MESSAGE_RECORD)
                ++*ret_rows;
        if (message.type != MESSAGE_END)
                bench_fail("report", "has no end");
        double took = (double)(sampler_now_ns() - start);
        connection_free(connection);
        return took;
}

/* The same rows by SQLite alone. Return: as report(). */
static double plain(const char *path, bool one_site, int64_t since_s, long *ret_rows)
{
        sqlite3 *database;
        sqlite3_stmt *statement;
        uint64_t start = sampler_now_ns();
        if (sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK ||
            sqlite3_prepare_v2(database,
                               one_site
                                       ? "SELECT * FROM events INDEXED BY events_by_time WHERE "
                                         "time >= ?1 AND time < ?2 AND site >= 'bench/HQ/S42/' AND "
                                         "site < 'bench/HQ/S420' ORDER BY time, id"
                                       : "SELECT * FROM events INDEXED BY events_by_time WHERE "
                                         "time >= ?1 AND time < ?2 ORDER BY time, id",
                               -1, &statement, NULL) != SQLITE_OK)
                bench_fail(path, sqlite3_errmsg(database));
        sqlite3_bind_int64(statement, 1, since_s);
        sqlite3_bind_int64(statement, 2, since_s + DAY_SECONDS);
        *ret_rows = 0;
        while (sqlite3_step(statement) == SQLITE_ROW)
                *ret_rows += sqlite3_column_bytes(statement, 8) > 0;
        double took = (double)(sampler_now_ns() - start);
        sqlite3_finalize(statement);
        sqlite3_close(database);
        return took;
}

/* ---- Who asks meanwhile ---- */

static double ask_once(Connection *connection)
{
        uint8_t frame[512];
        size_t size;
        MessageWriter writer;
        Message answer;
        Deadline deadline = deadline_after_ms(10000);
        uint64_t start = sampler_now_ns();
        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_ASK, 1, 0);
        message_write_text(&writer, FIELD_USER, text_from(BENCH_PERSON));
        message_write_text(&writer, FIELD_ACTION, TEXT_LITERAL("access.door.view"));
        message_write_text(&writer, FIELD_RESOURCE, text_from(BENCH_DOOR));
        if (message_writer_end(&writer, &size) < 0 ||
            connection_send(connection, frame, size, deadline) != 0 ||
            connection_receive(connection, 1, deadline, &answer) != 0 ||
            answer.type != MESSAGE_ANSWER)
                bench_fail("ask", "no answer");
        return (double)(sampler_now_ns() - start);
}

/* Asks once a millisecond until a pipe is closed, and writes each time to another. */
_Noreturn static void run_asker(const char *socket, int stop, int samples)
{
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        Connection *connection = bench_connect(socket);
        char byte;
        while (read(stop, &byte, 1) != 0) {
                double took = ask_once(connection);
                if (write(samples, &took, sizeof(took)) < 0)
                        _exit(1);
                usleep(1000);
        }
        _exit(0);
}

typedef struct Asker {
        pid_t pid;
        int stop, samples;
} Asker;

static Asker asker_start(const char *socket)
{
        int stop[2], samples[2];
        if (pipe2(stop, O_NONBLOCK) < 0 || pipe(samples) < 0)
                bench_fail("pipe", strerror(errno));
        fcntl(samples[1], F_SETPIPE_SZ, 1 << 20);
        Asker asker = { fork(), stop[1], samples[0] };
        if (asker.pid == 0) {
                close(stop[1]);
                close(samples[0]);
                run_asker(socket, stop[0], samples[1]);
        }
        close(stop[0]);
        close(samples[1]);
        return asker;
}

static SamplerFigures asker_stop(Asker asker)
{
        Sampler sampler = { 0 };
        double took;
        int status;
        close(asker.stop);
        while (read(asker.samples, &took, sizeof(took)) == sizeof(took))
                sampler_add(&sampler, took);
        if (waitpid(asker.pid, &status, 0) < 0 || status != 0 || sampler.count == 0)
                bench_fail("ask", "failed");
        close(asker.samples);
        SamplerFigures figures = sampler_figures(&sampler);
        sampler_clear(&sampler);
        return figures;
}

/* ---- */

static void measure_reports(const char *socket, const char *path, const char *site, int64_t since_s)
{
        Sampler ours = { 0 }, floor = { 0 };
        long rows = 0, plain_rows = 0;
        char name[80];
        for (int i = 0; i < REPORTS; i++) {
                sampler_add(&floor, plain(path, site != NULL, since_s, &plain_rows));
                sampler_add(&ours, report(socket, site, since_s, &rows));
        }
        if (rows != plain_rows || rows == 0)
                bench_fail("report", "has other rows");
        SamplerFigures figures = sampler_figures(&ours);
        (void)snprintf(name, sizeof(name), "a day of %s, %ld rows", site ? "a site" : "all", rows);
        sampler_print_ratio(name, figures.p50, sampler_figures(&floor).p50, 0);
        sampler_print_ratio("… of 300 ms", figures.p50, REPORT_LIMIT_NS, site ? 1 : 0);
        sampler_clear(&ours);
        sampler_clear(&floor);
}

static void measure_start(const char *program, const char *scratch)
{
        Sampler starts = { 0 };
        char socket[SCRATCH_PATH_SIZE];
        for (int i = 0; i < STARTS; i++) {
                uint64_t start = sampler_now_ns();
                pid_t daemon = bench_daemon_start(program, scratch, socket);
                sampler_add(&starts, (double)(sampler_now_ns() - start));
                bench_server_stop(daemon);
        }
        sampler_print_ratio("start with that journal, of 200 ms", sampler_figures(&starts).p50,
                            START_LIMIT_NS, 1);
        sampler_clear(&starts);
}

int main(int argc, char **argv)
{
        char scratch[SCRATCH_SIZE], socket[SCRATCH_PATH_SIZE], path[SCRATCH_PATH_SIZE];
        if (argc < 3)
                bench_fail("usage", "bench-journal ROLES DOORWARDD [EVENTS]");
        long count = argc > 3 ? strtol(argv[3], NULL, 10) : EVENTS_DEFAULT;
        int64_t from_s = (int64_t)time(NULL) - DAYS * DAY_SECONDS;
        small_policy_open(argv[1], scratch);
        scratch_path(scratch, "policy/doorward.conf", path);
        if (unlink(path) < 0)
                bench_fail(path, strerror(errno));
        bench_write(scratch, "policy/doorward.conf", SETTINGS);
        bench_server_stop(bench_daemon_start(argv[2], scratch, socket));
        scratch_path(scratch, "state/journal.db", path);
        fill(path, count, from_s);
        struct stat status;
        if (stat(path, &status) < 0)
                bench_fail(path, strerror(errno));
        printf("%ld events, %lld MB\n", count, (long long)status.st_size / 1000000);
        sampler_print_heading();
        measure_start(argv[2], scratch);
        pid_t daemon = bench_daemon_start(argv[2], scratch, socket);
        Asker calm = asker_start(socket);
        usleep(CALM_MS * 1000);
        SamplerFigures before = asker_stop(calm);
        Asker meanwhile = asker_start(socket);
        measure_reports(socket, path, "site:bench/HQ/S42", from_s + 40 * DAY_SECONDS);
        measure_reports(socket, path, NULL, from_s + 40 * DAY_SECONDS);
        SamplerFigures during = asker_stop(meanwhile);
        sampler_print_figures("an ask while nothing is read", &before);
        sampler_print_figures("an ask while reports are", &during);
        bench_server_stop(daemon);
        scratch_remove(scratch);
        return 0;
}
