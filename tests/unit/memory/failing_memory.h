/* SPDX-License-Identifier: MIT */
/*
 * Failing memory
 *
 * malloc() and its kin as the program under test sees them, each call of which can be made to fail.
 * Needs the dependency failing_memory (it tells the linker). Not for threads.
 */
#pragma once

#include <stdbool.h>

/* From the first-th allocation on (counting from 1, from now on), `count` fail; count 0: none. */
void memory_fail_from(unsigned first, unsigned count);

/* No more fail; for what a test itself does afterwards. The count goes on. */
void memory_recover(void);

/* The allocations since memory_fail_from() was called last. */
unsigned memory_allocations(void);
