/* SPDX-License-Identifier: MIT */
/*
 * From the command `doorward unlock` to the controller: the time from before the program is started
 * until the datagram that opens the door has arrived at a controller on loopback. In between lie
 * the program's start, the decision, its row on disk, the hand-over to the gateway, and the
 * command's id on the gateway's disk. Beside it the same with all state in memory (/dev/shm), where
 * syncing costs nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sampler.h"
#include "server.h"
#include "small_policy.h"

enum { ROUNDS = 5, UNLOCKS = 60, SERIAL = 423187757, PAUSE_US = 20000 };

/* A daemon, a gateway and a controller, on a scratch folder of their own. */
typedef struct House {
        char scratch[SCRATCH_SIZE], socket[SCRATCH_PATH_SIZE];
        pid_t daemon, gateway, controller;
        FILE *log; /* of the controller */
} House;

typedef struct Programs {
        const char *roles, *doorwardd, *doorward, *gateway, *controller;
} Programs;

static const char CALLERS[] =
        "callers = ( { name = \"gateway\"; uid = 4343; may = [ \"unlock\", \"report\" ]; } );\n";

/* Starts a program of a uid with its output in a pipe or nowhere. Return: its process id. */
static pid_t start(const char *const *argv, uid_t uid, int *ret_output)
{
        int ends[2] = { -1, -1 };
        if (ret_output && pipe2(ends, O_CLOEXEC) < 0)
                bench_fail("pipe", strerror(errno));
        pid_t pid = fork();
        if (pid < 0)
                bench_fail("fork", strerror(errno));
        if (pid > 0) {
                if (ret_output) {
                        close(ends[1]);
                        *ret_output = ends[0];
                }
                return pid;
        }
        int nowhere = open("/dev/null", O_RDWR);
        (void)dup2(ret_output ? ends[1] : nowhere, STDOUT_FILENO);
        (void)dup2(nowhere, STDERR_FILENO);
        if (!ret_output)
                (void)dup2(nowhere, STDIN_FILENO);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (uid == 0 || (setgroups(0, NULL) == 0 && setgid(uid) == 0 && setuid(uid) == 0))
                execv(argv[0], (char *const *)argv);
        _exit(127);
}

/* Reads the controller's log up to a word. Return: when that was, in nanoseconds. */
static uint64_t wait_for(House *house, const char *word, unsigned long *ret_number)
{
        char line[512], what[64];
        unsigned long long when;
        while (fgets(line, sizeof(line), house->log)) {
                unsigned long number = 0;
                if (sscanf(line, "%llu %63s %lu", &when, what, &number) >= 2 &&
                    strcmp(what, word) == 0) {
                        if (ret_number)
                                *ret_number = number;
                        return when;
                }
        }
        bench_fail("controller", "has ended");
}

static void start_controller(House *house, const Programs *programs, unsigned long *ret_port)
{
        char serial[16];
        int output;
        (void)snprintf(serial, sizeof(serial), "%d", SERIAL);
        const char *const argv[] = { programs->controller, "0", serial, NULL };
        house->controller = start(argv, 0, &output);
        house->log = fdopen(output, "r");
        (void)wait_for(house, "ready", ret_port);
}

static void start_gateway(House *house, const Programs *programs, unsigned long port)
{
        char text[2 * SCRATCH_PATH_SIZE + 512], path[SCRATCH_PATH_SIZE], folder[SCRATCH_PATH_SIZE];
        scratch_path(house->scratch, "gateway", folder);
        (void)snprintf(text, sizeof(text),
                       "state = \"%s\";\ndaemon = { socket = \"%s\"; };\n"
                       "controllers = ( { name = \"b\"; driver = \"uhppote\"; serial = %d;\n"
                       "  address = \"127.0.0.1:%lu\";\n"
                       "  doors = ( { door = \"bench/HQ/D1\"; number = 1; } ); } );\n",
                       folder, house->socket, SERIAL, port);
        bench_write(house->scratch, "gateway.conf", text);
        scratch_path(house->scratch, "gateway.conf", path);
        if (mkdir(folder, 0700) < 0 || chown(folder, 4343, 4343) < 0 || chmod(path, 0644) < 0)
                bench_fail(folder, strerror(errno));
        const char *const argv[] = { programs->gateway, "--config", path, NULL };
        house->gateway = start(argv, 4343, NULL);
}

/* Runs `doorward unlock`. Return: its process id. */
static pid_t unlock(const House *house, const Programs *programs)
{
        const char *const argv[] = { programs->doorward, "unlock",      BENCH_DOOR, "--no-wait",
                                     "--socket",         house->socket, NULL };
        return start(argv, BENCH_PERSON_UID, NULL);
}

/* Unlocks until the gateway has it done: it connects in its own time. */
static void warm_up(House *house, const Programs *programs)
{
        int status;
        usleep(2000000);
        if (waitpid(unlock(house, programs), &status, 0) < 0)
                bench_fail("doorward", "cannot be waited for");
        (void)wait_for(house, "moved", NULL);
}

static void open_house(House *house, const Programs *programs, const char *folder)
{
        unsigned long port;
        if (setenv("TMPDIR", folder, 1) < 0)
                bench_fail("setenv", strerror(errno));
        small_policy_open(programs->roles, house->scratch);
        if (scratch_make_folder(house->scratch, "policy/organizations.d/bench.d") < 0)
                bench_fail(house->scratch, "cannot be written");
        bench_write(house->scratch, "policy/organizations.d/bench.d/callers.conf", CALLERS);
        house->daemon = bench_daemon_start(programs->doorwardd, house->scratch, house->socket);
        start_controller(house, programs, &port);
        start_gateway(house, programs, port);
        warm_up(house, programs);
}

static void close_house(House *house)
{
        bench_server_stop(house->gateway);
        bench_server_stop(house->controller);
        bench_server_stop(house->daemon);
        fclose(house->log);
        scratch_remove(house->scratch);
}

static void measure(House *house, const Programs *programs, Sampler *samples)
{
        int status;
        for (int i = 0; i < UNLOCKS; i++) {
                uint64_t before = sampler_now_ns();
                pid_t pid = unlock(house, programs);
                sampler_add(samples, (double)(wait_for(house, "moved", NULL) - before));
                if (waitpid(pid, &status, 0) < 0 || status != 0)
                        bench_fail("doorward unlock", "failed");
                usleep(PAUSE_US); /* nobody unlocks one door all the time */
        }
}

/* What of it is the start of a program. */
static void measure_start(const Programs *programs, Sampler *samples)
{
        const char *const argv[] = { programs->doorward, "--version", NULL };
        int status;
        for (int i = 0; i < UNLOCKS; i++) {
                uint64_t before = sampler_now_ns();
                if (waitpid(start(argv, BENCH_PERSON_UID, NULL), &status, 0) < 0 || status != 0)
                        bench_fail("doorward --version", "failed");
                sampler_add(samples, (double)(sampler_now_ns() - before));
        }
}

static void print(Sampler *disk, Sampler *memory, Sampler *starts)
{
        SamplerFigures ours = sampler_figures(disk), floor = sampler_figures(memory),
                       alone = sampler_figures(starts);
        sampler_print_heading();
        sampler_print_ratio("from `doorward unlock` to the controller", ours.p50, floor.p50, 0);
        sampler_print_figures("with everything on disk", &ours);
        sampler_print_figures("with everything in memory", &floor);
        sampler_print_figures("… of which `doorward --version` takes", &alone);
        printf("  p50 <= 5 ms: %s\n", ours.p50 <= 5e6 ? "kept" : "missed");
}

int main(int argc, char **argv)
{
        House disk = { .daemon = 0 }, memory = { .daemon = 0 };
        Sampler on_disk = { 0 }, in_memory = { 0 }, starts = { 0 };
        if (argc != 6)
                bench_fail("usage", "bench-gateway ROLES DOORWARDD DOORWARD GATEWAY CONTROLLER");
        if (geteuid() != 0) {
                puts("bench-gateway needs root: person and gateway have uids of their own");
                return 77;
        }
        Programs programs = { argv[1], argv[2], argv[3], argv[4], argv[5] };
        open_house(&disk, &programs, "/tmp");
        open_house(&memory, &programs, "/dev/shm");
        for (int i = 0; i < ROUNDS; i++) {
                measure(&disk, &programs, &on_disk);
                measure(&memory, &programs, &in_memory);
                measure_start(&programs, &starts);
        }
        print(&on_disk, &in_memory, &starts);
        sampler_clear(&on_disk);
        sampler_clear(&in_memory);
        sampler_clear(&starts);
        close_house(&disk);
        close_house(&memory);
        return 0;
}
