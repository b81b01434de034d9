/* SPDX-License-Identifier: MIT */
/* What of a world depends on time, made smaller; for property_shrink.c. */
#pragma once

#include "world.h"

enum { SHRINK_TIME_STEPS = 6 };

/* Each takes away the thing number I of its kind; false when there is none. */
extern bool (*const SHRINK_TIME[SHRINK_TIME_STEPS])(WorldOrganization *o, int i);

/* Says whether the time parts refer to nothing that is no longer there. */
bool shrink_time_is_whole(const WorldOrganization *o);
