/* SPDX-License-Identifier: MIT */
/*
 * A disk for tests: SQLite's own, on which each write, truncation and sync is a step, and the
 * process is killed right before the step that the test names.
 */
#pragma once

#include <stdbool.h>

/* Puts the disk under every database that is opened from now on. */
void killing_disk_install(void);

/* Kills this process (SIGKILL) before the step of this number, counted from 1 from now on; 0:
 * never. */
void killing_disk_kill_at(unsigned step);

/* One more step, of the test's own. */
void killing_disk_step(void);

/* Whether something was written that has not been synced since. */
bool killing_disk_is_dirty(void);
