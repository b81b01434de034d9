/* SPDX-License-Identifier: MIT */
/*
 * Scratch folders for policies under test. Whatever is in them has modes that the engine accepts,
 * whatever the umask and the modes of the source tree are.
 */
#pragma once

enum { SCRATCH_SIZE = 256, SCRATCH_PATH_SIZE = 512 };

/* Makes a new folder below TMPDIR, or /tmp, and writes its path into RET_SCRATCH, SCRATCH_SIZE
 * bytes. Returns 0, or -errno. */
int scratch_new(char *ret_scratch);

/* Writes the path of NAME in SCRATCH into RET_PATH, SCRATCH_PATH_SIZE bytes. */
void scratch_path(const char *scratch, const char *name, char *ret_path);

/* Makes the folder NAME in SCRATCH; it is no error when it is there. Returns 0, or -errno. */
int scratch_make_folder(const char *scratch, const char *name);

/* Writes a new file NAME in SCRATCH that holds TEXT. Returns 0, or -errno. */
int scratch_write(const char *scratch, const char *name, const char *text);

/* Copies every file of the folder FROM whose name ends in .conf into a new folder NAME in SCRATCH.
 * Returns 0, or -errno. */
int scratch_copy_configuration(const char *scratch, const char *name, const char *from);

/* Removes PATH and everything below it; it is no error when it is not there. */
void scratch_remove(const char *path);
