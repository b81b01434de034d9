/* SPDX-License-Identifier: MIT */
/*
 * Finding by name
 *
 * One hash table holds the names of all resources and users; type and organization are part of the
 * hash. A slot only proposes a record: the record's own name decides, so neither a collision nor a
 * lying slot can make one name stand for another.
 */
#include "policy/image.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "policy/image_inline.h"

/* What a slot's record must be. */
typedef struct Wanted {
        ResourceType type;
        uint32_t organization;
        Text name;
} Wanted;

typedef bool (*SlotMatches)(const Image *image, uint32_t reference, const Wanted *wanted);

static inline uint32_t slots_find_hashed(const Image *image, enum ImageSectionId section,
                                         uint64_t hash, const Wanted *wanted, SlotMatches matches)
{
        const ImageRecords *table = &image->sections[section];
        if (table->count == 0 || wanted->name.size == 0)
                return IMAGE_NONE;
        const ImageSlot *slots = table->records;
        uint32_t high = image_slot_hash(hash);
        uint32_t at = (uint32_t)hash & (table->count - 1);
        for (uint32_t tried = 0; tried < table->count && slots[at].hash != 0; tried++) {
                if (slots[at].hash == high && matches(image, slots[at].reference, wanted))
                        return slots[at].reference;
                at = (at + 1) & (table->count - 1);
        }
        return IMAGE_NONE;
}

static inline uint32_t slots_find(const Image *image, enum ImageSectionId section, uint64_t seed,
                                  const Wanted *wanted, SlotMatches matches)
{
        uint64_t hash = XXH3_64bits_withSeed(wanted->name.data, wanted->name.size, seed);
        return slots_find_hashed(image, section, hash, wanted, matches);
}

static inline bool name_is(const Image *image, uint32_t string, const Wanted *wanted)
{
        return text_equal(image_inline_string(image, string), wanted->name);
}

/* Defines MATCHER(), which says whether record `reference` of a section is the wanted one. */
#define MATCHER_OF(accessor, type, name_member, owner_is_wanted)                                   \
        static bool accessor##_matches(const Image *image, uint32_t reference,                     \
                                       const Wanted *wanted)                                       \
        {                                                                                          \
                const type *record = image_inline_##accessor(image, reference);                    \
                return record && (owner_is_wanted) && name_is(image, record->name_member, wanted); \
        }
#define OWNED (record->organization == wanted->organization)

MATCHER_OF(organization, ImageOrganization, name, true)
MATCHER_OF(site, ImageSite, path, OWNED)
MATCHER_OF(door, ImageDoor, path, OWNED)
MATCHER_OF(host, ImageHost, path, OWNED)
MATCHER_OF(user, ImageUser, name, OWNED)
MATCHER_OF(group, ImageGroup, name, OWNED)
MATCHER_OF(access_group, ImageAccessGroup, name, OWNED)
MATCHER_OF(access_level, ImageAccessLevel, name, OWNED)
MATCHER_OF(schedule, ImageSchedule, name, OWNED)
MATCHER_OF(lockdown, ImageLockdown, name, OWNED)
MATCHER_OF(object, ImageObject, name, OWNED && record->type == (uint32_t)wanted->type)
MATCHER_OF(permission, ImagePermission, name, true)
MATCHER_OF(role, ImageRole, name, OWNED && record->base == reference)

/* A person whose uid is stated, in whichever organization. */
static bool person_matches(const Image *image, uint32_t reference, const Wanted *wanted)
{
        const ImageUser *user = image_inline_user(image, reference);
        return user && user->flags & IMAGE_USER_UID_STATED && name_is(image, user->name, wanted);
}

uint32_t image_find_organization(const Image *image, Text name)
{
        const ImageRecords *organizations = &image->sections[IMAGE_ORGANIZATIONS];
        Wanted wanted = { RESOURCE_ORGANIZATION, 0, name };
        if (organizations->count == 1) /* as nearly everywhere: no need to look it up */
                return organization_matches(image, 0, &wanted) ? 0 : IMAGE_NONE;
        return slots_find(image, IMAGE_NAME_SLOTS, image_name_seed(RESOURCE_ORGANIZATION, 0),
                          &wanted, organization_matches);
}

uint32_t image_find_permission(const Image *image, Text name)
{
        Wanted wanted = { .name = name };
        return slots_find(image, IMAGE_PERMISSION_SLOTS, 0, &wanted, permission_matches);
}

uint32_t image_find_role(const Image *image, uint32_t organization, Text name)
{
        Wanted wanted = { .organization = IMAGE_NONE, .name = name };
        uint32_t role = slots_find(image, IMAGE_ROLE_SLOTS, 0, &wanted, role_matches);
        if (role != IMAGE_NONE || organization == IMAGE_NONE)
                return role;
        wanted.organization = organization;
        return slots_find(image, IMAGE_ROLE_SLOTS, image_role_seed(organization), &wanted,
                          role_matches);
}

uint32_t image_find_user(const Image *image, uint32_t organization, Text name)
{
        Wanted wanted = { RESOURCE_USER, organization, name };
        return slots_find(image, IMAGE_NAME_SLOTS, image_name_seed(RESOURCE_USER, organization),
                          &wanted, user_matches);
}

static uint32_t organization_find(const Image *image, uint32_t organization, Text path)
{
        const ImageOrganization *record = image_inline_organization(image, organization);
        if (!record || path.size > 0)
                return IMAGE_NONE;
        return organization;
}

static const SlotMatches MATCHERS[RESOURCE_TYPE_COUNT] = {
        [RESOURCE_SITE] = site_matches,
        [RESOURCE_DOOR] = door_matches,
        [RESOURCE_HOST] = host_matches,
        [RESOURCE_USER] = user_matches,
        [RESOURCE_GROUP] = group_matches,
        [RESOURCE_ACCESS_GROUP] = access_group_matches,
        [RESOURCE_ENTITY] = object_matches,
        [RESOURCE_SCHEDULE] = schedule_matches,
        [RESOURCE_DOOR_EXCEPTION] = object_matches,
        [RESOURCE_ACCESS_LEVEL] = access_level_matches,
        [RESOURCE_ROLL_CALL_TEMPLATE] = object_matches,
        [RESOURCE_FLOORPLAN] = object_matches,
        [RESOURCE_ACCESS_EXCEPTION] = object_matches,
        [RESOURCE_LOCKDOWN] = lockdown_matches,
};

uint32_t image_find(const Image *image, ResourceType type, uint32_t organization, Text path)
{
        if (type == RESOURCE_ORGANIZATION)
                return organization_find(image, organization, path);
        if ((unsigned)type >= RESOURCE_TYPE_COUNT || !MATCHERS[type])
                return IMAGE_NONE;
        Wanted wanted = { type, organization, path };
        return slots_find(image, IMAGE_NAME_SLOTS, image_name_seed(type, organization), &wanted,
                          MATCHERS[type]);
}

/* ---- Two at once ---- */

/* The first slot that fits proposes a record, good enough to fetch it ahead. Return: its index. */
static inline uint32_t slots_guess(const Image *image, uint64_t hash)
{
        const ImageRecords *table = &image->sections[IMAGE_NAME_SLOTS];
        const ImageSlot *slots = table->records;
        uint32_t high = image_slot_hash(hash), at = (uint32_t)hash & (table->count - 1);
        if (table->count == 0)
                return IMAGE_NONE;
        if (slots[at].hash != high)
                at = (at + 1) & (table->count - 1);
        return slots[at].hash == high ? slots[at].reference : IMAGE_NONE;
}

static inline uint64_t slots_fetch(const Image *image, ResourceType type, uint32_t organization,
                                   Text name)
{
        const ImageRecords *table = &image->sections[IMAGE_NAME_SLOTS];
        uint64_t hash =
                XXH3_64bits_withSeed(name.data, name.size, image_name_seed(type, organization));
        if (table->count > 0)
                __builtin_prefetch((const ImageSlot *)table->records +
                                   ((uint32_t)hash & (table->count - 1)));
        return hash;
}

static inline void string_fetch(const Image *image, uint32_t string)
{
        const ImageRecords *strings = &image->sections[IMAGE_STRINGS];
        if (string < strings->count)
                __builtin_prefetch((const char *)strings->records + string);
}

static inline void held_fetch(const Image *image, ImageRange held)
{
        const ImageRecords *records = &image->sections[IMAGE_HELD];
        if (held.first < records->count)
                __builtin_prefetch((const ImageHeld *)records->records + held.first);
}

void image_find_door_and_user(const Image *image, uint32_t organization, Text door_path,
                              Text user_name, uint32_t *ret_door, uint32_t *ret_user)
{
        Wanted wanted_door = { RESOURCE_DOOR, organization, door_path };
        Wanted wanted_user = { RESOURCE_USER, organization, user_name };
        uint64_t door_hash = slots_fetch(image, RESOURCE_DOOR, organization, door_path);
        uint64_t user_hash = slots_fetch(image, RESOURCE_USER, organization, user_name);
        const ImageDoor *door = image_inline_door(image, slots_guess(image, door_hash));
        const ImageUser *user = image_inline_user(image, slots_guess(image, user_hash));
        if (door)
                __builtin_prefetch(door);
        if (user) {
                string_fetch(image, user->name);
                held_fetch(image, user->held);
        }
        if (door)
                string_fetch(image, door->path);
        *ret_door =
                slots_find_hashed(image, IMAGE_NAME_SLOTS, door_hash, &wanted_door, door_matches);
        *ret_user =
                slots_find_hashed(image, IMAGE_NAME_SLOTS, user_hash, &wanted_user, user_matches);
}

Text image_person_of_uid(const Image *image, uint32_t uid)
{
        const ImageUid *uids = image->sections[IMAGE_UIDS].records;
        uint32_t low = 0, high = image->sections[IMAGE_UIDS].count;
        while (low < high) {
                uint32_t middle = low + (high - low) / 2;
                if (uids[middle].uid < uid)
                        low = middle + 1;
                else
                        high = middle;
        }
        if (low >= image->sections[IMAGE_UIDS].count || uids[low].uid != uid)
                return TEXT_NULL;
        return image_string(image, uids[low].name);
}

bool image_uid_of_person(const Image *image, Text name, uint32_t *ret_uid)
{
        Wanted wanted = { .name = name };
        uint64_t seed = image_name_seed(RESOURCE_USER, IMAGE_NONE);
        uint32_t found = slots_find(image, IMAGE_NAME_SLOTS, seed, &wanted, person_matches);
        const ImageUser *user = image_inline_user(image, found);
        if (!user)
                return false;
        *ret_uid = user->uid;
        return true;
}
