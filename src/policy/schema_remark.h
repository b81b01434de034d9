/* SPDX-License-Identifier: MIT */
/*
 * Schema: remarks
 *
 * The keys by, at and reason, which everything that can be changed through the daemon may have: who
 * wrote it, when and why. Nothing is decided by them.
 */
#pragma once

#include "policy/schema.h"

/* The rows of a table whose items have a member `remark`. */
#define SCHEMA_REMARK_KEYS(type)                                                                   \
        { "by", schema_read_name, offsetof(type, remark.by), .form = FORM_USER },                  \
                { "at", schema_read_time, offsetof(type, remark.at_s) },                           \
        {                                                                                          \
                "reason", schema_read_title, offsetof(type, remark.reason)                         \
        }

/* A remark that says nothing, as an item starts. */
#define SCHEMA_REMARK_NONE ((ModelRemark){ .at_s = TIMESTAMP_MIN })
