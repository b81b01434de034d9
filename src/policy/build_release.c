/* SPDX-License-Identifier: MIT */
/*
 * Build: lockdowns that nobody can release
 *
 * Who may end a lockdown is a decision, so the compiled image is asked: first about the people whom
 * the lockdown lists, then about everybody, until the first who may. Each is asked as if he were in
 * every Unix group that the organization maps: the warning is for what no one can do at all.
 */
#include <errno.h>
#include <stdlib.h>

#include "policy/build.h"
#include "policy/decide.h"
#include "policy/image_inline.h"
#include "policy/limits.h"
#include "util/cleanup.h"

typedef struct Release {
        const Image *image;
        DecisionContext context; /* with all Unix groups that are mapped in the organization */
        Query query;
        uint64_t questions; /* left */
} Release;

/* A name that no policy can hold: somebody known by his Unix groups only. */
static const char UNLISTED[] = "?";

/* Once there are no questions left, everything is taken to be well. */
static bool may_release(Release *release, Text name)
{
        if (release->questions == 0)
                return true;
        release->questions--;
        release->query.user = name;
        Decision decision = policy_decide(release->image, &release->context, &release->query, NULL);
        return decision.outcome == OUTCOME_ALLOW;
}

static bool user_may_release(Release *release, uint32_t index)
{
        const ImageUser *user = image_inline_user(release->image, index);
        return user && may_release(release, image_inline_string(release->image, user->name));
}

static bool one_may_release(Release *release, ImageRange users)
{
        uint32_t count;
        const uint32_t *numbers = image_inline_numbers(release->image, users, &count);
        for (uint32_t i = 0; i < count; i++)
                if (user_may_release(release, numbers[i]))
                        return true;
        return false;
}

static bool listed_may_release(Release *release, const ImagePeople *people)
{
        const Image *image = release->image;
        uint32_t count;
        if (one_may_release(release, people->users))
                return true;
        const uint32_t *groups = image_inline_numbers(image, people->groups, &count);
        for (uint32_t i = 0; i < count; i++) {
                const ImageGroup *group = image_inline_group(image, groups[i]);
                if (group && one_may_release(release, group->members))
                        return true;
        }
        groups = image_inline_numbers(image, people->access_groups, &count);
        for (uint32_t i = 0; i < count; i++) {
                const ImageAccessGroup *group = image_inline_access_group(image, groups[i]);
                if (group && one_may_release(release, group->members))
                        return true;
        }
        return false;
}

static bool anybody_may_release(Release *release, ImageRange users)
{
        if (release->context.unix_group_count > 0 && may_release(release, text_from(UNLISTED)))
                return true;
        for (uint32_t i = 0; i < users.count; i++)
                if (user_may_release(release, users.first + i))
                        return true;
        return false;
}

/* The numbers of all Unix groups that an organization maps, ascending and without repeats.
 * Return: owned by the caller; NULL without memory. */
static uint32_t *mapped_gids(const Image *image, const ImageOrganization *organization,
                             size_t *ret_count)
{
        ImageRange range = organization->mapped_groups;
        uint32_t *gids = calloc((size_t)range.count + 1, sizeof(*gids));
        size_t count = 0;
        for (uint32_t i = 0; gids && i < range.count; i++) {
                const ImageMappedGroup *mapped = image_inline_mapped_group(image, range.first + i);
                if (mapped && (count == 0 || gids[count - 1] != mapped->gid))
                        gids[count++] = mapped->gid;
        }
        *ret_count = count;
        return gids;
}

static void lockdown_check(Release *release, const Model *model, uint32_t organization,
                           uint32_t index)
{
        const ModelOrganization *owner = &model->organizations.items[organization];
        const ModelLockdown *lockdown = &owner->lockdowns.items[index];
        const ImageOrganization *record = image_inline_organization(release->image, organization);
        const ImageLockdown *compiled =
                image_inline_lockdown(release->image, record->lockdowns.first + index);
        Text name = text_from(lockdown->name);
        release->query.resource =
                (Resource){ RESOURCE_LOCKDOWN, name, text_from(owner->name), name };
        if (!compiled || listed_may_release(release, &compiled->release) ||
            anybody_may_release(release, record->users))
                return;
        diagnostics_warning(model->diagnostics, lockdown->place,
                            "nobody can release lockdown \"%s\": list somebody in \"release\", or "
                            "give somebody a role for it at the sites of all its doors",
                            lockdown->name);
}

/* Takes the questions it asks from those left. Return: 0 or -ENOMEM. */
static int organization_check(const Model *model, const Image *image, int64_t now_s,
                              uint32_t organization, uint64_t *questions)
{
        uint32_t count = model->organizations.items[organization].lockdowns.count;
        const ImageOrganization *record = image_inline_organization(image, organization);
        if (count == 0 || !record)
                return 0;
        Release release = { .image = image,
                            .context = { .now_s = now_s },
                            .query = { .kind = QUERY_END_LOCKDOWN },
                            .questions = *questions };
        _cleanup_free_ uint32_t *gids =
                mapped_gids(image, record, &release.context.unix_group_count);
        if (!gids)
                return -ENOMEM;
        release.context.unix_groups = gids;
        for (uint32_t i = 0; i < count; i++)
                lockdown_check(&release, model, organization, i);
        *questions = release.questions;
        return 0;
}

int model_check_releases(const Model *model, const Image *image, int64_t now_s)
{
        uint64_t questions = RELEASE_QUESTIONS_MAX;
        int result = 0;
        for (uint32_t i = 0; i < model->organizations.count && result == 0; i++)
                result = organization_check(model, image, now_s, i, &questions);
        return result;
}
