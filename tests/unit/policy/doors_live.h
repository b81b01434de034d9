/* SPDX-License-Identifier: MIT */
/*
 * The policy of the folder doors/ as an image, with a live state that is made by naming things.
 * What is asked about them is in doors_fixture.h.
 */
#pragma once

#include "decide_fixture.h"
#include "policy/door_state.h"
#include "policy/live.h"

enum { DOORS_LIVE_MAX = 8, DOORS_BIT_WORDS = 2 };

typedef struct Doors {
        DecideFixture decide;
        LiveState live;
        uint64_t user_bits[DOORS_BIT_WORDS], door_bits[DOORS_BIT_WORDS];
        LiveUser users[DOORS_LIVE_MAX];
        LiveDoor doors[DOORS_LIVE_MAX];
        LiveLockdown lockdowns[DOORS_LIVE_MAX];
        bool clock_untrusted;
} Doors;

/* Notes of every kind, made by chris at 2026-06-01T08:00:00Z. */
static const LiveNote DOORS_NOTES[LIVE_KIND_COUNT] = {
        [LIVE_SUSPENSION] = { LIVE_SUSPENSION,
                              1780300800,
                              { "chris", 5 },
                              { "lost badge", 10 },
                              { "0123456789abcdef0123456789abcdef", 32 } },
        [LIVE_DATES] = { LIVE_DATES,
                         1780300800,
                         { "chris", 5 },
                         { "visit", 5 },
                         { "1123456789abcdef0123456789abcdef", 32 } },
        [LIVE_OVERRIDE] = { LIVE_OVERRIDE,
                            1780300800,
                            { "chris", 5 },
                            { "delivery", 8 },
                            { "2123456789abcdef0123456789abcdef", 32 } },
        [LIVE_BLOCK] = { LIVE_BLOCK,
                         1780300800,
                         { "chris", 5 },
                         { "", 0 },
                         { "3123456789abcdef0123456789abcdef", 32 } },
        [LIVE_LOCKDOWN] = { LIVE_LOCKDOWN,
                            1780300800,
                            { "grace", 5 },
                            { "smoke", 5 },
                            { "4123456789abcdef0123456789abcdef", 32 } },
};

static inline int doors_setup(void **state)
{
        Doors *doors = calloc(1, sizeof(*doors));
        assert_non_null(doors);
        load_fixture_init(&doors->decide.load);
        decide_read(&doors->decide, SOURCE_CATALOGUE, "roles.conf", NULL);
        decide_read(&doors->decide, SOURCE_ORGANIZATION, "acme.conf", "acme");
        decide_compile(&doors->decide);
        *state = doors;
        return 0;
}

static inline int doors_teardown(void **state)
{
        Doors *doors = *state;
        decide_fixture_done(&doors->decide);
        free(doors);
        return 0;
}

/* Forgets all that was changed live. */
static inline Doors *doors_begin(void **state)
{
        Doors *doors = *state;
        memset(doors->user_bits, 0, sizeof(doors->user_bits));
        memset(doors->door_bits, 0, sizeof(doors->door_bits));
        memset(doors->users, 0, sizeof(doors->users));
        memset(doors->doors, 0, sizeof(doors->doors));
        memset(doors->lockdowns, 0, sizeof(doors->lockdowns));
        doors->clock_untrusted = false;
        doors->live = (LiveState){ .user_bits = doors->user_bits,
                                   .door_bits = doors->door_bits,
                                   .user_bit_count = DOORS_BIT_WORDS * 64,
                                   .door_bit_count = DOORS_BIT_WORDS * 64,
                                   .users = doors->users,
                                   .doors = doors->doors,
                                   .lockdowns = doors->lockdowns };
        return doors;
}

static inline uint32_t doors_find(const Doors *doors, ResourceType type, const char *path)
{
        uint32_t index = image_find(doors->decide.image, type, 0, text_from(path));
        assert_int_not_equal(index, IMAGE_NONE);
        return index;
}

/* Makes room in an ascending list for a number. */
#define DOORS_INSERT(list, list_count, member, number)                                             \
        ({                                                                                         \
                uint32_t at = 0;                                                                   \
                while (at < (list_count) && (list)[at].member < (number))                          \
                        at++;                                                                      \
                if (at == (list_count) || (list)[at].member != (number)) {                         \
                        assert_true((list_count) < DOORS_LIVE_MAX);                                \
                        memmove(&(list)[at + 1], &(list)[at],                                      \
                                ((list_count)-at) * sizeof((list)[0]));                            \
                        memset(&(list)[at], 0, sizeof((list)[0]));                                 \
                        (list)[at].member = (number);                                              \
                        (list_count)++;                                                            \
                }                                                                                  \
                &(list)[at];                                                                       \
        })

static inline LiveUser *doors_user(Doors *doors, const char *name)
{
        uint32_t user = image_find_user(doors->decide.image, 0, text_from(name));
        assert_true(user < DOORS_BIT_WORDS * 64);
        doors->user_bits[user / 64] |= UINT64_C(1) << user % 64;
        return DOORS_INSERT(doors->users, doors->live.user_count, user, user);
}

static inline LiveDoor *doors_door(Doors *doors, const char *path)
{
        uint32_t door = doors_find(doors, RESOURCE_DOOR, path);
        doors->door_bits[door / 64] |= UINT64_C(1) << door % 64;
        return DOORS_INSERT(doors->doors, doors->live.door_count, door, door);
}

static inline void doors_suspend(Doors *doors, const char *name)
{
        doors_user(doors, name)->suspension = &DOORS_NOTES[LIVE_SUSPENSION];
}

static inline LiveUser *doors_dates(Doors *doors, const char *name, int64_t from_s, int64_t until_s)
{
        LiveUser *user = doors_user(doors, name);
        user->dates = &DOORS_NOTES[LIVE_DATES];
        user->from_s = from_s;
        user->until_s = until_s;
        return user;
}

static inline void doors_override(Doors *doors, const char *path, DoorState state, int64_t until_s)
{
        LiveDoor *door = doors_door(doors, path);
        door->override = &DOORS_NOTES[LIVE_OVERRIDE];
        door->state = state;
        door->override_until_s = until_s;
}

static inline void doors_block(Doors *doors, const char *path, int64_t until_s)
{
        LiveDoor *door = doors_door(doors, path);
        door->block = &DOORS_NOTES[LIVE_BLOCK];
        door->block_until_s = until_s;
}

static inline void doors_lockdown(Doors *doors, const char *name, int64_t until_s)
{
        uint32_t lockdown = doors_find(doors, RESOURCE_LOCKDOWN, name);
        LiveLockdown *live =
                DOORS_INSERT(doors->lockdowns, doors->live.lockdown_count, lockdown, lockdown);
        live->note = &DOORS_NOTES[LIVE_LOCKDOWN];
        live->until_s = until_s;
}
