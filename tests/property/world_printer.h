/* SPDX-License-Identifier: MIT */
/*
 * What the printing of one organization works with: a stream for each section of each file, and the
 * choices between one form and another.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

#include "random.h"
#include "world.h"

enum { FILES_MAX = 4, ITEMS_MAX = 32 };

typedef enum Section {
        SECTION_SITES,
        SECTION_SITE_ADDITIONS,
        SECTION_GROUPS,
        SECTION_ACCESS_GROUPS,
        SECTION_USERS,
        SECTION_PEOPLE,
        SECTION_LEVELS,
        SECTION_SCHEDULES,
        SECTION_FLOORPLANS,
        SECTION_TEMPLATES,
        SECTION_EXCEPTIONS,
        SECTION_DOOR_SCHEDULES,
        SECTION_ACCESS_EXCEPTIONS,
        SECTION_CALENDARS,
        SECTION_LOCKDOWNS,
        SECTION_ROLES,
        SECTION_CUSTOMIZATIONS,
        SECTION_ASSIGNMENTS,
        SECTION_MEMBERSHIPS,
        SECTION_MIGRATIONS,
        SECTIONS_COUNT,
} Section;

/* One organization being printed; RANDOM is NULL for the plain form. */
typedef struct Printer {
        const WorldOrganization *o;
        Random *random;
        int files_count;
        FILE *stream[FILES_MAX][SECTIONS_COUNT];
        char *text[FILES_MAX][SECTIONS_COUNT];
        size_t size[FILES_MAX][SECTIONS_COUNT];
} Printer;

/* Returns true PERCENT times out of a hundred, never in the plain form. */
bool printer_chance(const Printer *printer, int percent);

/* Fills RET_ORDER (ITEMS_MAX numbers) with 0 to COUNT - 1, in order or shuffled. */
void printer_order(const Printer *printer, int count, int *ret_order);

/* Returns the stream of SECTION in any of the files, ready for the next element (*borrows*). */
FILE *printer_element(Printer *printer, Section section);

/* Writes from and until, as far as they are stated. */
void printer_print_interval(const Printer *printer, FILE *out, const WorldInterval *interval);

/* Writes a boolean, left out when it has its USUAL value (though not always). */
void printer_print_flag(const Printer *printer, FILE *out, const char *key, bool value, bool usual);

/* Writes a title full of signs that mean something elsewhere, sometimes. */
void printer_print_title(const Printer *printer, FILE *out);

/* Writes the names of LIST; BASE holds elements of SIZE bytes that start with their names. */
void printer_print_names(const Printer *printer, FILE *out, const char *key, const WorldList *list,
                         const void *base, size_t size);

/* Writes ZONE, or nothing when it is not stated. */
void printer_print_zone(FILE *out, WorldZone zone);

/* Writes the paths of the doors of LIST. */
void printer_print_doors(const Printer *printer, FILE *out, const WorldList *list);

/*
 * Writes roles = (...), or nothing when there are none; some of them as assignments of their own
 * to the holder, KIND (user or group) called NAME.
 */
void printer_print_grants(Printer *printer, FILE *out, const char *kind, const char *name,
                          const WorldGrants *grants);

/*
 * Writes the names of the groups of LIST under KEY; some of them as memberships of USER by
 * themselves, in the KIND group or access_group. BASE and SIZE as in printer_print_names().
 */
void printer_print_groups(Printer *printer, FILE *out, const char *user, const char *key,
                          const char *kind, const WorldList *list, const void *base, size_t size);

/* Writes who changed something, when and why, as far as it pleases. */
void printer_print_remarks(const Printer *printer, FILE *out);

/* Writes the Unix group by name or number, or nothing for WORLD_NONE. */
void printer_print_gid(const Printer *printer, FILE *out, int gid);

/* Writes the path of SITE without the organization into RET_PATH, WORLD_TEXT_SIZE bytes. */
void printer_site_path(const WorldOrganization *o, int site, char *ret_path);
