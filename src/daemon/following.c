/* SPDX-License-Identifier: MIT */
/* Following: see following.h. */
#include "daemon/following.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "daemon/events_access.h"
#include "daemon/report.h"
#include "daemon/server.h"

struct Following {
        int control_fd; /* -1: it has been ended already */
        size_t frame_size;
        uint8_t frame[];
};

int following_begin(const Request *request, int *ret_control_fd)
{
        int ends[2];
        Following *following = malloc(sizeof(*following) + request->frame_size);
        if (!following)
                return -ENOMEM;
        if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) {
                free(following);
                return -errno;
        }
        following->control_fd = ends[1];
        following->frame_size = request->frame_size;
        memcpy(following->frame, request->frame, request->frame_size);
        request->client->following = following;
        *ret_control_fd = ends[0];
        return 0;
}

Following *following_free(Following *following)
{
        if (following)
                cleanup_close(&following->control_fd);
        free(following);
        return NULL;
}

/* Who the peer is by the policy in force; a name that only NSS gave stays, as far as the policy
 * lets it. */
static Identity identity_now(const Client *client)
{
        const Server *server = client->server;
        Identity identity = identity_of(server->policy.image, client->peer.uid, server->own_uid);
        if (identity.kinds & IDENTITY_UNNAMED)
                identity_set_name(&identity, server->policy.image,
                                  text_from(client->identity.name));
        return identity;
}

static void end(Client *client, const Identity *identity, const EventsAccess *access,
                const Message *message)
{
        Following *following = client->following;
        DecisionId id;
        Text resource = TEXT_NULL;
        char why[REPORT_WHY_SIZE];
        (void)message_text(message, FIELD_RESOURCE, &resource);
        (void)snprintf(why, sizeof(why), "No longer permitted (%.*s): %.*s",
                       (int)access->reason.size, access->reason.data, (int)access->text.size,
                       access->text.data);
        (void)events_access_record(client, identity, access, resource, &id);
        /* An empty pipe has room for it; its end alone would say the same. */
        (void)!write(following->control_fd, why, strlen(why));
        (void)close(following->control_fd);
        following->control_fd = -1;
}

static void check(Client *client)
{
        Following *following = client->following;
        Message message;
        if (following->control_fd < 0 ||
            message_decode(following->frame, following->frame_size, &message) < 0)
                return;
        Identity identity = identity_now(client);
        if (identity.kinds & IDENTITY_ROOT)
                return;
        EventsAccess access = events_access(client, &identity, &message);
        if (!access.allowed)
                end(client, &identity, &access, &message);
}

void following_check(Server *server)
{
        if (!server->policy.image)
                return;
        for (Client *client = server->clients; client; client = client->next)
                if (client->following)
                        check(client);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        following_check(userdata);
        (void)sd_event_source_set_time_relative(source, FOLLOWING_SECONDS * 1000000ull);
        return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

int following_start(Server *server)
{
        return sd_event_add_time_relative(server->event, &server->following_timer, CLOCK_MONOTONIC,
                                          FOLLOWING_SECONDS * 1000000ull, 0, on_timer, server);
}

void following_stop(Server *server)
{
        server->following_timer = sd_event_source_disable_unref(server->following_timer);
}
