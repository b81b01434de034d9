/* SPDX-License-Identifier: MIT */
/*
 * Whoever asks, and which roles he holds: by his own grants, by those of his groups, by being a
 * member, by holding another role. Every list is walked on every question.
 */
#pragma once

#include "reference.h"
#include "reference_roles.h"

enum { ANY_SITE = -2 }; /* in place of a site: at any of the organization's sites */

/* Whoever asks: a listed user, or (user is NULL) somebody known by his Unix groups only. */
typedef struct RefSubject {
        const World *world;
        const WorldOrganization *organization;
        const WorldUser *user;
        const RefQuery *query;
        int64_t now_s;
        bool any_time; /* whatever cannot be told of his grants for want of a clock is so */
} RefSubject;

/* Looks up the user of QUERY in ORGANIZATION, one of WORLD's; all are borrowed. */
RefSubject reference_subject_find(const World *world, const WorldOrganization *organization,
                                  const RefQuery *query, int64_t now_s);

/* Says whether the organization knows him, listed or by a Unix group. */
bool reference_subject_is_known(const RefSubject *subject);

/* Says whether he is a member. */
bool reference_subject_is_member(const RefSubject *subject);

/* Says whether he is in GROUP, listed or by a Unix group. */
bool reference_subject_in_group(const RefSubject *subject, int group);

/* Says whether he is in the access group GROUP, listed or by a Unix group. */
bool reference_subject_in_access_group(const RefSubject *subject, int group);

/* Says whether he holds ROLE, with what it requires, at SITE (WORLD_NONE: in the organization). */
bool reference_subject_holds(const RefSubject *subject, int role, int site);

/* Says whether ROLE is the one of its ladder that counts for him at SITE. */
bool reference_subject_counts(const RefSubject *subject, int role, int site);

/* Says whether USER has legacy roles that still have effect, whatever else they need. */
bool reference_user_has_legacy(const WorldUser *user, int64_t now_s);

/* Says whether SITE is ABOVE or lies below it. */
bool reference_site_is_below(const WorldOrganization *o, int site, int above);

/* Says whether LIST has ITEM. */
bool reference_list_has(const WorldList *list, int item);
