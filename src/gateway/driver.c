/* SPDX-License-Identifier: MIT */
/* Driver: the table of all drivers. */
#include "gateway/driver.h"

#include <string.h>

static const Driver *const DRIVERS[] = { &driver_null, &driver_exec, &driver_uhppote };

const Driver *driver_find(const char *name)
{
        for (size_t i = 0; i < sizeof(DRIVERS) / sizeof(DRIVERS[0]); i++)
                if (strcmp(DRIVERS[i]->name, name) == 0)
                        return DRIVERS[i];
        return NULL;
}
