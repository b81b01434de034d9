/* SPDX-License-Identifier: MIT */
/*
 * Fuzz target: images that lie
 *
 * The input is a list of changes to a sound image, eight bytes each: where (32 bits, modulo the
 * image's size) and what to write there (32 bits). So inputs stay meaningful when the format
 * changes, and every one of them gets past the checksum, which is made right again. Whatever such
 * an image says, opening, reading, deciding and searching must neither leave it nor go on for ever.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz_target.h"
#include "image_visit.h"
#include "model_fixture.h"
#include "policy/build.h"
#include "policy/decide.h"
#include "policy/explain.h"
#include "policy/review.h"

enum { BYTES_CHANGED_MAX = 64, BYTE_CHANGE_SIZE = 8 };
#define NOW_S INT64_C(1780480800)

static const char *const QUERIES[] = {
        "alice door.unlock door:acme/HQ/D1",
        "bob door.unlock door:acme/HQ/Tower/D2",
        "zoe door.view door:acme/Branch/D3",
        "alice schedules.view organization:acme with=schedule:acme/nights",
        "bob schedules.view site:acme/HQ/Tower with=floorplan:acme/F1",
        "nobody door.view door:acme/HQ/D1",
        "alice no.such door:acme/HQ/D9",
        "alice grant viewer@acme/HQ user:acme/bob",
        "bob grant viewer@acme/Branch group:acme/desk",
        "alice revoke manager@acme/HQ group:acme/guards",
        "bob revoke viewer@acme/HQ user:acme/zoe",
        "alice migrate user:acme/bob with=viewer@acme/HQ with=system",
        "zoe add-member user:acme/bob with=group:acme/guards",
        "alice remove-member user:acme/bob with=group:acme/desk",
        "alice add-member user:acme/zoe with=access-group:acme/staff",
        "alice customize viewer +door.view organization:acme",
        "bob customize viewer default organization:acme",
        "alice door.enter door:acme/HQ/D1",
        "alice door.enter door:acme/HQ/D1 code=true",
        "bob door.unlock door:acme/HQ/D1",
        "alice start-lockdown lockdown:acme/fire",
        "zoe end-lockdown lockdown:acme/fire",
        "bob start-lockdown lockdown:acme/fire",
};
enum { QUERY_COUNT = sizeof(QUERIES) / sizeof(QUERIES[0]) };

static void promise(bool kept)
{
        if (!kept)
                abort();
}

/* Compiles the fixture. Return: its bytes, which live as long as the program. */
static const char *sound_image(size_t *ret_size)
{
        static Image *image;
        if (!image) {
                Diagnostics *diagnostics;
                Model *model = fixture_model_in_time(&diagnostics);
                promise(model_compile(model, NOW_S, &image) == 0);
                model_free(model);
                diagnostics_free(diagnostics);
        }
        return image_data(image, ret_size);
}

/* Return: the changed image (owned by the caller). */
static char *changed_image(const uint8_t *data, size_t size, size_t *ret_size)
{
        size_t image_size;
        const char *sound = sound_image(&image_size);
        char *bytes = malloc(image_size);
        promise(bytes != NULL);
        memcpy(bytes, sound, image_size);
        for (size_t i = 0; i + BYTE_CHANGE_SIZE <= size && i < BYTES_CHANGED_MAX * BYTE_CHANGE_SIZE;
             i += BYTE_CHANGE_SIZE) {
                uint32_t change[2];
                memcpy(change, data + i, sizeof(change));
                size_t at = change[0] % (image_size - sizeof(uint32_t));
                memcpy(bytes + at, &change[1], sizeof(uint32_t));
        }
        ImageHeader *header = (ImageHeader *)(void *)bytes;
        header->checksum = image_checksum(bytes, image_size);
        *ret_size = image_size;
        return bytes;
}

static int somebody(void *data, Text name, const Decision *decision)
{
        *(uint64_t *)data += name.size + decision->role;
        return 0;
}

/* Explains, into nothing. */
static void explain_all(const Image *image, const DecisionContext *context, const Query *query)
{
        char *text = NULL;
        size_t size;
        FILE *stream = open_memstream(&text, &size);
        Explanation explanation;
        promise(stream != NULL);
        Decision decision = policy_decide(image, context, query, NULL);
        promise(policy_describe(image, context, query, &decision, true, stream) == 0);
        promise(policy_explain(image, context, query, true, stream, &explanation) == 0);
        promise(explanation.decision.outcome == decision.outcome &&
                explanation.decision.reason == decision.reason);
        fclose(stream);
        free(text);
}

/* Everything that can be changed live is, of the first of each kind. */
static LiveState live_state(void)
{
        static const LiveNote OVERRIDE = { .kind = LIVE_OVERRIDE }, BLOCK = { .kind = LIVE_BLOCK },
                              OTHER = { .kind = LIVE_DATES };
        static const uint64_t BITS[] = { 1 };
        static const LiveUser USERS[] = {
                { .user = 0, .dates = &OTHER, .from_s = NOW_S - 1, .until_s = NOW_S + 9 }
        };
        static const LiveDoor DOORS[] = { { .door = 0,
                                            .override = &OVERRIDE,
                                            .state = DOOR_STATE_LOCKED,
                                            .override_until_s = NOW_S + 9,
                                            .block = &BLOCK,
                                            .block_until_s = NOW_S + 9 } };
        static const LiveLockdown LOCKDOWNS[] = { { 0, &OTHER, NOW_S + 9 } };
        return (LiveState){ .user_bits = BITS,
                            .door_bits = BITS,
                            .user_bit_count = 64,
                            .door_bit_count = 64,
                            .users = USERS,
                            .user_count = 1,
                            .doors = DOORS,
                            .door_count = 1,
                            .lockdowns = LOCKDOWNS,
                            .lockdown_count = 1 };
}

static void decide_all(const Image *image)
{
        static const uint32_t UNIX_GROUPS[] = { 7, 700 };
        LiveState live = live_state();
        for (size_t i = 0; i < 3 * QUERY_COUNT; i++) {
                Query query;
                promise(query_parse_line(text_from(QUERIES[i / 3]), &query, NULL) == 0);
                DecisionContext context = { .now_s = NOW_S,
                                            .unix_groups = i % 2 ? UNIX_GROUPS : NULL,
                                            .unix_group_count = i % 2 ? 2 : 0,
                                            .live = i % 3 == 1 ? &live : NULL,
                                            .clock_untrusted = i % 3 == 2 };
                Decision decision = policy_decide(image, &context, &query, NULL);
                promise(decision.outcome == OUTCOME_ALLOW || decision.outcome == OUTCOME_DENY ||
                        decision.outcome == OUTCOME_ERROR);
                explain_all(image, &context, &query);
                uint64_t sum = 0;
                if (query.kind != QUERY_PERMISSION)
                        continue;
                policy_who_can(image, &context, query.permission, &query.resource, somebody, &sum);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        size_t image_size;
        char *bytes = changed_image(data, size, &image_size);
        Image *image;
        int result = image_open(bytes, image_size, &image);
        promise(result >= 0 && (result > 0 || size > 0 || image_count(image, IMAGE_USERS) == 3));
        if (result == 0) {
                image_visit(image);
                decide_all(image);
                image_free(image);
        }
        free(bytes);
        return 0;
}
