/* SPDX-License-Identifier: MIT */
/*
 * Addresses
 *
 * How many connections each address has now; a network of IPv6 (/64), which one host may have,
 * counts as one address.
 */
#pragma once

#include <stdint.h>

#include "util/cleanup.h"

typedef struct Addresses Addresses;

/* Return: owned by the caller, NULL without memory. */
Addresses *addresses_new(void);
Addresses *addresses_free(Addresses *addresses);
DEFINE_CLEANUP(Addresses *, addresses_free);

uint32_t addresses_count(const Addresses *addresses, const char *host);

/* Counts one more. Return: 0, -ENOMEM. */
int addresses_enter(Addresses *addresses, const char *host);

/* Counts one less of an address that was entered. */
void addresses_leave(Addresses *addresses, const char *host);
