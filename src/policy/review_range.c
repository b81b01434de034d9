/* SPDX-License-Identifier: MIT */
/* Review range: see review_range.h. */
#include "policy/review_range.h"

#include "policy/engine.h"

static const ResourceType types[REVIEW_TYPES_MAX] = {
        RESOURCE_ORGANIZATION,
        RESOURCE_SITE,
        RESOURCE_DOOR,
        RESOURCE_HOST,
        RESOURCE_USER,
        RESOURCE_ACCESS_GROUP,
        RESOURCE_ROLL_CALL_TEMPLATE,
        RESOURCE_ENTITY,
};

const ResourceType *review_types(void)
{
        return types;
}

bool review_type_is_listed(ResourceType type)
{
        for (size_t i = 0; i < REVIEW_TYPES_MAX; i++)
                if (types[i] == type)
                        return true;
        return false;
}

ImageRange review_range(const ImageOrganization *organization, uint32_t index, ResourceType type)
{
        switch (type) {
        case RESOURCE_ORGANIZATION:
                return (ImageRange){ index, 1 };
        case RESOURCE_SITE:
                return organization->sites;
        case RESOURCE_DOOR:
                return organization->doors;
        case RESOURCE_HOST:
                return organization->hosts;
        case RESOURCE_USER:
                return organization->users;
        case RESOURCE_ACCESS_GROUP:
                return organization->access_groups;
        default:
                return organization->objects;
        }
}

bool review_is_of_type(const Image *image, ResourceType type, uint32_t index)
{
        if (type != RESOURCE_ROLL_CALL_TEMPLATE && type != RESOURCE_ENTITY)
                return true;
        const ImageObject *object = image_inline_object(image, index);
        return object && object->type == type;
}
