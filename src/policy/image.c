/* SPDX-License-Identifier: MIT */
/*
 * Image
 *
 * Opening checks what can be checked in one pass over the bytes: header, checksum, and that every
 * section is a whole number of aligned records inside the file. What the records point to is
 * checked at each use, in image_inline.h.
 */
#include "policy/image.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "policy/image_inline.h"
#include "util/file.h"

/* Bytes of one record of each section. */
static const uint32_t RECORD_SIZES[IMAGE_SECTION_COUNT] = {
        [IMAGE_STRINGS] = 1,
        [IMAGE_FILES] = sizeof(ImageFile),
        [IMAGE_ORGANIZATIONS] = sizeof(ImageOrganization),
        [IMAGE_SITES] = sizeof(ImageSite),
        [IMAGE_DOORS] = sizeof(ImageDoor),
        [IMAGE_HOSTS] = sizeof(ImageHost),
        [IMAGE_USERS] = sizeof(ImageUser),
        [IMAGE_GROUPS] = sizeof(ImageGroup),
        [IMAGE_ACCESS_GROUPS] = sizeof(ImageAccessGroup),
        [IMAGE_ACCESS_LEVELS] = sizeof(ImageAccessLevel),
        [IMAGE_SCHEDULES] = sizeof(ImageSchedule),
        [IMAGE_WINDOWS] = sizeof(ImageWindow),
        [IMAGE_ZONES] = sizeof(ImageZone),
        [IMAGE_TRANSITIONS] = sizeof(ImageTransition),
        [IMAGE_EXCEPTIONS] = sizeof(ImageException),
        [IMAGE_EXCEPTION_DAYS] = sizeof(ImageExceptionDay),
        [IMAGE_LOCKDOWNS] = sizeof(ImageLockdown),
        [IMAGE_OBJECTS] = sizeof(ImageObject),
        [IMAGE_PERMISSIONS] = sizeof(ImagePermission),
        [IMAGE_ROLES] = sizeof(ImageRole),
        [IMAGE_ROLE_BITS] = sizeof(uint64_t),
        [IMAGE_ENTRIES] = sizeof(ImageEntry),
        [IMAGE_CUSTOMIZATIONS] = sizeof(ImageCustomization),
        [IMAGE_GRANTS] = sizeof(ImageGrant),
        [IMAGE_HELD] = sizeof(ImageHeld),
        [IMAGE_NUMBERS] = sizeof(uint32_t),
        [IMAGE_MAPPED_GROUPS] = sizeof(ImageMappedGroup),
        [IMAGE_UIDS] = sizeof(ImageUid),
        [IMAGE_NAME_SLOTS] = sizeof(ImageSlot),
        [IMAGE_PERMISSION_SLOTS] = sizeof(ImageSlot),
        [IMAGE_ROLE_SLOTS] = sizeof(ImageSlot),
        [IMAGE_CALLERS] = sizeof(ImageCaller),
        [IMAGE_CERTIFICATES] = sizeof(uint32_t),
        [IMAGE_FRONTS] = sizeof(ImageFront),
        [IMAGE_CARDS] = sizeof(ImageCard),
        [IMAGE_BREAK_GLASS] = sizeof(uint32_t),
        [IMAGE_SESSION_RULES] = sizeof(ImageSessionRule),
};

const char *image_problem_text(int problem)
{
        static const char *const TEXTS[] = {
                [0] = "is a sound image",
                [IMAGE_TOO_SMALL] = "is too small to be an image",
                [IMAGE_WRONG_MAGIC] = "is not an image",
                [IMAGE_WRONG_VERSION] = "is an image of another version",
                [IMAGE_WRONG_SIZE] = "is not as long as it says",
                [IMAGE_WRONG_CHECKSUM] = "is damaged: its checksum does not fit",
                [IMAGE_WRONG_SECTION] = "is damaged: a section does not fit into it",
        };
        if (problem >= IMAGE_FILE_PROBLEM)
                return file_problem_text(problem - IMAGE_FILE_PROBLEM);
        if (problem < 0 || (size_t)problem >= sizeof(TEXTS) / sizeof(TEXTS[0]))
                return "has an unknown problem";
        return TEXTS[problem];
}

uint32_t image_record_size(enum ImageSectionId section)
{
        return RECORD_SIZES[section];
}

uint64_t image_checksum(const void *data, size_t size)
{
        size_t start = offsetof(ImageHeader, checksum) + sizeof(uint64_t);
        return XXH3_64bits((const char *)data + start, size - start);
}

static int header_check(const ImageHeader *header, size_t size)
{
        if (size < sizeof(*header))
                return IMAGE_TOO_SMALL;
        if (memcmp(header->magic, IMAGE_MAGIC, sizeof(header->magic)) != 0)
                return IMAGE_WRONG_MAGIC;
        if (header->version != IMAGE_VERSION || header->header_size != sizeof(*header))
                return IMAGE_WRONG_VERSION;
        if (header->size != size)
                return IMAGE_WRONG_SIZE;
        if (header->checksum != image_checksum(header, size))
                return IMAGE_WRONG_CHECKSUM;
        return 0;
}

static bool slots_are_table(enum ImageSectionId section, uint64_t count)
{
        bool is_table = section == IMAGE_NAME_SLOTS || section == IMAGE_PERMISSION_SLOTS ||
                        section == IMAGE_ROLE_SLOTS;
        return !is_table || (count & (count - 1)) == 0;
}

static int sections_view(Image *image, const ImageHeader *header)
{
        for (unsigned i = 0; i < IMAGE_SECTION_COUNT; i++) {
                ImageSection section = header->sections[i];
                uint64_t count = section.size / RECORD_SIZES[i];
                if (section.offset % 8 != 0 || section.offset < sizeof(*header) ||
                    section.offset > image->size || section.size > image->size - section.offset ||
                    section.size % RECORD_SIZES[i] != 0 || count >= IMAGE_NONE ||
                    !slots_are_table(i, count))
                        return IMAGE_WRONG_SECTION;
                image->sections[i] =
                        (ImageRecords){ image->data + section.offset, (uint32_t)count };
        }
        return 0;
}

static int open_stored(const void *data, size_t size, enum ImageStorage storage, Image **ret_image)
{
        if ((uintptr_t)data % 8 != 0)
                return -EINVAL;
        int problem = header_check(data, size);
        if (problem)
                return problem;
        _cleanup_free_ Image *image = calloc(1, sizeof(*image));
        if (!image)
                return -ENOMEM;
        image->data = data;
        image->size = size;
        image->storage = storage;
        problem = sections_view(image, data);
        if (problem)
                return problem;
        *ret_image = image;
        image = NULL;
        return 0;
}

int image_open(const void *data, size_t size, Image **ret_image)
{
        return open_stored(data, size, IMAGE_BORROWED, ret_image);
}

int image_take(void *data, size_t size, Image **ret_image)
{
        return open_stored(data, size, IMAGE_ALLOCATED, ret_image);
}

int image_check_file(int fd, size_t *ret_size)
{
        struct stat status;
        if (fstat(fd, &status) < 0)
                return -errno;
        if (!S_ISREG(status.st_mode))
                return IMAGE_FILE_PROBLEM + FILE_NOT_REGULAR;
        if (status.st_uid != 0 && status.st_uid != geteuid())
                return IMAGE_FILE_PROBLEM + FILE_WRONG_OWNER;
        if (status.st_mode & (S_IWGRP | S_IWOTH))
                return IMAGE_FILE_PROBLEM + FILE_WRITABLE;
        if ((uint64_t)status.st_size < sizeof(ImageHeader))
                return IMAGE_TOO_SMALL;
        *ret_size = (size_t)status.st_size;
        return 0;
}

int image_map(int fd, Image **ret_image)
{
        size_t size = 0;
        int result = image_check_file(fd, &size);
        if (result != 0)
                return result;
        /* Private: before Linux 6.7 sealed memory cannot be mapped shared, not even for reading. */
        void *data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (data == MAP_FAILED)
                return -errno;
        result = open_stored(data, size, IMAGE_MAPPED, ret_image);
        if (result != 0)
                munmap(data, size);
        return result;
}

Image *image_free(Image *image)
{
        if (!image)
                return NULL;
        if (image->storage == IMAGE_ALLOCATED)
                free((void *)(uintptr_t)image->data);
        else if (image->storage == IMAGE_MAPPED)
                munmap((void *)(uintptr_t)image->data, image->size);
        free(image);
        return NULL;
}

const ImageHeader *image_header(const Image *image)
{
        return (const ImageHeader *)(const void *)image->data;
}

const void *image_data(const Image *image, size_t *ret_size)
{
        *ret_size = image->size;
        return image->data;
}

uint32_t image_count(const Image *image, enum ImageSectionId section)
{
        return section < IMAGE_SECTION_COUNT ? image->sections[section].count : 0;
}

Text image_string(const Image *image, uint32_t string)
{
        return image_inline_string(image, string);
}

#define IMAGE_PUBLIC_RECORD(name, type, section)                                                   \
        const type *image_##name(const Image *image, uint32_t index)                               \
        {                                                                                          \
                return image_inline_##name(image, index);                                          \
        }

#define IMAGE_PUBLIC_RANGE(name, type, section)                                                    \
        const type *image_##name(const Image *image, ImageRange range, uint32_t *ret_count)        \
        {                                                                                          \
                return image_inline_##name(image, range, ret_count);                               \
        }

IMAGE_RECORD_ACCESSORS(IMAGE_PUBLIC_RECORD)
IMAGE_RANGE_ACCESSORS(IMAGE_PUBLIC_RANGE)

ImageRange image_user_grants(const Image *image, const ImageUser *user)
{
        return image_inline_user_grants(image, user);
}
