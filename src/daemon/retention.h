/* SPDX-License-Identifier: MIT */
/*
 * Retention
 *
 * When the journal is asked to delete what is older than doorward.conf says: soon after the start,
 * when the policy has changed, and a few times a day; never while the clock cannot be trusted.
 */
#pragma once

typedef struct Server Server;

#define RETENTION_FIRST_SECONDS 5 /* behind the start, or a change of the policy */
#define RETENTION_SECONDS       (6 * 60 * 60)

/* Starts and ends the timer. Return: 0 or -errno. */
int retention_start(Server *server);
void retention_stop(Server *server);

/* The settings may have changed: the next sweep comes soon. */
void retention_soon(Server *server);
