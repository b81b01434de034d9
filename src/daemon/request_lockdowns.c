/* SPDX-License-Identifier: MIT */
/*
 * Lockdowns: which there are, and which are on. Root sees all of them; a person those that he may
 * start or end as things are, and those with a door that he may view.
 */
#include "daemon/request.h"
#include "daemon/server.h"
#include "policy/door_record.h"
#include "policy/engine.h"

/* Doors looked at for one request: a person who may view none of so many sees the lockdowns that he
 * may start or end. */
#define DOORS_MAX 20000

/* One request. */
typedef struct Listing {
        const Request *request;
        const Image *image;
        DecisionContext context;
        uint32_t permission; /* to view a door; IMAGE_NONE: there is none */
        uint32_t doors_left, count;
} Listing;

static void write_pair(void *data, const char *name, Text value)
{
        message_write_pair(data, text_from(name), value);
}

/* Whether he may start or end it; that there is nothing to change is no denial. */
static bool may_change(const Listing *listing, uint32_t index, QueryKind kind)
{
        char text[RESOURCE_SIZE_MAX + 64];
        Query query = { .kind = kind, .user = text_from(listing->request->identity->name) };
        Text resource =
                image_resource(listing->image, RESOURCE_LOCKDOWN, index, text, sizeof(text));
        if (resource_parse(resource, &query.resource, NULL) != 0)
                return false;
        Decision decision = policy_decide(listing->image, &listing->context, &query, NULL);
        return decision.outcome == OUTCOME_ALLOW || decision.reason == REASON_NO_CHANGE;
}

/* Whether he may view a door; of those at one site the first is asked about. */
static bool may_view(Listing *listing, const ImageLockdown *lockdown)
{
        const Image *image = listing->image;
        uint32_t count, last_site = IMAGE_NONE;
        const uint32_t *doors = image_numbers(image, lockdown->doors, &count);
        Subject subject;
        if (listing->permission == IMAGE_NONE ||
            policy_find_subject(image, &listing->context, lockdown->organization,
                                text_from(listing->request->identity->name),
                                &subject) != REASON_NONE)
                return false;
        for (uint32_t i = 0; i < count && listing->doors_left > 0; i++, listing->doors_left--) {
                const ImageDoor *door = image_door(image, doors[i]);
                Target target;
                if (!door || door->site == last_site ||
                    !target_of_index(image, lockdown->organization, RESOURCE_DOOR, doors[i],
                                     &target))
                        continue;
                last_site = door->site;
                if (policy_decide_found(image, &listing->context, &subject, listing->permission,
                                        &target, NULL, NULL)
                            .outcome == OUTCOME_ALLOW)
                        return true;
        }
        return false;
}

static bool may_see(Listing *listing, uint32_t index)
{
        return listing->request->identity->kinds & IDENTITY_ROOT ||
               may_change(listing, index, QUERY_START_LOCKDOWN) ||
               may_change(listing, index, QUERY_END_LOCKDOWN) ||
               may_view(listing, image_lockdown(listing->image, index));
}

static int send_record(Listing *listing, uint32_t index)
{
        Server *server = listing->request->server;
        MessageWriter writer;
        size_t size;
        RecordWriter record = { write_pair, &writer };
        message_writer_begin(&writer, server->send_buffer, MESSAGE_SIZE_MAX, MESSAGE_RECORD,
                             listing->request->message->request_id, listing->count);
        lockdown_record_write(listing->image, &listing->context, index, &record);
        int r = message_writer_end(&writer, &size);
        if (r == 0)
                r = client_send(listing->request->client, server->send_buffer, size);
        if (r == 0)
                listing->count++;
        return r;
}

/* Sends those of one organization, or of all. Return: 0; 1 when the reader has no room for more;
 * negative: the connection is broken. */
static int send_all(Listing *listing, uint32_t organization)
{
        uint32_t count = image_count(listing->image, IMAGE_LOCKDOWNS);
        for (uint32_t i = 0; i < count; i++) {
                const ImageLockdown *lockdown = image_lockdown(listing->image, i);
                if (organization != IMAGE_NONE && lockdown->organization != organization)
                        continue;
                if (!may_see(listing, i))
                        continue;
                if (listing->request->client->output_size > CLIENT_OUTPUT_MAX / 2)
                        return 1;
                int r = send_record(listing, i);
                if (r < 0)
                        return r;
        }
        return 0;
}

/* The organization that is named. Return: REASON_NONE, and IMAGE_NONE when none is. */
static Reason find_organization(const Request *request, uint32_t *ret_organization)
{
        const Image *image = request->server->policy.image;
        Text text;
        Resource resource;
        *ret_organization = IMAGE_NONE;
        if (!message_text(request->message, FIELD_RESOURCE, &text))
                return REASON_NONE;
        if (resource_parse(text, &resource, NULL) != 0 || resource.type != RESOURCE_ORGANIZATION)
                return REASON_MALFORMED_QUERY;
        *ret_organization = image_find_organization(image, resource.organization);
        return *ret_organization == IMAGE_NONE ? REASON_UNKNOWN_RESOURCE : REASON_NONE;
}

int request_lockdowns(const Request *request)
{
        const PolicyHolder *policy = &request->server->policy;
        Listing listing = {
                .request = request,
                .image = policy->image,
                .context = server_context(request->server),
                .permission = image_header(policy->image)->commands[PERMISSION_COMMAND_SHOW_DOOR],
                .doors_left = DOORS_MAX,
        };
        uint32_t organization;
        Reason problem = find_organization(request, &organization);
        if (problem != REASON_NONE) {
                Refusal refusal = { reason_name(problem), 3, reason_text(problem) };
                return request_refuse(request, &refusal);
        }
        if (policy->has_unix_groups)
                listing.context.unix_groups =
                        client_groups(request->client, &listing.context.unix_group_count);
        int r = send_all(&listing, organization);
        if (r < 0)
                return r;
        return reply_end(request->client, request->message->request_id, listing.count,
                         r > 0 ? 3 : 0,
                         r > 0 ? TEXT_LITERAL("There are more; name an organization.") : TEXT_NULL);
}
