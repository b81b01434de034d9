/* SPDX-License-Identifier: MIT */
/*
 * What time and live state cost a decision: the same questions on the same policy twice, once with
 * nothing that depends on the time and no live state, once with a schedule and thirty days of
 * exceptions on every access level and door, 1 % of the users suspended, 100 doors overridden and
 * two lockdowns on. Only questions that both answer alike are asked.
 */
#pragma once

#include "questions.h"
#include "workload.h"

/* Measures questions of KIND and prints the ratio. Leaves the workload without an image. Returns 1
 * when the ratio misses its goal, else 0. Ends the program when something fails. */
int decide_time_measure(Workload *workload, BenchKind kind, const char *size);
