/* SPDX-License-Identifier: MIT */
/*
 * Host
 *
 * A PAM application for the module's tests: service files in a folder of its own, and everything
 * that the module logs or shows kept for the test to look at. PAM_IGNORE, which libpam does not
 * tell applications, is made visible by the stack.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <security/pam_appl.h>

enum { HOST_TEXT_SIZE = 16384 };

typedef struct Host {
        char folder[64];
        char shown[HOST_TEXT_SIZE]; /* what the person was shown, a line each */
} Host;

/* What went to the log since host_forget(), a line each, "PRIORITY TEXT". One for all hosts, as
 * the log is; not for tests with threads. */
extern char host_log[HOST_TEXT_SIZE];
extern bool host_log_off;

/* Forgets what was logged and shown. */
void host_forget(Host *host);

void host_prepare(Host *host);
void host_clean(Host *host);

/* Makes the stack of every service: the module with these arguments in every phase. */
void host_stack(Host *host, const char *arguments);

/* Begins a transaction of the service "demo", ended with pam_end(). */
pam_handle_t *host_start(Host *host, const char *user);

/* One phase. Return: the module's code. */
int host_account(pam_handle_t *handle, int flags);
int host_open(pam_handle_t *handle, int flags);
int host_close(pam_handle_t *handle, int flags);

/* A transaction of one account phase, with the stack as it is. Return: the module's code. */
int host_account_once(Host *host, const char *user);
