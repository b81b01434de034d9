/* SPDX-License-Identifier: MIT */
/*
 * Address
 *
 * Where a front listens and who connects, without name service: numbers only.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "util/text.h"

#define ADDRESS_TEXT_SIZE 80 /* "[IPv6%scope]:port" and a NUL */

typedef struct Address {
        struct sockaddr_storage storage;
        socklen_t size; /* 0: none */
} Address;

/* Reads "192.0.2.1:8443" or "[2001:db8::1]:8443"; port 1 to 65535, or 0 where `any_port`.
 * Return: 0 or -EINVAL. */
int address_parse(Text text, bool any_port, Address *ret_address);

/* Whether it is of 127.0.0.0/8 or ::1. */
bool address_is_loopback(const Address *address);

uint16_t address_port(const Address *address);

/* The host of an address, without its port; an IPv4 address within IPv6 as IPv4. buffer_size is at
 * least ADDRESS_TEXT_SIZE. Return: buffer. */
char *address_host(const struct sockaddr *address, char *buffer, size_t buffer_size);

/* The whole, as address_parse() reads it. Return: buffer. */
char *address_text(const Address *address, char *buffer, size_t buffer_size);

/*
 * Opens a listening socket: non-blocking, closed on exec. An IPv6 socket takes IPv4, too. What is
 * accepted has no delay, and a peer that is gone without a word is noticed within about
 * ADDRESS_GONE_SECONDS. Return: the descriptor (owned by the caller) or -errno.
 */
#define ADDRESS_GONE_SECONDS 15
int address_listen(const Address *address);
