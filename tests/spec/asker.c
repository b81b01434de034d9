/* SPDX-License-Identifier: MIT */
/* Asking the engine. */
#include "asker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/build.h"
#include "policy/explain.h"

Asker asker_open(const char *roles)
{
        Asker asker = { .image = NULL };
        assert_int_equal(scratch_new(asker.scratch), 0);
        assert_int_equal(scratch_copy_configuration(asker.scratch, "roles", roles), 0);
        assert_int_equal(scratch_make_folder(asker.scratch, "policy"), 0);
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

/* Writes a file for each organization, and nothing is left of those before. */
static void write_policy(const Asker *asker, const Facts *facts)
{
        char folder[SCRATCH_PATH_SIZE], name[SCRATCH_PATH_SIZE];
        scratch_path(asker->scratch, "policy/organizations.d", folder);
        scratch_remove(folder);
        assert_int_equal(scratch_make_folder(asker->scratch, "policy/organizations.d"), 0);
        for (size_t i = 0; i < facts->organizations.count; i++) {
                const char *organization = facts->organizations.items[i];
                snprintf(name, sizeof(name), "policy/organizations.d/%s.conf", organization);
                FILE *stream = create(asker, name);
                facts_write_organization(facts, organization, stream);
                assert_int_equal(fclose(stream), 0);
        }
}

bool asker_try(Asker *asker, const Facts *facts, char **ret_text)
{
        char policy[SCRATCH_PATH_SIZE], roles[SCRATCH_PATH_SIZE], *text = NULL;
        size_t size = 0;
        _cleanup_(diagnostics_freep) Diagnostics *diagnostics = diagnostics_new();
        FILE *stream = open_memstream(&text, &size);
        assert_true(diagnostics && stream);
        write_policy(asker, facts);
        scratch_path(asker->scratch, "policy", policy);
        scratch_path(asker->scratch, "roles", roles);
        asker->image = image_free(asker->image);
        const PolicyPaths paths = { policy, roles };
        assert_int_equal(policy_build(&paths, ASKER_NOW_S, diagnostics, NULL, &asker->image), 0);
        diagnostics_print(diagnostics, stream);
        assert_int_equal(fclose(stream), 0);
        *ret_text = text;
        return asker->image != NULL;
}

/* The errors alone: facts may have thousands of warnings. */
static void print_errors(const char *text)
{
        for (const char *end; *text; text = end) {
                end = strchrnul(text, '\n');
                end += *end == '\n';
                if (memmem(text, (size_t)(end - text), ": error: ", 9))
                        fwrite(text, 1, (size_t)(end - text), stderr);
        }
}

void asker_build(Asker *asker, const Facts *facts)
{
        char *text = NULL;
        if (!asker_try(asker, facts, &text)) {
                print_errors(text);
                fail_msg("the engine refuses the policy of the facts");
        }
        free(text);
}

static Query read_question(const char *question)
{
        Query query;
        const char *problem = NULL;
        if (query_parse_line(text_from(question), &query, &problem) != 0)
                fail_msg("'%s' is no question: %s", question, problem);
        return query;
}

Outcome asker_ask(Asker *asker, const char *question, int64_t now_s)
{
        const DecisionContext context = { .now_s = now_s };
        Query query = read_question(question);
        asker->asked++;
        return policy_decide(asker->image, &context, &query, NULL).outcome;
}

void asker_explain(const Asker *asker, const char *question, int64_t now_s)
{
        const DecisionContext context = { .now_s = now_s };
        Query query = read_question(question);
        Explanation explanation;
        Decision decision = policy_decide(asker->image, &context, &query, NULL);
        fprintf(stderr, "%s: %s %s\n", question, outcome_name(decision.outcome),
                reason_name(decision.reason));
        policy_explain(asker->image, &context, &query, true, stderr, &explanation);
}
