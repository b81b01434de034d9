/* SPDX-License-Identifier: MIT */
/*
 * Lockdowns: which there are, and which are on. Root sees all of them; a person those that he may
 * start or end as things are, and those with a door that he may view. Who started one, and why, is
 * told to who may start or end it.
 */
#include "daemon/request.h"
#include "daemon/server.h"
#include "policy/door_record.h"
#include "policy/engine.h"

/* Doors looked at for one request: a person who may view none of so many sees the lockdowns that he
 * may start or end. */
#define DOORS_MAX 20000

/* What was decided about a site in this request: each is asked about once a permission, however
 * many lockdowns have doors there. */
enum Verdict { NOT_ASKED, ALLOWED, DENIED };

/* One request. */
typedef struct Listing {
        const Request *request;
        const Image *image;
        DecisionContext context;
        uint32_t view, change;    /* permissions: to view a door, and the say over a site's
                                   * lockdowns; IMAGE_NONE: there is none */
        uint8_t *views, *changes; /* by site; borrowed */
        uint32_t organization;    /* of the subject; IMAGE_NONE: not looked for yet */
        bool known;               /* the subject, there */
        Subject subject;
        uint32_t doors_left, count;
} Listing;

static void write_pair(void *data, const char *name, Text value)
{
        message_write_pair(data, text_from(name), value);
}

static bool find_subject(Listing *listing, uint32_t organization)
{
        if (listing->organization != organization)
                listing->known =
                        policy_find_subject(listing->image, &listing->context, organization,
                                            text_from(listing->request->identity->name),
                                            &listing->subject) == REASON_NONE;
        listing->organization = organization;
        return listing->known;
}

/* Decides, or remembers. */
static bool decide(const Listing *listing, uint8_t *verdict, uint32_t permission,
                   const Target *target)
{
        if (*verdict == NOT_ASKED) {
                Decision decision =
                        policy_decide_found(listing->image, &listing->context, &listing->subject,
                                            permission, target, NULL, NULL);
                *verdict = decision.outcome == OUTCOME_ALLOW ? ALLOWED : DENIED;
        }
        return *verdict == ALLOWED;
}

/* Whether he has the say over every site of it. */
static bool may_command(const Listing *listing, const ImageLockdown *lockdown)
{
        uint32_t count;
        const uint32_t *sites = image_numbers(listing->image, lockdown->sites, &count);
        if (listing->change == IMAGE_NONE || !listing->subject.member)
                return false;
        for (uint32_t i = 0; i < count; i++) {
                Target site;
                if (!target_of_index(listing->image, lockdown->organization, RESOURCE_SITE,
                                     sites[i], &site) ||
                    !decide(listing, &listing->changes[sites[i]], listing->change, &site))
                        return false;
        }
        return count > 0;
}

/* Whether he may start or end it; whether it is on does not matter. */
static bool may_change(const Listing *listing, uint32_t index)
{
        const LiveState *live = listing->context.live;
        if (live && live->unknown)
                return false;
        return policy_lockdown_lists(listing->image, &listing->context, &listing->subject, index) ||
               may_command(listing, image_lockdown(listing->image, index));
}

/* Whether he may view a door; of those at one site the first is asked about. */
static bool may_view(Listing *listing, const ImageLockdown *lockdown)
{
        const Image *image = listing->image;
        uint32_t count;
        const uint32_t *doors = image_numbers(image, lockdown->doors, &count);
        if (listing->view == IMAGE_NONE)
                return false;
        for (uint32_t i = 0; i < count && listing->doors_left > 0; i++, listing->doors_left--) {
                const ImageDoor *door = image_door(image, doors[i]);
                Target target;
                if (door && door->site < image_count(image, IMAGE_SITES) &&
                    target_of_index(image, lockdown->organization, RESOURCE_DOOR, doors[i],
                                    &target) &&
                    decide(listing, &listing->views[door->site], listing->view, &target))
                        return true;
        }
        return false;
}

static bool may_see(Listing *listing, uint32_t index, bool *ret_may_change)
{
        *ret_may_change = true;
        const ImageLockdown *lockdown = image_lockdown(listing->image, index);
        if (listing->request->identity->kinds & IDENTITY_ROOT)
                return true;
        if (!find_subject(listing, lockdown->organization))
                return false;
        *ret_may_change = may_change(listing, index);
        return *ret_may_change || may_view(listing, lockdown);
}

/* with_note: with who started it, and why. */
static int send_record(Listing *listing, uint32_t index, bool with_note)
{
        Server *server = listing->request->server;
        MessageWriter writer;
        size_t size;
        RecordWriter record = { write_pair, &writer };
        message_writer_begin(&writer, server->send_buffer, MESSAGE_SIZE_MAX, MESSAGE_RECORD,
                             listing->request->message->request_id, listing->count);
        lockdown_record_write(listing->image, &listing->context, index, with_note, &record);
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
                bool with_note;
                if (organization != IMAGE_NONE && lockdown->organization != organization)
                        continue;
                if (!may_see(listing, i, &with_note))
                        continue;
                if (listing->request->client->output_size > CLIENT_OUTPUT_MAX / 2)
                        return 1;
                int r = send_record(listing, i, with_note);
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

static int answer(Listing *listing, uint32_t organization)
{
        const Request *request = listing->request;
        int r = send_all(listing, organization);
        if (r < 0)
                return r;
        return reply_end(request->client, request->message->request_id, listing->count,
                         r > 0 ? 3 : 0,
                         r > 0 ? TEXT_LITERAL("There are more; name an organization.") : TEXT_NULL);
}

int request_lockdowns(const Request *request)
{
        const PolicyHolder *policy = &request->server->policy;
        const uint32_t *commands = image_header(policy->image)->commands;
        size_t sites = image_count(policy->image, IMAGE_SITES);
        _cleanup_free_ uint8_t *verdicts = calloc(2 * sites + 1, sizeof(*verdicts));
        Listing listing = {
                .request = request,
                .image = policy->image,
                .context = server_context(request->server),
                .view = commands[PERMISSION_COMMAND_SHOW_DOOR],
                .change = commands[PERMISSION_COMMAND_LOCKDOWN],
                .views = verdicts,
                .changes = verdicts ? verdicts + sites : NULL,
                .organization = IMAGE_NONE,
                .doors_left = DOORS_MAX,
        };
        uint32_t organization;
        Reason problem = find_organization(request, &organization);
        if (problem != REASON_NONE) {
                Refusal refusal = { reason_name(problem), 3, reason_text(problem) };
                return request_refuse(request, &refusal);
        }
        if (!verdicts)
                return request_refuse(request, &refusal_busy);
        if (policy->has_unix_groups)
                listing.context.unix_groups =
                        client_groups(request->client, &listing.context.unix_group_count);
        return answer(&listing, organization);
}
