/* SPDX-License-Identifier: MIT */
/*
 * The engine, asked through its public interface: a world becomes text in a scratch folder, the
 * text becomes an image, and questions are put to it as words.
 */
#pragma once

#include "engine_live.h"
#include "random.h"
#include "scratch.h"
#include "world_text.h"

/* The scratch folder and the image last built from it. */
typedef struct Engine {
        char scratch[SCRATCH_SIZE]; /* holds policy and roles */
        Image *image;               /* owned; NULL before the first build */
        bool quiet;                 /* says nothing about what it refuses */
        EngineLive live;            /* what was changed at the doors */
        bool clock_untrusted;
} Engine;

/* What the engine said. */
typedef struct EngineAnswer {
        RefVerdict verdict;
        const char *reason; /* its name, a constant */
        Decision decision;  /* all zero when the words were no query */
} EngineAnswer;

/*
 * Makes the scratch folder and copies the vendor's catalogues from ROLES into it, with modes that
 * the engine accepts whatever those of the source tree are. Returns 0, or -errno.
 */
int engine_open(Engine *engine, const char *roles);

/* Frees the image and removes the scratch folder. */
void engine_close(Engine *engine);

/*
 * Prints WORLD (RANDOM as in world_print()) in place of what was there, and builds it. Returns 0; 1
 * when the engine refuses it, with the diagnostics printed to standard error; -errno.
 */
int engine_build(Engine *engine, const World *world, Random *random);

/* Takes over what was changed at the doors of WORLD, which the image was built from, and whether
 * the time is known (engine_build() does so too); IN_STEPS as in engine_live_bind(). Returns false
 * without memory. */
bool engine_bind(Engine *engine, const World *world, bool in_steps);

/* Asks at NOW_S whether the user of QUERY holds ROLE (an index into REFERENCE_ROLES) on its
 * resource, a host. */
EngineAnswer engine_decide_role(const Engine *engine, int64_t now_s, const RefQuery *query,
                                int role);

/* Asks QUERY at NOW_S. */
EngineAnswer engine_decide(const Engine *engine, int64_t now_s, const RefQuery *query);

/*
 * Reads LINE (which QUERY's words are written to; it must outlive RET_QUERY) as the engine does.
 * Returns 0, or the parser's problem.
 */
int engine_parse(const RefQuery *query, char *line, size_t size, Query *ret_query);

/* Sorts QUERY's Unix groups into RET_GROUPS (WORLD_GIDS_COUNT) and returns the context with them.
 */
DecisionContext engine_context(const RefQuery *query, int64_t now_s, uint32_t *ret_groups);

/* Says whether the engine's answer is one that the reference accepts. */
bool engine_agrees(const EngineAnswer *ours, const RefAnswer *reference);
