/* SPDX-License-Identifier: MIT */
/*
 * A lock for tests, as the exec driver runs it: writes down every movement.
 *
 * usage: fake_lock FILE [EXIT_STATUS [MILLISECONDS]]
 *
 * Appends "ID DOOR SECONDS TIME" (TIME: milliseconds, UTC) in one write(2), from DOORWARD_COMMAND,
 * DOORWARD_DOOR and DOORWARD_SECONDS, then waits and ends with that status.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static const char *variable(const char *name)
{
        const char *value = getenv(name);
        return value && *value ? value : "-";
}

int main(int argc, char **argv)
{
        char line[512];
        struct timespec now;
        if (argc < 2)
                return 2;
        long wait_ms = argc > 3 ? strtol(argv[3], NULL, 10) : 0;
        (void)clock_gettime(CLOCK_REALTIME, &now);
        int size = snprintf(line, sizeof(line), "%s %s %s %lld\n", variable("DOORWARD_COMMAND"),
                            variable("DOORWARD_DOOR"), variable("DOORWARD_SECONDS"),
                            (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000);
        int fd = open(argv[1], O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0 || write(fd, line, (size_t)size) != size)
                return 2;
        struct timespec pause = { wait_ms / 1000, wait_ms % 1000 * 1000000 };
        (void)nanosleep(&pause, NULL);
        return argc > 2 ? (int)strtol(argv[2], NULL, 10) : 0;
}
