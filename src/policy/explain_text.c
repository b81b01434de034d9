/* SPDX-License-Identifier: MIT */
/*
 * Explain: texts
 *
 * One way to write each thing, so that what one line of an explanation calls a grant the next one
 * calls the same.
 */
#include <errno.h>

#include "policy/explain_parts.h"

#define RESOURCE_TEXT_SIZE (RESOURCE_SIZE_MAX + 64)

int print_result(const Printer *printer)
{
        return ferror(printer->stream) ? (errno > 0 ? -errno : -EIO) : 0;
}

void print_text(const Printer *printer, Text text)
{
        if (text.size > 0)
                fwrite(text.data, 1, text.size, printer->stream);
}

void print_string(const Printer *printer, uint32_t string)
{
        print_text(printer, image_string(printer->image, string));
}

void print_resource(const Printer *printer, ResourceType type, uint32_t index)
{
        char buffer[RESOURCE_TEXT_SIZE];
        print_text(printer, image_resource(printer->image, type, index, buffer, sizeof(buffer)));
}

void print_place(const Printer *printer, ImagePlace place)
{
        char buffer[IMAGE_PLACE_SIZE];
        if (printer->with_places && place.file != IMAGE_NONE)
                fprintf(printer->stream, ", %s",
                        image_place(printer->image, place, buffer, sizeof(buffer)));
}

void print_where(const Printer *printer, uint32_t organization, uint32_t site)
{
        if (site == IMAGE_NONE)
                print_resource(printer, RESOURCE_ORGANIZATION, organization);
        else
                print_resource(printer, RESOURCE_SITE, site);
}

static uint32_t holder_organization(const Image *image, const ImageGrant *grant)
{
        const ImageUser *user = image_user(image, grant->holder);
        const ImageGroup *group = image_group(image, grant->holder);
        if (grant->holder_kind == IMAGE_HOLDER_USER)
                return user ? user->organization : IMAGE_NONE;
        return group ? group->organization : IMAGE_NONE;
}

void print_role_at(const Printer *printer, uint32_t organization, uint32_t role, uint32_t site)
{
        const ImageRole *record = image_role(printer->image, role);
        if (!record)
                return;
        print_string(printer, record->name);
        fputs(" at ", printer->stream);
        print_where(printer, organization, site);
}

/* Says whether a role is the one that a grant states, or the organization's variant of it. */
static bool is_stated(const ImageRole *role, uint32_t index, const ImageGrant *grant)
{
        return grant->role == index || (role && role->base == grant->role);
}

void print_held(const Printer *printer, uint32_t role, uint32_t grant)
{
        const ImageRole *record = image_role(printer->image, role);
        const ImageGrant *granted = image_grant(printer->image, grant);
        if (record)
                print_string(printer, record->name);
        if (!granted) {
                fputs(record ? " by membership" : "", printer->stream);
                return;
        }
        uint32_t organization = holder_organization(printer->image, granted);
        if (is_stated(record, role, granted)) {
                fputs(" at ", printer->stream);
                print_where(printer, organization, granted->site);
        } else {
                const ImageRole *stated = image_role(printer->image, granted->role);
                fputs(record && record->level == ROLE_LEVEL_SITE ? " at every site of " : " at ",
                      printer->stream);
                print_where(printer, organization, IMAGE_NONE);
                fputs(", implied by ", printer->stream);
                if (stated)
                        print_string(printer, stated->name);
        }
        if (granted->holder_kind == IMAGE_HOLDER_GROUP) {
                fputs(" by ", printer->stream);
                print_resource(printer, RESOURCE_GROUP, granted->holder);
        }
        print_place(printer, granted->place);
}

const ImageCustomization *customization_of(const Image *image, uint32_t role, uint32_t permission)
{
        const ImageRole *record = image_role(image, role);
        uint32_t count = 0;
        const ImageCustomization *items =
                record ? image_customizations(image, record->customizations, &count) : NULL;
        for (uint32_t i = 0; i < count; i++)
                if (items[i].permission == permission)
                        return &items[i];
        return NULL;
}

void print_removal(const Printer *printer, uint32_t role, const ImageCustomization *removal)
{
        const ImageRole *record = image_role(printer->image, role);
        const ImagePermission *permission = image_permission(printer->image, removal->permission);
        if (!record || !permission)
                return;
        print_string(printer, permission->name);
        fputs(" was removed from ", printer->stream);
        print_string(printer, record->name);
        fputs(" by the organization", printer->stream);
        print_place(printer, removal->place);
}
