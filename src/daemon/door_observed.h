/* SPDX-License-Identifier: MIT */
/*
 * Doors observed
 *
 * What gateways have told of doors since the daemon started, in memory only. Doors are known by
 * their paths, which outlive the policy that names them.
 */
#pragma once

#include "policy/door_observation.h"
#include "util/cleanup.h"
#include "wire/gateway_event.h"

#define DOORS_OBSERVED_MAX 65536

typedef struct DoorsObserved DoorsObserved;

/* Return: owned by the caller, or NULL without memory. */
DoorsObserved *doors_observed_new(void);
DoorsObserved *doors_observed_free(DoorsObserved *doors);
DEFINE_CLEANUP(DoorsObserved *, doors_observed_free);

/* Something happened at a door (a path), as a gateway told at now_s; since_s: when it happened. A
 * kind that says nothing about the door's state only tells that the gateway is heard, and with
 * controller-lost its lock and contact are unknown; an alarm stays until its end is told. Without
 * memory, or with too many doors, nothing is noted. */
void doors_observed_note(DoorsObserved *doors, Text door, Text gateway, GatewayEventKind kind,
                         int64_t since_s, int64_t now_s);

/* What is known of a door. Return: borrowed until the next call; NULL: nobody ever told. */
const DoorObservation *doors_observed_find(const DoorsObserved *doors, Text door);
