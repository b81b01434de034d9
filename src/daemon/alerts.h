/* SPDX-License-Identifier: MIT */
/*
 * Alerts
 *
 * What an operator must learn of: states that last (told when they begin, those that want something
 * to be done every ten minutes while they last, and when they end) and events (told at once). Each
 * is a line of the log and a row of the journal.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

typedef struct Server Server;

#define ALERT_REPEAT_SECONDS 600

typedef enum AlertState {
        ALERT_NO_POLICY,
        ALERT_POLICY_REFUSED, /* the text was refused; an older policy is served */
        ALERT_IMAGE_DAMAGED,  /* the newest image could not be used */
        ALERT_JOURNAL_FAILING,
        ALERT_STATE_FAILING,   /* live state cannot be changed */
        ALERT_STATE_DAMAGED,   /* the store of live state cannot be believed */
        ALERT_STATE_UNMATCHED, /* live state about what the policy does not know; not degraded */
        ALERT_CHANGES_FAILING, /* an accepted change could not be put into force */
        ALERT_JOURNAL_NEARLY_FULL, /* not degraded */
        ALERT_JOURNAL_REPLACED,    /* a damaged journal was moved aside; not degraded */
        ALERT_ROWS_LOST,           /* not degraded */
        ALERT_CLOCK_UNTRUSTED,     /* what is bound to time is denied */
        ALERT_VIRTUAL_CLOCK,       /* not degraded */
        ALERT_SCHEDULE_ENDING,     /* within a month something compiled ends; not degraded */
        ALERT_SCHEDULE_ENDED,      /* what depends on it is denied */
        ALERT_STATE_COUNT,
} AlertState;

typedef struct Alerts {
        bool on[ALERT_STATE_COUNT];
        char detail[ALERT_STATE_COUNT][256];
        sd_event_source *timer;
} Alerts;

/* A state holds, or no longer does. detail (may be NULL) is one line about it. */
void alerts_set(Server *server, AlertState state, bool on, const char *detail);

/* Something happened. kind is a stable code such as "break-glass". */
void alerts_event(Server *server, const char *kind, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* Whether any state holds that makes the daemon degraded. */
bool alerts_degraded(const Alerts *alerts);

/* The code of a state, e.g. "policy-refused". Static. */
const char *alerts_name(AlertState state);

/* Starts repeating; stops. */
int alerts_start(Server *server);
void alerts_stop(Server *server);
