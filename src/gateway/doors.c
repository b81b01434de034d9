/* SPDX-License-Identifier: MIT */
/* Doors: see doors.h. */
#include "gateway/doors.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MICROSECONDS_PER_MS 1000

/* A controller and its driver; what the driver is handed as the host's data. */
typedef struct Controller {
        Doors *doors;
        const SettingsController *settings;
        DriverHost host;
        unsigned first_door;
        void *state; /* of the driver */
        bool started, told;
} Controller;

struct Doors {
        sd_event *event;
        Store *store;
        Events *events;
        Log log;
        DoorsListener listener;
        sd_event_source *retry_source;
        bool can_decide;
        unsigned controller_count;
        Controller *controllers;
        unsigned count;
        struct {
                Controller *controller;
                unsigned index; /* among the controller's doors */
        } items[GATEWAY_DOORS_MAX];
};

/* ---- What drivers call ---- */

static bool number_of(const Controller *controller, unsigned index, unsigned *ret_door)
{
        if (index >= controller->settings->controller.door_count)
                return false;
        *ret_door = controller->first_door + index;
        return true;
}

static void on_done(void *data, unsigned index, const char *command_id, DriverResult result,
                    const char *detail)
{
        const Controller *controller = data;
        const DoorsListener *listener = &controller->doors->listener;
        unsigned door;
        if (number_of(controller, index, &door) && listener->done)
                listener->done(listener->data, door, command_id, result, detail);
}

/* Of a controller as a whole: its name stands before the detail. */
static void add_of_controller(const Controller *controller, const GatewayEvent *event)
{
        char detail[EVENT_DETAIL_SIZE];
        GatewayEvent named = *event;
        (void)snprintf(detail, sizeof(detail), "%s%s%s", controller->settings->controller.name,
                       event->detail ? ": " : "", event->detail ? event->detail : "");
        named.detail = detail;
        events_add(controller->doors->events, NULL, &named);
}

/* With the controller nothing is known any more of its doors; that is told of each. */
static void add_contact(const Controller *controller, const GatewayEvent *event)
{
        const DriverController *driven = &controller->settings->controller;
        bool lost = event->kind == GATEWAY_CONTROLLER_LOST;
        log_write(controller->doors->log, lost ? LOG_WARNING : LOG_NOTICE, "%s: %s%s%s",
                  driven->name, gateway_event_word(event->kind), event->detail ? ": " : "",
                  event->detail ? event->detail : "");
        add_of_controller(controller, event);
        for (size_t i = 0; lost && i < driven->door_count; i++)
                events_add(controller->doors->events, driven->doors[i].path,
                           &(GatewayEvent){ .kind = GATEWAY_CONTROLLER_LOST });
}

static void on_observed(void *data, unsigned index, const GatewayEvent *event)
{
        const Controller *controller = data;
        const DoorsListener *listener = &controller->doors->listener;
        unsigned door;
        if (event->kind == GATEWAY_CONTROLLER_LOST || event->kind == GATEWAY_CONTROLLER_FOUND)
                add_contact(controller, event);
        else if (!number_of(controller, index, &door))
                add_of_controller(controller, event);
        else if (listener->observed)
                listener->observed(listener->data, door, event);
}

static void on_swiped(void *data, unsigned index, uint64_t card)
{
        const Controller *controller = data;
        const DoorsListener *listener = &controller->doors->listener;
        unsigned door;
        if (number_of(controller, index, &door) && listener->swiped)
                listener->swiped(listener->data, door, card);
}

static bool on_still_valid(void *data, unsigned index, const char *command_id)
{
        const Controller *controller = data;
        const DoorsListener *listener = &controller->doors->listener;
        return listener->still_valid && listener->still_valid(listener->data, command_id);
}

static uint64_t on_get_cursor(void *data)
{
        const Controller *controller = data;
        return store_cursor(controller->doors->store, controller->settings->controller.name);
}

static int on_put_cursor(void *data, uint64_t cursor)
{
        const Controller *controller = data;
        return events_put_cursor(controller->doors->events, controller->settings->controller.name,
                                 cursor);
}

static void on_log(void *data, int priority, const char *line)
{
        const Controller *controller = data;
        log_write(controller->doors->log, priority, "%s: %s", controller->settings->controller.name,
                  line);
}

/* ---- Life ---- */

static void fill(Doors *doors, const GatewaySettings *settings)
{
        for (unsigned i = 0; i < doors->controller_count; i++) {
                Controller *controller = &doors->controllers[i];
                *controller = (Controller){ .doors = doors,
                                            .settings = &settings->controllers.items[i],
                                            .first_door = doors->count,
                                            .host = { .event = doors->event,
                                                      .data = controller,
                                                      .done = on_done,
                                                      .observed = on_observed,
                                                      .swiped = on_swiped,
                                                      .still_valid = on_still_valid,
                                                      .get_cursor = on_get_cursor,
                                                      .put_cursor = on_put_cursor,
                                                      .log = on_log } };
                size_t count = controller->settings->controller.door_count;
                for (size_t j = 0; j < count && doors->count < GATEWAY_DOORS_MAX; j++) {
                        doors->items[doors->count].controller = controller;
                        doors->items[doors->count].index = (unsigned)j;
                        doors->count++;
                }
        }
}

static bool start_controller(Controller *controller)
{
        const SettingsController *settings = controller->settings;
        if (controller->started)
                return true;
        int r = settings->driver->start(&settings->controller, &controller->host,
                                        &controller->state);
        controller->started = r >= 0;
        if (r >= 0 && controller->told)
                add_contact(controller, &(GatewayEvent){ .kind = GATEWAY_CONTROLLER_FOUND });
        bool decides = settings->decides_offline && settings->driver->decide;
        if (r >= 0 && decides && !controller->doors->can_decide)
                settings->driver->decide(controller->state, false);
        if (r < 0 && !controller->told) {
                controller->told = true;
                log_write(controller->doors->log, LOG_ERR, "%s: cannot be started: %s",
                          settings->controller.name, strerror(-r));
                add_contact(controller, &(GatewayEvent){ .kind = GATEWAY_CONTROLLER_LOST,
                                                         .detail = strerror(-r) });
        }
        return controller->started;
}

static void start_all(Doors *doors)
{
        bool all = true;
        for (unsigned i = 0; i < doors->controller_count; i++)
                all &= start_controller(&doors->controllers[i]);
        if (all)
                return;
        (void)sd_event_source_set_time_relative(doors->retry_source,
                                                (uint64_t)DOORS_RETRY_MS * MICROSECONDS_PER_MS);
        (void)sd_event_source_set_enabled(doors->retry_source, SD_EVENT_ONESHOT);
}

static int on_retry(sd_event_source *source, uint64_t usec, void *data)
{
        start_all(data);
        return 0;
}

int doors_new(sd_event *event, const GatewaySettings *settings, Store *store, Events *events,
              Log log, Doors **ret_doors)
{
        _cleanup_(doors_freep) Doors *doors = calloc(1, sizeof(*doors));
        if (!doors)
                return -ENOMEM;
        doors->event = sd_event_ref(event);
        doors->store = store;
        doors->events = events;
        doors->log = log;
        doors->can_decide = true;
        doors->controllers = calloc(settings->controllers.count, sizeof(*doors->controllers));
        if (!doors->controllers)
                return -ENOMEM;
        doors->controller_count = settings->controllers.count;
        fill(doors, settings);
        int r = sd_event_add_time_relative(event, &doors->retry_source, CLOCK_MONOTONIC, 0, 0,
                                           on_retry, doors);
        if (r >= 0)
                r = sd_event_source_set_enabled(doors->retry_source, SD_EVENT_OFF);
        if (r < 0)
                return r;
        *ret_doors = doors;
        doors = NULL;
        return 0;
}

void doors_start(Doors *doors, DoorsListener listener)
{
        doors->listener = listener;
        start_all(doors);
}

Doors *doors_free(Doors *doors)
{
        if (!doors)
                return NULL;
        doors->listener = (DoorsListener){ 0 }; /* who listened is gone */
        for (unsigned i = 0; i < doors->controller_count; i++)
                if (doors->controllers[i].started)
                        doors->controllers[i].settings->driver->stop(doors->controllers[i].state);
        sd_event_source_disable_unref(doors->retry_source);
        sd_event_unref(doors->event);
        free(doors->controllers);
        free(doors);
        return NULL;
}

/* ---- Use ---- */

unsigned doors_count(const Doors *doors)
{
        return doors->count;
}

const DriverDoor *doors_door(const Doors *doors, unsigned door)
{
        const Controller *controller = doors->items[door].controller;
        return &controller->settings->controller.doors[doors->items[door].index];
}

uint32_t doors_timeout_ms(const Doors *doors, unsigned door)
{
        return doors->items[door].controller->settings->controller.timeout_ms;
}

bool doors_find(const Doors *doors, Text path, unsigned *ret_door)
{
        static const char PREFIX[] = "door:";
        size_t size = sizeof(PREFIX) - 1;
        if (path.size > size && memcmp(path.data, PREFIX, size) == 0)
                path = (Text){ path.data + size, path.size - size };
        for (unsigned i = 0; i < doors->count; i++) {
                if (!text_is(path, doors_door(doors, i)->path))
                        continue;
                *ret_door = i;
                return true;
        }
        return false;
}

int doors_open(Doors *doors, unsigned door, uint32_t seconds, const char *command_id)
{
        const Controller *controller = doors->items[door].controller;
        if (!controller->started)
                return -ENODEV;
        return controller->settings->driver->open(controller->state, doors->items[door].index,
                                                  seconds, command_id);
}

int doors_hold(Doors *doors, unsigned door, GatewayHold hold)
{
        const Controller *controller = doors->items[door].controller;
        const Driver *driver = controller->settings->driver;
        if (!driver->hold)
                return -EOPNOTSUPP;
        if (!controller->started)
                return -ENODEV;
        return driver->hold(controller->state, doors->items[door].index, hold);
}

void doors_decide(Doors *doors, bool can)
{
        if (doors->can_decide == can)
                return;
        doors->can_decide = can;
        for (unsigned i = 0; i < doors->controller_count; i++) {
                const Controller *controller = &doors->controllers[i];
                const SettingsController *settings = controller->settings;
                if (controller->started && settings->decides_offline && settings->driver->decide)
                        settings->driver->decide(controller->state, can);
        }
}
