/* SPDX-License-Identifier: MIT */
/*
 * Door releases
 *
 * Which doors an unlock has released, and until when: what door mode "Accessed" is. Kept in memory
 * only, and by index, so that it is forgotten when another policy is served.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "policy/image.h"

typedef struct DoorReleases {
        uint64_t *until_ms; /* by door, monotonic; owned; NULL: none yet */
        uint32_t count;
        uint32_t generation; /* of the policy */
} DoorReleases;

/* What an unlock command releases. */
typedef struct DoorRelease {
        uint32_t door, generation;
        uint32_t seconds;
} DoorRelease;

/* What an unlock of a door does for a user (both by index; IMAGE_NONE: nobody that is listed). A
 * door that is none is released for no time. */
DoorRelease door_release_of(const Image *image, uint32_t generation, uint32_t door, uint32_t user);

/* A door is released from now on. Without memory, or of another policy, nothing is noted. */
void door_releases_note(DoorReleases *releases, const Image *image, uint32_t generation,
                        const DoorRelease *release, uint64_t now_ms);

/* Whether a door of the policy of that generation is released now. */
bool door_releases_hold(const DoorReleases *releases, uint32_t generation, uint32_t door,
                        uint64_t now_ms);

void door_releases_clear(DoorReleases *releases);
