/* SPDX-License-Identifier: MIT */
/* Virtual clock: see virtual_clock.h. */
#include "daemon/virtual_clock.h"

#include <errno.h>
#include <fcntl.h>

#include "util/cleanup.h"
#include "util/file.h"
#include "util/timestamp.h"

#define FILE_SIZE 128

/* Reads "TIME" or "TIME\nset", the last line ended or not. */
static int parse(Text text, int64_t *ret_time_s, bool *ret_set)
{
        Text first = text, rest = TEXT_NULL;
        (void)text_split_first(text, '\n', &first, &rest);
        bool set = text_is(rest, "set") || text_is(rest, "set\n");
        if ((rest.size != 0 && !set) || timestamp_parse(first, ret_time_s) < 0)
                return -EINVAL;
        *ret_set = set;
        return 0;
}

int virtual_clock_read(VirtualClock *clock, ClockReading *ret_reading)
{
        _cleanup_free_ char *data = NULL;
        size_t size;
        int64_t time_s;
        bool set;
        int r = file_read(AT_FDCWD, clock->path, FILE_SIZE, &data, &size, NULL);
        if (r == 0)
                r = parse((Text){ data, size }, &time_s, &set);
        if (r != 0)
                return r;
        if (!set && (!clock->has_begun || time_s > clock->reached_s)) {
                if (clock->has_begun)
                        clock->steady_ms += (uint64_t)(time_s - clock->reached_s) * 1000;
                clock->reached_s = time_s;
                clock->has_begun = true;
        }
        *ret_reading = (ClockReading){ time_s, clock->steady_ms };
        return 0;
}

const char *virtual_clock_problem(int result)
{
        if (result > 0)
                return file_problem_text(result);
        return result == -EINVAL ? "it does not hold one time such as 2026-06-01T08:00:00Z"
                                 : strerror(-result);
}
