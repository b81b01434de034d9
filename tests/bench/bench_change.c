/* SPDX-License-Identifier: MIT */
/*
 * bench-change ROLES DOORWARDD: how long a live grant takes until it is in force, at 10,000 and at
 * 100,000 users, beside libconfig's own parse of the same files; and how long somebody who asks all
 * the while has to wait for an answer. The grants are made by a person of the policy, one after the
 * other, each for another user.
 */
#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policy/vocabulary.h"
#include "sampler.h"
#include "server.h"
#include "workload.h"

enum { GRANTS = 7, ADMIN_UID = 4242, FRAME_SIZE = 512, ASKS_MAX = 1 << 20 };

static const char ADMIN[] = "users = ( { name = \"admin\"; uid = 4242; roles = ( { role = "
                            "\"access-system-admin\"; } ); "
                            "} );\n";
static const char SETTINGS[] = "limits = { requests_per_second = 1000000; requests_burst = "
                               "1000000; };\n";

/* How long the asker's answers took, shared with the process that asks. */
typedef struct Asked {
        volatile int stop;
        volatile size_t count;
        double samples[ASKS_MAX];
} Asked;

/* Sends one frame and waits for the answer. Return: nanoseconds. */
static double exchange(Connection *connection, MessageWriter *writer, const uint8_t *frame,
                       const char *what)
{
        size_t size;
        Message answer;
        uint32_t outcome = 0;
        Deadline deadline = deadline_after_ms(60000);
        uint64_t start = sampler_now_ns();
        if (message_writer_end(writer, &size) < 0 ||
            connection_send(connection, frame, size, deadline) != 0 ||
            connection_receive(connection, 1, deadline, &answer) != 0)
                bench_fail(what, "no answer");
        double took = (double)(sampler_now_ns() - start);
        (void)message_number(&answer, FIELD_OUTCOME, &outcome);
        if (outcome != OUTCOME_ALLOW)
                bench_fail(what, "not allowed");
        return took;
}

static double grant_once(Connection *connection, int user)
{
        uint8_t frame[FRAME_SIZE];
        char resource[64];
        MessageWriter writer;
        snprintf(resource, sizeof(resource), "user:bench/u%d", user);
        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_CHANGE, 1, 0);
        message_write_text(&writer, FIELD_ACTION, TEXT_LITERAL("grant"));
        message_write_text(&writer, FIELD_RESOURCE, text_from(resource));
        message_write_text(&writer, FIELD_ROLE, TEXT_LITERAL("access-system-manager"));
        return exchange(connection, &writer, frame, "grant");
}

static double ask_once(Connection *connection)
{
        uint8_t frame[FRAME_SIZE];
        MessageWriter writer;
        message_writer_begin(&writer, frame, sizeof(frame), MESSAGE_ASK, 1, 0);
        message_write_text(&writer, FIELD_USER, TEXT_LITERAL("admin"));
        message_write_text(&writer, FIELD_ACTION, TEXT_LITERAL("access.lockdown.create"));
        message_write_text(&writer, FIELD_RESOURCE, TEXT_LITERAL("site:bench/s0"));
        return exchange(connection, &writer, frame, "ask");
}

static void become_admin(void)
{
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (setgroups(0, NULL) < 0 || setgid(ADMIN_UID) < 0 || setuid(ADMIN_UID) < 0)
                bench_fail("setuid", strerror(errno));
}

/* Asks one question after the other, a thousand a second at most, until told to stop. */
static pid_t asker_start(const char *socket, Asked *asked)
{
        pid_t pid = fork();
        if (pid != 0)
                return pid;
        become_admin();
        Connection *connection = bench_connect(socket);
        while (!asked->stop && asked->count < ASKS_MAX) {
                asked->samples[asked->count] = ask_once(connection);
                asked->count = asked->count + 1;
                usleep(1000);
        }
        connection_free(connection);
        _exit(0);
}

/* Makes the grants in a process of the admin's. The times go to samples, which is shared. */
static void grants_make(const char *socket, double *samples)
{
        int status;
        pid_t pid = fork();
        if (pid == 0) {
                become_admin();
                Connection *connection = bench_connect(socket);
                for (int i = 0; i < GRANTS; i++)
                        samples[i] = grant_once(connection, i);
                connection_free(connection);
                _exit(0);
        }
        if (waitpid(pid, &status, 0) < 0 || status != 0)
                bench_fail("grant", "failed");
}

static void *shared(size_t size)
{
        void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED)
                bench_fail("mmap", strerror(errno));
        return memory;
}

static void print_waits(const char *size, const Asked *asked)
{
        Sampler waits = { NULL, 0, 0 };
        char name[64];
        double longest = 0;
        for (size_t i = 0; i < asked->count; i++) {
                sampler_add(&waits, asked->samples[i]);
                longest = asked->samples[i] > longest ? asked->samples[i] : longest;
        }
        SamplerFigures figures = sampler_figures(&waits);
        snprintf(name, sizeof(name), "answers meanwhile, %s (%zu asked)", size, asked->count);
        sampler_print_figures(name, &figures);
        printf("%-44s %.1f ms\n", "  the longest", longest / 1e6);
        sampler_clear(&waits);
}

static void measure(const char *roles, const char *program, const char *size)
{
        Workload workload;
        char socket[SCRATCH_PATH_SIZE], name[64];
        double *grants = shared(GRANTS * sizeof(double));
        Asked *asked = shared(sizeof(*asked));
        Sampler ours = { NULL, 0, 0 };
        umask(022);
        workload_open(&workload, bench_size_find(size), roles);
        bench_write(workload.scratch, "policy/organizations.d/bench.d/admin.conf", ADMIN);
        bench_write(workload.scratch, "policy/doorward.conf", SETTINGS);
        if (chmod(workload.scratch, 0755) < 0)
                bench_fail(workload.scratch, strerror(errno));
        double parse = workload_parse(&workload);
        pid_t daemon = bench_daemon_start(program, workload.scratch, socket);
        pid_t asker = asker_start(socket, asked);
        grants_make(socket, grants);
        asked->stop = 1;
        waitpid(asker, NULL, 0);
        bench_server_stop(daemon);
        double again = workload_parse(&workload);
        parse = again < parse ? again : parse;

        for (int i = 0; i < GRANTS; i++)
                sampler_add(&ours, grants[i]);
        SamplerFigures figures = sampler_figures(&ours);
        snprintf(name, sizeof(name), "live grant, %s (libconfig's parse)", size);
        (void)sampler_print_ratio(name, figures.p50, parse, 0);
        sampler_print_figures("  each", &figures);
        print_waits(size, asked);
        sampler_clear(&ours);
        munmap(grants, GRANTS * sizeof(double));
        munmap(asked, sizeof(*asked));
        workload_close(&workload);
}

int main(int argc, char **argv)
{
        if (argc != 3 || geteuid() != 0) {
                fputs("usage: bench-change ROLES DOORWARDD (as root)\n", stderr);
                return 2;
        }
        sampler_print_heading();
        measure(argv[1], argv[2], "M");
        measure(argv[1], argv[2], "L");
        return 0;
}
