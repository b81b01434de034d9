/* SPDX-License-Identifier: MIT */
/*
 * A small policy, built by hand: two sites and one below the first, the three access site roles, a
 * system role that implies the highest of them, groups, users, access levels, a schedule. Every
 * reference is resolved, as model_check() would leave it.
 *
 *     acme
 *       HQ           door D1, host gw-1
 *         Tower      door D2 (remote unlock off)
 *       Branch       door D3
 */
#pragma once

#include "policy/model.h"

enum FixturePermission { FIXTURE_VIEW, FIXTURE_UNLOCK, FIXTURE_UPDATE, FIXTURE_SCHEDULES };
enum FixtureRole { FIXTURE_NONE, FIXTURE_VIEWER, FIXTURE_MANAGER, FIXTURE_ADMIN, FIXTURE_SYSTEM };
enum FixtureSite { FIXTURE_HQ, FIXTURE_BRANCH, FIXTURE_TOWER };
enum FixtureUser { FIXTURE_ZOE, FIXTURE_ALICE, FIXTURE_BOB };

/* Builds the policy. Return: the model, owned by the caller as are the diagnostics. */
Model *fixture_model(Diagnostics **ret_diagnostics);

/* The same with a badge permission, every gate, a door schedule and an exception on D1, an
 * exception of an access level, and the lockdown "fire" of D1 and D3: alice starts, desk ends it,
 * and guards may pass. */
Model *fixture_model_in_time(Diagnostics **ret_diagnostics);

/* A reference to something already found. */
Reference fixture_reference(const char *name, uint32_t index);

/* Appends a reference to a list. */
void fixture_refer(Model *model, ReferenceList *list, const char *name, uint32_t index);

/* Appends a grant without an end; site may be NULL. */
ModelGrant *fixture_grant(Model *model, ModelGrantList *list, enum FixtureRole role,
                          const char *site, uint32_t site_index);
