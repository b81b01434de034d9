/* SPDX-License-Identifier: MIT */
/* Folder handling stays here, so that the properties speak of worlds and answers only. */
#include "engine.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/build.h"
#include "world_print.h"
#include "world_text.h"

enum { PATH_SIZE = 4096, OPEN_FOLDERS_MAX = 16, BUILD_TIME_S = 1767225600 };

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
        return remove(path);
}

static void remove_tree(const char *path)
{
        nftw(path, remove_entry, OPEN_FOLDERS_MAX, FTW_DEPTH | FTW_PHYS);
}

static int copy_file(const char *from, const char *to)
{
        char buffer[4096];
        FILE *in = fopen(from, "r"), *out = fopen(to, "w");
        size_t size;
        int failed = in == NULL || out == NULL;

        while (!failed && (size = fread(buffer, 1, sizeof(buffer), in)) > 0)
                failed = fwrite(buffer, 1, size, out) != size;
        if (out != NULL)
                failed = fchmod(fileno(out), 0644) < 0 || failed;
        if (in != NULL)
                fclose(in);
        if (out != NULL)
                failed = fclose(out) != 0 || failed;
        return failed ? -EIO : 0;
}

static int copy_catalogues(const char *from, const char *to)
{
        char source[PATH_SIZE], target[PATH_SIZE];
        DIR *folder = opendir(from);
        struct dirent *entry;
        int r = 0;

        if (folder == NULL)
                return -errno;
        while (r == 0 && (entry = readdir(folder)) != NULL) {
                size_t length = strlen(entry->d_name);
                if (length < 5 || strcmp(entry->d_name + length - 5, ".conf") != 0)
                        continue;
                if (snprintf(source, PATH_SIZE, "%s/%s", from, entry->d_name) >= PATH_SIZE ||
                    snprintf(target, PATH_SIZE, "%s/%s", to, entry->d_name) >= PATH_SIZE)
                        r = -ENAMETOOLONG;
                else
                        r = copy_file(source, target);
        }
        closedir(folder);
        return r;
}

int engine_open(Engine *engine, const char *roles)
{
        const char *folder = getenv("TMPDIR");
        char path[PATH_SIZE];

        engine->image = NULL;
        snprintf(engine->scratch, sizeof(engine->scratch), "%s/doorward-property-XXXXXX",
                 folder != NULL ? folder : "/tmp");
        if (mkdtemp(engine->scratch) == NULL || chmod(engine->scratch, 0755) < 0)
                return -errno;
        snprintf(path, sizeof(path), "%s/roles", engine->scratch);
        if (mkdir(path, 0755) < 0 || chmod(path, 0755) < 0)
                return -errno;
        return copy_catalogues(roles, path);
}

void engine_close(Engine *engine)
{
        engine->image = image_free(engine->image);
        remove_tree(engine->scratch);
}

int engine_build(Engine *engine, const World *world, Random *random)
{
        _cleanup_(diagnostics_freep) Diagnostics *diagnostics = diagnostics_new();
        char policy[PATH_SIZE], roles[PATH_SIZE];
        PolicyPaths paths = { policy, roles };
        int r;

        engine->image = image_free(engine->image);
        snprintf(policy, sizeof(policy), "%s/policy", engine->scratch);
        snprintf(roles, sizeof(roles), "%s/roles", engine->scratch);
        remove_tree(policy);
        if (diagnostics == NULL)
                return -ENOMEM;
        if (mkdir(policy, 0755) < 0 || chmod(policy, 0755) < 0)
                return -errno;
        r = world_print(world, random, policy);
        if (r == 0)
                r = policy_build(&paths, BUILD_TIME_S, diagnostics, NULL, &engine->image);
        if (r != 0 || engine->image != NULL)
                return r;
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

bool engine_agrees(const EngineAnswer *ours, const RefAnswer *reference)
{
        return ours->verdict == reference->verdict && ours->reason != NULL &&
               reference_answer_has(reference, ours->reason);
}
