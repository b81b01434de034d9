/* SPDX-License-Identifier: MIT */
/* Settings of the daemon, as doorward.conf states them: limits, journal and clock. */
#pragma once

#include <stdint.h>

typedef struct DaemonSettings {
        uint32_t clients;             /* connections at once, 1 to 65536; default 1024 */
        uint32_t clients_per_user;    /* of one uid, default 64 */
        uint32_t requests_in_flight;  /* waiting for journal, resolver or compiler; default 1024 */
        uint32_t requests_per_second; /* of one uid, default 50 */
        uint32_t requests_burst;      /* default 200 */
        uint32_t request_seconds;     /* until a request or an idle reader is given up; default 5 */
        uint32_t journal_mebibytes;   /* size cap of the journal; default 1024 */
        uint32_t clock_ahead_seconds; /* how far the clock may be set ahead; default 3600 */
        uint32_t clock_offline_days;  /* how long the machine may be off; default 400 */
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
                           .clock_offline_days = 400 })
