/* SPDX-License-Identifier: MIT */
/* Policy tests: the questions of tests.d, asked of an image, with their expected answers. */
#pragma once

#include <stdio.h>

#include "policy/build.h"
#include "policy/decide.h"

typedef struct PolicyTestResult {
        size_t passed;
        size_t failed;
} PolicyTestResult;

/*
 * Runs every test of the model against the image and writes one line a failing test:
 * "FILE:LINE: failed: QUERY at TIME: expected deny (not-permitted), got allow (granted-by-role)";
 * for who_can the missing and the extra people. Answers that hold for the members of a Unix group
 * only are left out of that: a test must not depend on the groups of a machine. A test whose query
 * cannot be read fails.
 * Return: 0, or -errno.
 */
int policy_tests_run(const Model *model, const Image *image, FILE *stream,
                     PolicyTestResult *ret_result);
