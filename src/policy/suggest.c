/* SPDX-License-Identifier: MIT */
/*
 * Suggest
 *
 * "Did you mean": the nearest name of the same kind, at most two edits away. Among resources the
 * last name of the path is compared where the rest is right, so that a misspelt door is looked for
 * at its own site first.
 */
#include "policy/explain_parts.h"
#include "policy/limits.h"

#define EDITS_MAX          2
#define RESOURCE_TEXT_SIZE (RESOURCE_SIZE_MAX + 64)

typedef struct Nearest {
        uint32_t index; /* IMAGE_NONE: none is near */
        unsigned edits;
} Nearest;

#define NEAREST_NONE ((Nearest){ IMAGE_NONE, EDITS_MAX + 1 })

static void nearest_try(Nearest *nearest, uint32_t index, Text wanted, Text name)
{
        if (nearest->edits == 0)
                return;
        unsigned edits = text_distance(wanted, name, nearest->edits - 1);
        if (edits < nearest->edits)
                *nearest = (Nearest){ index, edits };
}

/* The permission that decides the command of that name; IMAGE_NONE: none. */
static uint32_t permission_of_command(const Image *image, Text name)
{
        for (uint32_t i = 0; i < PERMISSION_COMMAND_COUNT; i++)
                if (text_is(name, permission_command_name((PermissionCommand)i)))
                        return image_header(image)->commands[i];
        return IMAGE_NONE;
}

void suggest_permission(const Printer *printer, Text name)
{
        Nearest nearest = { permission_of_command(printer->image, name), EDITS_MAX + 1 };
        if (nearest.index != IMAGE_NONE)
                nearest.edits = 0;
        for (uint32_t i = 0; i < image_count(printer->image, IMAGE_PERMISSIONS); i++)
                nearest_try(
                        &nearest, i, name,
                        image_string(printer->image, image_permission(printer->image, i)->name));
        const ImagePermission *found = image_permission(printer->image, nearest.index);
        if (!found)
                return;
        fputs("Did you mean ", printer->stream);
        print_string(printer, found->name);
        fputs("?\n", printer->stream);
}

void suggest_role(const Printer *printer, uint32_t organization, Text name)
{
        Nearest nearest = NEAREST_NONE;
        for (uint32_t i = 0; i < image_count(printer->image, IMAGE_ROLES); i++) {
                const ImageRole *role = image_role(printer->image, i);
                if (role->base == i &&
                    (role->organization == IMAGE_NONE || role->organization == organization))
                        nearest_try(&nearest, i, name, image_string(printer->image, role->name));
        }
        const ImageRole *found = image_role(printer->image, nearest.index);
        if (!found)
                return;
        fputs("Did you mean ", printer->stream);
        print_string(printer, found->name);
        fputs("?\n", printer->stream);
}

static ImageRange range_of_type(const ImageOrganization *organization, ResourceType type)
{
        switch (type) {
        case RESOURCE_SITE:
                return organization->sites;
        case RESOURCE_DOOR:
                return organization->doors;
        case RESOURCE_HOST:
                return organization->hosts;
        case RESOURCE_USER:
                return organization->users;
        case RESOURCE_GROUP:
                return organization->groups;
        case RESOURCE_ACCESS_GROUP:
                return organization->access_groups;
        default:
                return (ImageRange){ 0, 0 };
        }
}

/* Compares only the last names where what stands before them is the same. */
static void resource_try(Nearest *nearest, uint32_t index, Text wanted, Text name)
{
        Text wanted_parent, wanted_last, parent, last;
        if (text_split_last(wanted, '/', &wanted_parent, &wanted_last) &&
            text_split_last(name, '/', &parent, &last) && text_equal(wanted_parent, parent))
                nearest_try(nearest, index, wanted_last, last);
        else
                nearest_try(nearest, index, wanted, name);
}

static void suggest_of_type(const Printer *printer, uint32_t organization, ResourceType type,
                            Text wanted)
{
        char buffer[RESOURCE_TEXT_SIZE];
        Nearest nearest = NEAREST_NONE;
        const ImageOrganization *record = image_organization(printer->image, organization);
        if (!record)
                return;
        ImageRange range = range_of_type(record, type);
        for (uint32_t i = 0; i < range.count && nearest.edits > 1; i++) {
                Text name = image_resource(printer->image, type, range.first + i, buffer,
                                           sizeof(buffer));
                if (name.size == 0)
                        return;
                resource_try(&nearest, range.first + i, wanted, name);
        }
        if (nearest.index == IMAGE_NONE)
                return;
        fputs("Did you mean ", printer->stream);
        print_resource(printer, type, nearest.index);
        fputs("?\n", printer->stream);
}

void suggest_resource(const Printer *printer, const Resource *resource)
{
        char wanted[RESOURCE_TEXT_SIZE];
        Text organization = resource->organization, path = resource->path;
        int size = snprintf(wanted, sizeof(wanted), "%s:%.*s%s%.*s",
                            resource_type_name(resource->type), (int)organization.size,
                            organization.data, path.size > 0 ? "/" : "", (int)path.size,
                            path.size > 0 ? path.data : "");
        if (size > 0 && (size_t)size < sizeof(wanted))
                suggest_of_type(printer, image_find_organization(printer->image, organization),
                                resource->type, (Text){ wanted, (size_t)size });
}

void suggest_user(const Printer *printer, uint32_t organization, Text name)
{
        char owner[RESOURCE_TEXT_SIZE], wanted[RESOURCE_TEXT_SIZE];
        Text resource = image_resource(printer->image, RESOURCE_ORGANIZATION, organization, owner,
                                       sizeof(owner));
        Text type, path;
        if (name.size == 0 || !text_split_first(resource, ':', &type, &path))
                return;
        int size = snprintf(wanted, sizeof(wanted), "user:%.*s/%.*s", (int)path.size, path.data,
                            (int)name.size, name.data);
        if (size > 0 && (size_t)size < sizeof(wanted))
                suggest_of_type(printer, organization, RESOURCE_USER,
                                (Text){ wanted, (size_t)size });
}
