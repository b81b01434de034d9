/* SPDX-License-Identifier: MIT */
/*
 * Fake controller
 *
 * A fake board as a program, for tests and for a first try without hardware: it writes every
 * datagram and every move of a lock to standard output, with the monotonic time in nanoseconds, and
 * reads commands from standard input (the table in fake_command.c). It ends at SIGTERM or SIGINT.
 *
 * usage: fake-controller PORT SERIAL
 *   PORT 0: any; the first line says which: "NANOSECONDS ready PORT"
 *   then lines "NANOSECONDS in|out|notice ADDRESS:PORT BYTES" and "NANOSECONDS moved DOOR COUNT"
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fake_board.h"

enum { LINE_SIZE = 256 };

typedef struct Program {
        FakeBoard *board;
        char line[LINE_SIZE];
        size_t size;
} Program;

static void commands_run(Program *program)
{
        char *end;

        while ((end = memchr(program->line, '\n', program->size))) {
                size_t size = (size_t)(end - program->line) + 1;
                *end = '\0';
                if (fake_board_command(program->board, program->line) < 0)
                        fprintf(stderr, "no such command: %s\n", program->line);
                memmove(program->line, program->line + size, program->size - size);
                program->size -= size;
        }
}

static int on_input(sd_event_source *source, int fd, uint32_t events, void *data)
{
        Program *program = data;
        ssize_t size = read(fd, program->line + program->size, LINE_SIZE - program->size);

        if (size > 0) {
                program->size += (size_t)size;
                commands_run(program);
        }
        /* Without commands it goes on; a line that does not fit is the end of them */
        if (size == 0 || program->size == LINE_SIZE)
                sd_event_source_set_enabled(source, SD_EVENT_OFF);
        return 0;
}

static int number_read(const char *text, unsigned long maximum, unsigned long *ret_number)
{
        char *end;

        errno = 0;
        *ret_number = strtoul(text, &end, 10);
        return errno || end == text || *end || *ret_number > maximum ? -EINVAL : 0;
}

static int run(uint16_t port, uint32_t serial)
{
        Program program = { 0 };
        sd_event *event = NULL;
        sigset_t signals;
        struct timespec now;

        sigemptyset(&signals);
        sigaddset(&signals, SIGTERM);
        sigaddset(&signals, SIGINT);
        sigprocmask(SIG_BLOCK, &signals, NULL);
        if (sd_event_default(&event) < 0 ||
            sd_event_add_signal(event, NULL, SIGTERM, NULL, NULL) < 0 ||
            sd_event_add_signal(event, NULL, SIGINT, NULL, NULL) < 0)
                return 1;
        int r = fake_board_new(event, port, serial, stdout, &program.board);
        if (r < 0) {
                fprintf(stderr, "cannot begin: %s\n", strerror(-r));
                return 1;
        }
        /* A regular file or /dev/null cannot be waited for: then there are no commands */
        sd_event_add_io(event, NULL, STDIN_FILENO, EPOLLIN, on_input, &program);
        clock_gettime(CLOCK_MONOTONIC, &now);
        printf("%" PRIu64 " ready %u\n", (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec,
               program.board->port);
        fflush(stdout);
        r = sd_event_loop(event);
        fake_board_free(program.board);
        sd_event_unref(event);
        return r < 0;
}

int main(int argc, char **argv)
{
        unsigned long port, serial;

        if (argc != 3 || number_read(argv[1], UINT16_MAX, &port) < 0 ||
            number_read(argv[2], UINT32_MAX, &serial) < 0) {
                fprintf(stderr, "usage: fake-controller PORT SERIAL\n");
                return 2;
        }
        return run((uint16_t)port, (uint32_t)serial);
}
