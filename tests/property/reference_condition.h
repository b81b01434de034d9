/* SPDX-License-Identifier: MIT */
/* The conditions of permissions, each on its own. */
#pragma once

#include "reference_names.h"
#include "reference_people.h"

/* Adds one more reason that may be named; names it once. */
void reference_answer_add(RefAnswer *answer, const char *reason);

/*
 * Says whether all CONDITIONS hold for SUBJECT at PLACE; when not, adds to RET_ANSWER why each of
 * those that fail does.
 */
bool reference_conditions_hold(const World *world, const RefSubject *subject, unsigned conditions,
                               const ReferencePlace *place, RefAnswer *ret_answer);
