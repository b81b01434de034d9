/* SPDX-License-Identifier: MIT */
/* What is said of a violated property: enough to see it, and to repeat it. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "property.h"
#include "world_print.h"

static void print_until(int64_t until_s)
{
        char text[WORLD_NAME_SIZE] = "the end is not stated";

        if (until_s != INT64_MAX)
                world_text_time(until_s, 0, text);
        fprintf(stderr, " until %s\n", text);
}

/* What was changed at the doors, and is in no policy. */
static void print_live(const WorldOrganization *o)
{
        for (int i = 0; i < o->users_count; i++) {
                const WorldLiveUser *live = &o->users[i].live;
                if (live->is_suspended)
                        fprintf(stderr, "  live: %s suspended\n", o->users[i].name);
                if (!live->has_dates)
                        continue;
                fprintf(stderr, "  live: %s dates%s from %lld", o->users[i].name,
                        live->dates_ended ? " ended" : "", (long long)live->dates.from_s);
                print_until(live->dates.until_s);
        }
        for (int i = 0; i < o->doors_count; i++) {
                const WorldLiveDoor *live = &o->doors[i].live;
                char path[WORLD_TEXT_SIZE];
                world_text_path(o, o->doors[i].site, o->doors[i].name, path);
                if (live->is_overridden) {
                        fprintf(stderr, "  live: %s overridden to %s", path,
                                WORLD_STATE_NAMES[live->state]);
                        print_until(live->override_until_s);
                }
                if (live->is_blocked) {
                        fprintf(stderr, "  live: %s blocked", path);
                        print_until(live->block_until_s);
                }
        }
        for (int i = 0; i < o->lockdowns_count; i++) {
                if (!o->lockdowns[i].is_on)
                        continue;
                fprintf(stderr, "  live: lockdown %s", o->lockdowns[i].name);
                print_until(o->lockdowns[i].until_s);
        }
}

bool property_failed(Run *run, const char *property, const RefQuery *query, int64_t now_s)
{
        char words[4 * WORLD_TEXT_SIZE], time_text[WORLD_NAME_SIZE],
                kept[64] = "/tmp/failed-XXXXXX";
        RefAnswer reference = reference_decide(&run->world, now_s, query);
        EngineAnswer ours = { REF_ERROR, "no image", { .outcome = OUTCOME_ERROR } };
        static const char *const VERDICTS[] = { "deny", "allow", "error" };

        world_text_query(query, words, sizeof(words));
        world_text_time(now_s, 0, time_text);
        fprintf(stderr, "violated: %s\n  seed %llu, world %d\n  query: %s\n  at: %s (%lld)\n",
                property, (unsigned long long)run->seed, run->world_number, words, time_text,
                (long long)now_s);
        for (int i = 0; i < query->gids_count; i++)
                fprintf(stderr, "  unix group: %d\n", query->gids[i]);
        for (int i = 0; i < run->world.organizations_count; i++)
                print_live(&run->world.organizations[i]);
        if (run->engine.image != NULL)
                ours = engine_decide(&run->engine, now_s, query);
        fprintf(stderr, "  engine: %s %s\n  reference: %s", VERDICTS[ours.verdict], ours.reason,
                VERDICTS[reference.verdict]);
        for (int i = 0; i < REF_REASONS_MAX && reference.reasons[i] != NULL; i++)
                fprintf(stderr, " %s", reference.reasons[i]);
        if (mkdtemp(kept) != NULL && world_print(&run->world, NULL, kept) == 0)
                fprintf(stderr, "\n  policy: %s\n", kept);
        return false;
}
