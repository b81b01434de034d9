/* SPDX-License-Identifier: MIT */
/* Schema: programs that speak for others: callers of an organization, fronts of a host. */
#pragma once

#include "policy/schema.h"

extern const SchemaTable SCHEMA_CALLER; /* ModelCaller */
extern const SchemaTable SCHEMA_FRONT;  /* ModelFront */
