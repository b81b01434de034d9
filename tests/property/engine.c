/* SPDX-License-Identifier: MIT */
/* Folder handling stays here, so that the properties speak of worlds and answers only. */
#include "engine.h"

#include <errno.h>
#include <stdio.h>

#include "policy/build.h"
#include "reference_roles.h"
#include "scratch.h"
#include "world_print.h"
#include "world_text.h"

int engine_open(Engine *engine, const char *roles)
{
        int r = scratch_new(engine->scratch);

        engine->image = NULL;
        return r < 0 ? r : scratch_copy_configuration(engine->scratch, "roles", roles);
}

void engine_close(Engine *engine)
{
        engine_live_clear(&engine->live);
        engine->image = image_free(engine->image);
        scratch_remove(engine->scratch);
}

bool engine_bind(Engine *engine, const World *world, bool in_steps)
{
        engine->clock_untrusted = world->clock_untrusted;
        return engine_live_bind(&engine->live, world, engine->image, in_steps);
}

int engine_build(Engine *engine, const World *world, Random *random)
{
        _cleanup_(diagnostics_freep) Diagnostics *diagnostics = diagnostics_new();
        char policy[SCRATCH_PATH_SIZE], roles[SCRATCH_PATH_SIZE];
        PolicyPaths paths = { policy, roles };
        int r;

        engine_live_clear(&engine->live);
        engine->image = image_free(engine->image);
        scratch_path(engine->scratch, "policy", policy);
        scratch_path(engine->scratch, "roles", roles);
        scratch_remove(policy);
        if (diagnostics == NULL)
                return -ENOMEM;
        r = scratch_make_folder(engine->scratch, "policy");
        if (r == 0)
                r = world_print(world, random, policy);
        if (r == 0)
                r = policy_build(&paths, WORLD_COMPILED_S, diagnostics, NULL, &engine->image);
        if (r == 0 && engine->image != NULL)
                return engine_bind(engine, world, false) ? 0 : -ENOMEM;
        if (r != 0)
                return r;
        if (!engine->quiet)
                diagnostics_print(diagnostics, stderr);
        return 1;
}

int engine_parse(const RefQuery *query, char *line, size_t size, Query *ret_query)
{
        const char *problem;

        world_text_query(query, line, size);
        return query_parse_line(text_from(line), ret_query, &problem);
}

DecisionContext engine_context(const RefQuery *query, int64_t now_s, uint32_t *ret_groups)
{
        DecisionContext context = { .now_s = now_s };

        for (uint32_t i = 0; i < WORLD_GIDS_COUNT; i++)
                for (int k = 0; k < query->gids_count; k++) {
                        if (query->gids[k] != WORLD_GIDS[i].gid)
                                continue;
                        ret_groups[context.unix_group_count++] = (uint32_t)query->gids[k];
                        break;
                }
        context.unix_groups = ret_groups;
        return context;
}

EngineAnswer engine_decide(const Engine *engine, int64_t now_s, const RefQuery *query)
{
        EngineAnswer answer = { REF_ERROR, "malformed-query", { .outcome = OUTCOME_ERROR } };
        char line[4 * WORLD_TEXT_SIZE];
        uint32_t groups[WORLD_GIDS_COUNT];
        DecisionContext context = engine_context(query, now_s, groups);
        Query words;

        context.live = bound_state_live(engine->live.bound);
        context.clock_untrusted = engine->clock_untrusted;

        if (engine_parse(query, line, sizeof(line), &words) != 0)
                return answer;
        answer.decision = policy_decide(engine->image, &context, &words, NULL);
        answer.reason = reason_name(answer.decision.reason);
        if (answer.decision.outcome == OUTCOME_ALLOW)
                answer.verdict = REF_ALLOW;
        else if (answer.decision.outcome == OUTCOME_DENY)
                answer.verdict = REF_DENY;
        return answer;
}

EngineAnswer engine_decide_role(const Engine *engine, int64_t now_s, const RefQuery *query,
                                int role)
{
        EngineAnswer answer = { REF_ERROR, NULL, { .outcome = OUTCOME_ERROR } };
        uint32_t groups[WORLD_GIDS_COUNT];
        DecisionContext context = engine_context(query, now_s, groups);
        Resource resource;
        Target target;
        Subject subject;
        const char *problem;
        Reason reason;

        context.live = bound_state_live(engine->live.bound);
        context.clock_untrusted = engine->clock_untrusted;
        if (resource_parse(text_from(query->resource), &resource, &problem) != 0)
                return answer;
        reason = policy_find_target(engine->image, &resource, &target);
        if (reason == REASON_NONE) {
                answer.verdict = REF_DENY;
                reason = policy_find_subject(engine->image, &context, target.organization,
                                             text_from(query->user), &subject);
        }
        answer.reason = reason_name(reason);
        if (reason != REASON_NONE)
                return answer;
        answer.decision = policy_decide_role(
                engine->image, &context, &subject,
                image_find_role(engine->image, IMAGE_NONE, text_from(REFERENCE_ROLES[role].name)),
                &target, NULL);
        answer.reason = reason_name(answer.decision.reason);
        if (answer.decision.outcome == OUTCOME_ALLOW)
                answer.verdict = REF_ALLOW;
        return answer;
}

bool engine_agrees(const EngineAnswer *ours, const RefAnswer *reference)
{
        return ours->verdict == reference->verdict && ours->reason != NULL &&
               reference_answer_has(reference, ours->reason);
}
