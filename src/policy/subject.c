/* SPDX-License-Identifier: MIT */
/*
 * Subject
 *
 * Who asks. A person is one run of held roles when he is listed, and one more for each group that
 * his Unix groups are mapped to, and what every member holds; nothing is copied or merged, the runs
 * are walked where they lie.
 */
#include "policy/engine.h"

MappedGroups mapped_groups(const Engine *engine)
{
        MappedGroups mapped = { .engine = engine };
        const ImageOrganization *organization =
                image_inline_organization(engine->image, engine->subject->organization);
        if (organization && engine->subject->mapped) {
                ImageRange range = organization->mapped_groups;
                uint32_t count = image_count(engine->image, IMAGE_MAPPED_GROUPS);
                bool inside = range.first <= count && range.count <= count - range.first;
                mapped.next = inside ? range.first : 0;
                mapped.end = inside ? range.first + range.count : 0;
        }
        return mapped;
}

/* Both lists are sorted, so the walk is a merge. */
const ImageMappedGroup *mapped_groups_next(MappedGroups *mapped)
{
        const DecisionContext *context = mapped->engine->context;
        while (mapped->next < mapped->end && mapped->unix_group < context->unix_group_count) {
                const ImageMappedGroup *group =
                        image_inline_mapped_group(mapped->engine->image, mapped->next);
                uint32_t gid = context->unix_groups[mapped->unix_group];
                if (group->gid > gid) {
                        mapped->unix_group++;
                        continue;
                }
                mapped->next++;
                if (group->gid == gid)
                        return group;
        }
        return NULL;
}

HeldRuns held_runs(const Engine *engine)
{
        return (HeldRuns){ .engine = engine, .mapped = mapped_groups(engine) };
}

/* What every member holds by being one comes last. */
static const ImageHeld *member_run(HeldRuns *runs, uint32_t *ret_count)
{
        const Engine *engine = runs->engine;
        const ImageOrganization *organization =
                image_inline_organization(engine->image, engine->subject->organization);
        if (runs->members_done || !organization || !engine->subject->member)
                return NULL;
        runs->members_done = true;
        return image_inline_held(engine->image, organization->member_held, ret_count);
}

const ImageHeld *held_runs_next(HeldRuns *runs, uint32_t *ret_count)
{
        const Engine *engine = runs->engine;
        const ImageHeld *held;
        if (!runs->own_done) {
                runs->own_done = true;
                if (engine->user &&
                    (held = image_inline_held(engine->image, engine->user->held, ret_count)))
                        return held;
        }
        for (;;) {
                for (; runs->group_count > 0; runs->group_count--, runs->groups++) {
                        const ImageGroup *group = image_inline_group(engine->image, *runs->groups);
                        held = group ? image_inline_held(engine->image, group->held, ret_count)
                                     : NULL;
                        if (!held)
                                continue;
                        runs->group_count--;
                        runs->groups++;
                        return held;
                }
                const ImageMappedGroup *mapped = mapped_groups_next(&runs->mapped);
                if (!mapped)
                        return member_run(runs, ret_count);
                runs->groups =
                        image_inline_numbers(engine->image, mapped->groups, &runs->group_count);
        }
}

bool numbers_hold(const Image *image, ImageRange range, uint32_t number)
{
        uint32_t count;
        const uint32_t *numbers = image_inline_numbers(image, range, &count);
        uint32_t low = 0, high = count;
        while (low < high) {
                uint32_t middle = low + (high - low) / 2;
                if (numbers[middle] < number)
                        low = middle + 1;
                else
                        high = middle;
        }
        return low < count && numbers[low] == number;
}

bool subject_is_in_group(const Engine *engine, uint32_t group)
{
        if (engine->user && numbers_hold(engine->image, engine->user->groups, group))
                return true;
        MappedGroups walk = mapped_groups(engine);
        for (const ImageMappedGroup *mapped; (mapped = mapped_groups_next(&walk));)
                if (numbers_hold(engine->image, mapped->groups, group))
                        return true;
        return false;
}

bool subject_is_in_access_group(const Engine *engine, uint32_t access_group)
{
        if (engine->user && numbers_hold(engine->image, engine->user->access_groups, access_group))
                return true;
        MappedGroups walk = mapped_groups(engine);
        for (const ImageMappedGroup *mapped; (mapped = mapped_groups_next(&walk));)
                if (numbers_hold(engine->image, mapped->access_groups, access_group))
                        return true;
        return false;
}

const ImageGrant *legacy_grant(const Image *image, const DecisionContext *context,
                               const ImageUser *user)
{
        uint32_t count = 0;
        const ImageGrant *grants = NULL, *found = NULL;
        if (user->flags & IMAGE_USER_HAS_LEGACY_ROLE)
                grants = image_inline_grants(image, image_inline_user_grants(image, user), &count);
        for (uint32_t i = 0; i < count; i++) {
                const ImageRole *role = image_inline_role(image, grants[i].role);
                if (!role || !(role->flags & IMAGE_ROLE_LEGACY) ||
                    decision_has_ended(context, grants[i].until_s))
                        continue;
                if (grant_is_certain(context, &grants[i]))
                        return &grants[i];
                found = found ? found : &grants[i];
        }
        return found;
}

/* Looks what the subject's Unix groups are mapped to: sets `mapped`, and says whether one of them
 * makes him a member. */
static bool mapping_makes_member(const Image *image, const DecisionContext *context,
                                 Subject *subject)
{
        Engine engine = { .image = image, .context = context, .subject = subject };
        bool known = false, member = false;
        subject->mapped = true; /* until the walk has shown that there is none */
        MappedGroups walk = mapped_groups(&engine);
        for (const ImageMappedGroup *mapped; (mapped = mapped_groups_next(&walk));) {
                known = true;
                member |= mapped->member != 0;
        }
        subject->mapped = known;
        return member;
}

bool subject_of_groups(const Image *image, const DecisionContext *context, uint32_t organization,
                       Subject *ret_subject)
{
        Subject subject = { .organization = organization, .user = IMAGE_NONE };
        subject.member = mapping_makes_member(image, context, &subject);
        *ret_subject = subject;
        return subject.mapped;
}

Reason subject_of_index(const Image *image, const DecisionContext *context, uint32_t organization,
                        uint32_t index, Text name, Subject *ret_subject)
{
        const ImageOrganization *record = image_inline_organization(image, organization);
        const ImageUser *user = image_inline_user(image, index);
        Subject subject = { .organization = organization, .user = index, .name = name };
        if (name.size == 0)
                return REASON_UNKNOWN_SUBJECT;
        if (record && record->mapped_groups.count > 0 && context->unix_group_count > 0)
                subject.member = mapping_makes_member(image, context, &subject);
        if (!user && !subject.mapped)
                return REASON_UNKNOWN_SUBJECT;
        if (user)
                subject.member = user->flags & IMAGE_USER_MEMBER;
        *ret_subject = subject;
        return REASON_NONE;
}

Reason policy_find_subject(const Image *image, const DecisionContext *context,
                           uint32_t organization, Text name, Subject *ret_subject)
{
        uint32_t index = image_find_user(image, organization, name);
        return subject_of_index(image, context, organization, index, name, ret_subject);
}
