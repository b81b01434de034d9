/* SPDX-License-Identifier: MIT */
/* Offline: from the options to an image in memory, and from words to a verdict. */
#include "cli/offline.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/command.h"
#include "cli/complain.h"
#include "policy/explain.h"
#include "policy/managed.h"
#include "policy/query.h"
#include "state/state_store.h"
#include "util/number.h"

#define STATE_ATTEMPTS 3 /* to read live state while a daemon begins to write it */

static int compare_numbers(const void *a, const void *b)
{
        uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
        return (x > y) - (x < y);
}

/* A mapped Unix group by its name or number. */
static bool find_unix_group(const Image *image, const char *wanted, uint32_t *ret_gid)
{
        uint64_t number = UINT64_MAX;
        (void)number_parse(text_from(wanted), UINT32_MAX - 1, &number);
        for (uint32_t i = 0; i < image_count(image, IMAGE_MAPPED_GROUPS); i++) {
                const ImageMappedGroup *group = image_mapped_group(image, i);
                if (text_is(image_string(image, group->unix_name), wanted) ||
                    group->gid == number) {
                        *ret_gid = group->gid;
                        return true;
                }
        }
        return false;
}

static int add_unix_groups(const char *command, const Options *options, Offline *offline)
{
        size_t count = 0;
        for (int i = 0; i < options->unix_group_count; i++) {
                uint32_t gid;
                if (!find_unix_group(offline->image, options->unix_groups[i], &gid)) {
                        complain(command, "the policy maps no Unix group '%s' to anything",
                                 options->unix_groups[i]);
                        return EXIT_UNABLE;
                }
                offline->unix_groups[count++] = gid;
        }
        qsort(offline->unix_groups, count, sizeof(uint32_t), compare_numbers);
        size_t kept = 0;
        for (size_t i = 0; i < count; i++)
                if (i == 0 || offline->unix_groups[i] != offline->unix_groups[kept - 1])
                        offline->unix_groups[kept++] = offline->unix_groups[i];
        offline->context.unix_groups = offline->unix_groups;
        offline->context.unix_group_count = kept;
        return 0;
}

static int check_state(const char *command, const Options *options)
{
        struct stat status;
        if (!options->state)
                return 0;
        if (stat(options->state, &status) < 0) {
                complain(command, "--state %s: %s", options->state, strerror(errno));
                return EXIT_UNABLE;
        }
        if (!S_ISDIR(status.st_mode)) {
                complain(command, "--state %s: not a folder", options->state);
                return EXIT_UNABLE;
        }
        return 0;
}

int offline_paths(const char *command, const Options *options, OfflinePaths *ret_paths)
{
        *ret_paths =
                (OfflinePaths){ .policy = { .policy = options->policy, .roles = options->roles } };
        int r = check_state(command, options);
        if (r != 0 || !options->state)
                return r;
        int size = snprintf(ret_paths->assignments, sizeof(ret_paths->assignments), "%s/%s",
                            options->state, MANAGED_DIRECTORY);
        if (size < 0 || (size_t)size >= sizeof(ret_paths->assignments)) {
                complain(command, "--state: %s", strerror(ENAMETOOLONG));
                return EXIT_UNABLE;
        }
        ret_paths->policy.assignments = ret_paths->assignments;
        return 0;
}

int offline_open(const char *command, const Options *options, Offline *ret_offline)
{
        *ret_offline = (Offline){ .context.now_s = options->at_s };
        OfflinePaths paths;
        int r = offline_paths(command, options, &paths);
        if (r != 0)
                return r;
        ret_offline->diagnostics = diagnostics_new();
        if (!ret_offline->diagnostics) {
                complain(command, "out of memory");
                return EXIT_UNABLE;
        }
        r = policy_build(&paths.policy, options->at_s, ret_offline->diagnostics,
                         &ret_offline->model, &ret_offline->image);
        if (r < 0) {
                complain(command, "cannot read the policy in %s: %s", options->policy,
                         strerror(-r));
                return EXIT_UNABLE;
        }
        if (!ret_offline->image) {
                diagnostics_print(ret_offline->diagnostics, stderr);
                complain(command, "the policy in %s has errors: nothing can be decided",
                         options->policy);
                return EXIT_UNABLE;
        }
        return add_unix_groups(command, options, ret_offline);
}

static int read_records(const char *directory, char *error, size_t error_size,
                        LiveRecords **ret_records)
{
        _cleanup_(state_store_closep) StateStore *store = NULL;
        int r = state_store_open(directory, true, error, error_size, &store);
        return r == 0 ? state_store_read(store, error, error_size, ret_records) : r;
}

int offline_add_live_state(const char *command, const Options *options, Offline *offline)
{
        char error[200];
        int r = -EAGAIN;
        if (!options->state)
                return 0;
        for (int i = 0; i < STATE_ATTEMPTS && r == -EAGAIN; i++)
                r = read_records(options->state, error, sizeof(error), &offline->records);
        if (r == STATE_STORE_ABSENT)
                offline->records = live_records_new();
        if (offline->records)
                offline->bound = bound_state_new(offline->image, offline->records);
        if (offline->bound) {
                offline->context.live = bound_state_live(offline->bound);
                return 0;
        }
        if (r == 0 || r == STATE_STORE_ABSENT)
                complain(command, "out of memory");
        else
                complain(command, "--state %s: %s %s: %s", options->state, STATE_FILE,
                         r == STATE_STORE_DAMAGED ? "is damaged" : "cannot be read", error);
        return EXIT_UNABLE;
}

void offline_close(Offline *offline)
{
        (void)bound_state_free(offline->bound);
        (void)live_records_free(offline->records);
        image_free(offline->image);
        model_free(offline->model);
        diagnostics_free(offline->diagnostics);
        *offline = (Offline){ 0 };
}

void offline_note_state(const Options *options)
{
        if (options->state)
                return;
        /* the last line where both end up on one terminal, too */
        (void)fflush(stdout);
        fputs("doorward: live state was not considered (--state DIR does)\n", stderr);
}

static int decide_query(const Offline *offline, const Query *query, FILE *detail, FILE *explanation,
                        Verdict *verdict)
{
        Decision decision;
        if (explanation) {
                Explanation explained;
                int r = policy_explain(offline->image, &offline->context, query, true, explanation,
                                       &explained);
                if (r < 0)
                        return r;
                decision = explained.decision;
        } else {
                decision = policy_decide(offline->image, &offline->context, query, NULL);
        }
        verdict->outcome = decision.outcome;
        verdict->reason = reason_name(decision.reason);
        return policy_describe(offline->image, &offline->context, query, &decision, true, detail);
}

/* Ends a stream into memory: the text stays where it is only from then on. Return: 0 or -ENOMEM. */
static int stream_end(FILE *stream)
{
        return stream && fclose(stream) != 0 ? -ENOMEM : 0;
}

int offline_decide(const Offline *offline, const Text *words, size_t count, bool explain,
                   Verdict *ret_verdict)
{
        Verdict verdict = { .outcome = OUTCOME_ERROR,
                            .reason = reason_name(REASON_MALFORMED_QUERY) };
        size_t detail_size, explanation_size;
        FILE *detail = open_memstream(&verdict.detail, &detail_size);
        FILE *explanation =
                explain ? open_memstream(&verdict.explanation, &explanation_size) : NULL;
        int r = -ENOMEM;
        if (detail && (explanation || !explain)) {
                Query query;
                const char *problem = NULL;
                if (query_parse(words, count, &query, &problem) == 0)
                        r = decide_query(offline, &query, detail, explanation, &verdict);
                else
                        r = fputs(problem, detail) < 0 ? -ENOMEM : 0;
        }
        if (stream_end(detail) < 0)
                r = -ENOMEM;
        if (stream_end(explanation) < 0)
                r = -ENOMEM;
        if (r < 0) {
                verdict_clear(&verdict);
                return r;
        }
        *ret_verdict = verdict;
        return 0;
}

int verdict_malformed(const char *problem, Verdict *ret_verdict)
{
        *ret_verdict = (Verdict){ .outcome = OUTCOME_ERROR,
                                  .reason = reason_name(REASON_MALFORMED_QUERY),
                                  .detail = strdup(problem) };
        return ret_verdict->detail ? 0 : -ENOMEM;
}

void verdict_clear(Verdict *verdict)
{
        free(verdict->detail);
        free(verdict->explanation);
        free(verdict->decision_id);
        *verdict = (Verdict){ 0 };
}

int verdict_status(Outcome outcome)
{
        if (outcome == OUTCOME_ALLOW)
                return EXIT_ALLOWED;
        return outcome == OUTCOME_DENY ? EXIT_DENIED : EXIT_UNABLE;
}
