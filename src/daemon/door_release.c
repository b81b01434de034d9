/* SPDX-License-Identifier: MIT */
/* Door releases: see door_release.h. */
#include "daemon/door_release.h"

#include <stdlib.h>

DoorRelease door_release_of(const Image *image, uint32_t generation, uint32_t door, uint32_t user)
{
        const ImageDoor *record = image_door(image, door);
        const ImageUser *person = image_user(image, user);
        bool extended = person && person->flags & IMAGE_USER_EXTENDED_TIME;
        return (DoorRelease){
                .door = door,
                .generation = generation,
                .seconds = !record    ? 0
                           : extended ? record->extended_release_s
                                      : record->release_s,
        };
}

void door_releases_clear(DoorReleases *releases)
{
        free(releases->until_ms);
        *releases = (DoorReleases){ 0 };
}

void door_releases_note(DoorReleases *releases, const Image *image, uint32_t generation,
                        const DoorRelease *release, uint64_t now_ms)
{
        uint32_t count = image_count(image, IMAGE_DOORS);
        if (release->generation != generation || release->door >= count)
                return;
        if (!releases->until_ms || releases->generation != generation) {
                door_releases_clear(releases);
                releases->until_ms = calloc(count, sizeof(*releases->until_ms));
                if (!releases->until_ms)
                        return;
                releases->count = count;
                releases->generation = generation;
        }
        uint64_t until_ms = now_ms + release->seconds * 1000ull;
        if (until_ms > releases->until_ms[release->door])
                releases->until_ms[release->door] = until_ms;
}

bool door_releases_hold(const DoorReleases *releases, uint32_t generation, uint32_t door,
                        uint64_t now_ms)
{
        return releases->until_ms && releases->generation == generation && door < releases->count &&
               now_ms < releases->until_ms[door];
}
