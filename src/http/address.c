/* SPDX-License-Identifier: MIT */
/* Address: see address.h. */
#include "http/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <unistd.h>

#include "util/number.h"

#define BACKLOG 1024

static bool parse_host(const char *host, bool is_ipv6, uint16_t port, Address *address)
{
        if (is_ipv6) {
                struct sockaddr_in6 *in = (struct sockaddr_in6 *)&address->storage;
                in->sin6_family = AF_INET6;
                in->sin6_port = htons(port);
                address->size = sizeof(*in);
                return inet_pton(AF_INET6, host, &in->sin6_addr) == 1;
        }
        struct sockaddr_in *in = (struct sockaddr_in *)&address->storage;
        in->sin_family = AF_INET;
        in->sin_port = htons(port);
        address->size = sizeof(*in);
        return inet_pton(AF_INET, host, &in->sin_addr) == 1;
}

int address_parse(Text text, bool any_port, Address *ret_address)
{
        Address address = { 0 };
        Text host, digits;
        uint64_t port;
        char name[INET6_ADDRSTRLEN];
        if (!text_split_last(text, ':', &host, &digits) || number_parse(digits, 65535, &port) < 0 ||
            (port == 0 && !any_port))
                return -EINVAL;
        bool is_ipv6 = host.size > 2 && host.data[0] == '[' && host.data[host.size - 1] == ']';
        if (is_ipv6)
                host = (Text){ host.data + 1, host.size - 2 };
        if (host.size == 0 || host.size >= sizeof(name) || memchr(host.data, '\0', host.size))
                return -EINVAL;
        memcpy(name, host.data, host.size);
        name[host.size] = '\0';
        if (!parse_host(name, is_ipv6, (uint16_t)port, &address))
                return -EINVAL;
        *ret_address = address;
        return 0;
}

bool address_is_loopback(const Address *address)
{
        const struct sockaddr_in *in4 = (const struct sockaddr_in *)&address->storage;
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&address->storage;
        if (address->storage.ss_family == AF_INET)
                return ntohl(in4->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
        return address->storage.ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
}

uint16_t address_port(const Address *address)
{
        const struct sockaddr_in *in4 = (const struct sockaddr_in *)&address->storage;
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&address->storage;
        return ntohs(address->storage.ss_family == AF_INET6 ? in6->sin6_port : in4->sin_port);
}

char *address_host(const struct sockaddr *address, char *buffer, size_t buffer_size)
{
        const void *bytes = address; /* of whatever family: aligned for it by who made it */
        const struct sockaddr_in *in4 = bytes;
        const struct sockaddr_in6 *in6 = bytes;
        const char *text = NULL;
        if (address->sa_family == AF_INET)
                text = inet_ntop(AF_INET, &in4->sin_addr, buffer, (socklen_t)buffer_size);
        else if (address->sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr))
                text = inet_ntop(AF_INET, &in6->sin6_addr.s6_addr[12], buffer,
                                 (socklen_t)buffer_size);
        else if (address->sa_family == AF_INET6)
                text = inet_ntop(AF_INET6, &in6->sin6_addr, buffer, (socklen_t)buffer_size);
        if (!text)
                (void)snprintf(buffer, buffer_size, "unknown");
        return buffer;
}

char *address_text(const Address *address, char *buffer, size_t buffer_size)
{
        char host[ADDRESS_TEXT_SIZE];
        (void)address_host((const struct sockaddr *)&address->storage, host, sizeof(host));
        (void)snprintf(buffer, buffer_size, strchr(host, ':') ? "[%s]:%u" : "%s:%u", host,
                       address_port(address));
        return buffer;
}

/* What connections inherit from the socket that listens. A peer that has lost its power or its
 * network sends no end: only probes, and data that nobody acknowledges, tell. */
static int set_options(int fd)
{
        static const struct {
                int level, name, value;
        } options[] = {
                { SOL_SOCKET, SO_REUSEADDR, 1 },
                { SOL_SOCKET, SO_KEEPALIVE, 1 },
                { IPPROTO_TCP, TCP_KEEPIDLE, ADDRESS_GONE_SECONDS / 3 },
                { IPPROTO_TCP, TCP_KEEPINTVL, ADDRESS_GONE_SECONDS / 3 },
                { IPPROTO_TCP, TCP_KEEPCNT, 2 },
                { IPPROTO_TCP, TCP_USER_TIMEOUT, ADDRESS_GONE_SECONDS * 1000 },
                { IPPROTO_TCP, TCP_NODELAY, 1 },
        };
        for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
                if (setsockopt(fd, options[i].level, options[i].name, &options[i].value,
                               sizeof(options[i].value)) < 0)
                        return -errno;
        return 0;
}

int address_listen(const Address *address)
{
        int no = 0, r = 0;
        int fd = socket(address->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (fd < 0)
                return -errno;
        if (address->storage.ss_family == AF_INET6 &&
            setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no)) < 0)
                r = -errno;
        if (r == 0)
                r = set_options(fd);
        if (r == 0 && (bind(fd, (const struct sockaddr *)&address->storage, address->size) < 0 ||
                       listen(fd, BACKLOG) < 0))
                r = -errno;
        if (r == 0)
                return fd;
        close(fd);
        return r;
}
