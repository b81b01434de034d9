/* SPDX-License-Identifier: MIT */
/*
 * Observe: a gateway tells what happened at its doors, and may forget it when it is told that all
 * of it is on disk. One batch of a gateway is under way at a time.
 */
#pragma once

#include "daemon/request.h"

int request_observe(const Request *request);

/* The journal takes longer than a request may: the gateway is to send it again.
 * Return: as client_send(). */
int observing_expire(Observing *observing);

/* The client is gone; nobody is to be answered. */
void observing_forget(Observing *observing);
