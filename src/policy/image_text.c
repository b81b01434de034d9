/* SPDX-License-Identifier: MIT */
/* Image texts: what an image's numbers are called when people read them. */
#include "policy/image.h"

#include <inttypes.h>
#include <stdio.h>

#include "policy/image_inline.h"

char *image_revision(const Image *image, char buffer[static IMAGE_REVISION_SIZE])
{
        snprintf(buffer, IMAGE_REVISION_SIZE, "%016" PRIx64, image_header(image)->revision);
        return buffer;
}

char *image_place(const Image *image, ImagePlace place, char *buffer, size_t buffer_size)
{
        const ImageRecords *files = &image->sections[IMAGE_FILES];
        if (place.file >= files->count) {
                snprintf(buffer, buffer_size, "-");
                return buffer;
        }
        Text name = image_string(image, ((const ImageFile *)files->records)[place.file].name);
        snprintf(buffer, buffer_size, "%.*s:%u", (int)name.size, name.size ? name.data : "",
                 place.line);
        return buffer;
}

/* Where a record's organization and path stand. path stays IMAGE_NONE for an organization. */
typedef struct Address {
        uint32_t organization;
        uint32_t path;
} Address;

#define ADDRESS_OF(accessor, type, path_member)                                                    \
        static bool accessor##_address(const Image *image, uint32_t index, Address *ret_address)   \
        {                                                                                          \
                const type *record = image_inline_##accessor(image, index);                        \
                if (record)                                                                        \
                        *ret_address = (Address){ record->organization, record->path_member };     \
                return record != NULL;                                                             \
        }

ADDRESS_OF(site, ImageSite, path)
ADDRESS_OF(door, ImageDoor, path)
ADDRESS_OF(host, ImageHost, path)
ADDRESS_OF(user, ImageUser, name)
ADDRESS_OF(group, ImageGroup, name)
ADDRESS_OF(access_group, ImageAccessGroup, name)
ADDRESS_OF(access_level, ImageAccessLevel, name)
ADDRESS_OF(schedule, ImageSchedule, name)
ADDRESS_OF(lockdown, ImageLockdown, name)
ADDRESS_OF(object, ImageObject, name)

static bool organization_address(const Image *image, uint32_t index, Address *ret_address)
{
        *ret_address = (Address){ index, IMAGE_NONE };
        return image_inline_organization(image, index) != NULL;
}

static bool address_find(const Image *image, ResourceType type, uint32_t index,
                         Address *ret_address)
{
        static bool (*const FINDERS[RESOURCE_TYPE_COUNT])(const Image *, uint32_t, Address *) = {
                [RESOURCE_ORGANIZATION] = organization_address,
                [RESOURCE_SITE] = site_address,
                [RESOURCE_DOOR] = door_address,
                [RESOURCE_HOST] = host_address,
                [RESOURCE_USER] = user_address,
                [RESOURCE_GROUP] = group_address,
                [RESOURCE_ACCESS_GROUP] = access_group_address,
                [RESOURCE_ENTITY] = object_address,
                [RESOURCE_SCHEDULE] = schedule_address,
                [RESOURCE_DOOR_EXCEPTION] = object_address,
                [RESOURCE_ACCESS_LEVEL] = access_level_address,
                [RESOURCE_ROLL_CALL_TEMPLATE] = object_address,
                [RESOURCE_FLOORPLAN] = object_address,
                [RESOURCE_ACCESS_EXCEPTION] = object_address,
                [RESOURCE_LOCKDOWN] = lockdown_address,
        };
        return (unsigned)type < RESOURCE_TYPE_COUNT && FINDERS[type] &&
               FINDERS[type](image, index, ret_address);
}

Text image_resource(const Image *image, ResourceType type, uint32_t index, char *buffer,
                    size_t buffer_size)
{
        Address address;
        if (!address_find(image, type, index, &address))
                return TEXT_NULL;
        const ImageOrganization *organization = image_organization(image, address.organization);
        Text owner = organization ? image_string(image, organization->name) : TEXT_NULL;
        Text path = image_string(image, address.path);
        int size = snprintf(buffer, buffer_size, "%s:%.*s%s%.*s", resource_type_name(type),
                            (int)owner.size, owner.size ? owner.data : "", path.size ? "/" : "",
                            (int)path.size, path.size ? path.data : "");
        if (size < 0 || (size_t)size >= buffer_size)
                return TEXT_NULL;
        return (Text){ buffer, (size_t)size };
}
