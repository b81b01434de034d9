/* SPDX-License-Identifier: MIT */
/*
 * Files
 *
 * Reading files and folders that decide about security: what is checked is what was opened, never
 * what a name pointed to a moment before.
 */
#pragma once

#include <dirent.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

/* What is wrong with a file or folder, besides errno. */
enum FileProblem {
        FILE_SAFE = 0,
        FILE_NOT_REGULAR = 1, /* a folder, FIFO, device, socket or symbolic link */
        FILE_WRONG_OWNER = 2, /* neither root nor the uid that the program runs as */
        FILE_WRITABLE = 3,    /* its group or others may write it */
        FILE_TOO_LARGE = 4,   /* more than size_max bytes */
        FILE_NOT_DIRECTORY = 5,
        FILE_CHANGED = 6, /* it became shorter or longer while it was read */
};

/* Says in a few words what a FileProblem means, e.g. "may be written by others". */
const char *file_problem_text(int problem);

/*
 * Opens a folder below another (directory_fd may be AT_FDCWD) without following a link and checks
 * owner and mode.
 * Return: 0 and the descriptor (owned by the caller, O_CLOEXEC), > 0 a FileProblem, -errno.
 */
int file_open_directory(int directory_fd, const char *name, int *ret_fd);

/*
 * Reads a whole regular file of at most size_max bytes: O_NOFOLLOW, O_NONBLOCK, owner and mode
 * checked on the opened descriptor (neither group nor others may write, owner root or the
 * effective uid).
 * Return: 0, the bytes with a NUL behind them (owned by the caller, free()) and their number, and
 * the file's status if ret_status is not NULL; > 0 a FileProblem; -errno.
 */
int file_read(int directory_fd, const char *name, size_t size_max, char **ret_data,
              size_t *ret_size, struct stat *ret_status);

/* Opens the list of a folder's names, from its beginning, whatever was read of it through the
 * descriptor (borrowed). Return: 0 and the list (owned by the caller, closedir()), -errno. */
int file_list(int directory_fd, DIR **ret_list);

static inline void cleanup_closedir(DIR **list)
{
        if (*list)
                closedir(*list);
}

/* Writes all bytes, whatever write(2) takes at once. Return: 0 or -errno. */
int file_write_all(int fd, const void *data, size_t size);
