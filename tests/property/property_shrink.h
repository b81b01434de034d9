/* SPDX-License-Identifier: MIT */
/* Makes a world smaller as long as engine and reference still disagree about a question. */
#pragma once

#include "property.h"

/*
 * Takes away from RUN's world whatever does not matter to the disagreement about QUERY at NOW_S,
 * one thing at a time, building an image for each. RUN's image is that of the smallest world.
 */
void property_shrink(Run *run, const RefQuery *query, int64_t now_s);
