/* SPDX-License-Identifier: MIT */
/*
 * Review: who can do this here
 *
 * The engine is asked about every listed user. People who come through Unix groups cannot be
 * counted, so sets of groups are tried instead. Being in one more group never takes anything away;
 * therefore only smallest sets are told, and one question with all groups at once shows whether any
 * set can help a user at all.
 */
#include <errno.h>

#include "policy/limits.h"
#include "policy/review.h"
#include "policy/roles.h"

/* A set of Unix groups by their places in the list of candidates, ascending. */
typedef struct GroupSet {
        uint32_t members[REVIEW_GROUPS_MAX];
        uint32_t size;
} GroupSet;

/* A set that suffices, and for whom: anybody, or whoever is a member already. */
typedef struct ToldSet {
        GroupSet set;
        bool members_only;
        Decision decision;
} ToldSet;

typedef struct WhoCan {
        const Image *image;
        const DecisionContext *now; /* time and live state */
        uint32_t permission;
        Target target;
        WhoCanFound found;
        void *data;
        /* Unix groups that are mapped in this organization: numbers ascending, and their names. */
        uint32_t *gids;
        uint32_t *names;
        uint32_t gid_count;
        /* Sets that suffice for anybody, then those that do for any listed member. */
        ToldSet *sets;
        size_t set_count, set_capacity;
} WhoCan;

#define NAME_TEXT_SIZE  (NAME_SIZE_TOTAL + REVIEW_GROUPS_MAX * (NAME_SIZE_TOTAL + 16))
#define NAME_SIZE_TOTAL 320 /* an organization or user, or a Unix group, as text */

static DecisionContext set_context(const WhoCan *search, const GroupSet *set,
                                   uint32_t gids[static REVIEW_GROUPS_MAX])
{
        for (uint32_t i = 0; i < set->size; i++)
                gids[i] = search->gids[set->members[i]];
        return decision_context_with(search->now, gids, set->size);
}

static Decision ask(const WhoCan *search, const DecisionContext *context, const Subject *subject)
{
        return policy_decide_found(search->image, context, subject, search->permission,
                                   &search->target, NULL, NULL);
}

/* Says whether one of the sets already told is part of this one. */
static bool set_is_told(const WhoCan *search, const GroupSet *set)
{
        for (size_t i = 0; i < search->set_count; i++) {
                const GroupSet *told = &search->sets[i].set;
                uint32_t shared = 0;
                for (uint32_t a = 0; a < told->size; a++)
                        for (uint32_t b = 0; b < set->size; b++)
                                shared += told->members[a] == set->members[b];
                if (shared == told->size)
                        return true;
        }
        return false;
}

static int set_remember(WhoCan *search, const ToldSet *told)
{
        if (search->set_count == search->set_capacity) {
                size_t capacity = search->set_capacity ? 2 * search->set_capacity : 16;
                ToldSet *sets = reallocarray(search->sets, capacity, sizeof(*sets));
                if (!sets)
                        return -ENOMEM;
                search->sets = sets;
                search->set_capacity = capacity;
        }
        search->sets[search->set_count++] = *told;
        return 0;
}

/* Goes to the next set of the same size. Return: false after the last one. */
static bool set_next(GroupSet *set, uint32_t candidates)
{
        for (uint32_t i = set->size; i-- > 0;) {
                if (set->members[i] + 1 + (set->size - 1 - i) >= candidates)
                        continue;
                set->members[i]++;
                for (uint32_t k = i + 1; k < set->size; k++)
                        set->members[k] = set->members[k - 1] + 1;
                return true;
        }
        return false;
}

static bool set_first(GroupSet *set, uint32_t size, uint32_t candidates)
{
        *set = (GroupSet){ .size = size };
        for (uint32_t i = 0; i < size; i++)
                set->members[i] = i;
        return size <= candidates;
}

/* Tells one answer. who is who has to be in the groups; empty: anybody. */
static int answer(const WhoCan *search, Text who, const GroupSet *set, const Decision *decision)
{
        char text[NAME_TEXT_SIZE];
        size_t size = 0;
        int added = snprintf(text, sizeof(text), "%.*s", (int)who.size, who.size ? who.data : "");
        for (uint32_t i = 0; added >= 0 && i < set->size; i++) {
                size += (size_t)added;
                if (size >= sizeof(text))
                        return -ENOMEM;
                Text name = image_string(search->image, search->names[set->members[i]]);
                added = snprintf(text + size, sizeof(text) - size, "%sunix-group:%.*s",
                                 size > 0 ? "+" : "", (int)name.size, name.size ? name.data : "");
        }
        size += added > 0 ? (size_t)added : 0;
        if (added < 0 || size >= sizeof(text))
                return -ENOMEM;
        return search->found(search->data, (Text){ text, size }, decision);
}

/* ---- Candidates ---- */

/* Says whether a lockdown of the door, on or not, lists the subject to unlock. */
static bool lockdown_lists(const Engine *engine)
{
        const ImageDoor *door = engine->target->type == RESOURCE_DOOR
                                        ? image_door(engine->image, engine->target->index)
                                        : NULL;
        uint32_t count = 0;
        const uint32_t *lockdowns =
                door ? image_numbers(engine->image, door->lockdowns, &count) : NULL;
        for (uint32_t i = 0; i < count; i++) {
                const ImageLockdown *lockdown = image_lockdown(engine->image, lockdowns[i]);
                if (lockdown && people_hold(engine, &lockdown->unlock))
                        return true;
        }
        return false;
}

/* Says whether a Unix group can matter here at all: it makes members, it gives a role that counts
 * at the target, an access group of the door, or a place on the list of a lockdown. */
static bool group_matters(const WhoCan *search, const uint32_t *gid)
{
        DecisionContext context = decision_context_with(search->now, gid, 1);
        Subject subject;
        Engine engine = { .image = search->image,
                          .context = &context,
                          .subject = &subject,
                          .target = &search->target };
        Finding finding = FINDING_NONE;
        uint32_t count;
        if (!subject_of_groups(search->image, &context, search->target.organization, &subject))
                return false;
        if (subject.member || access_by_levels(&engine, &finding) != REASON_NO_DOOR_ACCESS ||
            lockdown_lists(&engine))
                return true;
        bool any_site = image_permission(search->image, search->permission)->any_site;
        HeldRuns runs = held_runs(&engine);
        for (const ImageHeld *held; (held = held_runs_next(&runs, &count));)
                for (uint32_t i = 0; i < count; i++)
                        if (any_site || held_covers(&held[i], search->target.position))
                                return true;
        return false;
}

/* Lists the Unix groups that matter. They are sorted by number; one may be mapped several times. */
static int candidates_find(WhoCan *search)
{
        const ImageOrganization *organization =
                image_organization(search->image, search->target.organization);
        ImageRange range = organization ? organization->mapped_groups : (ImageRange){ 0, 0 };
        if (range.count > image_count(search->image, IMAGE_MAPPED_GROUPS))
                return REASON_CORRUPT_IMAGE;
        search->gids = calloc((size_t)range.count + 1, sizeof(uint32_t));
        search->names = calloc((size_t)range.count + 1, sizeof(uint32_t));
        if (!search->gids || !search->names)
                return -ENOMEM;
        for (uint32_t i = 0; i < range.count; i++) {
                const ImageMappedGroup *mapped = image_mapped_group(search->image, range.first + i);
                uint32_t last = search->gid_count;
                if (!mapped)
                        return REASON_CORRUPT_IMAGE;
                if ((last > 0 && search->gids[last - 1] == mapped->gid) ||
                    !group_matters(search, &mapped->gid))
                        continue;
                search->gids[last] = mapped->gid;
                search->names[last] = mapped->unix_name;
                search->gid_count++;
        }
        return 0;
}

/* Says whether somebody may when he is in all the groups. */
static bool groups_help(const WhoCan *search, const Subject *somebody)
{
        DecisionContext context =
                decision_context_with(search->now, search->gids, search->gid_count);
        Subject subject = *somebody;
        subject.mapped = true;
        return search->gid_count > 0 && ask(search, &context, &subject).outcome == OUTCOME_ALLOW;
}

/* ---- People through Unix groups ---- */

/* Asks about somebody in a set of groups. member: he is a member whatever his groups are. */
static Decision set_ask(const WhoCan *search, const Subject *somebody, const GroupSet *set)
{
        uint32_t gids[REVIEW_GROUPS_MAX];
        DecisionContext context = set_context(search, set, gids);
        Subject subject;
        subject_of_groups(search->image, &context, search->target.organization, &subject);
        subject.user = somebody->user;
        if (somebody->user != IMAGE_NONE)
                subject.member = somebody->member;
        else
                subject.member |= somebody->member;
        return ask(search, &context, &subject);
}

/* Finds the smallest sets that suffice for somebody and that hold none found before. */
static int sets_find(WhoCan *search, const Subject *somebody)
{
        for (uint32_t size = 1; size <= REVIEW_GROUPS_MAX; size++) {
                ToldSet told = { .members_only = somebody->member };
                bool more = set_first(&told.set, size, search->gid_count);
                for (; more; more = set_next(&told.set, search->gid_count)) {
                        if (set_is_told(search, &told.set))
                                continue;
                        told.decision = set_ask(search, somebody, &told.set);
                        if (told.decision.outcome == OUTCOME_ALLOW &&
                            set_remember(search, &told) != 0)
                                return -ENOMEM;
                }
        }
        return 0;
}

/* Says whether every member may by being one; then no group is needed to help a member. */
static bool members_may(const WhoCan *search)
{
        DecisionContext context = decision_context_with(search->now, NULL, 0);
        Subject member = { .organization = search->target.organization,
                           .user = IMAGE_NONE,
                           .member = true,
                           .mapped = true };
        return ask(search, &context, &member).outcome == OUTCOME_ALLOW;
}

static int strangers_find(WhoCan *search)
{
        Subject anybody = { .organization = search->target.organization, .user = IMAGE_NONE };
        Subject member = anybody;
        member.member = true;
        if (!groups_help(search, &member))
                return 0;
        int result = sets_find(search, &anybody);
        return result != 0 || members_may(search) ? result : sets_find(search, &member);
}

static int strangers_tell(const WhoCan *search)
{
        char text[NAME_SIZE_TOTAL];
        Text organization = image_resource(search->image, RESOURCE_ORGANIZATION,
                                           search->target.organization, text, sizeof(text));
        int result = 0;
        for (size_t i = 0; i < search->set_count && result == 0; i++)
                result = answer(search, search->sets[i].members_only ? organization : TEXT_NULL,
                                &search->sets[i].set, &search->sets[i].decision);
        return result;
}

/* ---- Listed users ---- */

/* Tells the sets with which a user may, but for those that suffice for others too. */
static int user_ask_sets(WhoCan *search, const Subject *subject)
{
        size_t before = search->set_count;
        int result = sets_find(search, subject);
        for (size_t i = before; i < search->set_count && result == 0; i++)
                result = answer(search, subject->name, &search->sets[i].set,
                                &search->sets[i].decision);
        search->set_count = before;
        return result;
}

static int user_ask(WhoCan *search, uint32_t index, const ImageUser *user)
{
        DecisionContext context = decision_context_with(search->now, NULL, 0);
        Subject subject = {
                .organization = search->target.organization,
                .user = index,
                .member = user->flags & IMAGE_USER_MEMBER,
                .name = image_inline_string(search->image, user->name),
        };
        Decision decision = ask(search, &context, &subject);
        if (decision.outcome == OUTCOME_ALLOW)
                return search->found(search->data, subject.name, &decision);
        if (decision.outcome == OUTCOME_ERROR)
                return decision.reason;
        return groups_help(search, &subject) ? user_ask_sets(search, &subject) : 0;
}

static int users_ask(WhoCan *search)
{
        const ImageOrganization *organization =
                image_organization(search->image, search->target.organization);
        int result = 0;
        for (uint32_t i = 0; i < organization->users.count && result == 0; i++) {
                uint32_t index = organization->users.first + i;
                const ImageUser *user = image_inline_user(search->image, index);
                result = user ? user_ask(search, index, user) : REASON_CORRUPT_IMAGE;
        }
        return result;
}

/* Finds what is asked about. Return: REASON_NONE, or why nothing can be decided. */
static Reason question_find(WhoCan *search, Text permission, const Resource *resource)
{
        Reason reason = policy_find_target(search->image, resource, &search->target);
        if (reason != REASON_NONE)
                return reason;
        search->permission = image_find_permission(search->image, permission);
        const ImagePermission *record = image_permission(search->image, search->permission);
        if (!record)
                return REASON_UNKNOWN_PERMISSION;
        return record->scopes & search->target.scopes ? REASON_NONE : REASON_UNKNOWN_RESOURCE;
}

int policy_who_can(const Image *image, const DecisionContext *now, Text permission,
                   const Resource *resource, WhoCanFound found, void *data)
{
        WhoCan search = { .image = image, .now = now, .found = found, .data = data };
        int result = question_find(&search, permission, resource);
        if (result == 0)
                result = candidates_find(&search);
        if (result == 0)
                result = strangers_find(&search);
        if (result == 0)
                result = users_ask(&search);
        if (result == 0)
                result = strangers_tell(&search);
        free(search.gids);
        free(search.names);
        free(search.sets);
        return result;
}
