/* SPDX-License-Identifier: MIT */
/*
 * What pam_acct_mgmt() costs with pam_doorward in the stack (pam_start, pam_acct_mgmt, pam_end),
 * beside a floor measured in the same rounds: the same with pam_permit, plus connecting to a bare
 * server, one request, closing, plus one synced insert into SQLite.
 */
#include <errno.h>
#include <fcntl.h>
#include <security/pam_appl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sampler.h"
#include "server.h"
#include "small_policy.h"

enum { ROUNDS = 400, WARM_UP = 20, REQUEST_SIZE = 256, ROW_SIZE = 200 };

static int converse(int count, const struct pam_message **messages, struct pam_response **responses,
                    void *data)
{
        (void)count;
        (void)messages;
        (void)data;
        *responses = NULL;
        return PAM_CONV_ERR;
}

static void write_service(const char *scratch, const char *name, const char *line)
{
        char path[SCRATCH_PATH_SIZE], file[64];
        snprintf(file, sizeof(file), "pam.d/%s", name);
        scratch_path(scratch, file, path);
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        if (fd < 0 || dprintf(fd, "account required %s\n", line) < 0)
                bench_fail(path, strerror(errno));
        close(fd);
}

static double time_pam(const char *directory, const char *service)
{
        const struct pam_conv conversation = { converse, NULL };
        pam_handle_t *handle;
        uint64_t start = sampler_now_ns();
        if (pam_start_confdir(service, BENCH_PERSON, &conversation, directory, &handle) !=
            PAM_SUCCESS)
                bench_fail(service, "pam_start");
        int result = pam_acct_mgmt(handle, PAM_SILENT);
        if (pam_end(handle, result) != PAM_SUCCESS || result != PAM_SUCCESS)
                bench_fail(service, pam_strerror(NULL, result));
        return (double)(sampler_now_ns() - start);
}

static double time_exchange(const char *socket)
{
        uint8_t frame[REQUEST_SIZE];
        size_t size;
        MessageWriter writer;
        Message answer;
        Deadline deadline = deadline_after_ms(5000);
        uint64_t start = sampler_now_ns();
        Connection *connection = bench_connect(socket);
        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_STATUS, 1, 0);
        if (message_writer_end(&writer, &size) < 0 ||
            connection_send(connection, frame, size, deadline) != 0 ||
            connection_receive(connection, 1, deadline, &answer) != 0)
                bench_fail(socket, "no answer");
        connection_free(connection);
        return (double)(sampler_now_ns() - start);
}

static sqlite3_stmt *journal_open(const char *path)
{
        sqlite3 *database;
        sqlite3_stmt *insert;
        if (sqlite3_open(path, &database) != SQLITE_OK ||
            sqlite3_exec(database,
                         "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                         "CREATE TABLE rows(id INTEGER PRIMARY KEY, time INTEGER, text TEXT)",
                         NULL, NULL, NULL) != SQLITE_OK ||
            sqlite3_prepare_v2(database, "INSERT INTO rows(time, text) VALUES(?, ?)", -1, &insert,
                               NULL) != SQLITE_OK)
                bench_fail(path, "cannot be opened");
        return insert;
}

static double time_insert(sqlite3_stmt *insert)
{
        static char text[ROW_SIZE];
        memset(text, 'x', sizeof(text) - 1);
        uint64_t start = sampler_now_ns();
        sqlite3_bind_int64(insert, 1, (sqlite3_int64)start);
        sqlite3_bind_text(insert, 2, text, -1, SQLITE_STATIC);
        if (sqlite3_step(insert) != SQLITE_DONE)
                bench_fail("insert", "failed");
        sqlite3_reset(insert);
        return (double)(sampler_now_ns() - start);
}

static void measure(const char *services, const char *bare, sqlite3_stmt *insert)
{
        static const char *const names[] = { "permit", "bench", "groups", "bench-exempt" };
        Sampler pam[4] = { { 0 } }, exchange = { 0 }, row = { 0 };
        for (int round = -WARM_UP; round < ROUNDS; round++) {
                if (round == 0) {
                        sampler_clear(&exchange);
                        sampler_clear(&row);
                        for (int i = 0; i < 4; i++)
                                sampler_clear(&pam[i]);
                }
                for (int i = 0; i < 4; i++)
                        sampler_add(&pam[i], time_pam(services, names[i]));
                sampler_add(&exchange, time_exchange(bare));
                sampler_add(&row, time_insert(insert));
        }
        double floor = sampler_figures(&pam[0]).p50 + sampler_figures(&exchange).p50 +
                       sampler_figures(&row).p50;
        SamplerFigures figures = sampler_figures(&pam[0]);
        sampler_print_figures("pam_permit alone", &figures);
        figures = sampler_figures(&exchange);
        sampler_print_figures("connect, request, close (bare)", &figures);
        figures = sampler_figures(&row);
        sampler_print_figures("one synced insert", &figures);
        sampler_print_heading();
        sampler_print_ratio("pam_acct_mgmt, groups=off", sampler_figures(&pam[1]).p50, floor, 1.5);
        sampler_print_ratio("pam_acct_mgmt, with groups", sampler_figures(&pam[2]).p50, floor, 0);
        sampler_print_ratio("pam_acct_mgmt, exempt service", sampler_figures(&pam[3]).p50, floor,
                            0);
        for (int i = 0; i < 4; i++)
                sampler_clear(&pam[i]);
        sampler_clear(&exchange);
        sampler_clear(&row);
}

static void write_services(const char *scratch, const char *module, const char *socket)
{
        char line[2 * SCRATCH_PATH_SIZE];
        if (scratch_make_folder(scratch, "pam.d") < 0)
                bench_fail(scratch, "cannot be written");
        write_service(scratch, "permit", "pam_permit.so");
        snprintf(line, sizeof(line), "%s socket=%s groups=off quiet", module, socket);
        write_service(scratch, "bench", line);
        write_service(scratch, "bench-exempt", line);
        snprintf(line, sizeof(line), "%s socket=%s quiet", module, socket);
        write_service(scratch, "groups", line);
}

int main(int argc, char **argv)
{
        char scratch[SCRATCH_SIZE], socket[SCRATCH_PATH_SIZE], bare[SCRATCH_PATH_SIZE],
                services[SCRATCH_PATH_SIZE], journal[SCRATCH_PATH_SIZE];
        if (argc != 4)
                bench_fail("usage", "bench-pam ROLES DOORWARDD PAM_DOORWARD");
        small_policy_open(argv[1], scratch);
        pid_t daemon = bench_daemon_start(argv[2], scratch, socket);
        scratch_path(scratch, "run/bare", bare);
        scratch_path(scratch, "pam.d", services);
        scratch_path(scratch, "state/floor.db", journal);
        pid_t floor = bench_bare_start(bare);
        write_services(scratch, argv[3], socket);
        measure(services, bare, journal_open(journal));
        bench_server_stop(daemon);
        bench_server_stop(floor);
        scratch_remove(scratch);
        return 0;
}
