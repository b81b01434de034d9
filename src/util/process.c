/* SPDX-License-Identifier: MIT */
/* Processes: see process.h. */
#include "util/process.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "util/cleanup.h"
#include "util/number.h"

#define STAT_SIZE_MAX        4096
#define FIELD_BEHIND_COMMAND 3 /* the first one behind the command's name, which ends with ")" */
#define FIELD_STARTED        22

/* Field 22 of a line of /proc/PID/stat. The name in it may hold spaces and brackets. */
static int64_t read_started(char *line)
{
        char *word = strrchr(line, ')'), *rest = NULL;
        uint64_t started;
        if (!word || word[1] != ' ')
                return 0;
        word = strtok_r(word + 2, " \n", &rest);
        for (int field = FIELD_BEHIND_COMMAND; word && field < FIELD_STARTED; field++)
                word = strtok_r(NULL, " \n", &rest);
        return word && number_parse(text_from(word), INT64_MAX, &started) == 0 ? (int64_t)started
                                                                               : 0;
}

int64_t process_started(pid_t pid)
{
        char path[64], line[STAT_SIZE_MAX];
        (void)snprintf(path, sizeof(path), "/proc/%lld/stat", (long long)pid);
        _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
                return 0;
        ssize_t size = read(fd, line, sizeof(line) - 1);
        if (size <= 0)
                return 0;
        line[size] = '\0';
        return read_started(line);
}
