/* SPDX-License-Identifier: MIT */
/* Settings: see settings.h. One row a key; doorward-http.conf(5) says the same in prose. */
#include "http/settings.h"

#include <string.h>

#include "http/callers.h"
#include "policy/settings_file.h"

static bool read_address(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                         void *target)
{
        Text text;
        if (!schema_is_string(loader, key, setting, &text))
                return false;
        return address_parse(text, false, schema_member(key, target)) == 0 ||
               schema_error(loader, setting,
                            "\"%s\" must be an address and a port in numbers, such as "
                            "192.0.2.1:8443 or [::]:8443",
                            key->name);
}

static bool read_monitor(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                         void *target)
{
        if (!read_address(loader, key, setting, target))
                return false;
        return address_is_loopback(schema_member(key, target)) ||
               schema_error(loader, setting,
                            "\"%s\" must be a loopback address: who reads it is not asked for a "
                            "certificate",
                            key->name);
}

static bool read_path(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                      void *target)
{
        if (!schema_read_title(loader, key, setting, target))
                return false;
        const char *path = *(const char **)schema_member(key, target);
        return path[0] == '/' ||
               schema_error(loader, setting, "\"%s\" must be an absolute path", key->name);
}

/* Only a scheme and where to connect to: paths are the standard's. */
static bool read_url(Loader *loader, const SchemaKey *key, const config_setting_t *setting,
                     void *target)
{
        static const char scheme[] = "https://";
        if (!schema_read_title(loader, key, setting, target))
                return false;
        const char *url = *(const char **)schema_member(key, target);
        const char *host = url + sizeof(scheme) - 1;
        return (strncmp(url, scheme, sizeof(scheme) - 1) == 0 && *host &&
                !strpbrk(host, "/?#@ ")) ||
               schema_error(loader, setting, "\"%s\" must be https://HOST or https://HOST:PORT",
                            key->name);
}

static bool limits_finish(Loader *loader, const config_setting_t *group, void *item)
{
        const HttpLimits *limits = item;
        return limits->connections_per_address <= limits->connections ||
               schema_error(loader, group,
                            "\"connections_per_address\" is more than \"connections\"");
}

#define FIELD(member) offsetof(HttpLimits, member)
static const SchemaKey LIMIT_KEYS[] = {
        { "body_bytes", schema_read_number, FIELD(body_bytes), .minimum = 1024,
          .maximum = 1u << 20 },
        { "depth", schema_read_number, FIELD(depth), .minimum = 4, .maximum = 64 },
        { "evaluations", schema_read_number, FIELD(evaluations), .minimum = 1, .maximum = 256 },
        { "connections", schema_read_number, FIELD(connections), .minimum = 1, .maximum = 60000 },
        { "connections_per_address", schema_read_number, FIELD(connections_per_address),
          .minimum = 1, .maximum = 60000 },
        { "requests_per_second", schema_read_number, FIELD(requests_per_second), .minimum = 1,
          .maximum = 1000000 },
        { "requests_burst", schema_read_number, FIELD(requests_burst), .minimum = 1,
          .maximum = 1000000 },
        { "requests_at_once", schema_read_number, FIELD(requests_at_once), .minimum = 1,
          .maximum = CALLERS_AT_ONCE_MAX },
        { "request_seconds", schema_read_number, FIELD(request_seconds), .minimum = 1,
          .maximum = 300 },
        { "idle_seconds", schema_read_number, FIELD(idle_seconds), .minimum = 1, .maximum = 86400 },
};
#undef FIELD

static const SchemaTable LIMITS = {
        .title = "limits",
        .keys = LIMIT_KEYS,
        .count = SCHEMA_COUNT(LIMIT_KEYS),
        .item_size = sizeof(HttpLimits),
        .finish = limits_finish,
};

#define FIELD(member) offsetof(HttpSettings, member)
static const SchemaKey SETTINGS_KEYS[] = {
        { "listen", read_address, FIELD(listen), .flags = SCHEMA_REQUIRED },
        { "monitor", read_monitor, FIELD(monitor) },
        { "url", read_url, FIELD(url) },
        { "certificate", read_path, FIELD(certificate), .flags = SCHEMA_REQUIRED },
        { "key", read_path, FIELD(key), .flags = SCHEMA_REQUIRED },
        { "authority", read_path, FIELD(authority), .flags = SCHEMA_REQUIRED },
        { "socket", read_path, FIELD(socket) },
        { "server_uid", schema_read_number, FIELD(server_uid), .extra = FIELD(server_uid_stated),
          .maximum = INT32_MAX },
        { "limits", schema_read_group, FIELD(limits), .table = &LIMITS },
};
#undef FIELD

static const SchemaTable SETTINGS = {
        .title = "the settings",
        .keys = SETTINGS_KEYS,
        .count = SCHEMA_COUNT(SETTINGS_KEYS),
        .item_size = sizeof(HttpSettings),
};

int http_settings_read(const char *path, Arena *arena, Diagnostics *diagnostics,
                       HttpSettings *ret_settings)
{
        HttpSettings settings = { .limits = { .body_bytes = 65536,
                                              .depth = 16,
                                              .evaluations = 64,
                                              .connections = 4096,
                                              .connections_per_address = 1024,
                                              .requests_per_second = 200,
                                              .requests_burst = 400,
                                              .requests_at_once = 64,
                                              .request_seconds = 10,
                                              .idle_seconds = 300 } };
        int r = settings_file_read(path, &SETTINGS, arena, diagnostics, &settings);
        if (r == 0)
                *ret_settings = settings;
        return r;
}
