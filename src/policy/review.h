/* SPDX-License-Identifier: MIT */
/*
 * Review
 *
 * The two questions of an access review, answered completely by asking the engine itself: who can
 * do this here, and what can this person do. (User and permission review of ANSI INCITS 359.)
 */
#pragma once

#include "policy/decide.h"

/* Called for each answer; decision names the deciding grant. name is "alice" or
 * "unix-group:staff" (several joined by "+" when only together they suffice).
 * Return: 0 to go on, anything else ends the search and is returned. */
typedef int (*WhoCanFound)(void *data, Text name, const Decision *decision);

/*
 * Finds every person who may, sorted by name; people known only through Unix groups are given by
 * the smallest sets of groups that suffice.
 * Return: 0, what found() returned, -ENOMEM, or > 0: the Reason for which nothing can be decided.
 */
int policy_who_can(const Image *image, int64_t now_s, Text permission, const Resource *resource,
                   WhoCanFound found, void *data);

typedef int (*WhatCanFound)(void *data, Text permission, Text resource, const Decision *decision);

/*
 * Finds every permission that the user has on a resource, or, when resource is NULL, every
 * permission and resource of all organizations that know him, sorted by resource in the order of
 * the policy, then permission. unix groups as in the context.
 * Return: as policy_who_can().
 */
int policy_what_can(const Image *image, const DecisionContext *context, Text user,
                    const Resource *resource, WhatCanFound found, void *data);
