/* SPDX-License-Identifier: MIT */
/*
 * Target
 *
 * What is asked about, and where it is. For what is declared the record says where; for an archive,
 * a camera, a roll call or a report it is the site in the path that has to be declared.
 */
#include "policy/engine.h"

typedef struct Location {
        uint32_t site;
        uint32_t position;
} Location;

static bool site_location(const Image *image, uint32_t site, Location *location)
{
        const ImageSite *record = image_inline_site(image, site);
        if (!record)
                return false;
        *location = (Location){ site, record->position };
        return true;
}

static bool object_location(const Image *image, uint32_t index, Location *location)
{
        const ImageObject *object = image_inline_object(image, index);
        if (!object)
                return false;
        return object->site == IMAGE_NONE || site_location(image, object->site, location);
}

/* Where something declared is; things of the organization keep the location they came with.
 * Return: false when the image is damaged. */
static inline bool declared_location(const Image *image, ResourceType type, uint32_t index,
                                     Location *location)
{
        switch (type) {
        case RESOURCE_SITE:
                return site_location(image, index, location);
        case RESOURCE_DOOR: {
                const ImageDoor *door = image_inline_door(image, index);
                if (door)
                        *location = (Location){ door->site, door->position };
                return door;
        }
        case RESOURCE_HOST: {
                const ImageHost *host = image_inline_host(image, index);
                if (host)
                        *location = (Location){ host->site, host->position };
                return host;
        }
        case RESOURCE_ROLL_CALL_TEMPLATE:
                return object_location(image, index, location);
        default:
                return true;
        }
}

/* Finds the site in the path of something that is not declared itself. */
static Reason undeclared_location(const Image *image, uint32_t organization, Text path,
                                  Location *location)
{
        Text site_path, name;
        if (!text_split_last(path, '/', &site_path, &name))
                return REASON_UNKNOWN_RESOURCE;
        uint32_t site = image_find(image, RESOURCE_SITE, organization, site_path);
        if (site == IMAGE_NONE)
                return REASON_UNKNOWN_RESOURCE;
        return site_location(image, site, location) ? REASON_NONE : REASON_CORRUPT_IMAGE;
}

static Target target_new(ResourceType type, uint32_t organization, uint32_t index,
                         Location location)
{
        return (Target){
                .type = type,
                .organization = organization,
                .index = index,
                .site = location.site,
                .position = location.position,
                .scopes = resource_type_scopes(type),
        };
}

bool target_of_index(const Image *image, uint32_t organization, ResourceType type, uint32_t index,
                     Target *ret_target)
{
        const ImageOrganization *record = image_inline_organization(image, organization);
        if (!record)
                return false;
        Location location = { IMAGE_NONE, record->position };
        if (!declared_location(image, type, index, &location))
                return false;
        *ret_target = target_new(type, organization, index, location);
        return true;
}

Reason policy_find_target(const Image *image, const Resource *resource, Target *ret_target)
{
        uint32_t organization = image_find_organization(image, resource->organization);
        if (organization == IMAGE_NONE)
                return REASON_UNKNOWN_RESOURCE;
        if (resource->type >= RESOURCE_ROLL_CALL) {
                Location location;
                Reason reason = undeclared_location(image, organization, resource->path, &location);
                if (reason == REASON_NONE)
                        *ret_target =
                                target_new(resource->type, organization, IMAGE_NONE, location);
                return reason;
        }
        uint32_t index = image_find(image, resource->type, organization, resource->path);
        if (index == IMAGE_NONE)
                return REASON_UNKNOWN_RESOURCE;
        bool sound = target_of_index(image, organization, resource->type, index, ret_target);
        return sound ? REASON_NONE : REASON_CORRUPT_IMAGE;
}

bool target_holds(const Engine *engine, uint32_t position)
{
        const Target *target = engine->target;
        uint32_t end;
        if (target->site != IMAGE_NONE) {
                const ImageSite *site = image_inline_site(engine->image, target->site);
                end = site ? site->end : 0;
        } else {
                const ImageOrganization *organization =
                        image_inline_organization(engine->image, target->organization);
                end = organization ? organization->end : 0;
        }
        return target->position <= position && position < end;
}
