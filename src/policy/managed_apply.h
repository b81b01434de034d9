/* SPDX-License-Identifier: MIT */
/*
 * Managed assignments, shared parts
 *
 * One ManagedApply a change. Each kind of change first looks at everything that could stand in its
 * way and reports it; then it touches managed items only. Without memory it has failed. Only
 * managed*.c include this.
 */
#pragma once

#include "policy/managed.h"

/* Where a change's target is declared; NULL: nowhere. */
typedef struct ManagedEntry {
        const ModelUser *user;
        const ModelGroup *group;
} ManagedEntry;

/* A change while it is applied. */
typedef struct ManagedApply {
        Model *model;
        ModelOrganization *organization;
        const Change *change;
        ManagedEntry entry;
        bool touched;
        bool failed; /* without memory */
} ManagedApply;

/* "the grant of role ... to ..." */
#define MANAGED_WHAT_SIZE 3072

/* What is wrong with taking away something that is written by hand. */
#define MANAGED_CHANGE_THERE MANAGED_BY_HAND ": change it there"

/* Reports what stands in the way at a place: "WHAT PROBLEM". */
void managed_refuse(ManagedApply *apply, Place place, const char *what, const char *problem);

/* Copies of what a change says, in the model's arena. A text that is empty gives no name. */
Reference managed_reference(ManagedApply *apply, Text name);
ModelRemark managed_remark(ManagedApply *apply);

/* Compares a member of a change with a name of the model; empty and NULL are equal. */
bool managed_name_is(Text text, const char *name);

/* The changes, one function a verb. */
void managed_grant(ManagedApply *apply);
void managed_revoke(ManagedApply *apply);
void managed_migrate(ManagedApply *apply);
void managed_member_add(ManagedApply *apply);
void managed_member_remove(ManagedApply *apply);
void managed_customize_add(ManagedApply *apply);
void managed_customize_remove(ManagedApply *apply);
void managed_customize_default(ManagedApply *apply);
