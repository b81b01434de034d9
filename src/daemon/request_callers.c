/* SPDX-License-Identifier: MIT */
/*
 * Callers: root sees who is listed, with what rights and where; a front the certificates alone, of
 * all organizations, so that it turns away who is not listed before it reads anything. A list that
 * the reader has no room for is answered in pages: AFTER of END is where the next one begins.
 */
#include <inttypes.h>
#include <stdio.h>

#include "daemon/request.h"
#include "daemon/server.h"
#include "util/number.h"
#include "util/timestamp.h"

#define SITES_SIZE_MAX 32768 /* bytes of the sites of one caller in a record */
#define AFTER_SIZE     32    /* "REVISION:NUMBER" */

static const Refusal refusal_page = { "page-changed", 3,
                                      "The policy has changed since the page before; begin anew." };

/* One request. */
typedef struct Listing {
        const Request *request;
        const Image *image;
        bool certificates_only;
        uint32_t organization; /* IMAGE_NONE: all */
        uint32_t count;
        char sites[SITES_SIZE_MAX];
} Listing;

static void write_text(MessageWriter *writer, const char *name, Text value)
{
        if (value.size > 0)
                message_write_pair(writer, text_from(name), value);
}

static void write_certificate(MessageWriter *writer, const ImageCaller *caller)
{
        char text[FINGERPRINT_TEXT_SIZE];
        if (caller->has_certificate)
                write_text(writer, "certificate",
                           text_from(fingerprint_format(&caller->certificate, text)));
}

static void write_rights(MessageWriter *writer, const ImageCaller *caller)
{
        char text[64] = "";
        size_t used = 0;
        const char *name;
        for (unsigned bit = 0; (name = caller_right_name((CallerRight)(1u << bit))); bit++)
                if ((caller->may & 1u << bit) && used < sizeof(text))
                        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s",
                                                 used > 0 ? " " : "", name);
        write_text(writer, "may", text_from(text));
}

/* Every site by its path, one space between two; those that do not fit are counted. */
static void write_sites(Listing *listing, MessageWriter *writer, const ImageCaller *caller)
{
        enum { REST = 32 };
        size_t used = 0;
        uint32_t count, i;
        const uint32_t *sites = image_numbers(listing->image, caller->sites, &count);
        for (i = 0; i < count; i++) {
                const ImageSite *site = image_site(listing->image, sites[i]);
                Text path = site ? image_string(listing->image, site->path) : TEXT_NULL;
                if (path.size + REST + used >= sizeof(listing->sites))
                        break;
                used += (size_t)snprintf(listing->sites + used, sizeof(listing->sites) - used,
                                         "%s%.*s", used > 0 ? " " : "", (int)path.size, path.data);
        }
        if (i < count)
                (void)snprintf(listing->sites + used, sizeof(listing->sites) - used,
                               " and %" PRIu32 " more", count - i);
        if (count > 0)
                write_text(writer, "sites", text_from(listing->sites));
}

static void write_caller(Listing *listing, MessageWriter *writer, const ImageCaller *caller)
{
        const Image *image = listing->image;
        const ImageOrganization *organization = image_organization(image, caller->organization);
        char name[IDENTITY_CALLER_SIZE], uid[16];
        write_text(writer, "name", identity_caller_text(image, caller, name));
        if (organization)
                write_text(writer, "organization", image_string(image, organization->name));
        write_text(writer, "title", image_string(image, caller->title));
        write_certificate(writer, caller);
        (void)snprintf(uid, sizeof(uid), "%" PRIu32, caller->uid);
        if (caller->uid != IMAGE_NONE)
                write_text(writer, "uid", text_from(uid));
        write_rights(writer, caller);
        write_sites(listing, writer, caller);
}

/* Of a caller that has taken unlock commands since the daemon started: whether it is there. */
static void write_presence(const Request *request, MessageWriter *writer, const ImageCaller *caller)
{
        char name[IDENTITY_CALLER_SIZE], since[TIMESTAMP_TEXT_SIZE], doors[32];
        Server *server = request->server;
        GatewayCaller gateway = gateway_presence_caller(
                server->commands.presence, identity_caller_text(server->policy.image, caller, name),
                server_now_ms(server));
        if (gateway.served == 0)
                return;
        write_text(writer, "gateway",
                   gateway.is_present ? TEXT_LITERAL("present") : TEXT_LITERAL("away"));
        if (gateway.is_present)
                write_text(writer, "since", text_from(timestamp_format(gateway.since_s, since)));
        (void)snprintf(doors, sizeof(doors), "%" PRIu32 " of %" PRIu32, gateway.doors,
                       gateway.served);
        write_text(writer, "doors", text_from(doors));
}

static int send_record(Listing *listing, const ImageCaller *caller)
{
        Server *server = listing->request->server;
        MessageWriter writer;
        size_t size;
        message_writer_begin(&writer, server->send_buffer, MESSAGE_SIZE_MAX, MESSAGE_RECORD,
                             listing->request->message->request_id, listing->count);
        if (listing->certificates_only)
                write_certificate(&writer, caller);
        else
                write_caller(listing, &writer, caller);
        if (!listing->certificates_only)
                write_presence(listing->request, &writer, caller);
        int r = message_writer_end(&writer, &size);
        if (r == 0)
                r = client_send(listing->request->client, server->send_buffer, size);
        if (r == 0)
                listing->count++;
        return r;
}

static bool is_listed(const Listing *listing, const ImageCaller *caller)
{
        return listing->certificates_only ? caller->has_certificate
                                          : listing->organization == IMAGE_NONE ||
                                                    caller->organization == listing->organization;
}

/* Sends from *next on. Return: 0, and where it ended; negative: the connection is broken. */
static int send_page(Listing *listing, uint32_t *next)
{
        uint32_t count = image_count(listing->image, IMAGE_CALLERS);
        for (; *next < count; ++*next) {
                const ImageCaller *caller = image_caller(listing->image, *next);
                if (!is_listed(listing, caller))
                        continue;
                if (listing->request->client->output_size > CLIENT_OUTPUT_MAX / 2)
                        return 0;
                int r = send_record(listing, caller);
                if (r < 0)
                        return r;
        }
        return 0;
}

/* Where a page begins. Return: NULL, or why not. */
static const Refusal *find_start(const Request *request, uint32_t *ret_next)
{
        Text after, revision, number;
        uint64_t next = 0;
        if (message_text(request->message, FIELD_AFTER, &after) &&
            (!text_split_first(after, ':', &revision, &number) ||
             !text_is(revision, request->server->policy.revision) ||
             number_parse(number, UINT32_MAX - 1, &next) != 0))
                return &refusal_page;
        *ret_next = (uint32_t)next;
        return NULL;
}

/* The organization that is named. Return: REASON_NONE, and IMAGE_NONE when none is. */
static Reason find_organization(const Request *request, uint32_t *ret_organization)
{
        Text text;
        Resource resource;
        *ret_organization = IMAGE_NONE;
        if (!message_text(request->message, FIELD_RESOURCE, &text))
                return REASON_NONE;
        if (resource_parse(text, &resource, NULL) != 0 || resource.type != RESOURCE_ORGANIZATION)
                return REASON_MALFORMED_QUERY;
        *ret_organization =
                image_find_organization(request->server->policy.image, resource.organization);
        return *ret_organization == IMAGE_NONE ? REASON_UNKNOWN_RESOURCE : REASON_NONE;
}

int request_callers(const Request *request)
{
        const PolicyHolder *policy = &request->server->policy;
        uint64_t id = request->message->request_id;
        uint32_t next;
        Listing listing = {
                .request = request,
                .image = policy->image,
                .certificates_only = request->identity->kinds & IDENTITY_FRONT,
        };
        Reason problem = find_organization(request, &listing.organization);
        if (problem != REASON_NONE) {
                Refusal refusal = { reason_name(problem), 3, reason_text(problem) };
                return request_refuse(request, &refusal);
        }
        const Refusal *refusal = find_start(request, &next);
        if (refusal)
                return reply_refusal(request->client, id, refusal, TEXT_NULL);
        int r = send_page(&listing, &next);
        if (r < 0)
                return r;
        char after[AFTER_SIZE] = "";
        if (next < image_count(policy->image, IMAGE_CALLERS))
                (void)snprintf(after, sizeof(after), "%s:%" PRIu32, policy->revision, next);
        return reply_page_end(request->client, id, listing.count, text_from(after));
}
