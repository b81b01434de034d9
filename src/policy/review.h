/* SPDX-License-Identifier: MIT */
/*
 * Review
 *
 * The questions of an access review, answered completely by asking the engine itself: who can do
 * this here, what can this person do, and where can he do this. (User and permission review of ANSI
 * INCITS 359.)
 */
#pragma once

#include "policy/decide.h"

/*
 * Called for each answer; decision names the deciding grant. name is one of
 *
 *     alice                            a listed user, by himself
 *     alice+unix-group:staff           a listed user, while he is in that Unix group
 *     unix-group:staff                 whoever is in that Unix group
 *     organization:acme+unix-group:x   any listed member who is in that Unix group, which by itself
 *                                      makes nobody a member
 *
 * with several groups joined by "+" when only together they suffice. What is said of a Unix group
 * holds for people whom the policy does not suspend or limit by name.
 * Return: 0 to go on, anything else ends the search and is returned.
 */
typedef int (*WhoCanFound)(void *data, Text name, const Decision *decision);

#define REVIEW_GROUPS_MAX 3 /* Unix groups of one answer */

/*
 * Finds every person who may: the users, sorted by name, then the sets of Unix groups, the smaller
 * first. No objects and properties are stated. A set that holds a smaller one that suffices is left
 * out, also for listed users. now says time and live state; its Unix groups do not count.
 * Return: 0, what found() returned, -ENOMEM, or > 0: the Reason for which nothing can be decided.
 */
int policy_who_can(const Image *image, const DecisionContext *now, Text permission,
                   const Resource *resource, WhoCanFound found, void *data);

typedef int (*WhatCanFound)(void *data, Text permission, Text resource, const Decision *decision);

/*
 * Finds every permission that the user has on a resource, or, when resource is NULL, every
 * permission and resource of all organizations, in the order organization, sites, doors, hosts,
 * users, access groups, templates, entities, each as in the image, then of the catalogue. Unix
 * groups as in the context. Nobody knows him: nothing is found. Return: as policy_who_can().
 */
int policy_what_can(const Image *image, const DecisionContext *context, Text user,
                    const Resource *resource, WhatCanFound found, void *data);

/* target says where the resource is. Return: as WhoCanFound. */
typedef int (*WhereCanFound)(void *data, Text resource, const Target *target,
                             const Decision *decision);

/*
 * Finds every resource of a type on which the user has a permission, in the order of the image: of
 * all organizations, or, when prefix is not empty, those whose path begins with it ("acme/HQ/").
 * Unix groups as in the context. Nobody knows him: nothing is found.
 * Return: 0, what found() returned, or > 0: the Reason for which nothing can be decided, among them
 * REASON_UNKNOWN_RESOURCE for a type that the permission is not asked on or that is not declared.
 */
int policy_where_can(const Image *image, const DecisionContext *context, Text user, Text permission,
                     ResourceType type, Text prefix, WhereCanFound found, void *data);
