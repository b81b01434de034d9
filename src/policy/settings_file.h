/* SPDX-License-Identifier: MIT */
/*
 * Settings file
 *
 * The one file of settings that a program has which serves no policy: read under the same guard, by
 * the same strict reading and by a table of keys as the files of a policy.
 */
#pragma once

#include "policy/diagnostics.h"
#include "policy/schema.h"
#include "util/arena.h"

#define SETTINGS_FILE_SIZE_MAX (1u << 20) /* bytes */

/* What settings_file_read() returns when something was reported. */
#define SETTINGS_FILE_FAULTY 1

/*
 * Reads a file into target (zeroed, or with defaults) by the table of its keys. Nobody but root and
 * the uid that the program runs as may write the file or the folder it lies in; links are not
 * followed. Lists and texts live in the arena; places and messages name the file by its path as
 * given (FILE:LINE).
 * Return: 0; SETTINGS_FILE_FAULTY when an error was reported to diagnostics: target is not to be
 * used; -ENOMEM.
 */
int settings_file_read(const char *path, const SchemaTable *table, Arena *arena,
                       Diagnostics *diagnostics, void *target);
