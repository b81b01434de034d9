/* SPDX-License-Identifier: MIT */
/*
 * Roles in force
 *
 * Which of the held roles count at a place now. Shared by the two questions that are asked of them:
 * does one give a permission (decide.c), and does one reach a role (decide_role.c).
 */
#pragma once

#include "policy/engine.h"
#include "policy/limits.h"

/* The best rank in force on each ladder, where several runs have to be looked at together. A rank
 * is stored plus one; 0: none. */
typedef struct Ladders {
        uint32_t best[LADDERS_MAX];
} Ladders;

/* Says whether a held role is in force at a position: its grant holds now and another role that it
 * requires is held too. Return: true, or false and the step that says why not. */
bool held_is_in_force(const Engine *engine, const ImageHeld *held, uint32_t position,
                      StepKind *ret_why_not);

/* Says whether one of the roles (by their numbers) is held in force at a position, whatever its
 * place on its ladder. */
bool any_role_is_held(const Engine *engine, const uint32_t *roles, uint32_t count,
                      uint32_t position);

/* As any_role_is_held(). Return: true, or false and the step that says why not: one is held by a
 * grant whose time is not known, or none is. */
bool any_required_role_is_held(const Engine *engine, const uint32_t *roles, uint32_t count,
                               uint32_t position, StepKind *ret_why_not);

/* Says whether any role of level site is held in force at a position. Return: true, or false and
 * why not: STEP_CLOCK_UNTRUSTED, or another step. */
bool any_site_role_is_held(const Engine *engine, uint32_t position, StepKind *ret_why_not);

/* Finds the best rank of each ladder at the target over all runs. */
void ladders_find(const Engine *engine, Ladders *ladders);

/* Tells the recorder about a held role. */
void step_of_held(const Engine *engine, StepKind kind, const ImageHeld *held);

/* Says whether a held role counts at a position, whenever it is in force. */
static inline bool held_covers(const ImageHeld *held, uint32_t position)
{
        return position - held->position < held->end - held->position;
}

/* What makes the asker a member: his own entry, or the mapping of a Unix group. */
ImagePlace membership_place(const Engine *engine);

/* The place of the grant by which a role is held. */
static inline ImagePlace held_place(const Engine *engine, const ImageHeld *held)
{
        if (held->flags & IMAGE_HELD_MEMBER)
                return membership_place(engine);
        const ImageGrant *grant = image_inline_grant(engine->image, held->grant);
        return grant ? grant->place : (ImagePlace){ IMAGE_NONE, 0 };
}

/* Says whether a higher role of the same ladder was found in another run. */
static inline bool held_is_beaten(const Engine *engine, const ImageHeld *held,
                                  const Ladders *ladders)
{
        if (!ladders || held->ladder >= LADDERS_MAX)
                return false;
        const ImageRole *role = image_inline_role(engine->image, held->role);
        return !role || role->rank + 1 < ladders->best[held->ladder];
}

static inline void step(const Engine *engine, const Step *what)
{
        if (!engine->recorder)
                return;
        Step told = *what;
        told.permission = engine->permission;
        engine->recorder->step(engine->recorder, &told);
}
