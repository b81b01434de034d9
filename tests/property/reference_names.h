/* SPDX-License-Identifier: MIT */
/* Finds what a TYPE:PATH names in a world, part by part. */
#pragma once

#include <stddef.h>

#include "world.h"

/* What a path names: organization 'o', roll call 'r', archive 'a', or the letter of its kind. */
typedef struct ReferencePlace {
        const WorldOrganization *organization;
        char letter;
        int site;  /* where it is; WORLD_NONE when it is at none */
        int index; /* in its list */
} ReferencePlace;

/* Says whether the LENGTH bytes at TEXT are exactly NAME. */
bool reference_text_is(const char *text, size_t length, const char *name);

/* Finds what TEXT names; false when it is not declared (PLACE is then of no use). */
bool reference_place_find(const World *world, const char *text, ReferencePlace *place);
