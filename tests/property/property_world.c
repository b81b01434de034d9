/* SPDX-License-Identifier: MIT */
/* Engine and world meet by names only: neither knows the numbers of the other. */
#include "property_world.h"

#include <stdio.h>
#include <string.h>

#include "reference_names.h"
#include "reference_roles.h"
#include "world_text.h"

/* The path, without the organization, of a site that is not WORLD_NONE. */
static bool is_site(const WorldOrganization *o, int site, Text path)
{
        char text[WORLD_TEXT_SIZE];

        world_text_path(o, o->sites[site].parent, o->sites[site].name, text);
        return text_is(path, text);
}

static bool is_grant(const WorldOrganization *o, const WorldGrant *ours, const Image *image,
                     const ImageGrant *named)
{
        const ImageRole *role = image_role(image, named->role);
        const ImageSite *site = image_site(image, named->site);

        return role != NULL &&
               text_is(image_string(image, role->name), world_text_role(o, ours->role)) &&
               (site == NULL) == (ours->site == WORLD_NONE) &&
               (site == NULL || is_site(o, ours->site, image_string(image, site->path))) &&
               named->from_s == ours->interval.from_s && named->until_s == ours->interval.until_s;
}

/* Keeps in GRANTS those that are NAMED, or the others; NAMED is NULL when the holder is not his. */
static int filter(const WorldOrganization *o, WorldGrants *grants, const Image *image,
                  const ImageGrant *named, bool remove)
{
        int kept = 0, found = 0;

        for (int i = 0; i < grants->count; i++) {
                bool match = named != NULL && is_grant(o, &grants->item[i], image, named);
                found += match;
                if (match != remove)
                        grants->item[kept++] = grants->item[i];
        }
        grants->count = kept;
        return found;
}

int property_world_keep_grant(World *world, const Image *image, uint32_t grant, bool remove)
{
        const ImageGrant *named = image_grant(image, grant);
        const ImageUser *user = NULL;
        const ImageGroup *group = NULL;
        const ImageOrganization *organization;
        int found = 0;

        if (named == NULL)
                return 0;
        if (named->holder_kind == IMAGE_HOLDER_USER)
                user = image_user(image, named->holder);
        else
                group = image_group(image, named->holder);
        if (user == NULL && group == NULL)
                return 0;
        organization =
                image_organization(image, user != NULL ? user->organization : group->organization);
        for (int k = 0; k < world->organizations_count; k++) {
                WorldOrganization *o = &world->organizations[k];
                bool here = text_is(image_string(image, organization->name), o->name);
                for (int i = 0; i < o->users_count; i++) {
                        bool his = here && user != NULL &&
                                   text_is(image_string(image, user->name), o->users[i].name);
                        found += filter(o, &o->users[i].grants, image, his ? named : NULL, remove);
                }
                for (int i = 0; i < o->groups_count; i++) {
                        bool its = here && group != NULL &&
                                   text_is(image_string(image, group->name), o->groups[i].name);
                        found += filter(o, &o->groups[i].grants, image, its ? named : NULL, remove);
                }
        }
        return found;
}

WorldOrganization *property_world_organization(World *world, const RefQuery *query)
{
        const char *path = query->resource + strcspn(query->resource, ":") + 1;

        for (int i = 0; i < world->organizations_count; i++)
                if (reference_text_is(path, strcspn(path, "/"), world->organizations[i].name))
                        return &world->organizations[i];
        return NULL;
}

/* The user's entry; when there is none, one is made that says nothing but his name. */
static WorldUser *listed_user(WorldOrganization *o, const char *name)
{
        WorldUser *user;

        for (int i = 0; i < o->users_count; i++)
                if (strcmp(o->users[i].name, name) == 0)
                        return &o->users[i];
        if (o->users_count == WORLD_USERS_MAX)
                return NULL;
        user = &o->users[o->users_count++];
        memset(user, 0, sizeof(*user));
        strcpy(user->name, name);
        user->uid = WORLD_NONE;
        user->member = user->remote_unlock = true;
        user->access = (WorldInterval){ INT64_MIN, INT64_MAX };
        return user;
}

static bool grant_role(WorldOrganization *o, WorldUser *user, const Image *image,
                       const Remedy *remedy)
{
        const ImageRole *role = image_role(image, remedy->role);
        const ImageSite *site = image_site(image, remedy->site);
        WorldGrant *grant = &user->grants.item[user->grants.count];

        if (user->grants.count == WORLD_GRANTS_MAX || role == NULL)
                return false;
        *grant = (WorldGrant){ WORLD_NONE, WORLD_NONE, { INT64_MIN, INT64_MAX } };
        for (int i = 0; i < WORLD_ROLES_COUNT + o->custom_roles_count; i++)
                if (text_is(image_string(image, role->name), world_text_role(o, i)))
                        grant->role = i;
        for (int i = 0; site != NULL && i < o->sites_count; i++)
                if (is_site(o, i, image_string(image, site->path)))
                        grant->site = i;
        user->grants.count++;
        return grant->role != WORLD_NONE;
}

static bool add_access_group(WorldOrganization *o, WorldUser *user, const Image *image,
                             const Remedy *remedy)
{
        const ImageAccessGroup *group = image_access_group(image, remedy->access_group);

        if (group == NULL || user->access_groups.count == WORLD_LIST_MAX)
                return false;
        for (int i = 0; i < o->access_groups_count; i++)
                if (text_is(image_string(image, group->name), o->access_groups[i].name))
                        user->access_groups.item[user->access_groups.count++] = i;
        return true;
}

/* Switches remote unlock on at the one thing that REMEDY names. */
static bool switch_on(WorldOrganization *o, WorldUser *user, const Image *image,
                      const Remedy *remedy)
{
        char path[WORLD_TEXT_SIZE];
        Text named;

        switch (remedy->type) {
        case RESOURCE_ORGANIZATION:
                return o->remote_unlock = true;
        case RESOURCE_USER:
                return user->remote_unlock = true;
        case RESOURCE_SITE:
                named = image_string(image, image_site(image, remedy->index)->path);
                for (int i = 0; i < o->sites_count; i++)
                        if (is_site(o, i, named))
                                return o->sites[i].remote_unlock = true;
                return false;
        case RESOURCE_DOOR:
                named = image_string(image, image_door(image, remedy->index)->path);
                for (int i = 0; i < o->doors_count; i++) {
                        world_text_path(o, o->doors[i].site, o->doors[i].name, path);
                        if (text_is(named, path))
                                return o->doors[i].remote_unlock = true;
                }
                return false;
        default:
                return false;
        }
}

/* Names OBJECT of TYPE in place of whatever was named; says whether the reference then allows. */
static bool try_object(const World *world, const WorldOrganization *o, const char *type, int site,
                       const char *object, int64_t now_s, RefQuery *query)
{
        query->with_count = 1;
        query->active = REF_TRUE;
        world_text_resource(o, type, site, object, query->with[0]);
        return reference_decide(world, now_s, query).verdict == REF_ALLOW;
}

#define TRY_EACH(type, list)                                                                       \
        for (int i = 0; i < o->list##_count; i++)                                                  \
                if (try_object(world, o, type, WORLD_NONE, o->list[i].name, now_s, query))         \
        return true

bool property_world_name_object(World *world, int64_t now_s, RefQuery *query)
{
        const WorldOrganization *o = property_world_organization(world, query);

        TRY_EACH("schedule", schedules);
        TRY_EACH("door-exception", exceptions);
        TRY_EACH("roll-call-template", templates);
        TRY_EACH("floorplan", floorplans);
        TRY_EACH("user", users);
        for (int i = 0; i < o->sites_count; i++)
                if (try_object(world, o, "roll-call", i, "R1", now_s, query))
                        return true;
        return false;
}

/* Puts a door into the floorplan called NAME, made when it is not there, with which the reference
 * allows QUERY. */
static bool show_door(const World *world, WorldOrganization *o, const char *name, RefQuery *query,
                      int64_t now_s)
{
        WorldFloorplan *plan = NULL;

        for (int i = 0; i < o->floorplans_count; i++)
                if (strcmp(o->floorplans[i].name, name) == 0)
                        plan = &o->floorplans[i];
        if (plan == NULL && o->floorplans_count < WORLD_PLANS_MAX) {
                plan = &o->floorplans[o->floorplans_count++];
                *plan = (WorldFloorplan){ .doors = { .count = 0 } };
                strcpy(plan->name, name);
        }
        if (plan == NULL || plan->doors.count == WORLD_LIST_MAX)
                return false;
        plan->doors.count++;
        for (int door = 0; door < o->doors_count; door++) {
                plan->doors.item[plan->doors.count - 1] = door;
                if (reference_decide(world, now_s, query).verdict == REF_ALLOW)
                        return true;
        }
        return false;
}

bool property_world_declare_object(World *world, int64_t now_s, RefQuery *query)
{
        WorldOrganization *o = property_world_organization(world, query);
        const char *text = query->with[0], *name;
        size_t type = strcspn(text, ":");

        if (query->with_count == 0)
                return false;
        name = strrchr(text, '/') + 1;
        if (reference_text_is(text, type, "schedule") && o->schedules_count < WORLD_SCHEDULES_MAX) {
                WorldSchedule *schedule = &o->schedules[o->schedules_count++];
                *schedule = (WorldSchedule){ .is_door = false };
                strcpy(schedule->name, name);
                return true;
        }
        if (reference_text_is(text, type, "door-exception") &&
            o->exceptions_count < WORLD_PLANS_MAX) {
                WorldException *exception = &o->exceptions[o->exceptions_count++];
                *exception = (WorldException){ .dates = { 1, { WORLD_CALENDAR_UNKNOWN_DAY } } };
                strcpy(exception->name, name);
                return true;
        }
        return reference_text_is(text, type, "floorplan") &&
               show_door(world, o, name, query, now_s);
}

/* The entry of the user whom the image knows by a number. */
static WorldUser *user_of(WorldOrganization *o, const Image *image, uint32_t index)
{
        const ImageUser *user = image_user(image, index);

        for (int i = 0; user != NULL && i < o->users_count; i++)
                if (text_is(image_string(image, user->name), o->users[i].name))
                        return &o->users[i];
        return NULL;
}

bool property_world_apply(World *world, const Image *image, const Remedy *remedy, RefQuery *query,
                          int64_t *now_s)
{
        WorldOrganization *o = property_world_organization(world, query);
        WorldUser *user = o != NULL ? listed_user(o, query->user) : NULL, *target;

        if (user == NULL)
                return false;
        switch (remedy->kind) {
        case REMEDY_GRANT_ROLE:
                return grant_role(o, user, image, remedy);
        case REMEDY_ADD_ACCESS_GROUP:
                return add_access_group(o, user, image, remedy);
        case REMEDY_RESUME:
                user->suspended = false;
                return true;
        case REMEDY_CHANGE_DATES:
                user->access = (WorldInterval){ INT64_MIN, INT64_MAX };
                return true;
        case REMEDY_SWITCH_ON:
                return switch_on(o, user, image, remedy);
        case REMEDY_MAKE_MEMBER:
        case REMEDY_DECLARE_USER:
                user->member = true;
                return true;
        case REMEDY_MAKE_TARGET_MEMBER:
                target = user_of(o, image, remedy->index);
                return target != NULL && (target->member = true);
        case REMEDY_MIGRATE_TARGET:
                target = user_of(o, image, remedy->index);
                return target != NULL && (target->migrated = true);
        case REMEDY_WAIT:
                *now_s = remedy->at_s;
                return true;
        case REMEDY_NAME_OBJECT:
                if (remedy->condition != CONDITION_ARCHIVE_NOT_PRIVATE)
                        return false;
                query->is_private = REF_FALSE;
                return true;
        default:
                return false;
        }
}
