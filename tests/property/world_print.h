/* SPDX-License-Identifier: MIT */
/* Prints a world as a policy directory. */
#pragma once

#include "random.h"
#include "world.h"

/*
 * Writes WORLD into the folder DIRECTORY, which must exist, as organizations.d/NAME.conf. With
 * RANDOM its things are shuffled and spread over fragments in NAME.d, and what may be written in
 * more than one way is written in any; without, it is all in one file and in order. Nothing written
 * is writable for others, whatever the umask. Returns 0, or -errno (as of mkdir, open, write).
 */
int world_print(const World *world, Random *random, const char *directory);
