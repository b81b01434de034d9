/* SPDX-License-Identifier: MIT */
/*
 * The floor that doorward-http is held against: a server of libmicrohttpd on one thread with epoll,
 * with the same TLS and a demanded client certificate, that answers every request with the same
 * bytes. What cannot be done ends the program.
 */
#pragma once

#include <stdint.h>
#include <sys/types.h>

typedef struct HttpsBareOptions {
        const char *authority, *certificate, *key; /* files, PEM */
        const char *priorities;                    /* of GnuTLS */
        const char *content_type;
        const void *answer;
        size_t size;
} HttpsBareOptions;

/* Starts it on a free port of 127.0.0.1. Return: its process id, and the port. */
pid_t https_bare_start(const HttpsBareOptions *options, uint16_t *ret_port);
