/* SPDX-License-Identifier: MIT */
/*
 * What explain says must be what decided: the same decision, and for an allow a grant that would be
 * enough if there were no other.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy/explain.h"
#include "property.h"
#include "property_world.h"
#include "reference_people.h"
#include "reference_roles.h"
#include "world_random.h"

enum { TRIES = 200, REMEDIES_PER_WORLD = 3 };

/* Explains QUERY and says whether it could; the text must not be empty. */
static bool explain(Run *run, const RefQuery *query, int64_t now_s, Explanation *ret_explanation)
{
        char line[4 * WORLD_TEXT_SIZE], *text = NULL;
        uint32_t groups[WORLD_GIDS_COUNT];
        DecisionContext context = engine_context(query, now_s, groups);
        size_t size = 0;
        Query words;
        FILE *stream;
        int r;

        if (engine_parse(query, line, sizeof(line), &words) != 0)
                return false;
        stream = open_memstream(&text, &size);
        if (stream == NULL)
                return false;
        r = policy_explain(run->engine.image, &context, &words, true, stream, ret_explanation);
        fclose(stream);
        free(text);
        return r == 0 && size > 0;
}

static bool decisions_are_equal(const Decision *a, const Decision *b)
{
        return a->outcome == b->outcome && a->reason == b->reason && a->role == b->role &&
               a->grant == b->grant && a->place.file == b->place.file &&
               a->place.line == b->place.line;
}

/* Says whether PERMISSION may depend on more than one grant: another role of the asker, or a role
 * of the one acted on. */
static bool takes_two(const ReferencePermission *permission)
{
        for (int i = 0; i < REFERENCE_GIVES_MAX; i++)
                if (permission->gives[i].also != SYSTEM_NONE)
                        return true;
        return (reference_permission_conditions(permission) & (HAS_LEGACY | SITE_VISIBLE)) != 0;
}

/* Says whether the named grant gives the permission in a world that has no other grant. */
static bool grant_is_enough(Run *run, const RefQuery *query, int64_t now_s, uint32_t grant)
{
        static World world;

        const ReferencePermission *permission = reference_permission_find(query->permission);

        if (takes_two(permission))
                return true;
        world = run->world;
        if (grant == IMAGE_NONE) /* every member has it, or nobody */
                return permission->gives[0].role == ORG_MEMBER;
        return property_world_keep_grant(&world, run->engine.image, grant, false) > 0 &&
               reference_decide(&world, now_s, query).verdict == REF_ALLOW;
}

/* Says whether an organization has taken the permission from some role. */
static bool is_removed_somewhere(World *world, const RefQuery *query, int permission)
{
        const WorldOrganization *o = property_world_organization(world, query);

        for (int i = 0; o != NULL && i < o->customizations_count; i++)
                if (reference_list_has(&o->customizations[i].remove, permission))
                        return true;
        return false;
}

/* A denial of a permission that has no condition can be turned by grants, if a role that somebody
 * may grant gives it, and the organization has left it there. */
static bool has_remedy(World *world, const RefQuery *query, const Explanation *explanation)
{
        const ReferencePermission *permission = reference_permission_find(query->permission);

        if (is_removed_somewhere(world, query, (int)(permission - REFERENCE_PERMISSIONS)))
                return true;

        if (reference_permission_conditions(permission) != ALWAYS)
                return true;
        for (int i = 0; i < REFERENCE_GIVES_MAX && permission->gives[i].role != SYSTEM_NONE; i++)
                if (REFERENCE_ROLES[permission->gives[i].role].granted_with[0] != NULL &&
                    permission->gives[i].also == SYSTEM_NONE)
                        return explanation->remedy_count > 0;
        return true;
}

bool property_explain_agrees(Run *run, int count)
{
        for (int i = 0; i < count; i++) {
                RefQuery query;
                Explanation explanation;
                int64_t now_s = world_random_query(&run->random, &run->world, &query);
                EngineAnswer ours = engine_decide(&run->engine, now_s, &query);
                if (ours.verdict == REF_ERROR)
                        continue;
                if (!explain(run, &query, now_s, &explanation) ||
                    !decisions_are_equal(&explanation.decision, &ours.decision))
                        return property_failed(run, "explain decides as check does", &query, now_s);
                if (ours.verdict == REF_DENY && !has_remedy(&run->world, &query, &explanation))
                        return property_failed(run, "a denial names its remedy", &query, now_s);
                if (ours.verdict == REF_ALLOW && explanation.remedy_count > 0)
                        return property_failed(run, "an allow needs no remedy", &query, now_s);
                if (ours.verdict == REF_ALLOW && ours.decision.reason == REASON_GRANTED_BY_ROLE &&
                    !grant_is_enough(run, &query, now_s, ours.decision.grant))
                        return property_failed(run, "the named grant is enough", &query, now_s);
        }
        return true;
}

bool property_named_grant_matters(Run *run)
{
        static World without;
        RefQuery query;
        EngineAnswer before, after;
        RefAnswer reference;
        int64_t now_s = 0;
        int removed = 0;

        for (int i = 0; i < TRIES && removed == 0; i++) {
                now_s = world_random_query(&run->random, &run->world, &query);
                before = engine_decide(&run->engine, now_s, &query);
                if (before.verdict != REF_ALLOW ||
                    before.decision.reason != REASON_GRANTED_BY_ROLE ||
                    before.decision.grant == IMAGE_NONE)
                        continue;
                without = run->world;
                removed = property_world_keep_grant(&without, run->engine.image,
                                                    before.decision.grant, true);
                if (removed == 0)
                        return property_failed(run, "a named grant exists", &query, now_s);
        }
        if (removed == 0)
                return true; /* nobody may do anything in this world */
        if (engine_build(&run->engine, &without, NULL) != 0)
                return property_failed(run, "a world without a grant is built", &query, now_s);
        after = engine_decide(&run->engine, now_s, &query);
        reference = reference_decide(&without, now_s, &query);
        if (!engine_agrees(&after, &reference))
                return property_failed(run, "without the named grant the answer is right", &query,
                                       now_s);
        return true;
}

/* Applies all remedies to copies of world, question and time; false when one cannot be applied. */
static bool apply_all(Run *run, const Explanation *explanation, World *world, RefQuery *query,
                      int64_t *now_s)
{
        RemedyKind last = REMEDY_NONE;

        for (size_t i = 0; i < explanation->remedy_count; i++) {
                RemedyKind kind = explanation->remedies[i].kind;
                bool is_property =
                        explanation->remedies[i].condition == CONDITION_ARCHIVE_NOT_PRIVATE;
                if ((kind == REMEDY_NAME_OBJECT && !is_property) || kind == REMEDY_DECLARE_OBJECT)
                        last = kind;
                else if (!property_world_apply(world, run->engine.image, &explanation->remedies[i],
                                               query, now_s))
                        return false;
        }
        /* An object is found last: whether it will do depends on the rest. */
        if (last == REMEDY_NAME_OBJECT)
                return property_world_name_object(world, *now_s, query);
        return last == REMEDY_NONE || property_world_declare_object(world, *now_s, query);
}

/* Two questions about permissions, then one about granting. */
static int64_t random_question(Run *run, int number, RefQuery *ret_query)
{
        int64_t now_s = world_random_query(&run->random, &run->world, ret_query);

        if (number % 3 == 2)
                world_random_change(&run->random, &run->world, ret_query);
        return now_s;
}

bool property_remedies_help(Run *run)
{
        static World better;
        int helped = 0;

        for (int i = 0; i < TRIES; i++) {
                RefQuery query, asked;
                Explanation explanation;
                int64_t now_s = random_question(run, i, &query), then_s;
                EngineAnswer after;
                if (engine_decide(&run->engine, now_s, &query).verdict != REF_DENY ||
                    !explain(run, &query, now_s, &explanation) || explanation.remedy_count == 0)
                        continue;
                better = run->world;
                asked = query;
                then_s = now_s;
                if (!apply_all(run, &explanation, &better, &asked, &then_s))
                        continue;
                if (engine_build(&run->engine, &better, NULL) != 0)
                        return property_failed(run, "a remedied world is built", &query, now_s);
                after = engine_decide(&run->engine, then_s, &asked);
                run->remedies++;
                if (after.verdict == REF_ALLOW &&
                    reference_decide(&better, then_s, &asked).verdict == REF_ALLOW) {
                        if (++helped == REMEDIES_PER_WORLD)
                                return true;
                        engine_build(&run->engine, &run->world, NULL);
                        continue;
                }
                fprintf(stderr, "after %zu remedies, the first of kind %d: %s\n",
                        explanation.remedy_count, explanation.remedies[0].kind, after.reason);
                engine_build(&run->engine, &run->world, NULL);
                return property_failed(run, "the remedies of a denial help", &query, now_s);
        }
        return true;
}
