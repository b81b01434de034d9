/* SPDX-License-Identifier: MIT */
/* Passage: see passage.h. The list is in the order of arrival: the oldest release of a door is the
 * one that its next opening belongs to. */
#include "gateway/passage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_S UINT64_C(1000000000)

typedef struct Waiting {
        unsigned door;
        char command_id[COMMAND_ID_SIZE];
        uint64_t card;
        uint64_t until_ns;
} Waiting;

struct Passage {
        const Doors *doors;
        Events *events;
        bool open[GATEWAY_DOORS_MAX];
        size_t count;
        Waiting waiting[PASSAGE_WAITING_MAX];
};

int passage_new(const Doors *doors, Events *events, Passage **ret_passage)
{
        Passage *passage = calloc(1, sizeof(*passage));
        if (!passage)
                return -ENOMEM;
        passage->doors = doors;
        passage->events = events;
        *ret_passage = passage;
        return 0;
}

Passage *passage_free(Passage *passage)
{
        free(passage);
        return NULL;
}

/* Tells what came of one, and takes it off the list. */
static void finish(Passage *passage, size_t index, GatewayEventKind kind, int64_t time_s)
{
        Waiting waiting = passage->waiting[index];
        passage->count--;
        memmove(&passage->waiting[index], &passage->waiting[index + 1],
                (passage->count - index) * sizeof(waiting));
        GatewayEvent event = { .kind = kind, .time_s = time_s, .card = waiting.card };
        if (waiting.command_id[0])
                event.command_id = waiting.command_id;
        events_add(passage->events, doors_door(passage->doors, waiting.door)->path, &event);
}

void passage_released(Passage *passage, unsigned door, uint32_t seconds, const char *command_id,
                      uint64_t card, uint64_t now_ns)
{
        if (!doors_door(passage->doors, door)->has_contact || passage->open[door])
                return;
        if (passage->count == PASSAGE_WAITING_MAX)
                finish(passage, 0, GATEWAY_ACCESS_NOT_TAKEN, 0);
        Waiting *waiting = &passage->waiting[passage->count++];
        *waiting = (Waiting){
                .door = door,
                .card = card,
                .until_ns = now_ns + ((uint64_t)seconds + PASSAGE_MARGIN_SECONDS) * NS_PER_S,
        };
        if (command_id)
                (void)snprintf(waiting->command_id, sizeof(waiting->command_id), "%s", command_id);
}

/* The door was opened: whoever was let in first has taken it. */
static void opened(Passage *passage, unsigned door, int64_t time_s)
{
        passage->open[door] = true;
        for (size_t i = 0; i < passage->count; i++) {
                if (passage->waiting[i].door != door)
                        continue;
                finish(passage, i, GATEWAY_ACCESS_TAKEN, time_s);
                return;
        }
}

void passage_observed(Passage *passage, unsigned door, const GatewayEvent *event, uint64_t now_ns)
{
        if (event->kind == GATEWAY_DOOR_OPENED)
                opened(passage, door, event->time_s);
        else if (event->kind == GATEWAY_DOOR_CLOSED)
                passage->open[door] = false;
        else if (event->kind == GATEWAY_CONTROLLER_GRANTED)
                passage_released(passage, door, PASSAGE_GRANTED_SECONDS, event->command_id,
                                 event->card, now_ns);
}

void passage_tick(Passage *passage, uint64_t now_ns)
{
        for (size_t i = 0; i < passage->count;) {
                if (now_ns >= passage->waiting[i].until_ns)
                        finish(passage, i, GATEWAY_ACCESS_NOT_TAKEN, 0);
                else
                        i++;
        }
}
