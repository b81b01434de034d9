/* SPDX-License-Identifier: MIT */
/* How the things of a world are written: paths, times, queries. */
#pragma once

#include <stddef.h>

#include "reference.h"

/* One of the Unix groups that a world may map, and a name that every system gives it, or NULL. */
typedef struct WorldGid {
        int gid;
        const char *name;
} WorldGid;

enum { WORLD_GIDS_COUNT = 5 };
extern const WorldGid WORLD_GIDS[WORLD_GIDS_COUNT];

/* The zones' names in the IANA database, by WorldZone; NULL for the one that is not stated. */
extern const char *const WORLD_ZONE_NAMES[ZONE_COUNT];

/* The states' names, by WorldState. */
extern const char *const WORLD_STATE_NAMES[STATE_COUNT];

/*
 * Writes the path of NAME at SITE (WORLD_NONE: of the organization itself) without the organization
 * into RET_PATH, which holds WORLD_TEXT_SIZE bytes.
 */
void world_text_path(const WorldOrganization *o, int site, const char *name, char *ret_path);

/* Writes TYPE:PATH with the organization in front; an empty NAME gives the organization itself. */
void world_text_resource(const WorldOrganization *o, const char *type, int site, const char *name,
                         char *ret_resource);

/* Writes TIME_S as RFC 3339 in an offset of OFFSET_MINUTES into RET_TEXT, WORLD_NAME_SIZE bytes. */
void world_text_time(int64_t time_s, int offset_minutes, char *ret_text);

/* Writes QUERY as the words of a query into RET_TEXT of SIZE bytes, cut off when it is too small.
 */
void world_text_query(const RefQuery *query, char *ret_text, size_t size);

/* Reads the words of a query, as world_text_query() writes them; they are to be well formed. */
void world_text_read_query(const char *words, RefQuery *ret_query);

/* Returns the name of ROLE, one of the catalogues or of O (*borrows*). */
const char *world_text_role(const WorldOrganization *o, int role);
