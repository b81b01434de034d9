/* SPDX-License-Identifier: MIT */
/*
 * Texts of a change
 *
 * What the journal keeps beside the decision, so that a change can be taken back by hand: what the
 * target held before it and holds after it. "-" stands for nothing.
 *
 *     grant, revoke      "access-site-viewer@acme/HQ until 2026-12-01T00:00:00Z"
 *     migrate            the user's legacy roles; the roles he gets instead
 *     add-, remove-member  the group
 *     customize          "ROLE +PERMISSION", "ROLE -PERMISSION" or "ROLE default"; before a return
 *                        to the default all that differed from it
 */
#pragma once

#include <stdio.h>

#include "policy/change.h"
#include "policy/image.h"

/* Write the texts of an allowed change, from the policy that allowed it. Return: the stream's
 * error, or 0. */
int change_write_before(const Image *image, const Query *query, FILE *stream);
int change_write_after(const Query *query, int64_t from_s, int64_t until_s, FILE *stream);

/* The file and line of a recorded grant that is written by hand and that a revocation asks to take
 * away. Return: false when there is none. */
bool change_by_hand(const Image *image, const Query *query, int64_t now_s, ImagePlace *ret_place);
