/* SPDX-License-Identifier: MIT */
/* Asking the engine. */
#include "asker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/build.h"
#include "policy/explain.h"

enum { NOW_S = 1780304400 }; /* 2026-06-01T09:00:00Z; nothing in the tables depends on it */

Asker asker_open(const char *roles)
{
        Asker asker = { .image = NULL };
        assert_int_equal(scratch_new(asker.scratch), 0);
        assert_int_equal(scratch_copy_configuration(asker.scratch, "roles", roles), 0);
        assert_int_equal(scratch_make_folder(asker.scratch, "policy"), 0);
        assert_int_equal(scratch_make_folder(asker.scratch, "policy/organizations.d"), 0);
        assert_int_equal(scratch_make_folder(asker.scratch, "policy/roles.d"), 0);
        return asker;
}

void asker_close(Asker *asker)
{
        asker->image = image_free(asker->image);
        scratch_remove(asker->scratch);
}

static FILE *create(const Asker *asker, const char *name)
{
        char path[SCRATCH_PATH_SIZE];
        scratch_path(asker->scratch, name, path);
        unlink(path); /* a new file is not flushed to the disk when it is closed */
        FILE *stream = fopen(path, "we");
        assert_non_null(stream);
        assert_int_equal(fchmod(fileno(stream), 0644), 0);
        return stream;
}

void asker_build(Asker *asker, const Facts *facts)
{
        char policy[SCRATCH_PATH_SIZE], roles[SCRATCH_PATH_SIZE];
        _cleanup_(diagnostics_freep) Diagnostics *diagnostics = diagnostics_new();
        FILE *organization = create(asker, "policy/organizations.d/acme.conf");
        facts_write_organization(facts, organization);
        assert_int_equal(fclose(organization), 0);
        FILE *catalogue = create(asker, "policy/roles.d/test.conf");
        facts_write_catalogue(catalogue);
        assert_int_equal(fclose(catalogue), 0);

        scratch_path(asker->scratch, "policy", policy);
        scratch_path(asker->scratch, "roles", roles);
        asker->image = image_free(asker->image);
        assert_non_null(diagnostics);
        const PolicyPaths paths = { policy, roles };
        assert_int_equal(policy_build(&paths, NOW_S, diagnostics, NULL, &asker->image), 0);
        if (asker->image)
                return;
        diagnostics_print(diagnostics, stderr);
        fail_msg("the engine refuses the policy of the facts");
}

static Query read_question(const char *question)
{
        Query query;
        const char *problem = NULL;
        if (query_parse_line(text_from(question), &query, &problem) != 0)
                fail_msg("'%s' is no question: %s", question, problem);
        return query;
}

Outcome asker_ask(Asker *asker, const char *question)
{
        const DecisionContext context = { .now_s = NOW_S };
        Query query = read_question(question);
        asker->asked++;
        return policy_decide(asker->image, &context, &query, NULL).outcome;
}

void asker_explain(const Asker *asker, const char *question)
{
        const DecisionContext context = { .now_s = NOW_S };
        Query query = read_question(question);
        Explanation explanation;
        Decision decision = policy_decide(asker->image, &context, &query, NULL);
        fprintf(stderr, "%s: %s %s\n", question, outcome_name(decision.outcome),
                reason_name(decision.reason));
        policy_explain(asker->image, &context, &query, true, stderr, &explanation);
}
