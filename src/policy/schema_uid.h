/* SPDX-License-Identifier: MIT */
/*
 * Schema: uids
 *
 * Uids that the system keeps for itself are refused or warned of: a policy that gives one of them
 * to a person or a program would let in whoever happens to run under it.
 */
#pragma once

#include "policy/schema.h"

#define SCHEMA_ID_MAX (UINT32_MAX - 1) /* (uid_t)-1 means "none" */

/* Says whether the system gives that uid to programs as they come: systemd's DynamicUser=, nobody.
 */
bool schema_uid_is_transient(uint32_t uid);

/* Read a uid into a uint32_t, and true into the bool of key->extra: of a person, of a program. */
bool schema_read_uid_of_person(Loader *, const SchemaKey *, const config_setting_t *, void *);
bool schema_read_uid_of_program(Loader *, const SchemaKey *, const config_setting_t *, void *);
