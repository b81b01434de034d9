/* SPDX-License-Identifier: MIT */
/* Dependence of changes: see change_depend.h. */
#include "daemon/change_depend.h"

#define PARTIES_MAX 3

/* Somebody or a group that has a part in a change. */
typedef struct Party {
        ResourceType type;
        Text name;
        bool acts; /* the actor: he is not changed himself */
} Party;

/* Return: how many. */
static size_t parties_of(const Query *query, Party parties[static PARTIES_MAX])
{
        size_t count = 0;
        parties[count++] = (Party){ RESOURCE_USER, query->user, true };
        parties[count++] = (Party){ query->resource.type, query->resource.path, false };
        if (query->with_count > 0)
                parties[count++] = (Party){ query->with[0].type, query->with[0].path, false };
        return count;
}

static bool holds(const Image *image, ImageRange range, uint32_t number)
{
        uint32_t count;
        const uint32_t *numbers = image_numbers(image, range, &count);
        for (uint32_t i = 0; i < count; i++)
                if (numbers[i] == number)
                        return true;
        return false;
}

static bool is_mapped(const Image *image, uint32_t organization, ResourceType type, uint32_t group)
{
        ImageRange mapped = image_organization(image, organization)->mapped_groups;
        for (uint32_t i = 0; i < mapped.count; i++) {
                const ImageMappedGroup *entry = image_mapped_group(image, mapped.first + i);
                if (!entry) /* the image is damaged: whatever it holds */
                        return true;
                if (holds(image, type == RESOURCE_GROUP ? entry->groups : entry->access_groups,
                          group))
                        return true;
        }
        return false;
}

/* Says whether a group stands for a user, too. */
static bool group_has_user(const Image *image, uint32_t organization, const Party *group,
                           const Party *user)
{
        uint32_t index = image_find(image, group->type, organization, group->name);
        if (index == IMAGE_NONE)
                return false;
        if (is_mapped(image, organization, group->type, index))
                return true;
        const ImageUser *record =
                image_user(image, image_find_user(image, organization, user->name));
        return record &&
               holds(image, group->type == RESOURCE_GROUP ? record->groups : record->access_groups,
                     index);
}

static bool parties_meet(const Image *image, uint32_t organization, const Party *a, const Party *b)
{
        if (a->acts && b->acts)
                return false;
        if (a->type == b->type && text_equal(a->name, b->name))
                return true;
        if (a->type == RESOURCE_USER && b->type != RESOURCE_USER)
                return group_has_user(image, organization, b, a);
        if (b->type == RESOURCE_USER && a->type != RESOURCE_USER)
                return group_has_user(image, organization, a, b);
        return false;
}

bool changes_depend(const Image *image, const Query *a, const Query *b)
{
        if (!text_equal(a->resource.organization, b->resource.organization))
                return false;
        if (a->kind == QUERY_CUSTOMIZE || b->kind == QUERY_CUSTOMIZE)
                return true;
        uint32_t organization = image_find_organization(image, a->resource.organization);
        if (organization == IMAGE_NONE) /* neither can be made */
                return false;
        Party left[PARTIES_MAX], right[PARTIES_MAX];
        size_t left_count = parties_of(a, left), right_count = parties_of(b, right);
        for (size_t i = 0; i < left_count; i++)
                for (size_t j = 0; j < right_count; j++)
                        if (parties_meet(image, organization, &left[i], &right[j]))
                                return true;
        return false;
}
