/* SPDX-License-Identifier: MIT */
/*
 * Gates
 *
 * What beats every role. Tested after a role has given the permission, so that somebody without any
 * role learns nothing about switches and suspensions.
 */
#include "policy/engine.h"

/* The door knows what is switched off anywhere above it. */
static Reason remote_unlock(const Engine *engine, Finding *finding)
{
        const ImageDoor *door = engine->target->type == RESOURCE_DOOR
                                        ? image_inline_door(engine->image, engine->target->index)
                                        : NULL;
        if (!door)
                return REASON_REMOTE_UNLOCK_DISABLED;
        if (!door->remote_unlock) {
                finding->place = door->remote_unlock_place;
                return REASON_REMOTE_UNLOCK_DISABLED;
        }
        if (engine->user && engine->user->flags & IMAGE_USER_NO_REMOTE_UNLOCK) {
                finding->place = engine->user->remote_unlock_place;
                return REASON_REMOTE_UNLOCK_DISABLED;
        }
        return REASON_NONE;
}

static Reason not_blocked(const Engine *engine, Finding *finding)
{
        const DecisionContext *context = engine->context;
        if (engine->target->type != RESOURCE_DOOR || !context->live)
                return REASON_NONE;
        if (context->live->unknown)
                return REASON_LIVE_STATE_UNKNOWN;
        const LiveDoor *door = live_door(context->live, engine->target->index);
        if (!door || !door->block || decision_has_ended(context, door->block_until_s))
                return REASON_NONE;
        finding->note = door->block;
        return REASON_BLOCKED;
}

typedef Reason (*GateTest)(const Engine *engine, Finding *finding);

/* In the order of the bits. */
static const GateTest TESTS[GATE_COUNT] = { access_of_person, remote_unlock, lockdowns_pass,
                                            not_blocked };

Reason gates_test(const Engine *engine, uint32_t gates, Finding *finding, Gate *ret_failed)
{
        while (gates != 0) {
                uint32_t bit = (uint32_t)__builtin_ctz(gates);
                *ret_failed = (Gate)(UINT32_C(1) << bit);
                if (bit >= GATE_COUNT)
                        return REASON_CORRUPT_IMAGE;
                Reason reason = TESTS[bit](engine, finding);
                if (reason != REASON_NONE)
                        return reason;
                gates &= gates - 1;
        }
        return REASON_NONE;
}
