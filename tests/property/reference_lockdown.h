/* SPDX-License-Identifier: MIT */
/* Who may start and end a lockdown. */
#pragma once

#include "reference.h"

/* As reference_decide(), for a QUERY that starts or ends a lockdown. */
RefAnswer reference_decide_lockdown(const World *world, int64_t now_s, const RefQuery *query);
