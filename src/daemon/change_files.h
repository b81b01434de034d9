/* SPDX-License-Identifier: MIT */
/*
 * Files of changes
 *
 * The folder of managed assignments as the daemon sees it: the compiler writes NAME.conf.next, the
 * daemon puts it in the place of NAME.conf. Until they are finished, what was in force before is
 * kept under the other name, so that a set of files can be put back as one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "util/text.h"

#define CHANGE_FILES_MAX 256 /* organizations of one batch */

enum { CHANGE_FILES_MOVED = 1000 }; /* beyond every FileProblem */

typedef struct ChangeFile {
        Text organization; /* borrowed */
        bool placed;       /* the new file is in its place */
        bool exchanged;    /* … and the one it replaced has its former name */
        bool replaced;     /* … and the one it replaced is gone */
} ChangeFile;

/* Opens the folder in the state folder (borrowed), making it if it is not there, and removes
 * candidates that were left behind. Return: 0 and the descriptor (owned by the caller); > 0 a
 * FileProblem; -errno. */
int change_files_open(int state_fd, int *ret_fd);

/*
 * Follows the folder to where its path leads by now: somebody may have put another in its place,
 * from a backup, and the compiler goes by the path. *directory_fd is replaced then.
 * Return: 0, the folder is the one that is open; CHANGE_FILES_MOVED, another is open by now; a
 * FileProblem or -errno (-ENOENT: it is gone), and nothing has changed.
 */
int change_files_follow(const char *path, int *directory_fd);

/* Puts the candidates of these organizations, those that exist, in their places and syncs the
 * folder. Return: 0; -errno, and nothing has changed; -ENOTRECOVERABLE, and some of it has. */
int change_files_place(int directory_fd, ChangeFile *files, size_t count);

/* Undoes change_files_place(). Return: 0, -ENOTRECOVERABLE. */
int change_files_put_back(int directory_fd, ChangeFile *files, size_t count);

/* Removes what these organizations have under a candidate's name. */
void change_files_drop(int directory_fd, const ChangeFile *files, size_t count);
