/* SPDX-License-Identifier: MIT */
/*
 * Events access
 *
 * Who may see which events: root everything; a listed caller with the right to them, at its sites;
 * a person what the permission of a command says at the site or door that he names: past-events,
 * live-events (following), run-report and export-report (with a format).
 */
#pragma once

#include "daemon/client.h"
#include "daemon/decision_id.h"
#include "policy/decide.h"
#include "wire/message.h"

typedef struct EventsAccess {
        bool allowed;
        bool failed;     /* not allowed: because it could not be decided */
        Text permission; /* that was asked for; empty for callers. Borrowed from the image */
        Text reason;     /* its code; empty for callers. Static */
        Text text;       /* … and for people. Borrowed until the next description */
} EventsAccess;

/* Decides whether the peer, who is not root and is known under this identity, may have a
 * MESSAGE_EVENTS. A policy is loaded. */
EventsAccess events_access(Client *client, const Identity *identity, const Message *message);

/* Decides one command's permission on a resource for a person. */
EventsAccess events_access_command(Client *client, const Identity *identity,
                                   PermissionCommand command, Text resource);

/* Puts a decision on record. Return: the decision's id, written into id; empty without one. */
Text events_access_record(Client *client, const Identity *identity, const EventsAccess *access,
                          Text resource, DecisionId *id);
