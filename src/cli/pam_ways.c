/* SPDX-License-Identifier: MIT */
/*
 * Ways round a module
 *
 * Runs only move forward, so all runs that stand before a line can be followed together: from every
 * line the set of different runs is taken one step with every code that its module may return.
 * A run remembers the first line that took it round the module.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "cli/pam_simulate.h"

#define NOT_YET SIZE_MAX

typedef struct Trail {
        PamRun run;
        PamWay way; /* .line is NOT_YET as long as the module is obeyed */
        bool refused;
} Trail;

typedef VECTOR_OF(Trail) Trails;

typedef struct Search {
        const PamLine *lines;
        size_t count;
        const PamQuestion *question;
        Trails *at; /* count + 1 sets: the trails that stand before each line */
} Search;

/* Modules whose answer is known, by phase. */
static const struct KnownModule {
        const char *name;
        int returned[PAM_PHASE_COUNT];
} known_modules[] = {
        { "pam_deny.so", { PAM_AUTH_ERR, PAM_SESSION_ERR } },
        { "pam_permit.so", { PAM_SUCCESS, PAM_SUCCESS } },
        { "pam_warn.so", { PAM_IGNORE, PAM_IGNORE } },
};

static bool is_accepted(const Search *search, int status)
{
        return search->question->accepted & (UINT32_C(1) << status);
}

/* Results after which the program does not go on are all alike. */
static int simplify(const Search *search, int status)
{
        return status == PAM_SUCCESS || is_accepted(search, status) ? status : PAM_PERM_DENIED;
}

static bool same(const Trail *a, const Trail *b)
{
        if (a->refused != b->refused || a->way.line != b->way.line || a->way.kind != b->way.kind ||
            a->run.level != b->run.level)
                return false;
        if (a->run.standing.impression != b->run.standing.impression ||
            a->run.standing.status != b->run.standing.status)
                return false;
        for (int i = 0; i <= a->run.level; i++)
                if (a->run.entered[i].impression != b->run.entered[i].impression ||
                    a->run.entered[i].status != b->run.entered[i].status)
                        return false;
        return true;
}

/* Return: 0, 1 too many, -ENOMEM. */
static int add_trail(Search *search, Trail trail)
{
        trail.run.standing.status = simplify(search, trail.run.standing.status);
        Trails *trails = &search->at[trail.run.position];
        for (size_t i = 0; i < trails->count; i++)
                if (same(&trails->items[i], &trail))
                        return 0;
        if (trails->count == PAM_STATES_MAX)
                return 1;
        Trail *added = vector_append(trails);
        if (!added)
                return -ENOMEM;
        *added = trail;
        return 0;
}

static bool is_asked(const Search *search, size_t line)
{
        return pam_line_calls(&search->lines[line], search->question->module);
}

/* The first line of the module that a step passed over. Return: its number, or NOT_YET. */
static size_t passed_module(const Search *search, size_t from, size_t to)
{
        for (size_t i = from + 1; i < to; i++)
                if (is_asked(search, i))
                        return i;
        return NOT_YET;
}

/* The refusal that a run has met last. */
static size_t refused_module(const Search *search, size_t before)
{
        for (size_t i = before; i-- > 0;)
                if (is_asked(search, i))
                        return i;
        return NOT_YET;
}

/* Remembers what a step from one line has done to the module's answer. */
static void note_step(const Search *search, const Trail *before, int action, int returned,
                      Trail *after)
{
        size_t at = before->run.position;
        PamWay way = { .line = at, .module = at, .returned = returned };
        bool denied = action == PAM_ACTION_BAD || action == PAM_ACTION_DIE;
        bool was_negative = before->run.standing.impression == PAM_NEGATIVE;
        bool is_negative = after->run.standing.impression == PAM_NEGATIVE;
        if (!is_negative && after->way.kind == PAM_WAY_EARLIER)
                after->way.line = NOT_YET; /* that failure is forgotten */
        size_t passed = passed_module(search, at, after->run.position);
        if (is_asked(search, at) && !denied) {
                way.kind = PAM_WAY_SOFT;
        } else if (is_asked(search, at)) {
                after->refused = true;
                return;
        } else if (passed != NOT_YET) {
                way.kind = PAM_WAY_PAST;
                way.module = passed;
        } else if (was_negative && !is_negative && before->refused) {
                way.kind = PAM_WAY_RESET;
                way.module = refused_module(search, at);
                after->refused = false;
        } else if (is_negative && !was_negative && after->run.standing.status != PAM_SUCCESS &&
                   is_accepted(search, after->run.standing.status)) {
                way.kind = PAM_WAY_EARLIER;
                way.module = NOT_YET;
        } else {
                return;
        }
        if (after->way.line == NOT_YET || after->way.kind == PAM_WAY_EARLIER)
                after->way = way;
}

static int step(Search *search, const Trail *trail, int returned)
{
        Trail after = *trail;
        int action = pam_run_step(&after.run, search->lines, search->count, returned);
        note_step(search, trail, action, returned, &after);
        return add_trail(search, after);
}

/* Takes one trail on with every answer of the line's module. */
static int follow(Search *search, const Trail *trail)
{
        const PamLine *line = &search->lines[trail->run.position];
        if (line->kind != PAM_LINE_MODULE)
                return step(search, trail, PAM_PERM_DENIED);
        if (is_asked(search, trail->run.position))
                return step(search, trail, search->question->answer);
        for (size_t i = 0; i < sizeof(known_modules) / sizeof(*known_modules); i++)
                if (pam_line_calls(line, known_modules[i].name))
                        return step(search, trail,
                                    known_modules[i].returned[search->question->phase]);
        int r = 0;
        for (int code = 0; code < _PAM_RETURN_VALUES && r == 0; code++)
                r = code == PAM_INCOMPLETE ? 0 : step(search, trail, code);
        return r;
}

/* Adds the way of a trail that came to the end, unless it is there already. */
static int add_way(const Search *search, const Trail *trail, PamWays *ways)
{
        PamWay way = trail->way;
        way.result = pam_run_result(&trail->run);
        if (!is_accepted(search, way.result) || way.line == NOT_YET)
                return 0;
        if (way.module == NOT_YET)
                way.module = refused_module(search, search->count);
        for (size_t i = 0; i < ways->count; i++) {
                PamWay *known = &ways->items[i];
                if (known->kind != way.kind || known->line != way.line)
                        continue;
                if (known->result != PAM_SUCCESS && way.result == PAM_SUCCESS)
                        *known = way; /* plain success is the worse of the two */
                return 0;
        }
        PamWay *added = vector_append(ways);
        if (!added)
                return -ENOMEM;
        *added = way;
        return 0;
}

static int search_all(Search *search, PamWays *ways)
{
        Trail begin = { .run = pam_run_begin(), .way = { .line = NOT_YET } };
        int r = add_trail(search, begin);
        for (size_t at = 0; at < search->count && r == 0; at++) {
                for (size_t i = 0; i < search->at[at].count && r == 0; i++)
                        r = follow(search, &search->at[at].items[i]);
                vector_clear(&search->at[at]);
        }
        Trails *ended = &search->at[search->count];
        for (size_t i = 0; i < ended->count && r == 0; i++)
                r = add_way(search, &ended->items[i], ways);
        return r;
}

int pam_find_ways(const PamLine *lines, size_t count, const PamQuestion *question, PamWays *ways)
{
        Search search = { .lines = lines, .count = count, .question = question };
        search.at = calloc(count + 1, sizeof(*search.at));
        if (!search.at)
                return -ENOMEM;
        int r = search_all(&search, ways);
        for (size_t i = 0; i <= count; i++)
                vector_clear(&search.at[i]);
        free(search.at);
        return r;
}
