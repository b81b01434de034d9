/* SPDX-License-Identifier: MIT */
/* Saved reports in requests: what running one and a client that goes away need of them. */
#pragma once

#include "daemon/request.h"
#include "daemon/saved_reports.h"
#include "policy/vocabulary.h"

/* The report that REPORT and USER (its owner; absent: who asks) name, if it is the peer's own or
 * the permission of the command lets him at its organization; a denial is recorded. Return:
 * borrowed until the next change of a report; NULL. */
const SavedReport *request_find_report(const Request *request, PermissionCommand command);

/* Refuses for a report that is not there, or not for the peer. Return: as client_send(). */
int request_refuse_report(const Request *request);

/* The client of something that is being stored has gone. */
void request_saving_forget(Saving *saving);
