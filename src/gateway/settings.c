/* SPDX-License-Identifier: MIT */
/*
 * Gateway settings
 *
 * What a driver needs of a controller and its doors, and what would say nothing to it, stands in a
 * table as well: a key that a driver does not look at is an error, never silence.
 */
#include "gateway/settings.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "policy/settings_file.h"
#include "util/number.h"

#define UHPPOTE_DOOR_MAX 4
#define PORT_MAX         65535

/* What a driver wants to know. */
enum {
        NEEDS_ADDRESS = 1 << 0, /* and takes serial, listen, pc_control, offline */
        NEEDS_NUMBER = 1 << 1,  /* of each door, and takes contact */
        NEEDS_OPEN = 1 << 2,    /* of each door */
};

static const struct DriverNeeds {
        const char *name;
        unsigned needs;
        uint32_t timeout_ms; /* where none is stated */
} DRIVERS[] = {
        { "null", 0, 1000 },
        { "exec", NEEDS_OPEN, 3000 },
        { "uhppote", NEEDS_ADDRESS | NEEDS_NUMBER, 2500 },
};

static const char *driver_word(unsigned index, uint32_t *ret_value)
{
        *ret_value = index;
        return index < SCHEMA_COUNT(DRIVERS) ? DRIVERS[index].name : NULL;
}

static bool read_driver(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                        void *target)
{
        uint32_t index;
        if (!schema_word_find(loader, key, setting, &index))
                return false;
        const Driver *driver = driver_find(DRIVERS[index].name);
        if (!driver)
                return schema_error(loader, setting, "this build has no driver \"%s\"",
                                    DRIVERS[index].name);
        *(const Driver **)schema_member(key, target) = driver;
        return true;
}

/* ---- Forms of texts ---- */

static bool read_absolute_path(Loader *loader, const SchemaKey *key,
                               const config_setting_t *setting, void *target)
{
        if (!schema_read_title(loader, key, setting, target))
                return false;
        const char *path = *(const char **)schema_member(key, target);
        return path[0] == '/' ||
               schema_error(loader, setting, "\"%s\" must be an absolute path", key->name);
}

static bool is_endpoint(const char *text)
{
        struct in_addr address;
        Text host, port;
        char buffer[INET_ADDRSTRLEN];
        uint64_t number;
        if (!text_split_last(text_from(text), ':', &host, &port) || host.size >= sizeof(buffer))
                return false;
        memcpy(buffer, host.data, host.size);
        buffer[host.size] = '\0';
        return inet_pton(AF_INET, buffer, &address) == 1 &&
               number_parse(port, PORT_MAX, &number) == 0 && number > 0;
}

static bool read_endpoint(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                          void *target)
{
        if (!schema_read_title(loader, key, setting, target))
                return false;
        return is_endpoint(*(const char **)schema_member(key, target)) ||
               schema_error(loader, setting,
                            "\"%s\" must be an IPv4 address and a port, such as "
                            "192.168.1.100:60000",
                            key->name);
}

/* ---- Where doorwardd is ---- */

static bool daemon_finish(Loader *loader, const config_setting_t *group, void *item)
{
        const SettingsDaemon *daemon = item;
        bool files = daemon->authority || daemon->certificate || daemon->key;
        if (!daemon->url)
                return !files || schema_error(loader, group,
                                              "\"authority\", \"certificate\" and \"key\" belong "
                                              "to a \"url\"");
        if (daemon->socket || daemon->server_uid_stated)
                return schema_error(loader, group,
                                    "doorwardd is asked over its socket or over a \"url\", not "
                                    "both");
        if (strncmp(daemon->url, "https://", sizeof("https://") - 1) != 0)
                return schema_error(loader, group, "\"url\" must begin with https://");
        if (!daemon->authority || !daemon->certificate || !daemon->key)
                return schema_error(loader, group,
                                    "a \"url\" needs \"authority\", \"certificate\" and \"key\"");
        return true;
}

#define FIELD(member) offsetof(SettingsDaemon, member)
static const SchemaKey DAEMON_KEYS[] = {
        { "socket", read_absolute_path, FIELD(socket) },
        { "server_uid", schema_read_number, FIELD(server_uid), .extra = FIELD(server_uid_stated),
          .maximum = INT32_MAX },
        { "url", schema_read_title, FIELD(url) },
        { "authority", schema_read_title, FIELD(authority) },
        { "certificate", schema_read_title, FIELD(certificate) },
        { "key", schema_read_title, FIELD(key) },
};
#undef FIELD

static const SchemaTable DAEMON = {
        .title = "daemon",
        .keys = DAEMON_KEYS,
        .count = SCHEMA_COUNT(DAEMON_KEYS),
        .finish = daemon_finish,
};

/* ---- Doors ---- */

static bool door_finish(Loader *loader, const config_setting_t *group, void *item)
{
        SettingsDoor *door = item;
        door->door.number = door->number;
        return true;
}

#define FIELD(member) offsetof(SettingsDoor, member)
static const SchemaKey DOOR_KEYS[] = {
        { "door", schema_read_name, FIELD(door.path), .extra = FIELD(path_place),
          .flags = SCHEMA_IDENTITY, .form = FORM_WHOLE_DOOR_PATH },
        { "number", schema_read_number, FIELD(number), .extra = FIELD(number_stated), .minimum = 1,
          .maximum = UHPPOTE_DOOR_MAX },
        { "contact", schema_read_switch, FIELD(door.has_contact) },
        { "open", schema_read_titles, FIELD(door.open_argv), .flags = SCHEMA_NOT_EMPTY },
};
#undef FIELD

static const SchemaTable DOOR = {
        .title = "a door",
        .keys = DOOR_KEYS,
        .count = SCHEMA_COUNT(DOOR_KEYS),
        .item_size = sizeof(SettingsDoor),
        .place = offsetof(SettingsDoor, place),
        .finish = door_finish,
};

/* ---- Controllers ---- */

static bool door_error(const Loader *loader, const SettingsDoor *door, const char *text)
{
        diagnostics_error(loader->model->diagnostics, door->place, "%s", text);
        return false;
}

/* What is stated of a door must be what its driver looks at, no less and no more. */
static bool door_check(const Loader *loader, const SettingsDoor *door, unsigned needs)
{
        bool numbered = needs & NEEDS_NUMBER, opened = needs & NEEDS_OPEN;
        if (numbered && !door->number_stated)
                return door_error(loader, door, "missing key \"number\" in a door of this driver");
        if (!numbered && (door->number_stated || door->door.has_contact))
                return door_error(loader, door,
                                  "\"number\" and \"contact\" say nothing to this driver");
        if (opened && !door->door.open_argv)
                return door_error(loader, door, "missing key \"open\" in a door of this driver");
        if (!opened && door->door.open_argv)
                return door_error(loader, door, "\"open\" says nothing to this driver");
        if (opened && door->door.open_argv[0][0] != '/')
                return door_error(loader, door,
                                  "\"open\" must begin with the absolute path of a program");
        return true;
}

static bool doors_check(const Loader *loader, const SettingsController *item, unsigned needs)
{
        unsigned numbers = 0;
        bool good = true;
        for (uint32_t i = 0; i < item->doors.count; i++) {
                const SettingsDoor *door = &item->doors.items[i];
                if (!door_check(loader, door, needs))
                        good = false;
                else if (door->number_stated && (numbers & 1u << door->number))
                        good = door_error(loader, door,
                                          "another door of this controller has this \"number\"");
                numbers |= 1u << door->number;
        }
        return good;
}

static bool doors_copy(Loader *loader, SettingsController *item)
{
        DriverDoor *doors =
                arena_allocate(loader->model->arena, (item->doors.count + 1) * sizeof(DriverDoor));
        if (!doors)
                return schema_out_of_memory(loader);
        for (uint32_t i = 0; i < item->doors.count; i++)
                doors[i] = item->doors.items[i].door;
        item->controller.doors = doors;
        item->controller.door_count = item->doors.count;
        return true;
}

static bool controller_finish(Loader *loader, const config_setting_t *group, void *data)
{
        SettingsController *item = data;
        DriverController *controller = &item->controller;
        const struct DriverNeeds *driver = DRIVERS;
        while (strcmp(driver->name, item->driver->name) != 0)
                driver++;
        bool addressed = controller->address && item->serial_stated;
        if ((driver->needs & NEEDS_ADDRESS) && !addressed)
                return schema_error(loader, group, "driver \"%s\" needs \"address\" and \"serial\"",
                                    driver->name);
        if (!(driver->needs & NEEDS_ADDRESS) && (controller->address || item->serial_stated ||
                                                 controller->listen || controller->decides_swipes))
                return schema_error(loader, group,
                                    "\"address\", \"listen\", \"serial\" and \"pc_control\" say "
                                    "nothing to driver \"%s\"",
                                    driver->name);
        if (item->decides_offline && !controller->decides_swipes)
                return schema_error(loader, group, "\"offline\" needs \"pc_control\" = true");
        if (!item->timeout_stated)
                controller->timeout_ms = driver->timeout_ms;
        return doors_check(loader, item, driver->needs) && doors_copy(loader, item);
}

static const char *offline_word(unsigned index, uint32_t *ret_value)
{
        static const char *const WORDS[] = { "deny", "controller" };
        *ret_value = index;
        return index < SCHEMA_COUNT(WORDS) ? WORDS[index] : NULL;
}

#define FIELD(member) offsetof(SettingsController, member)
static const SchemaKey CONTROLLER_KEYS[] = {
        { "name", schema_read_name, FIELD(controller.name), .extra = FIELD(name_place),
          .flags = SCHEMA_IDENTITY },
        { "driver", read_driver, FIELD(driver), .flags = SCHEMA_IDENTITY, .words = driver_word },
        { "address", read_endpoint, FIELD(controller.address) },
        { "listen", read_endpoint, FIELD(controller.listen) },
        { "serial", schema_read_number, FIELD(controller.serial), .extra = FIELD(serial_stated),
          .minimum = 1, .maximum = UINT32_MAX },
        { "pc_control", schema_read_switch, FIELD(controller.decides_swipes) },
        { "offline", schema_read_word_switch, FIELD(decides_offline), .words = offline_word },
        { "timeout_milliseconds", schema_read_number, FIELD(controller.timeout_ms),
          .extra = FIELD(timeout_stated), .minimum = 100, .maximum = 60000 },
        { "doors", schema_read_list, FIELD(doors), .flags = SCHEMA_REQUIRED | SCHEMA_NOT_EMPTY,
          .table = &DOOR },
};
#undef FIELD

static const SchemaTable CONTROLLER = {
        .title = "a controller",
        .keys = CONTROLLER_KEYS,
        .count = SCHEMA_COUNT(CONTROLLER_KEYS),
        .item_size = sizeof(SettingsController),
        .place = offsetof(SettingsController, place),
        .finish = controller_finish,
};

/* ---- The file ---- */

/* What is the same in two controllers, if anything. */
static const char *clash_of(const SettingsController *a, const SettingsController *b)
{
        if (strcmp(a->controller.name, b->controller.name) == 0)
                return "another controller has this name";
        if (a->serial_stated && b->serial_stated && a->controller.serial == b->controller.serial)
                return "another controller has this \"serial\"";
        if (a->controller.listen && b->controller.listen &&
            strcmp(a->controller.listen, b->controller.listen) == 0)
                return "another controller has this \"listen\" address";
        return NULL;
}

static bool clashes_check(const Loader *loader, const GatewaySettings *settings)
{
        bool good = true;
        for (uint32_t i = 0; i < settings->controllers.count; i++) {
                const SettingsController *item = &settings->controllers.items[i];
                for (uint32_t j = 0; j < i; j++) {
                        const char *clash = clash_of(&settings->controllers.items[j], item);
                        if (!clash)
                                continue;
                        diagnostics_error(loader->model->diagnostics, item->place, "%s", clash);
                        good = false;
                        break;
                }
        }
        return good;
}

/* The first door of this path. */
static const SettingsDoor *door_find(const GatewaySettings *settings, const char *path)
{
        for (uint32_t i = 0; i < settings->controllers.count; i++) {
                const SettingsController *item = &settings->controllers.items[i];
                for (uint32_t j = 0; j < item->doors.count; j++)
                        if (strcmp(item->doors.items[j].door.path, path) == 0)
                                return &item->doors.items[j];
        }
        return NULL;
}

static bool paths_check(const Loader *loader, const GatewaySettings *settings)
{
        bool good = true;
        uint32_t count = 0;
        for (uint32_t i = 0; i < settings->controllers.count; i++) {
                const SettingsController *item = &settings->controllers.items[i];
                for (uint32_t j = 0; j < item->doors.count; j++) {
                        const SettingsDoor *door = &item->doors.items[j];
                        if (++count == GATEWAY_DOORS_MAX + 1)
                                good = door_error(loader, door, "more than 200 doors");
                        if (door_find(settings, door->door.path) != door)
                                good = door_error(loader, door, "this door stands above already");
                }
        }
        return good;
}

static bool file_finish(Loader *loader, const config_setting_t *group, void *item)
{
        const GatewaySettings *settings = item;
        if (settings->controllers.count > GATEWAY_CONTROLLERS_MAX)
                return schema_error(loader, group, "more than %d controllers",
                                    GATEWAY_CONTROLLERS_MAX);
        bool good = clashes_check(loader, settings);
        return paths_check(loader, settings) && good;
}

#define FIELD(member) offsetof(GatewaySettings, member)
static const SchemaKey FILE_KEYS[] = {
        { "daemon", schema_read_group, FIELD(daemon), .table = &DAEMON },
        { "state", read_absolute_path, FIELD(state) },
        { "events_max", schema_read_number, FIELD(events_max), .minimum = 100,
          .maximum = 10000000 },
        { "offline_seconds", schema_read_number, FIELD(offline_seconds), .minimum = 30,
          .maximum = 86400 },
        { "controllers", schema_read_list, FIELD(controllers),
          .flags = SCHEMA_REQUIRED | SCHEMA_NOT_EMPTY, .table = &CONTROLLER },
};
#undef FIELD

static const SchemaTable SETTINGS = {
        .title = "gateway.conf",
        .keys = FILE_KEYS,
        .count = SCHEMA_COUNT(FILE_KEYS),
        .finish = file_finish,
};

/* Resolves the name of a file against the folder of the settings. Return: 0 or -ENOMEM. */
static int file_resolve(Arena *arena, const char *settings_path, const char **name)
{
        const char *slash = strrchr(settings_path, '/');
        if (!*name || **name == '/' || !slash)
                return 0;
        size_t folder = (size_t)(slash - settings_path) + 1, size = strlen(*name) + 1;
        char *path = arena_allocate(arena, folder + size);
        if (!path)
                return -ENOMEM;
        memcpy(path, settings_path, folder);
        memcpy(path + folder, *name, size);
        *name = path;
        return 0;
}

int settings_read(const char *path, Arena *arena, Diagnostics *diagnostics,
                  GatewaySettings *ret_settings)
{
        GatewaySettings settings = { .state = GATEWAY_STATE,
                                     .events_max = 100000,
                                     .offline_seconds = 60 };
        int r = settings_file_read(path, &SETTINGS, arena, diagnostics, &settings);
        if (r == 0)
                r = file_resolve(arena, path, &settings.daemon.authority);
        if (r == 0)
                r = file_resolve(arena, path, &settings.daemon.certificate);
        if (r == 0)
                r = file_resolve(arena, path, &settings.daemon.key);
        if (r == 0)
                *ret_settings = settings;
        return r;
}
