/* SPDX-License-Identifier: MIT */
/* Stores of live state in a folder of a test's own. Whatever goes wrong fails the test. */
#pragma once

#include "state/state_store.h"

/* What the last function said that failed. */
extern char error[256];

/* For cmocka: a new folder, whose path becomes the state; it is removed. */
int make_folder(void **state);
int remove_folder(void **state);

/* The path of a file in a folder; owned by the caller. */
char *path_of(const char *folder, const char *name);
bool exists(const char *folder, const char *name);

/* A change that puts a record with every text filled in. */
StateChange put_change(LiveKind kind, const char *resource);

StateStore *open_store(const char *folder);
void write_changes(StateStore *store, const StateChange *changes, size_t count);

/* Reads through a new connection. Return: as state_store_open() and state_store_read(). */
int reread(const char *folder, bool read_only, LiveRecords **ret_records);

/* Suspends the users u0, u1, ... of acme, each in a commit of its own. */
void fill(const char *folder, unsigned count);

/* Runs SQL on the store behind its back; reads and writes its bytes; removes its log. */
void run_sql(const char *folder, const char *sql);
size_t load(const char *folder, char **ret_bytes);
void save(const char *folder, const char *bytes, size_t size);
void remove_logs(const char *folder);
