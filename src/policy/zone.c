/* SPDX-License-Identifier: MIT */
/*
 * Zones
 *
 * Offsets are found by asking localtime_r() for every day and halving the day in which the answer
 * changes: the C library knows its own file format, and rules for the years to come, best.
 */
#include "policy/zone.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "policy/limits.h"
#include "util/cleanup.h"
#include "util/timestamp.h"
#include "util/vector.h"

#define ZONE_FOLDER       "/usr/share/zoneinfo/"
#define ZONE_NAME_MAX     64
#define ZONE_MAGIC        "TZif"
#define SECONDS_OF_DAY    (24 * 60 * 60)
#define RULES_ONLY_FROM_S INT64_C(2145916800) /* 2038-01-01: what 32-bit tables do not reach */

typedef VECTOR_OF(ImageTransition) Transitions;

static bool name_is_safe(const char *name)
{
        static const char ALLOWED[] =
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                "_+-/";
        size_t size = strlen(name);
        return size > 0 && size <= ZONE_NAME_MAX && strspn(name, ALLOWED) == size && name[0] != '/';
}

/* Says whether the zone counts leap seconds, which the system's clock does not. */
static bool counts_leap_seconds(const char *name)
{
        return strncmp(name, "right/", strlen("right/")) == 0;
}

static void zone_path(const char *name, char path[static sizeof(ZONE_FOLDER) + ZONE_NAME_MAX])
{
        snprintf(path, sizeof(ZONE_FOLDER) + ZONE_NAME_MAX, ZONE_FOLDER "%s", name);
}

bool zone_is_known(const char *name)
{
        if (strcmp(name, "UTC") == 0)
                return true;
        if (!name_is_safe(name) || counts_leap_seconds(name))
                return false;
        char path[sizeof(ZONE_FOLDER) + ZONE_NAME_MAX];
        zone_path(name, path);
        _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
        char magic[sizeof(ZONE_MAGIC) - 1];
        return fd >= 0 && read(fd, magic, sizeof(magic)) == (ssize_t)sizeof(magic) &&
               memcmp(magic, ZONE_MAGIC, sizeof(magic)) == 0;
}

static int32_t offset_at(int64_t time_s)
{
        time_t time = time_s;
        struct tm local;
        return localtime_r(&time, &local) ? (int32_t)local.tm_gmtoff : 0;
}

/* The first moment in (low, high] with another offset than low's. */
static int64_t change_between(int64_t low, int64_t high)
{
        int32_t offset = offset_at(low);
        while (high - low > 1) {
                int64_t middle = low + (high - low) / 2;
                if (offset_at(middle) == offset)
                        low = middle;
                else
                        high = middle;
        }
        return high;
}

static int transition_add(Transitions *transitions, int64_t start_s, int32_t offset_s)
{
        ImageTransition *transition = vector_append(transitions);
        if (!transition)
                return -ENOMEM;
        transition->start_s = start_s;
        transition->offset_s = offset_s;
        return 0;
}

/* How far to look ahead. History knows changes that were taken back within days; what lies ahead of
 * 2038 are rules, whose changes are weeks apart, and libc reads a rule anew at every question. */
static int64_t step_from(int64_t known)
{
        return known < RULES_ONLY_FROM_S ? SECONDS_OF_DAY : 7 * SECONDS_OF_DAY;
}

/* Probes the zone that is set now. Several changes within one step are found one after another. */
static int transitions_probe(int64_t until_s, Transitions *transitions)
{
        int32_t offset = offset_at(0);
        if (transition_add(transitions, TIMESTAMP_MIN, offset) != 0)
                return -ENOMEM;
        int64_t known = 0; /* the offset is `offset` here */
        while (known < until_s) {
                int64_t step = step_from(known);
                int64_t next = step < until_s - known ? known + step : until_s;
                if (offset_at(next) == offset) {
                        known = next;
                        continue;
                }
                known = change_between(known, next);
                offset = offset_at(known);
                if (known < until_s && transition_add(transitions, known, offset) != 0)
                        return -ENOMEM;
        }
        return 0;
}

static int64_t until_time(void)
{
        struct tm start = { .tm_year = ZONE_UNTIL_YEAR - 1900, .tm_mday = 1 };
        return timegm(&start);
}

static void zone_restore(const char *before)
{
        if (before)
                setenv("TZ", before, 1);
        else
                unsetenv("TZ");
        tzset();
}

/* Sets a zone, probes it and sets the one before again. */
static int transitions_of_zone(const char *name, int64_t until_s, Transitions *transitions)
{
        const char *set = getenv("TZ");
        _cleanup_free_ char *before = set ? strdup(set) : NULL;
        char value[1 + sizeof(ZONE_FOLDER) + ZONE_NAME_MAX] = ":";
        if (set && !before)
                return -ENOMEM;
        zone_path(name, value + 1);
        if (setenv("TZ", value, 1) != 0)
                return -ENOMEM;
        tzset();
        int result = transitions_probe(until_s, transitions);
        zone_restore(before);
        return result;
}

int zone_transitions(const char *name, ImageTransition **ret_transitions, uint32_t *ret_count,
                     int64_t *ret_until_s)
{
        if (!zone_is_known(name))
                return -ENOENT;
        Transitions transitions = { 0 };
        bool is_utc = strcmp(name, "UTC") == 0;
        int64_t until_s = is_utc ? TIMESTAMP_MAX : until_time();
        int result = is_utc ? transition_add(&transitions, TIMESTAMP_MIN, 0)
                            : transitions_of_zone(name, until_s, &transitions);
        if (result != 0) {
                vector_clear(&transitions);
                return result;
        }
        *ret_transitions = transitions.items;
        *ret_count = (uint32_t)transitions.count;
        *ret_until_s = until_s;
        return 0;
}
