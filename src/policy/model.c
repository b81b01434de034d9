/* SPDX-License-Identifier: MIT */
/*
 * Model
 *
 * Lists grow by doubling inside the arena; what a list leaves behind stays there until the model
 * goes, at most as much again as the list holds.
 */
#include "policy/model.h"

#include <string.h>

enum { CAPACITY_FIRST = 4 };

Model *model_new(Diagnostics *diagnostics)
{
        Model *model = calloc(1, sizeof(*model));
        if (!model)
                return NULL;
        model->arena = arena_new();
        if (!model->arena)
                return model_free(model);
        model->diagnostics = diagnostics;
        model->settings = (ModelHostSettings){
                .place = { PLACE_NO_FILE, 1 },
                .host = { .place = { PLACE_NO_FILE, 1 }, .index = MODEL_NONE },
                .host_organization = MODEL_NONE,
                .observe_place = { PLACE_NO_FILE, 1 },
                .unlocks_need_journal = true,
                .daemon = DAEMON_SETTINGS_DEFAULT,
        };
        return model;
}

Model *model_free(Model *model)
{
        if (!model)
                return NULL;
        arena_free(model->arena);
        free(model);
        return NULL;
}

void *model_append_sized(Model *model, void **items, uint32_t *count, uint32_t *capacity,
                         size_t item_size)
{
        if (*count == *capacity) {
                if (*capacity > UINT32_MAX / 2)
                        return NULL;
                uint32_t grown = *capacity ? *capacity * 2 : CAPACITY_FIRST;
                void *moved = arena_allocate(model->arena, grown * item_size);
                if (!moved)
                        return NULL;
                if (*count > 0)
                        memcpy(moved, *items, *count * item_size);
                *items = moved;
                *capacity = grown;
        }
        void *item = (char *)*items + *count * item_size;
        memset(item, 0, item_size); /* an item that was taken back may have stood here */
        (*count)++;
        return item;
}
