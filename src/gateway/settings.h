/* SPDX-License-Identifier: MIT */
/*
 * Gateway settings
 *
 * gateway.conf: where doorwardd is to be found, where this gateway keeps what it must not forget,
 * and the controllers with the doors that it serves. Read by a table of keys, as strictly as a
 * policy; everything is checked before anything moves.
 */
#pragma once

#include "gateway/driver.h"
#include "policy/model.h"

#define GATEWAY_CONTROLLERS_MAX 64
#define GATEWAY_DOORS_MAX       200 /* of all controllers together: one TAKE names them all */

#define GATEWAY_CONFIGURATION "/etc/doorward-gateway/gateway.conf"
#define GATEWAY_STATE         "/var/lib/doorward-gateway"

/* Where doorwardd is: a socket of this host, or the URL of a doorward-http. */
typedef struct SettingsDaemon {
        const char *socket; /* NULL without `url`: the default of the build */
        bool server_uid_stated;
        uint32_t server_uid;
        const char *url;                           /* NULL: the socket */
        const char *authority, *certificate, *key; /* files; what is relative is resolved */
} SettingsDaemon;

typedef struct SettingsDoor {
        Place place;
        Place path_place;
        DriverDoor door;
        uint32_t number;
        bool number_stated;
} SettingsDoor;

typedef struct SettingsController {
        Place place;
        Place name_place;
        DriverController controller; /* complete once the file was read without an error */
        const Driver *driver;
        bool serial_stated, timeout_stated;
        bool decides_offline; /* while doorwardd is away the controller decides by itself */
        LIST_OF(SettingsDoor) doors;
} SettingsController;

typedef struct GatewaySettings {
        SettingsDaemon daemon;
        const char *state;
        uint32_t events_max;      /* that are kept while doorwardd is away */
        uint32_t offline_seconds; /* without a word from doorwardd: it is away */
        LIST_OF(SettingsController) controllers;
} GatewaySettings;

/*
 * Reads the settings. Names of files that are relative count from the folder of this file.
 * Everything lives in the arena; what is wrong is reported to diagnostics. Return: 0,
 * SETTINGS_FILE_FAULTY when something was reported, -ENOMEM.
 */
int settings_read(const char *path, Arena *arena, Diagnostics *diagnostics,
                  GatewaySettings *ret_settings);
