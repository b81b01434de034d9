/* SPDX-License-Identifier: MIT */
/*
 * Door
 *
 * Which door a request is about, and what is left in the PAM handle when one was allowed: for the
 * application (PAM environment) and for the session phase (PAM data).
 */
#pragma once

#include <stdbool.h>

#include <security/pam_modules.h>

#include "pam/exchange.h"

enum DoorProblem {
        DOOR_CONFLICT = 1,  /* argument and environment name different doors */
        DOOR_MALFORMED = 2, /* DOORWARD_DOOR is not the path of a door */
};

/*
 * Takes the door from the argument or, in the account phase only, from the PAM environment's
 * DOORWARD_DOOR: later a user's own ~/.pam_environment may have been read into it.
 * Return: 0 and the door (borrowed; empty: none), a DoorProblem.
 */
int door_choose(pam_handle_t *handle, const char *argument, SessionPhase phase, Text *ret_door);

/* Takes back what door_remember() left. */
void door_forget(pam_handle_t *handle);

/* Leaves that the account phase allowed this door to this user (PAM_USER) and, for an unlock
 * command, DOORWARD_DECISION and DOORWARD_DECIDED_DOOR in the PAM environment.
 * Return: 0, -ENOMEM (then nothing is left). */
int door_remember(pam_handle_t *handle, Text door, Text user, const SessionAnswer *answer);

/* Says whether the account phase in this handle allowed a door.
 * Return: true, the door, to whom and the decision's id (borrowed from the handle). */
bool door_recall(pam_handle_t *handle, Text *ret_door, Text *ret_user,
                 const char **ret_decision_id);
