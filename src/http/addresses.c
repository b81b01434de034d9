/* SPDX-License-Identifier: MIT */
/* Addresses: see addresses.h. Chains in a table of fixed size: there are never more addresses than
 * connections, and of those not more than the settings allow. */
#include "http/addresses.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/address.h"

#define BUCKETS     1024
#define HOST_OCTETS 8           /* of an IPv6 address, behind its network */
#define HASH_OFFSET 2166136261u /* FNV-1a */
#define HASH_PRIME  16777619u

typedef struct Entry {
        struct Entry *next;
        uint32_t count;
        char host[ADDRESS_TEXT_SIZE];
} Entry;

struct Addresses {
        Entry *buckets[BUCKETS];
};

Addresses *addresses_new(void)
{
        return calloc(1, sizeof(Addresses));
}

Addresses *addresses_free(Addresses *addresses)
{
        if (!addresses)
                return NULL;
        for (size_t i = 0; i < BUCKETS; i++)
                while (addresses->buckets[i]) {
                        Entry *entry = addresses->buckets[i];
                        addresses->buckets[i] = entry->next;
                        free(entry);
                }
        free(addresses);
        return NULL;
}

/* By what an address is counted: a host with IPv6 has a whole network of them. Return: buffer. */
static const char *key_of(const char *host, char buffer[static ADDRESS_TEXT_SIZE])
{
        struct in6_addr address;
        if (inet_pton(AF_INET6, host, &address) != 1)
                return host;
        memset(&address.s6_addr[sizeof(address.s6_addr) - HOST_OCTETS], 0, HOST_OCTETS);
        return inet_ntop(AF_INET6, &address, buffer, ADDRESS_TEXT_SIZE) ? buffer : host;
}

static Entry *const *bucket_of(const Addresses *addresses, const char *host)
{
        uint32_t hash = HASH_OFFSET;
        for (; *host; host++)
                hash = (hash ^ (uint8_t)*host) * HASH_PRIME;
        return &addresses->buckets[hash % BUCKETS];
}

static Entry *find(const Addresses *addresses, const char *host)
{
        Entry *entry = *bucket_of(addresses, host);
        while (entry && strcmp(entry->host, host) != 0)
                entry = entry->next;
        return entry;
}

uint32_t addresses_count(const Addresses *addresses, const char *host)
{
        char buffer[ADDRESS_TEXT_SIZE];
        const Entry *entry = find(addresses, key_of(host, buffer));
        return entry ? entry->count : 0;
}

int addresses_enter(Addresses *addresses, const char *host)
{
        char buffer[ADDRESS_TEXT_SIZE];
        const char *key = key_of(host, buffer);
        Entry *entry = find(addresses, key);
        if (!entry) {
                Entry **bucket = (Entry **)bucket_of(addresses, key);
                entry = calloc(1, sizeof(*entry));
                if (!entry)
                        return -ENOMEM;
                (void)snprintf(entry->host, sizeof(entry->host), "%s", key);
                entry->next = *bucket;
                *bucket = entry;
        }
        entry->count++;
        return 0;
}

void addresses_leave(Addresses *addresses, const char *host)
{
        char buffer[ADDRESS_TEXT_SIZE];
        const char *key = key_of(host, buffer);
        Entry **link = (Entry **)bucket_of(addresses, key);
        while (*link && strcmp((*link)->host, key) != 0)
                link = &(*link)->next;
        Entry *entry = *link;
        if (!entry || --entry->count > 0)
                return;
        *link = entry->next;
        free(entry);
}
