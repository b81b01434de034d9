/* SPDX-License-Identifier: MIT */
/*
 * What libpam and its modules would send to the system log, printed instead.
 *
 * The program defines syslog() itself and exports it, so that libpam finds it there. Linked with
 * export_dynamic; own declarations, because <syslog.h> has inline ones when fortified.
 */
#pragma once

#include <stdbool.h>

/* Prints each message as a line `log: TEXT` on standard output from now on, or (the default)
 * drops them. */
void pam_host_log_show(bool show);
