/* SPDX-License-Identifier: MIT */
/*
 * Dependence of changes
 *
 * Changes of one batch are all decided on the same policy and made together, so none of them may
 * have a say in another: who acts in one is not touched by the other, and nobody is touched by
 * both. A pure function of image and queries.
 */
#pragma once

#include "policy/image.h"
#include "policy/query.h"

/*
 * Says whether two changes (queries of any kind but QUERY_PERMISSION) of the image's policy depend
 * on each other: the actor, target or group of one is the target or group of the other, or either
 * is a customization. A group stands for everybody who is listed in it; one that a Unix group is
 * mapped to stands for everybody of the organization, whose Unix groups nobody knows. Changes in
 * two organizations never depend on each other: each is decided within its own.
 */
bool changes_depend(const Image *image, const Query *a, const Query *b);
