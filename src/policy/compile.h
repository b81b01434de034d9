/* SPDX-License-Identifier: MIT */
/*
 * Compile, shared parts
 *
 * One Compiler a run. It holds a growing array for each section; the parts (compile_*.c) fill them
 * in the order in which model_compile() calls them. What cannot be had (memory, room for a 32-bit
 * number) is remembered in `error`, which every part returns: what stores something and gives back
 * its number need not be checked one by one.
 */
#pragma once

#include "policy/image_format.h"
#include "policy/model.h"
#include "policy/site_walk.h"

enum CompileProblem {
        COMPILE_TOO_LARGE = 1, /* a section has more records than a 32-bit number can count */
        COMPILE_NO_ZONE = 2,
};

/* The records of one section. */
typedef struct Section {
        char *data;
        size_t size; /* bytes used */
        size_t capacity;
} Section;

/* Runs of a section that are already there, so that equal ones are stored once. */
typedef struct Pool {
        enum ImageSectionId section;
        struct PoolSlot *slots;
        uint32_t slot_count; /* 0, or 2^n */
        uint32_t used;
} Pool;

/* An organization while it is compiled. */
typedef struct CompiledOrganization {
        SiteWalk walk;
} CompiledOrganization;

typedef struct Compiler {
        const Model *model;
        int64_t now_s;
        int error; /* 0, -ENOMEM or a CompileProblem */
        Section sections[IMAGE_SECTION_COUNT];
        Pool strings, numbers, held, days;
        int64_t known_until_s;   /* from then on something compiled is not known … */
        Place known_until_place; /* … stated here: a calendar; without file: a time zone */
        CompiledOrganization *organizations;
        uint32_t *role_order;     /* by catalogue role: where it stands in a run of held roles */
        ImageRange *role_implied; /* by catalogue role, in IMAGE_NUMBERS: all roles held with it */
        uint32_t position;        /* the next one to give away */
} Compiler;

/* Makes room for count more records, so that appending them cannot fail.
 * Return: the compiler's error. */
int compiler_reserve(Compiler *compiler, enum ImageSectionId section, size_t count);

/* Appends count zeroed records. Return: the first one, borrowed until the section grows beyond what
 * was reserved; NULL for none, and without memory or room. */
void *compiler_append(Compiler *compiler, enum ImageSectionId section, size_t count);

/* The number of records so far. */
uint32_t compiler_count(const Compiler *compiler, enum ImageSectionId section);

/* Record `index` of a section, which must exist. */
void *compiler_at(const Compiler *compiler, enum ImageSectionId section, uint32_t index);

/* Stores a run of records once: where an equal run is there already, that one is given.
 * Return: the run; an empty one after an error. */
ImageRange compiler_store(Compiler *compiler, Pool *pool, const void *records, size_t count);

/* Stores a string. Return: its offset; IMAGE_NONE for NULL and after an error. */
uint32_t compiler_string(Compiler *compiler, const char *string);

/* Stores a list of numbers ascending and without repeats. numbers is sorted in place. */
ImageRange compiler_numbers(Compiler *compiler, uint32_t *numbers, size_t count);

/* Stores the indices of a list of references as numbers, `base` added to each. */
ImageRange compiler_references(Compiler *compiler, const ReferenceList *list, uint32_t base);

static inline ImagePlace compiled_place(Place place)
{
        return (ImagePlace){ place.file, place.line };
}

/* Index of something of an organization in its section. */
#define COMPILED_ORGANIZATION(compiler, index)                                                     \
        ((ImageOrganization *)compiler_at((compiler), IMAGE_ORGANIZATIONS, (index)))

/* The index in IMAGE_SITES of an organization's site. */
static inline uint32_t compiled_site(const Compiler *compiler, uint32_t organization, uint32_t site)
{
        return COMPILED_ORGANIZATION(compiler, organization)->sites.first +
               compiler->organizations[organization].walk.position[site] - 1;
}

/* The index in IMAGE_ROLES of a role that something in an organization refers to: the role of the
 * catalogues that is named, or its own. */
static inline uint32_t compiled_role(const Compiler *compiler, uint32_t organization, uint32_t role)
{
        return role & MODEL_CUSTOM ? COMPILED_ORGANIZATION(compiler, organization)->roles.first +
                                             (role & ~MODEL_CUSTOM)
                                   : role;
}

/* ---- Entries of a role (compile_entries.c) ---- */

/* Entries while they are collected. */
typedef struct Entries {
        ImageEntry *items;
        size_t count, capacity;
} Entries;

/* Adds one. Return: the compiler's error. */
int entries_add(Compiler *compiler, Entries *entries, const ImageEntry *entry);

/* Sorts them and stores those that add something for the role, whose own entry stays of two that
 * are equal. Return: the run in IMAGE_ENTRIES. */
ImageRange entries_store(Compiler *compiler, uint32_t role, Entries *entries);

/* Appends the row of bits of a role whose entries are stored (IMAGE_ROLE_BITS), and says to each
 * permission whether any site gives it. To be called in the order of the roles. */
void role_complete(Compiler *compiler, const ImageRole *role);

/* ---- Time (compile_schedules.c) ---- */

/* Stores a time zone once. Return: its index; IMAGE_NONE after an error. */
uint32_t compiled_zone(Compiler *compiler, const char *name);

/* Stores the days on which exceptions of an organization (of one kind, by their numbers) count.
 * first: the number of the first of that kind in IMAGE_EXCEPTIONS. */
ImageDays compiled_days(Compiler *compiler, const ModelOrganization *organization,
                        ScheduleKind kind, uint32_t first, const uint32_t *exceptions,
                        size_t count);

/* The number in IMAGE_EXCEPTIONS of the first exception of a kind. */
static inline uint32_t compiled_exception(const Compiler *compiler, uint32_t organization,
                                          ScheduleKind kind)
{
        const ModelOrganization *model = &compiler->model->organizations.items[organization];
        return COMPILED_ORGANIZATION(compiler, organization)->exceptions.first +
               (kind == SCHEDULE_KIND_ACCESS ? model->door_exceptions.count : 0);
}

/* The parts, in the order in which they run. Each returns the compiler's error. */
int compile_catalogue(Compiler *compiler);
int compile_tree(Compiler *compiler);
int compile_schedules(Compiler *compiler);
int compile_access(Compiler *compiler);
int compile_roles(Compiler *compiler);
int compile_people(Compiler *compiler);
int compile_members(Compiler *compiler);
int compile_lockdowns(Compiler *compiler);
int compile_callers(Compiler *compiler);
int compile_settings(Compiler *compiler, ImageSettings *ret_settings);
int compile_names(Compiler *compiler);

/* The cards of an organization's users, whose records are those of model users order[0], order[1]
 * and so on; part of compile_people(). Return: the compiler's error. */
int compile_cards(Compiler *compiler, uint32_t organization, const uint32_t *order);

/* Where a holder's roles come from. */
typedef struct HeldSource {
        uint32_t organization;
        const ModelGrantList *grants; /* his own */
        uint32_t first_grant;         /* number of the first of them in IMAGE_GRANTS */
        const ModelUser *user;        /* whose groups' runs are added; NULL for a group */
} HeldSource;

/* Room that is used again from holder to holder. */
typedef struct HeldRoom {
        struct HeldItem *items;
        size_t count;
        size_t capacity;
} HeldRoom;

/* Builds the run of the roles that somebody holds. Return: the run in IMAGE_HELD. */
ImageRange compile_held(Compiler *compiler, HeldRoom *room, const HeldSource *source);
void held_room_clear(HeldRoom *room);

/* Builds the run of the roles that every member of an organization holds. */
ImageRange compile_member_held(Compiler *compiler, HeldRoom *room, uint32_t organization);

/* The role that stands in the held runs of an organization: its variant where there is one. */
uint32_t compiled_variant(const Compiler *compiler, uint32_t organization, uint32_t role);
