/* SPDX-License-Identifier: MIT */
/*
 * Pending answer
 *
 * An answer that may be given only when its decision is on disk. Both answers, the one for a
 * journal that wrote and the one for a journal that could not, are made when the decision is made,
 * so that nothing of the policy is needed later.
 */
#pragma once

#include "daemon/client.h"
#include "daemon/command.h"
#include "daemon/door_release.h"
#include "daemon/journal.h"
#include "daemon/reply.h"

/*
 * Appends a row and makes the client wait. The answer is sent when the row is on disk. When it
 * could not be written, or the journal takes longer than a request may, it is sent all the same,
 * or, with need_journal, a denial with the reason journal-failed instead. release (copied; NULL:
 * none): the door that an allow releases. command (taken; NULL: none): is given once the allow has
 * been sent, and withdrawn when it was not, or a denial was. Return: 0; negative: the connection is
 * broken.
 */
int pending_begin(Client *client, const JournalRow *row, const Answer *answer, bool need_journal,
                  const DoorRelease *release, Command *command);

/* The journal takes longer than a request may: that is an alert, and answered as if it had failed.
 * Return: as client_send(). */
int pending_expire(PendingAnswer *pending);

/* The client is gone; nobody is to be answered. */
void pending_forget(PendingAnswer *pending);
