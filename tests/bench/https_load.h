/* SPDX-License-Identifier: MIT */
/*
 * A load of HTTPS requests: many kept connections with a client certificate, some of them always
 * with one request under way, on one thread. What cannot be done ends the program.
 */
#pragma once

#include <stdint.h>

#include "sampler.h"

typedef struct HttpsLoad HttpsLoad;

typedef struct HttpsLoadOptions {
        uint16_t port;                             /* of 127.0.0.1 */
        const char *authority, *certificate, *key; /* files, PEM */
        unsigned idle, busy;                       /* connections */
} HttpsLoadOptions;

/* Connects all, handshakes included. Return: owned by the caller. */
HttpsLoad *https_load_new(const HttpsLoadOptions *options);
HttpsLoad *https_load_free(HttpsLoad *load);

/* Sends the same request (borrowed) over the busy connections, one at a time on each, until count
 * answers have come; every answer must begin with "HTTP/1.1 200". Adds how long each took.
 * Return: the nanoseconds that all took. */
uint64_t https_load_run(HttpsLoad *load, const void *request, size_t size, unsigned count,
                        Sampler *sampler);
