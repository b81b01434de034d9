/* SPDX-License-Identifier: MIT */
/*
 * Passage
 *
 * Whether somebody went through after a door was released: opened within the release time and a
 * little more is access-taken, else access-not-taken. Only of doors with a contact, and only in
 * memory: a restart forgets what it waited for and says nothing about it.
 */
#pragma once

#include "gateway/doors.h"

#define PASSAGE_MARGIN_SECONDS  5   /* after the release time */
#define PASSAGE_GRANTED_SECONDS 5   /* release time of what a controller granted by itself */
#define PASSAGE_WAITING_MAX     256 /* of all doors; the oldest give way */

typedef struct Passage Passage;

/* Return: 0 and the passages (owned by the caller), -ENOMEM. doors and events are borrowed. */
int passage_new(const Doors *doors, Events *events, Passage **ret_passage);
Passage *passage_free(Passage *passage);
DEFINE_CLEANUP(Passage *, passage_free);

/* A door was released for so many seconds, at now_ns (CLOCK_MONOTONIC), by a command (NULL: none)
 * or a card (0: none). One that stands open already says nothing. */
void passage_released(Passage *passage, unsigned door, uint32_t seconds, const char *command_id,
                      uint64_t card, uint64_t now_ns);

/* Something was observed at a door: its contact, or what its controller granted. */
void passage_observed(Passage *passage, unsigned door, const GatewayEvent *event, uint64_t now_ns);

/* Tells of those whose time has passed. */
void passage_tick(Passage *passage, uint64_t now_ns);
