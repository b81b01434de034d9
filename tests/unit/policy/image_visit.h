/* SPDX-License-Identifier: MIT */
/* Touches everything of an image through its public functions, as a reader of any image might. */
#pragma once

#include "policy/image.h"

/* Visits all records, ranges, strings and names. Return: a number that depends on all of them, so
 * that no reading can be left out. */
uint64_t image_visit(const Image *image);
