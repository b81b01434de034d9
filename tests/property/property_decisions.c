/* SPDX-License-Identifier: MIT */
/* The engine against the reference, question by question. */
#include <stdio.h>
#include <string.h>

#include "property.h"
#include "property_shrink.h"
#include "reference_roles.h"
#include "world_random.h"

bool property_decisions_agree(Run *run, int count)
{
        for (int i = 0; i < count; i++) {
                RefQuery query;
                int64_t now_s = world_random_query(&run->random, &run->world, &query);
                EngineAnswer ours = engine_decide(&run->engine, now_s, &query);
                RefAnswer reference = reference_decide(&run->world, now_s, &query);
                run->decisions++;
                run->allowed += ours.verdict == REF_ALLOW;
                if (engine_agrees(&ours, &reference))
                        continue;
                property_shrink(run, &query, now_s);
                return property_failed(run, "the engine decides as the reference does", &query,
                                       now_s);
        }
        return true;
}

bool property_delegation_agrees(Run *run, int count)
{
        for (int i = 0; i < count; i++) {
                RefQuery query;
                int64_t now_s = world_random_time(&run->random, &run->world);
                EngineAnswer ours;
                RefAnswer reference;
                world_random_change(&run->random, &run->world, &query);
                ours = engine_decide(&run->engine, now_s, &query);
                reference = reference_decide(&run->world, now_s, &query);
                run->changes++;
                run->changes_allowed += ours.verdict == REF_ALLOW;
                if (engine_agrees(&ours, &reference))
                        continue;
                property_shrink(run, &query, now_s);
                return property_failed(run, "the engine decides changes as the reference does",
                                       &query, now_s);
        }
        return true;
}

bool property_sessions_agree(Run *run, int count)
{
        const WorldOrganization *o = &run->world.organizations[0];

        for (int i = 0; i < count && o->hosts_count > 0; i++) {
                RefQuery query;
                int64_t now_s = world_random_query(&run->random, &run->world, &query);
                const WorldDoor *host = &o->hosts[random_below(&run->random, o->hosts_count)];
                int role = random_below(&run->random, WORLD_ROLES_COUNT);
                if (REFERENCE_ROLES[role].ladder != LADDER_NONE && REFERENCE_ROLES[role].rank == 0)
                        continue; /* nobody asks for None */
                world_text_resource(o, "host", host->site, host->name, query.resource);
                strcpy(query.permission, REFERENCE_ROLES[role].name);
                EngineAnswer ours = engine_decide_role(&run->engine, now_s, &query, role);
                RefAnswer reference = reference_session(&run->world, now_s, &query, role);
                if (!engine_agrees(&ours, &reference))
                        return property_failed(run, "a session needs a role at the host", &query,
                                               now_s);
        }
        return true;
}
