/* SPDX-License-Identifier: MIT */
/* Texts of a change: see change_text.h. */
#include "daemon/change_text.h"

#include <errno.h>

#include "policy/image_inline.h"
#include "util/timestamp.h"

/* What a query of a change names, found. */
typedef struct Named {
        const Image *image;
        const Query *query;
        uint32_t organization, role, site; /* IMAGE_NONE: not named */
        ImageRange grants;                 /* recorded for the target */
} Named;

static ImageRange grants_of(const Image *image, ResourceType type, uint32_t index)
{
        const ImageUser *user = type == RESOURCE_USER ? image_user(image, index) : NULL;
        const ImageGroup *group = type == RESOURCE_GROUP ? image_group(image, index) : NULL;
        return user ? image_user_grants(image, user) : group ? group->grants : (ImageRange){ 0 };
}

static Named name_all(const Image *image, const Query *query)
{
        const Resource *target = &query->resource;
        Named named = {
                image,      query,      image_find_organization(image, target->organization),
                IMAGE_NONE, IMAGE_NONE, { 0 }
        };
        if (query->role_count > 0) {
                const RoleAt *role = &query->roles[0];
                named.role = image_find_role(image, named.organization, role->role);
                if (role->at_site)
                        named.site = image_find(image, RESOURCE_SITE, named.organization,
                                                role->site.path);
        }
        named.grants = grants_of(image, target->type,
                                 image_find(image, target->type, named.organization, target->path));
        return named;
}

static void write_text(Text text, FILE *stream)
{
        if (text.size > 0)
                (void)fwrite(text.data, 1, text.size, stream);
}

static void write_times(int64_t from_s, int64_t until_s, FILE *stream)
{
        char text[TIMESTAMP_TEXT_SIZE];
        if (from_s != TIMESTAMP_MIN)
                (void)fprintf(stream, " from %s", timestamp_format(from_s, text));
        if (until_s != TIMESTAMP_MAX)
                (void)fprintf(stream, " until %s", timestamp_format(until_s, text));
}

static void write_grant(const Named *named, const ImageGrant *grant, FILE *stream)
{
        const ImageRole *role = image_role(named->image, grant->role);
        const ImageSite *site = image_site(named->image, grant->site);
        write_text(role ? image_string(named->image, role->name) : TEXT_NULL, stream);
        if (site) {
                (void)fputc('@', stream);
                write_text(named->query->resource.organization, stream);
                (void)fputc('/', stream);
                write_text(image_string(named->image, site->path), stream);
        }
        write_times(grant->from_s, grant->until_s, stream);
}

/* Whether a recorded grant is what the change is about. */
static bool concerns(const Named *named, const ImageGrant *grant)
{
        const ImageRole *role = image_role(named->image, grant->role);
        if (named->query->kind == QUERY_MIGRATE)
                return role && role->flags & IMAGE_ROLE_LEGACY;
        return role && role->base == named->role && grant->site == named->site;
}

static void write_grants(const Named *named, FILE *stream)
{
        bool any = false;
        for (uint32_t i = 0; i < named->grants.count; i++) {
                const ImageGrant *grant = image_grant(named->image, named->grants.first + i);
                if (!grant) /* the image is damaged */
                        break;
                if (!concerns(named, grant))
                        continue;
                if (any)
                        (void)fputs(", ", stream);
                write_grant(named, grant, stream);
                any = true;
        }
        if (!any)
                (void)fputc('-', stream);
}

static void write_customized(const Named *named, const ImageCustomization *item, FILE *stream)
{
        const ImagePermission *permission = image_permission(named->image, item->permission);
        (void)fputs(item->added ? " +" : " -", stream);
        write_text(permission ? image_string(named->image, permission->name) : TEXT_NULL, stream);
}

/* The role as the organization has it, if that differs from the catalogue's. */
static const ImageRole *variant_of(const Named *named)
{
        const ImageOrganization *organization =
                image_organization(named->image, named->organization);
        for (uint32_t i = 0; organization && i < organization->roles.count; i++) {
                uint32_t index = organization->roles.first + i;
                const ImageRole *role = image_role(named->image, index);
                if (!role) /* the image is damaged */
                        break;
                if (role->base == named->role && index != named->role)
                        return role;
        }
        return NULL;
}

static void write_customizations(const Named *named, FILE *stream)
{
        const Image *image = named->image;
        const ImageRole *variant = variant_of(named);
        const ImageRecords *items = &image->sections[IMAGE_CUSTOMIZATIONS];
        uint32_t permission = image_find_permission(image, named->query->permission);
        bool any = false;
        write_text(named->query->roles[0].role, stream);
        for (uint32_t i = 0; variant && i < variant->customizations.count; i++) {
                uint64_t at = (uint64_t)variant->customizations.first + i;
                if (at >= items->count)
                        break;
                const ImageCustomization *item = (const ImageCustomization *)items->records + at;
                if (named->query->verb != CUSTOMIZE_DEFAULT && item->permission != permission)
                        continue;
                write_customized(named, item, stream);
                any = true;
        }
        if (!any)
                (void)fputs(" default", stream);
}

int change_write_before(const Image *image, const Query *query, FILE *stream)
{
        Named named = name_all(image, query);
        switch (query->kind) {
        case QUERY_CUSTOMIZE:
                write_customizations(&named, stream);
                break;
        case QUERY_ADD_MEMBER:
                (void)fputc('-', stream);
                break;
        case QUERY_REMOVE_MEMBER:
                write_text(query->with[0].whole, stream);
                break;
        default:
                write_grants(&named, stream);
        }
        return ferror(stream) ? -EIO : 0;
}

static void write_new_roles(const Query *query, int64_t from_s, int64_t until_s, FILE *stream)
{
        for (size_t i = 0; i < query->role_count; i++) {
                if (i > 0)
                        (void)fputs(", ", stream);
                write_text(query->roles[i].whole, stream);
                write_times(from_s, until_s, stream);
        }
        if (query->role_count == 0)
                (void)fputc('-', stream);
}

static void write_customization(const Query *query, FILE *stream)
{
        static const char *const VERBS[] = {
                [CUSTOMIZE_ADD] = " +",
                [CUSTOMIZE_REMOVE] = " -",
                [CUSTOMIZE_DEFAULT] = " default",
        };
        write_text(query->roles[0].role, stream);
        (void)fputs(VERBS[query->verb], stream);
        write_text(query->permission, stream);
}

int change_write_after(const Query *query, int64_t from_s, int64_t until_s, FILE *stream)
{
        switch (query->kind) {
        case QUERY_GRANT:
        case QUERY_MIGRATE:
                write_new_roles(query, from_s, until_s, stream);
                break;
        case QUERY_ADD_MEMBER:
                write_text(query->with[0].whole, stream);
                break;
        case QUERY_CUSTOMIZE:
                write_customization(query, stream);
                break;
        default:
                (void)fputc('-', stream);
        }
        return ferror(stream) ? -EIO : 0;
}

static bool is_managed(const Image *image, uint32_t file)
{
        const ImageRecords *files = &image->sections[IMAGE_FILES];
        return file < files->count && ((const ImageFile *)files->records)[file].managed;
}

bool change_by_hand(const Image *image, const Query *query, int64_t now_s, ImagePlace *ret_place)
{
        if (query->kind != QUERY_REVOKE)
                return false;
        Named named = name_all(image, query);
        for (uint32_t i = 0; i < named.grants.count; i++) {
                const ImageGrant *grant = image_grant(image, named.grants.first + i);
                if (!grant) /* the image is damaged */
                        break;
                if (concerns(&named, grant) && grant->until_s > now_s &&
                    !is_managed(image, grant->place.file)) {
                        *ret_place = grant->place;
                        return true;
                }
        }
        return false;
}
