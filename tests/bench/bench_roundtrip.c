/* SPDX-License-Identifier: MIT */
/*
 * What asking the daemon costs, beside a bare server that only sends the same frame back: on a kept
 * connection, and with connecting and closing each time. In turn, so that both meet the same noise.
 *
 * Once with asker and server on one processor, once on two: waking an idle processor can cost many
 * times the exchange itself, and left alone the scheduler places each server as it likes.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/vocabulary.h"
#include "questions.h"
#include "sampler.h"
#include "server.h"
#include "workload.h"

enum { ROUNDS = 20, KEPT = 1000, ONCE = 200, WARM_UP = 500 };

typedef struct Question {
        uint8_t frame[512];
        size_t size;
} Question;

/* A question that the policy allows, so that nothing is recorded. */
static Question question_new(const BenchPolicy *policy)
{
        BenchQuestion *questions = bench_questions_new(policy, BENCH_KIND_PLAIN);
        size_t i = 0;
        while (!questions[i].allowed)
                i++;
        Question question;
        MessageWriter writer;
        message_writer_begin(&writer, question.frame, sizeof(question.frame), MESSAGE_ASK, 1, 0);
        message_write_text(&writer, FIELD_USER, text_from(questions[i].user));
        message_write_text(&writer, FIELD_ACTION, text_from(questions[i].permission));
        message_write_text(&writer, FIELD_RESOURCE, text_from(questions[i].resource));
        if (message_writer_end(&writer, &question.size) < 0)
                bench_fail("question", "cannot be written");
        free(questions);
        return question;
}

/* One exchange; bare: the answer is the question. */
static void exchange(Connection *connection, const Question *question, bool bare)
{
        Message answer;
        uint32_t outcome;
        Deadline deadline = deadline_after_ms(5000);
        if (connection_send(connection, question->frame, question->size, deadline) != 0 ||
            connection_receive(connection, 1, deadline, &answer) != 0)
                bench_fail("exchange", "no answer");
        if (!bare &&
            (!message_number(&answer, FIELD_OUTCOME, &outcome) || outcome != OUTCOME_ALLOW))
                bench_fail("exchange", "not the answer expected");
}

static double time_kept(Connection *connection, const Question *question, bool bare, int count)
{
        uint64_t start = sampler_now_ns();
        for (int i = 0; i < count; i++)
                exchange(connection, question, bare);
        return (double)(sampler_now_ns() - start) / count;
}

static double time_once(const char *path, const Question *question, bool bare)
{
        uint64_t start = sampler_now_ns();
        for (int i = 0; i < ONCE; i++) {
                Connection *connection = bench_connect(path);
                exchange(connection, question, bare);
                connection_free(connection);
        }
        return (double)(sampler_now_ns() - start) / ONCE;
}

static void measure(const BenchPolicy *policy, const char *daemon, const char *bare,
                    const char *where)
{
        char name[64];
        Question question = question_new(policy);
        Sampler kept = { 0 }, kept_bare = { 0 }, once = { 0 }, once_bare = { 0 };
        Connection *ours = bench_connect(daemon), *floor = bench_connect(bare);
        time_kept(ours, &question, false, WARM_UP);
        time_kept(floor, &question, true, WARM_UP);
        for (int i = 0; i < ROUNDS; i++) {
                sampler_add(&kept_bare, time_kept(floor, &question, true, KEPT));
                sampler_add(&kept, time_kept(ours, &question, false, KEPT));
                sampler_add(&once_bare, time_once(bare, &question, true));
                sampler_add(&once, time_once(daemon, &question, false));
        }
        connection_free(ours);
        connection_free(floor);
        snprintf(name, sizeof(name), "ask on a kept connection, %s", where);
        sampler_print_ratio(name, sampler_figures(&kept).p50, sampler_figures(&kept_bare).p50, 1.5);
        snprintf(name, sizeof(name), "connect, ask, close, %s", where);
        sampler_print_ratio(name, sampler_figures(&once).p50, sampler_figures(&once_bare).p50, 1.5);
        sampler_clear(&kept);
        sampler_clear(&kept_bare);
        sampler_clear(&once);
        sampler_clear(&once_bare);
}

/* This process, and what it starts from now on, runs on one processor: the n-th (from 0) of those
 * allowed. Return: false when there are not that many. */
static bool run_on(const cpu_set_t *allowed, int n)
{
        cpu_set_t one;
        for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
                if (!CPU_ISSET(cpu, allowed) || n-- > 0)
                        continue;
                CPU_ZERO(&one);
                CPU_SET(cpu, &one);
                if (sched_setaffinity(0, sizeof(one), &one) < 0)
                        bench_fail("sched_setaffinity", strerror(errno));
                return true;
        }
        return false;
}

/* Both servers on the processor where this process runs now, the asker on the first one. */
static void compare(const Workload *workload, const char *program, const cpu_set_t *allowed,
                    const char *where)
{
        char bare[SCRATCH_PATH_SIZE], socket[SCRATCH_PATH_SIZE];
        pid_t daemon = bench_daemon_start(program, workload->scratch, socket);
        scratch_path(workload->scratch, "run/bare", bare);
        pid_t floor = bench_bare_start(bare);
        (void)run_on(allowed, 0);
        measure(workload->policy, socket, bare, where);
        bench_server_stop(daemon);
        bench_server_stop(floor);
        (void)remove(bare);
}

int main(int argc, char **argv)
{
        Workload workload;
        cpu_set_t allowed;
        if (argc != 3)
                bench_fail("usage", "bench-roundtrip ROLES DOORWARDD");
        if (sched_getaffinity(0, sizeof(allowed), &allowed) < 0)
                bench_fail("sched_getaffinity", strerror(errno));
        workload_open(&workload, bench_size_find("M"), argv[1]);
        sampler_print_heading();
        (void)run_on(&allowed, 0);
        compare(&workload, argv[2], &allowed, "1 processor");
        if (run_on(&allowed, 1))
                compare(&workload, argv[2], &allowed, "2 processors");
        workload_close(&workload);
        return 0;
}
