/* SPDX-License-Identifier: MIT */
/* How far gateways have told: see gateway_progress.h. */
#include "daemon/gateway_progress.h"

#include <stdlib.h>

Gateway *gateways_find(Gateways *gateways, Text name)
{
        for (Gateway *gateway = gateways->first; gateway; gateway = gateway->next)
                if (text_is(name, gateway->name))
                        return gateway;
        if (gateways->count >= GATEWAYS_MAX || name.size >= GATEWAY_NAME_SIZE)
                return NULL;
        Gateway *gateway = calloc(1, sizeof(*gateway));
        if (!gateway)
                return NULL;
        memcpy(gateway->name, name.data, name.size);
        gateway->next = gateways->first;
        gateways->first = gateway;
        gateways->count++;
        return gateway;
}

void gateways_close(Gateways *gateways)
{
        while (gateways->first) {
                Gateway *gateway = gateways->first;
                gateways->first = gateway->next;
                free(gateway);
        }
        gateways->count = 0;
}

static void set_mark(GatewayMark *mark, Text store, uint64_t sequence)
{
        size_t size = store.size < sizeof(mark->store) ? store.size : sizeof(mark->store) - 1;
        *mark = (GatewayMark){ .sequence = sequence };
        memcpy(mark->store, store.data, size);
}

void gateway_know(Gateway *gateway)
{
        set_mark(&gateway->recorded, text_from(gateway->found.store), gateway->found.sequence);
        gateway->is_known = true;
}

GatewayStep gateway_step(const Gateway *gateway, const Observations *observations)
{
        const GatewayMark *mark = &gateway->recorded;
        bool same = text_is(observations->store, mark->store);
        uint64_t last = same ? mark->sequence : 0;
        uint64_t from = observations->events[0].sequence;
        GatewayStep step = { .is_other_store = !same && *mark->store };
        if (from > last + 1) {
                step.gap_from = last + 1;
                step.gap_to = from - 1;
        } else {
                uint64_t known = last - (from - 1);
                step.first = known < observations->count ? (size_t)known : observations->count;
        }
        return step;
}

bool gateway_apply(Gateway *gateway, Text store, uint64_t sequence)
{
        GatewayMark *mark = &gateway->applied;
        if (text_is(store, mark->store) && sequence <= mark->sequence)
                return false;
        set_mark(mark, store, sequence);
        return true;
}

void gateway_record(Gateway *gateway, Text store, uint64_t sequence)
{
        set_mark(&gateway->recorded, store, sequence);
}
