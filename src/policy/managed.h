/* SPDX-License-Identifier: MIT */
/*
 * Managed assignments
 *
 * What people have granted through the daemon: assignments, memberships, migrations and
 * customizations in assignments/NAME.conf of the state folder, a file that the daemon alone writes,
 * one line an item, and that is read like any other fragment of the organization. Changes are
 * applied to a loaded model, before it is checked; then the organization's file is written anew.
 */
#pragma once

#include <stdio.h>

#include "policy/change.h"
#include "policy/model.h"

#define MANAGED_DIRECTORY        "assignments" /* in the state folder */
#define MANAGED_CANDIDATE_SUFFIX ".next"       /* NAME.conf.next: not yet in force */
#define MANAGED_SIZE_MAX         (64u << 20)   /* bytes of one file */

/* Part of the error about something that only its author can take away. */
#define MANAGED_BY_HAND "stands in a file that is written by hand"

/*
 * Applies changes in their order to a model that has been loaded and not been checked. What cannot
 * be done is an error in the model's diagnostics, at the line that stands in its way: revoking or
 * removing what stands in a file written by hand ("... stands in a file that is written by hand:
 * change it there", MANAGED_BY_HAND), granting what is granted already, or revoking what does not
 * stand anywhere. A grant that had ended when the change was made counts for nothing, and a managed
 * one gives way to a new one. A user who is migrated loses the managed grants of his legacy roles.
 * ret_touched (one flag an organization of the model) says whose file has to be written anew.
 * Return: 0 (also when something was reported), -ENOMEM.
 */
int managed_apply(Model *model, const Change *changes, size_t count, bool *ret_touched);

/*
 * Writes an organization's managed items as a policy file: sorted, so that the same assignments
 * give the same bytes. Return: 0, -ENOMEM, or the stream's error.
 */
int managed_write(const ModelOrganization *organization, FILE *stream);

/* Takes everything managed out of an organization, so that its file can be read again. */
void managed_forget(ModelOrganization *organization);
