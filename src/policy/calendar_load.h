/* SPDX-License-Identifier: MIT */
/*
 * Calendars of a policy
 *
 * The files of calendars.d and the calendars of organizations that name them, brought together. The
 * folder is read after the organizations, so that a file that nobody names is not looked into.
 */
#pragma once

#include "policy/calendar.h"
#include "policy/source.h"

/* Takes a file of calendars.d, or one that was refused, or the folder that was (name NULL), into
 * every calendar that names it. A file that none names is a warning. Return: 0 or -ENOMEM. */
int calendar_load(Model *model, const SourceFile *file, CalendarSpan span);

/* Reports calendars whose file does not exist as errors and, where there are none, those that hold
 * no day from now on as warnings; afterwards every calendar is known until the end of the span. To
 * be called when every file was read. */
void calendars_finish(Model *model, CalendarSpan span, int64_t now_s);
