/* SPDX-License-Identifier: MIT */
/* What is said of a violated property: enough to see it, and to repeat it. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "property.h"
#include "world_print.h"

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
