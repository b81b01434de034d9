/* SPDX-License-Identifier: MIT */
/* Gateway events: see gateway_event.h. */
#include "wire/gateway_event.h"

#include <stddef.h>

static const char *const words[GATEWAY_EVENT_KIND_COUNT] = {
        [GATEWAY_COMMANDED] = "commanded",
        [GATEWAY_COMMAND_REFUSED] = "command-refused",
        [GATEWAY_COMMAND_FAILED] = "command-failed",
        [GATEWAY_COMMAND_LATE] = "command-late",
        [GATEWAY_COMMAND_UNKNOWN] = "command-unknown",
        [GATEWAY_LOCK_UNLOCKED] = "lock-unlocked",
        [GATEWAY_LOCK_LOCKED] = "lock-locked",
        [GATEWAY_DOOR_OPENED] = "door-opened",
        [GATEWAY_DOOR_CLOSED] = "door-closed",
        [GATEWAY_ACCESS_TAKEN] = "access-taken",
        [GATEWAY_ACCESS_NOT_TAKEN] = "access-not-taken",
        [GATEWAY_CONTROLLER_GRANTED] = "controller-granted",
        [GATEWAY_CONTROLLER_DENIED] = "controller-denied",
        [GATEWAY_EXIT_REQUESTED] = "exit-requested",
        [GATEWAY_DOOR_FORCED_OPEN] = "door-forced-open",
        [GATEWAY_DOOR_OPEN_TOO_LONG] = "door-open-too-long",
        [GATEWAY_DOOR_ALARM_NORMAL] = "door-alarm-normal",
        [GATEWAY_TAMPER_DETECTED] = "tamper-detected",
        [GATEWAY_TAMPER_ENDED] = "tamper-ended",
        [GATEWAY_FAULT_DETECTED] = "fault-detected",
        [GATEWAY_FAULT_ENDED] = "fault-ended",
        [GATEWAY_FIRE_DETECTED] = "fire-detected",
        [GATEWAY_FIRE_ENDED] = "fire-ended",
        [GATEWAY_CONTROLLER_LOST] = "controller-lost",
        [GATEWAY_CONTROLLER_FOUND] = "controller-found",
        [GATEWAY_EVENTS_LOST] = "events-lost",
        [GATEWAY_STARTED] = "gateway-started",
        [GATEWAY_CLOCK_DIFFERS] = "clock-differs",
};

const char *gateway_event_word(GatewayEventKind kind)
{
        return (unsigned)kind < GATEWAY_EVENT_KIND_COUNT ? words[kind] : NULL;
}

bool gateway_event_from_word(Text word, GatewayEventKind *ret_kind)
{
        for (unsigned i = 0; i < GATEWAY_EVENT_KIND_COUNT; i++) {
                if (text_is(word, words[i])) {
                        *ret_kind = (GatewayEventKind)i;
                        return true;
                }
        }
        return false;
}
