/* SPDX-License-Identifier: MIT */
/* Durations: see duration.h. */
#include "cli/duration.h"

#include <errno.h>

#include "util/number.h"

int duration_parse(Text text, uint32_t *ret_seconds)
{
        static const struct {
                char unit;
                uint32_t seconds;
        } UNITS[] = { { 's', 1 }, { 'm', 60 }, { 'h', 60 * 60 }, { 'd', 24 * 60 * 60 } };
        uint64_t number, factor = 0;
        if (text.size < 2)
                return -EINVAL;
        for (size_t i = 0; i < sizeof(UNITS) / sizeof(*UNITS); i++)
                if (text.data[text.size - 1] == UNITS[i].unit)
                        factor = UNITS[i].seconds;
        if (factor == 0)
                return -EINVAL;
        int r = number_parse((Text){ text.data, text.size - 1 }, UINT32_MAX, &number);
        if (r < 0)
                return r;
        if (number == 0 || number * factor > UINT32_MAX)
                return -ERANGE;
        *ret_seconds = (uint32_t)(number * factor);
        return 0;
}
