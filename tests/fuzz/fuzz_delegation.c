/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: a damaged image in which roles are granted, customized and migrated
 *
 * The input says which words of a sound image are overwritten; its checksum is right again, so that
 * only the checks at each use stand between the damage and memory. Every kind of change is asked
 * for, explained, and described as the daemon does for its journal.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/change_depend.h"
#include "daemon/change_text.h"
#include "fuzz_target.h"
#include "image_visit.h"
#include "policy/build.h"
#include "policy/decide.h"
#include "policy/explain.h"
#include "policy/parse.h"
#include "util/file.h"
#include "util/timestamp.h"

enum { BYTES_CHANGED_MAX = 64, BYTE_CHANGE_SIZE = 8 };
#define NOW_S INT64_C(1780304400)

static const char *const QUERIES[] = {
        "boss grant warden@acme/HQ user:acme/plain",
        "warden grant looker@acme/HQ/Tower group:acme/mapped",
        "boss revoke looker@acme/HQ user:acme/looker",
        "boss revoke plate-reader group:acme/readers",
        "boss migrate user:acme/old-looker with=looker@acme/HQ with=boss",
        "both migrate user:acme/moved",
        "boss add-member user:acme/plain with=group:acme/mixed",
        "warden remove-member user:acme/grouped with=group:acme/wardens",
        "clerk add-member user:acme/plain with=access-group:acme/staff",
        "boss customize looker +archive.view organization:acme",
        "boss customize looker default organization:acme",
        "looker archive.view site:acme/HQ",
};
enum { QUERY_COUNT = sizeof(QUERIES) / sizeof(QUERIES[0]) };

static void promise(bool kept)
{
        if (!kept)
                abort();
}

static void read_file(Loader *loader, SourceKind kind, const char *name, const char *organization)
{
        char path[4096], *data = NULL;
        size_t size = 0;
        (void)snprintf(path, sizeof(path), "%s/%s", DELEGATE_POLICY, name);
        FILE *stream = fopen(path, "re");
        promise(stream && getdelim(&data, &size, '\0', stream) > 0);
        (void)fclose(stream);
        SourceFile file = { .kind = kind,
                            .organization = organization,
                            .file = diagnostics_file(loader->model->diagnostics, name),
                            .data = data,
                            .size = strlen(data) };
        promise(parse_file(loader, &file) == 0 && schema_additions_resolve(loader) == 0);
        free(file.data); /* reading it may have taken it */
}

/* Compiles the policy. Return: its bytes, which live as long as the program. */
static const char *sound_image(size_t *ret_size)
{
        static Image *image;
        if (!image) {
                Diagnostics *diagnostics = diagnostics_new();
                Model *model = model_new(diagnostics);
                Loader loader = { .model = model, .site = MODEL_NONE };
                promise(model != NULL);
                read_file(&loader, SOURCE_CATALOGUE, "roles.conf", NULL);
                read_file(&loader, SOURCE_ORGANIZATION, "acme.conf", "acme");
                read_file(&loader, SOURCE_ORGANIZATION, "beta.conf", "beta");
                read_file(&loader, SOURCE_SETTINGS, "doorward.conf", NULL);
                model_check(model, NOW_S);
                model_resolve_unix_groups(model);
                promise(diagnostics_errors(diagnostics) == 0);
                promise(model_compile(model, NOW_S, &image) == 0);
                model_free(model);
                diagnostics_free(diagnostics);
        }
        return image_data(image, ret_size);
}

/* Return: the changed image (owned by the caller). */
static char *changed_image(const uint8_t *data, size_t size, size_t *ret_size)
{
        const char *sound = sound_image(ret_size);
        char *bytes = malloc(*ret_size);
        promise(bytes != NULL);
        memcpy(bytes, sound, *ret_size);
        for (size_t i = 0; i + BYTE_CHANGE_SIZE <= size && i < BYTES_CHANGED_MAX * BYTE_CHANGE_SIZE;
             i += BYTE_CHANGE_SIZE) {
                uint32_t change[2];
                memcpy(change, data + i, sizeof(change));
                size_t at = change[0] % (*ret_size - sizeof(uint32_t));
                memcpy(bytes + at, &change[1], sizeof(uint32_t));
        }
        ImageHeader *header = (ImageHeader *)(void *)bytes;
        header->checksum = image_checksum(bytes, *ret_size);
        return bytes;
}

static void ask(const Image *image, const Query *query, FILE *stream)
{
        static const uint32_t UNIX_GROUPS[] = { 2001, 2003 };
        DecisionContext context = { .now_s = NOW_S,
                                    .unix_groups = UNIX_GROUPS,
                                    .unix_group_count = 2 };
        Explanation explanation;
        ImagePlace place;
        Decision decision = policy_decide(image, &context, query, NULL);
        promise(decision.outcome == OUTCOME_ALLOW || decision.outcome == OUTCOME_DENY ||
                decision.outcome == OUTCOME_ERROR);
        (void)policy_describe(image, &context, query, &decision, true, stream);
        (void)policy_explain(image, &context, query, true, stream, &explanation);
        if (query->kind == QUERY_PERMISSION)
                return;
        (void)change_write_before(image, query, stream);
        (void)change_write_after(query, TIMESTAMP_MIN, NOW_S, stream);
        (void)change_by_hand(image, query, NOW_S, &place);
}

static void ask_all(const Image *image)
{
        Query queries[QUERY_COUNT];
        FILE *stream = fopen("/dev/null", "we");
        promise(stream != NULL);
        for (size_t i = 0; i < QUERY_COUNT; i++) {
                promise(query_parse_line(text_from(QUERIES[i]), &queries[i], NULL) == 0);
                ask(image, &queries[i], stream);
                for (size_t k = 0; k < i && queries[i].kind != QUERY_PERMISSION; k++)
                        (void)changes_depend(image, &queries[i], &queries[k]);
        }
        (void)fclose(stream);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        size_t image_size;
        char *bytes = changed_image(data, size, &image_size);
        Image *image;
        int result = image_open(bytes, image_size, &image);
        promise(result >= 0 && (result == 0 || size > 0));
        if (result == 0) {
                image_visit(image);
                ask_all(image);
                image_free(image);
        }
        free(bytes);
        return 0;
}
