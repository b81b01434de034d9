/* SPDX-License-Identifier: MIT */
/*
 * Image, inline
 *
 * The inside of an Image and its accessors as inline functions, for the code that decides: a record
 * costs one comparison. Everybody else uses image.h, which is made of the same functions.
 */
#pragma once

#include "policy/image.h"

typedef struct ImageRecords {
        const void *records; /* borrowed from the image's bytes */
        uint32_t count;
} ImageRecords;

enum ImageStorage { IMAGE_BORROWED, IMAGE_ALLOCATED, IMAGE_MAPPED };

struct Image {
        const char *data;
        size_t size;
        enum ImageStorage storage;
        ImageRecords sections[IMAGE_SECTION_COUNT];
};

/* Sections of records that have an accessor: name, type, section. */
#define IMAGE_RECORD_ACCESSORS(X)                                                                  \
        X(organization, ImageOrganization, IMAGE_ORGANIZATIONS)                                    \
        X(site, ImageSite, IMAGE_SITES)                                                            \
        X(door, ImageDoor, IMAGE_DOORS)                                                            \
        X(host, ImageHost, IMAGE_HOSTS)                                                            \
        X(user, ImageUser, IMAGE_USERS)                                                            \
        X(group, ImageGroup, IMAGE_GROUPS)                                                         \
        X(access_group, ImageAccessGroup, IMAGE_ACCESS_GROUPS)                                     \
        X(access_level, ImageAccessLevel, IMAGE_ACCESS_LEVELS)                                     \
        X(schedule, ImageSchedule, IMAGE_SCHEDULES)                                                \
        X(zone, ImageZone, IMAGE_ZONES)                                                            \
        X(exception, ImageException, IMAGE_EXCEPTIONS)                                             \
        X(lockdown, ImageLockdown, IMAGE_LOCKDOWNS)                                                \
        X(object, ImageObject, IMAGE_OBJECTS)                                                      \
        X(permission, ImagePermission, IMAGE_PERMISSIONS)                                          \
        X(role, ImageRole, IMAGE_ROLES)                                                            \
        X(grant, ImageGrant, IMAGE_GRANTS)                                                         \
        X(mapped_group, ImageMappedGroup, IMAGE_MAPPED_GROUPS)                                     \
        X(caller, ImageCaller, IMAGE_CALLERS)                                                      \
        X(front, ImageFront, IMAGE_FRONTS)                                                         \
        X(session_rule, ImageSessionRule, IMAGE_SESSION_RULES)

/* Sections of which a range is read at once: name, type, section. */
#define IMAGE_RANGE_ACCESSORS(X)                                                                   \
        X(held, ImageHeld, IMAGE_HELD)                                                             \
        X(entries, ImageEntry, IMAGE_ENTRIES)                                                      \
        X(customizations, ImageCustomization, IMAGE_CUSTOMIZATIONS)                                \
        X(grants, ImageGrant, IMAGE_GRANTS)                                                        \
        X(windows, ImageWindow, IMAGE_WINDOWS)                                                     \
        X(transitions, ImageTransition, IMAGE_TRANSITIONS)                                         \
        X(exception_days, ImageExceptionDay, IMAGE_EXCEPTION_DAYS)                                 \
        X(cards, ImageCard, IMAGE_CARDS)                                                           \
        X(numbers, uint32_t, IMAGE_NUMBERS)

#define IMAGE_INLINE_RECORD(name, type, section)                                                   \
        static inline const type *image_inline_##name(const Image *image, uint32_t index)          \
        {                                                                                          \
                const ImageRecords *records = &image->sections[section];                           \
                return index < records->count ? (const type *)records->records + index : NULL;     \
        }

#define IMAGE_INLINE_RANGE(name, type, section)                                                    \
        static inline const type *image_inline_##name(const Image *image, ImageRange range,        \
                                                      uint32_t *ret_count)                         \
        {                                                                                          \
                const ImageRecords *records = &image->sections[section];                           \
                bool inside = range.count > 0 && range.first < records->count &&                   \
                              range.count <= records->count - range.first;                         \
                *ret_count = inside ? range.count : 0;                                             \
                return inside ? (const type *)records->records + range.first : NULL;               \
        }

IMAGE_RECORD_ACCESSORS(IMAGE_INLINE_RECORD)
IMAGE_RANGE_ACCESSORS(IMAGE_INLINE_RANGE)

/* The grants recorded for a user himself. */
static inline ImageRange image_inline_user_grants(const Image *image, const ImageUser *user)
{
        const ImageGrant *first = image_inline_grant(image, user->first_grant);
        return first ? (ImageRange){ user->first_grant, first->count } : (ImageRange){ 0, 0 };
}

/* As image_string(). */
static inline Text image_inline_string(const Image *image, uint32_t string)
{
        const ImageRecords *strings = &image->sections[IMAGE_STRINGS];
        const char *bytes = strings->records;
        if (string % 4 != 0 || (uint64_t)string + sizeof(uint32_t) >= strings->count)
                return TEXT_NULL;
        uint32_t size = *(const uint32_t *)(const void *)(bytes + string);
        uint32_t start = string + (uint32_t)sizeof(uint32_t);
        if (size >= strings->count - start || bytes[start + size] != '\0')
                return TEXT_NULL;
        return (Text){ bytes + start, size };
}

/*
 * Finds a door and a user of an organization at once. In a large policy most of a search is waiting
 * for memory that is in no cache; here both wait together. The results are those of image_find():
 * an index or IMAGE_NONE.
 */
void image_find_door_and_user(const Image *image, uint32_t organization, Text door_path,
                              Text user_name, uint32_t *ret_door, uint32_t *ret_user);
