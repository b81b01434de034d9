/* SPDX-License-Identifier: MIT */
/*
 * Driver: null
 *
 * Moves nothing: it writes to the log what it would do, and says that it was done. For trying out a
 * configuration before anything is wired.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "gateway/driver.h"

enum { LINE_SIZE = 512, COMMANDS_MAX = 256, ID_SIZE = 33 };

/* A command whose result is told from the loop. */
typedef struct Answer {
        unsigned door;
        char command_id[ID_SIZE];
} Answer;

typedef struct NullDriver {
        const DriverController *controller;
        const DriverHost *host;
        sd_event_source *later; /* enabled while there are answers */
        Answer answers[COMMANDS_MAX];
        size_t answer_count;
} NullDriver;

static int answers_tell(sd_event_source *source, void *data)
{
        NullDriver *driver = data;
        Answer answers[COMMANDS_MAX];
        size_t count = driver->answer_count;
        memcpy(answers, driver->answers, count * sizeof(*answers));
        driver->answer_count = 0;
        for (size_t i = 0; i < count; i++)
                driver->host->done(driver->host->data, answers[i].door, answers[i].command_id,
                                   DRIVER_COMMANDED, NULL);
        return 0;
}

static int null_start(const DriverController *controller, const DriverHost *host, void **ret_state)
{
        NullDriver *driver = calloc(1, sizeof(*driver));
        if (!driver)
                return -ENOMEM;
        driver->controller = controller;
        driver->host = host;
        int r = sd_event_add_defer(host->event, &driver->later, answers_tell, driver);
        if (r >= 0)
                r = sd_event_source_set_enabled(driver->later, SD_EVENT_OFF);
        if (r < 0) {
                sd_event_source_unref(driver->later);
                free(driver);
                return r;
        }
        *ret_state = driver;
        return 0;
}

static int null_open(void *state, unsigned door, uint32_t seconds, const char *command_id)
{
        NullDriver *driver = state;
        char line[LINE_SIZE];
        if (driver->answer_count == COMMANDS_MAX)
                return -ENOBUFS;
        int r = sd_event_source_set_enabled(driver->later, SD_EVENT_ONESHOT);
        if (r < 0)
                return r;
        Answer *answer = &driver->answers[driver->answer_count++];
        answer->door = door;
        (void)snprintf(answer->command_id, sizeof(answer->command_id), "%s", command_id);
        (void)snprintf(line, sizeof(line), "would open %s for %u s (command %s)",
                       driver->controller->doors[door].path, seconds, command_id);
        driver->host->log(driver->host->data, LOG_NOTICE, line);
        return 0;
}

static int null_hold(void *state, unsigned door, GatewayHold hold)
{
        static const char *const WORDS[] = {
                [GATEWAY_HOLD_CONTROLLED] = "controlled",
                [GATEWAY_HOLD_UNLOCKED] = "unlocked",
                [GATEWAY_HOLD_LOCKED] = "locked",
        };
        NullDriver *driver = state;
        char line[LINE_SIZE];
        (void)snprintf(line, sizeof(line), "would hold %s %s", driver->controller->doors[door].path,
                       WORDS[hold]);
        driver->host->log(driver->host->data, LOG_NOTICE, line);
        return 0;
}

static void null_stop(void *state)
{
        NullDriver *driver = state;
        if (!driver)
                return;
        sd_event_source_disable_unref(driver->later);
        free(driver);
}

const Driver driver_null = {
        .name = "null",
        .start = null_start,
        .open = null_open,
        .hold = null_hold,
        .stop = null_stop,
};
