/* SPDX-License-Identifier: MIT */
/*
 * Settings
 *
 * What http.conf states: where to listen, with which certificate, whom to trust, and the limits.
 */
#pragma once

#include <stdbool.h>

#include "http/address.h"
#include "policy/diagnostics.h"
#include "util/arena.h"

#define HTTP_SETTINGS_PATH "/etc/doorward-http/http.conf"

/* Every number is within the bounds of its row in settings.c; doorward-http.conf(5) has them. */
typedef struct HttpLimits {
        uint32_t body_bytes;
        uint32_t depth;       /* of JSON */
        uint32_t evaluations; /* of one batch */
        uint32_t connections;
        uint32_t connections_per_address;
        uint32_t requests_per_second; /* of one caller */
        uint32_t requests_burst;
        uint32_t requests_at_once; /* of one caller, under way */
        uint32_t request_seconds;  /* until headers and body are there, an answer is taken, … */
        uint32_t idle_seconds;     /* a kept connection without a request */
} HttpLimits;

/* Texts live in the arena they were read with, or are static. */
typedef struct HttpSettings {
        Address listen;
        Address monitor; /* loopback; size 0: there is none */
        const char *url; /* "https://HOST:PORT" for clients; NULL: that of listen */
        const char *certificate;
        const char *key;
        const char *authority;
        const char *socket; /* NULL: the default of the build */
        bool server_uid_stated;
        uint32_t server_uid;
        HttpLimits limits;
} HttpSettings;

/*
 * Reads the settings file. What is wrong goes to diagnostics.
 * Return: 0; > 0 when an error was reported; -ENOMEM.
 */
int http_settings_read(const char *path, Arena *arena, Diagnostics *diagnostics,
                       HttpSettings *ret_settings);
