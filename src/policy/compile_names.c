/* SPDX-License-Identifier: MIT */
/*
 * Compile: hash tables of names, and people's uids
 *
 * Everything that can be named is put into the tables that image_find.c reads. A person is one in
 * all organizations: a uid stated in one of them is his everywhere.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "policy/compile.h"
#include "policy/image.h"

/* A table while it is filled. */
typedef struct Table {
        ImageSlot *slots;
        uint32_t mask;
} Table;

/* Makes a table for count names: 2^n slots, at most half of them in use. */
static int table_make(Compiler *compiler, enum ImageSectionId section, size_t count, Table *table)
{
        size_t size = 1;
        while (size < 2 * count)
                size *= 2;
        table->slots = compiler_append(compiler, section, count ? size : 0);
        table->mask = (uint32_t)size - 1;
        return compiler->error;
}

static void table_put(const Compiler *compiler, Table *table, uint64_t seed, uint32_t string,
                      uint32_t reference)
{
        const char *stored = compiler->sections[IMAGE_STRINGS].data + string;
        uint32_t size;
        memcpy(&size, stored, sizeof(size));
        uint64_t hash = XXH3_64bits_withSeed(stored + sizeof(size), size, seed);
        uint32_t at = (uint32_t)hash & table->mask;
        while (table->slots[at].hash != 0)
                at = (at + 1) & table->mask;
        table->slots[at] = (ImageSlot){ image_slot_hash(hash), reference };
}

/* Where name and organization stand in the records of a section. */
typedef struct NamedSection {
        enum ImageSectionId section;
        ResourceType type; /* RESOURCE_TYPE_COUNT: as each record says */
        size_t name;
        size_t organization; /* SIZE_MAX: organizations themselves */
} NamedSection;

static const NamedSection NAMED_SECTIONS[] = {
        { IMAGE_ORGANIZATIONS, RESOURCE_ORGANIZATION, offsetof(ImageOrganization, name), SIZE_MAX },
        { IMAGE_SITES, RESOURCE_SITE, offsetof(ImageSite, path),
          offsetof(ImageSite, organization) },
        { IMAGE_DOORS, RESOURCE_DOOR, offsetof(ImageDoor, path),
          offsetof(ImageDoor, organization) },
        { IMAGE_HOSTS, RESOURCE_HOST, offsetof(ImageHost, path),
          offsetof(ImageHost, organization) },
        { IMAGE_USERS, RESOURCE_USER, offsetof(ImageUser, name),
          offsetof(ImageUser, organization) },
        { IMAGE_GROUPS, RESOURCE_GROUP, offsetof(ImageGroup, name),
          offsetof(ImageGroup, organization) },
        { IMAGE_ACCESS_GROUPS, RESOURCE_ACCESS_GROUP, offsetof(ImageAccessGroup, name),
          offsetof(ImageAccessGroup, organization) },
        { IMAGE_ACCESS_LEVELS, RESOURCE_ACCESS_LEVEL, offsetof(ImageAccessLevel, name),
          offsetof(ImageAccessLevel, organization) },
        { IMAGE_SCHEDULES, RESOURCE_SCHEDULE, offsetof(ImageSchedule, name),
          offsetof(ImageSchedule, organization) },
        { IMAGE_LOCKDOWNS, RESOURCE_LOCKDOWN, offsetof(ImageLockdown, name),
          offsetof(ImageLockdown, organization) },
        { IMAGE_OBJECTS, RESOURCE_TYPE_COUNT, offsetof(ImageObject, name),
          offsetof(ImageObject, organization) },
};

enum { NAMED_SECTION_COUNT = sizeof(NAMED_SECTIONS) / sizeof(NAMED_SECTIONS[0]) };

static uint32_t member_at(const void *record, size_t offset)
{
        uint32_t value;
        memcpy(&value, (const char *)record + offset, sizeof(value));
        return value;
}

static void section_put(const Compiler *compiler, Table *table, const NamedSection *named)
{
        for (uint32_t i = 0; i < compiler_count(compiler, named->section); i++) {
                const void *record = compiler_at(compiler, named->section, i);
                bool owned = named->organization != SIZE_MAX;
                uint32_t organization = owned ? member_at(record, named->organization) : 0;
                ResourceType type = named->type == RESOURCE_TYPE_COUNT
                                            ? member_at(record, offsetof(ImageObject, type))
                                            : named->type;
                table_put(compiler, table, image_name_seed(type, organization),
                          member_at(record, named->name), i);
        }
}

/* Somebody whose uid is stated. */
typedef struct Person {
        uint32_t name;
        uint32_t uid;
        uint32_t user;
} Person;

static int person_compare_names(const void *left, const void *right)
{
        const Person *a = left, *b = right;
        if (a->name != b->name)
                return a->name < b->name ? -1 : 1;
        return a->user < b->user ? -1 : a->user > b->user;
}

static int uid_compare(const void *left, const void *right)
{
        const ImageUid *a = left, *b = right;
        if (a->uid != b->uid)
                return a->uid < b->uid ? -1 : 1;
        return a->name < b->name ? -1 : a->name > b->name;
}

/* Lists everybody with a stated uid once, by the number of his name's string. */
static size_t persons_collect(const Compiler *compiler, Person *persons)
{
        size_t count = 0;
        for (uint32_t i = 0; i < compiler_count(compiler, IMAGE_USERS); i++) {
                const ImageUser *user = compiler_at(compiler, IMAGE_USERS, i);
                if (user->flags & IMAGE_USER_UID_STATED)
                        persons[count++] = (Person){ user->name, user->uid, i };
        }
        qsort(persons, count, sizeof(*persons), person_compare_names);
        size_t kept = 0;
        for (size_t i = 0; i < count; i++)
                if (kept == 0 || persons[kept - 1].name != persons[i].name)
                        persons[kept++] = persons[i];
        return kept;
}

static void uids_fill(Compiler *compiler, const Person *persons, size_t count)
{
        ImageUid *uids = compiler_append(compiler, IMAGE_UIDS, count);
        for (size_t i = 0; i < count && uids; i++)
                uids[i] = (ImageUid){ persons[i].uid, persons[i].name };
        if (uids && count > 0)
                qsort(uids, count, sizeof(*uids), uid_compare);
}

/* Gives a person's uid to his records in other organizations. */
static void uids_spread(const Compiler *compiler, const Person *persons, size_t count)
{
        for (uint32_t i = 0; i < compiler_count(compiler, IMAGE_USERS) && count > 0; i++) {
                ImageUser *user = compiler_at(compiler, IMAGE_USERS, i);
                size_t low = 0, high = count;
                while (low < high) {
                        size_t middle = low + (high - low) / 2;
                        if (persons[middle].name < user->name)
                                low = middle + 1;
                        else
                                high = middle;
                }
                if (low < count && persons[low].name == user->name) {
                        user->uid = persons[low].uid;
                        user->flags |= IMAGE_USER_UID_STATED;
                }
        }
}

static int names_fill(Compiler *compiler, const Person *persons, size_t person_count)
{
        size_t count = person_count;
        for (size_t i = 0; i < NAMED_SECTION_COUNT; i++)
                count += compiler_count(compiler, NAMED_SECTIONS[i].section);
        Table table;
        if (table_make(compiler, IMAGE_NAME_SLOTS, count, &table) != 0)
                return compiler->error;
        for (size_t i = 0; i < NAMED_SECTION_COUNT; i++)
                section_put(compiler, &table, &NAMED_SECTIONS[i]);
        for (size_t i = 0; i < person_count; i++)
                table_put(compiler, &table, image_name_seed(RESOURCE_USER, IMAGE_NONE),
                          persons[i].name, persons[i].user);
        return 0;
}

static int permissions_fill(Compiler *compiler)
{
        uint32_t count = compiler_count(compiler, IMAGE_PERMISSIONS);
        Table table;
        if (table_make(compiler, IMAGE_PERMISSION_SLOTS, count, &table) != 0)
                return compiler->error;
        for (uint32_t i = 0; i < count; i++) {
                const ImagePermission *permission = compiler_at(compiler, IMAGE_PERMISSIONS, i);
                table_put(compiler, &table, 0, permission->name, i);
        }
        return 0;
}

/* Variants are found through their base. */
static int roles_fill(Compiler *compiler)
{
        uint32_t count = compiler_count(compiler, IMAGE_ROLES);
        Table table;
        if (table_make(compiler, IMAGE_ROLE_SLOTS, count, &table) != 0)
                return compiler->error;
        for (uint32_t i = 0; i < count; i++) {
                const ImageRole *role = compiler_at(compiler, IMAGE_ROLES, i);
                if (role->base == i)
                        table_put(compiler, &table, image_role_seed(role->organization), role->name,
                                  i);
        }
        return 0;
}

int compile_names(Compiler *compiler)
{
        size_t users = compiler_count(compiler, IMAGE_USERS);
        _cleanup_free_ Person *persons = calloc(users + 1, sizeof(*persons));
        if (!persons)
                return compiler->error = -ENOMEM;
        size_t count = persons_collect(compiler, persons);
        uids_fill(compiler, persons, count);
        if (compiler->model->organizations.count > 1)
                uids_spread(compiler, persons, count);
        if (compiler->error || names_fill(compiler, persons, count) != 0)
                return compiler->error;
        if (permissions_fill(compiler) != 0)
                return compiler->error;
        return roles_fill(compiler);
}
