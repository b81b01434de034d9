/* SPDX-License-Identifier: MIT */
/*
 * Local users
 *
 * The file is read piece by piece through a buffer that one line has to fit into, so that a file
 * of any size costs no memory.
 */
#include "pam/local_users.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "client/descriptor.h"
#include "util/cleanup.h"
#include "util/number.h"

/* What follows the name: password:uid:gid:gecos:home:shell. */
static bool parse_rest(Text rest, uint32_t *ret_uid)
{
        Text fields[6];
        uint64_t uid, gid;
        for (size_t i = 0; i < 5; i++)
                if (!text_split_first(rest, ':', &fields[i], &rest))
                        return false;
        if (rest.size && memchr(rest.data, ':', rest.size))
                return false;
        if (number_parse(fields[1], UINT32_MAX - 1, &uid) < 0 ||
            number_parse(fields[2], UINT32_MAX - 1, &gid) < 0)
                return false;
        *ret_uid = (uint32_t)uid;
        return true;
}

/* Takes one line without its end; whole: it fitted into the buffer. */
static void take_line(Text line, bool whole, LocalUser *users, size_t count)
{
        Text name, rest;
        if (!text_split_first(line, ':', &name, &rest) || name.size == 0 || name.data[0] == '+' ||
            name.data[0] == '-')
                return;
        for (size_t i = 0; i < count; i++) {
                LocalUser *user = &users[i];
                if (user->decided || !text_equal(user->name, name))
                        continue;
                user->decided = true;
                user->is_local = whole && parse_rest(rest, &user->uid);
        }
}

typedef struct Reader {
        int fd;
        size_t used;   /* bytes in the buffer: the beginning of a line */
        size_t total;  /* bytes read so far */
        bool skipping; /* the rest of a line that was too long */
        char buffer[LOCAL_USERS_LINE_SIZE];
} Reader;

/* Fills the buffer. Return: 1, 0 at the end of the file, -errno. */
static int reader_fill(Reader *reader)
{
        ssize_t size;
        do
                size = read(reader->fd, reader->buffer + reader->used,
                            sizeof(reader->buffer) - reader->used);
        while (size < 0 && errno == EINTR);
        if (size < 0)
                return -errno;
        reader->used += (size_t)size;
        reader->total += (size_t)size;
        if (reader->total > LOCAL_USERS_SIZE_MAX)
                return -EFBIG;
        return size > 0;
}

/* Takes every line that the buffer holds and keeps the beginning of the next one. */
static void reader_take_lines(Reader *reader, LocalUser *users, size_t count)
{
        Text line, rest = { reader->buffer, reader->used };
        while (text_split_first(rest, '\n', &line, &rest)) {
                if (!reader->skipping)
                        take_line(line, true, users, count);
                reader->skipping = false;
        }
        if (rest.size == sizeof(reader->buffer)) {
                if (!reader->skipping)
                        take_line(rest, false, users, count);
                reader->skipping = true;
                rest.size = 0;
        }
        memmove(reader->buffer, rest.data, rest.size);
        reader->used = rest.size;
}

static int file_open(const char *path, int *ret_fd)
{
        struct stat status;
        _cleanup_close_ int fd = descriptor_above_standard(
                open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
        if (fd < 0 || fstat(fd, &status) < 0)
                return -errno;
        if (!S_ISREG(status.st_mode) || (status.st_mode & (S_IWGRP | S_IWOTH)) ||
            (status.st_uid != 0 && status.st_uid != geteuid()))
                return -EPERM;
        *ret_fd = fd;
        fd = -1;
        return 0;
}

static int read_all(const char *path, LocalUser *users, size_t count)
{
        _cleanup_close_ int fd = -1;
        int r = file_open(path, &fd);
        if (r < 0)
                return r;
        Reader reader;
        reader.fd = fd;
        reader.used = reader.total = 0;
        reader.skipping = false;
        while ((r = reader_fill(&reader)) > 0)
                reader_take_lines(&reader, users, count);
        if (r == 0 && reader.used > 0 && !reader.skipping)
                take_line((Text){ reader.buffer, reader.used }, true, users, count);
        return r;
}

int local_users_find(const char *path, LocalUser *users, size_t count)
{
        for (size_t i = 0; i < count; i++)
                users[i].is_local = users[i].decided = false;
        int r = read_all(path, users, count);
        for (size_t i = 0; r < 0 && i < count; i++)
                users[i].is_local = false;
        return r;
}
