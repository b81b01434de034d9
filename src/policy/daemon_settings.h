/* SPDX-License-Identifier: MIT */
/* Settings of the daemon, as doorward.conf states them: limits, journal, retention and clock. */
#pragma once

#include <stdint.h>

#include "util/text.h"

/* What a row of the journal is about. The numbers stand in the journal's file. */
typedef enum EventClass {
        EVENT_CLASS_MOVEMENT,       /* unlock and enter, and who was let through where */
        EVENT_CLASS_SESSION,        /* sessions at hosts */
        EVENT_CLASS_ADMINISTRATION, /* changes, reloads, reports, what was deleted */
        EVENT_CLASS_ALARM,
        EVENT_CLASS_QUESTION, /* questions that were denied, requests that were refused */
        EVENT_CLASS_COUNT,
} EventClass;

#define RETENTION_DAYS_MAX 36500

typedef struct DaemonSettings {
        uint32_t clients;             /* connections at once, 1 to 65536; default 1024 */
        uint32_t clients_per_user;    /* of one uid, default 64 */
        uint32_t requests_in_flight;  /* waiting for journal, resolver or compiler; default 1024 */
        uint32_t requests_per_second; /* of one uid, default 50 */
        uint32_t requests_burst;      /* default 200 */
        uint32_t request_seconds;     /* until a request or an idle reader is given up; default 5 */
        uint32_t journal_mebibytes;   /* size cap of the journal; default 1024 */
        uint32_t clock_ahead_seconds; /* how far the clock may be set ahead; default 3600 */
        uint32_t clock_offline_days;  /* how long the machine may be off; default 30 */
        uint32_t retention_days[EVENT_CLASS_COUNT]; /* 0: kept until the cap; default 90 for
                                                     * movements, 0 for the others */
} DaemonSettings;

#define DAEMON_SETTINGS_DEFAULT                                                                    \
        ((DaemonSettings){ .clients = 1024,                                                        \
                           .clients_per_user = 64,                                                 \
                           .requests_in_flight = 1024,                                             \
                           .requests_per_second = 50,                                              \
                           .requests_burst = 200,                                                  \
                           .request_seconds = 5,                                                   \
                           .journal_mebibytes = 1024,                                              \
                           .clock_ahead_seconds = 3600,                                            \
                           .clock_offline_days = 30,                                               \
                           .retention_days = { [EVENT_CLASS_MOVEMENT] = 90 } })

/* The word for a class, as in `retention`: "movements". NULL for a number outside the list.
 * Static. */
const char *event_class_name(EventClass event_class);
